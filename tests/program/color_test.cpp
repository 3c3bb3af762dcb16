// SPDX-License-Identifier: Apache-2.0
// `heliotrope color`.
#include <string>
#include <vector>

#include "catch.hpp"
#include "heliotrope/derive/stencil.hpp"
#include "heliotrope/io/matrix_market.hpp"
#include "program.hpp"

using namespace heliotrope_test;

namespace {

heliotrope::SparsityPattern arrowhead(std::int32_t n) {
  heliotrope::SparsityPattern pattern;
  pattern.num_rows = pattern.num_columns = n;
  for (std::int32_t i = 0; i < n; ++i) {
    for (std::int32_t j = 0; j < n; ++j) {
      if (i == 0 || j == 0 || i == j) pattern.columns.push_back(j);
    }
    pattern.row_begin.push_back(pattern.num_entries());
  }
  return pattern;
}

}  // namespace

TEST_CASE("program: color counts the colours of every partition", "[program][coloring]") {
  const TemporaryFolder folder;
  const std::string path = folder / "arrow.mtx";
  write_matrix_market(path, arrowhead(30), heliotrope::MatrixSymmetry::symmetric);
  const auto colors = [&](const std::string& partition, const std::string& order) {
    const Run run_ = run({"color", path, "--partition", partition, "--order", order, "--json"});
    INFO(run_.err);
    REQUIRE(run_.exit == 0);
    const auto json = parse_json(run_.out);
    CHECK(json["rows"] == 30);
    CHECK(json["columns"] == 30);
    CHECK(json["entries"] == 88);
    CHECK(json["partition"] == partition);
    CHECK(json["order"] == order);
    CHECK(json["seconds"].get<double>() >= 0.0);
    CHECK(json["lower_bound"].get<int>() <= json["colors"].get<int>());
    CHECK(json["colors"].get<int>() == json["row_colors"].get<int>() + json["column_colors"].get<int>());
    return json["colors"].get<int>();
  };
  for (const char* order :
       {"natural", "largest-first", "smallest-last", "incidence-degree", "dynamic-largest-first", "random", "best"}) {
    INFO(order);
    CHECK(colors("column", order) == 30);
    CHECK(colors("row", order) == 30);
    CHECK(colors("star", order) == 2);
    CHECK(colors("acyclic", order) == 2);
  }
  CHECK(colors("bidirectional", "best") <= 3);
}

TEST_CASE("program: color says what it found in two lines", "[program][coloring]") {
  const TemporaryFolder folder;
  const std::string path = folder / "band.mtx";
  write_matrix_market(path, stencil_pattern(heliotrope::tridiagonal(20)));
  const Run plain = run({"color", path});
  INFO(plain.err);
  CHECK(plain.exit == 0);
  CHECK(contains(plain.out, "20 x 20, 58 entries (pattern, general)"));
  CHECK(contains(plain.out, "column colouring, smallest-last order: 3 colours, lower bound 3, "));
  const Run both = run({"color", path, "--partition", "bidirectional"});
  CHECK(both.exit == 0);
  CHECK(contains(both.out, "of rows"));
}

TEST_CASE("program: color draws pictures", "[program][coloring]") {
  const TemporaryFolder folder;
  const std::string path = folder / "grid.mtx", svg = folder / "grid.svg", png = folder / "grid.png";
  write_matrix_market(path, stencil_pattern(heliotrope::five_point(9, 7)));
  REQUIRE(run({"color", path, "--picture", svg}).exit == 0);
  CHECK(read_bytes(svg).starts_with("<svg "));
  REQUIRE(run({"color", path, "--picture", png, "--partition", "row"}).exit == 0);
  CHECK(read_bytes(png).starts_with("\x89PNG\r\n\x1a\n"));
  CHECK(names_in(folder.path()) == std::vector<std::string>{"grid.mtx", "grid.png", "grid.svg"});
}

TEST_CASE("program: color refuses what it cannot do", "[program][coloring]") {
  const TemporaryFolder folder;
  const std::string path = folder / "one.mtx";
  write_bytes(path, "%%MatrixMarket matrix coordinate pattern general\n2 3 1\n1 2\n");
  const auto refused = [&](std::vector<std::string> arguments, const std::string& message) {
    arguments.insert(arguments.begin(), "color");
    const Run run_ = run(arguments);
    INFO(run_.err);
    CHECK(run_.exit == 2);
    CHECK(contains(run_.err, message));
    CHECK(run_.out.empty());
  };
  refused({path, "--partition", "star"}, "not symmetric");
  refused({path, "--partition", "diagonal"}, "partition");
  refused({path, "--order", "fastest"}, "order");
  refused({path, "--picture", folder / "one.gif"}, ".svg or .png");
  refused({folder / "none.mtx"}, "none.mtx");
  refused({}, "MATRIX");
  write_bytes(path, "%%MatrixMarket matrix coordinate pattern general\n2 3 1\n1 4\n");
  refused({path}, "one.mtx:3: found '4', expected a column from 1 to 3 (entry 1)");
}
