// SPDX-License-Identifier: Apache-2.0
// heliotrope color: how few evaluations a sparse derivative takes.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "coloring_bounds.hpp"
#include "commands.hpp"
#include "heliotrope/derive/bicoloring.hpp"
#include "heliotrope/derive/coloring.hpp"
#include "heliotrope/derive/symmetric_coloring.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/inspect/coloring_picture.hpp"
#include "heliotrope/inspect/json_writer.hpp"
#include "heliotrope/io/matrix_market.hpp"
#include "heliotrope/io/text_file.hpp"
#include "output.hpp"

namespace heliotrope_tool {

using namespace heliotrope;

namespace {

struct ColorOptions {
  std::string input, partition = "column", order, picture;
  std::uint64_t seed = 1;
  bool json = false;
};

const std::map<std::string, ColoringOrder> orders = {{"natural", ColoringOrder::natural},
                                                     {"largest-first", ColoringOrder::largest_first},
                                                     {"smallest-last", ColoringOrder::smallest_last},
                                                     {"incidence-degree", ColoringOrder::incidence_degree},
                                                     {"dynamic-largest-first", ColoringOrder::dynamic_largest_first},
                                                     {"random", ColoringOrder::random},
                                                     {"best", ColoringOrder::best}};

/// A colouring of whatever partition: columns, rows, or some of both.
struct Result {
  Coloring columns, rows;
  std::int64_t bound = 0;
  double seconds = 0.0;
  std::int64_t num_colors() const { return std::int64_t{columns.num_colors} + rows.num_colors; }
};

bool is_symmetric_partition(const std::string& partition) { return partition == "star" || partition == "acyclic"; }

Result color_pattern(const SparsityPattern& pattern, const ColorOptions& options) {
  Result result;
  const ColoringOrder order = orders.at(options.order);
  const auto start = std::chrono::steady_clock::now();
  if (options.partition == "row") {
    result.rows = color_rows(pattern, {.order = order, .seed = options.seed});
  } else if (options.partition == "bidirectional") {
    Bicoloring both = color_star_bidirectional(pattern, {.order = order, .seed = options.seed});
    result.rows = std::move(both.rows);
    result.columns = std::move(both.columns);
  } else if (options.partition == "star") {
    result.columns = color_star(pattern, {.order = order, .seed = options.seed});
  } else if (options.partition == "acyclic") {
    result.columns = color_acyclic(pattern, {.order = order, .seed = options.seed});
  } else {
    result.columns = color_columns(pattern, {.order = order, .seed = options.seed});
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.bound = options.partition == "row"                  ? row_bound(pattern)
                 : options.partition == "bidirectional"      ? bidirectional_bound(pattern)
                 : is_symmetric_partition(options.partition) ? acyclic_bound(pattern)
                                                             : column_bound(pattern);
  return result;
}

std::string describe(const ColorOptions& options, const MatrixMarket& matrix, const Result& result) {
  const SparsityPattern& pattern = matrix.pattern;
  std::string text = options.input + ": " + std::to_string(pattern.num_rows) + " x " +
                     std::to_string(pattern.num_columns) + ", " + std::to_string(pattern.num_entries()) + " entries (" +
                     std::string(to_string(matrix.field)) + ", " + std::string(to_string(matrix.symmetry)) + ")\n";
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.6f", result.seconds);
  text += options.partition + " colouring, " + options.order + " order: " + std::to_string(result.num_colors()) +
          " colours";
  if (options.partition == "bidirectional") {
    text += " (" + std::to_string(result.rows.num_colors) + " of rows, " + std::to_string(result.columns.num_colors) +
            " of columns)";
  }
  return text + ", lower bound " + std::to_string(result.bound) + ", " + seconds + " s\n";
}

std::string describe_json(const ColorOptions& options, const MatrixMarket& matrix, const Result& result) {
  JsonWriter json;
  json.begin_object();
  json.key("matrix").string(options.input);
  json.key("rows").integer(matrix.pattern.num_rows);
  json.key("columns").integer(matrix.pattern.num_columns);
  json.key("entries").integer(matrix.pattern.num_entries());
  json.key("partition").string(options.partition);
  json.key("order").string(options.order);
  json.key("colors").integer(result.num_colors());
  json.key("row_colors").integer(result.rows.num_colors);
  json.key("column_colors").integer(result.columns.num_colors);
  json.key("lower_bound").integer(result.bound);
  json.key("seconds").number(result.seconds);
  json.end_object();
  return json.text() + "\n";
}

void draw(const ColorOptions& options, const SparsityPattern& pattern, const Result& result) {
  const ColoringPicture picture = {pattern, result.columns.colors, result.rows.colors};
  const bool svg = plain_extension(options.picture) == "svg";
  write_text(options.picture, svg ? draw_svg(picture) : encode_png(draw_image(picture)));
}

ExitCode color(ColorOptions options) {
  if (options.order.empty()) {
    options.order = options.partition == "bidirectional" ? "dynamic-largest-first" : "smallest-last";
  }
  if (!options.picture.empty()) {
    const std::string extension = plain_extension(options.picture);
    if (extension != "svg" && extension != "png") {
      throw Error(options.picture + ": found a picture of another kind, expected a name that ends in .svg or .png");
    }
    expect_writable(options.picture);
  }
  const MatrixMarket matrix = read_matrix_market(options.input);
  if (is_symmetric_partition(options.partition) && !is_symmetric(matrix.pattern)) {
    throw Error(options.input + ": found a pattern that is not symmetric, expected one for --partition " +
                options.partition);
  }
  const Result result = color_pattern(matrix.pattern, options);
  if (!options.picture.empty()) draw(options, matrix.pattern, result);
  std::cout << (options.json ? describe_json(options, matrix, result) : describe(options, matrix, result))
            << std::flush;
  return ExitCode::success;
}

}  // namespace

Command add_color(CLI::App& program) {
  CLI::App& command = *program.add_subcommand("color", "Colour the pattern of a sparse matrix (Matrix Market)");
  command.footer(
      "Columns of one colour share no row: a Jacobian takes one evaluation a colour. row: the same for rows. "
      "bidirectional:\n"
      "some of both (star bicolouring). star and acyclic: Hessians from gradients, directly and by substitution.");
  const auto options = std::make_shared<ColorOptions>();
  std::vector<std::string> names;
  for (const auto& order : orders) names.push_back(order.first);
  command.add_option("MATRIX", options->input, "Matrix Market file, plain or compressed (.gz, .bz2, .xz)")
      ->required()
      ->type_name("FILE");
  command.add_option("--partition", options->partition, "What is coloured, and for which recovery")
      ->check(CLI::IsMember(std::vector<std::string>{"column", "row", "bidirectional", "star", "acyclic"}))
      ->capture_default_str();
  command
      .add_option("--order", options->order,
                  "In which order vertices are coloured; best tries all but random (default: smallest-last; "
                  "bidirectional: dynamic-largest-first)")
      ->check(CLI::IsMember(names));
  command.add_option("--seed", options->seed, "Of the random order")->capture_default_str();
  command.add_flag("--json", options->json, "Print the result as JSON");
  command.add_option("--picture", options->picture, "Draw the pattern in its colours: a file .svg or .png")
      ->type_name("FILE");
  return [options] { return color(*options); };
}

}  // namespace heliotrope_tool
