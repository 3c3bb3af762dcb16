// SPDX-License-Identifier: Apache-2.0
// Every public pose graph: read, solved, written, and read back.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "catch.hpp"
#include "datasets.hpp"
#include "heliotrope/io/format.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/io/toro.hpp"
#include "heliotrope/minimize/minimize.hpp"
#include "io/files.hpp"
#include "io/same_graph.hpp"
#include "sanitized.hpp"

namespace {

using namespace heliotrope;

struct Format {
  PoseGraph (*parse)(std::string_view, std::string_view, const PoseGraphOptions&);
  void (*write)(const std::filesystem::path&, const PoseGraph&);
  bool exact;  // whether a file holds all bits of a rotation in space
};

Format format_of(FileFormat format) {
  if (format == FileFormat::toro) return {parse_toro, write_toro, false};
  if (format == FileFormat::isam) return {parse_isam, write_isam, false};
  REQUIRE(format == FileFormat::g2o);
  return {parse_g2o, write_g2o, true};
}

/// Makes equal what differs by rounding in quaternions alone, whatever their sign.
void forgive_rotations(std::vector<double>& poses, const std::vector<double>& expected) {
  REQUIRE(poses.size() == expected.size());
  for (std::size_t i = 0; i < poses.size(); i += 7) {
    double same = 0.0, opposite = 0.0;
    for (std::size_t k = i + 3; k < i + 7; ++k) {
      same = std::max(same, std::abs(poses[k] - expected[k]));
      opposite = std::max(opposite, std::abs(poses[k] + expected[k]));
    }
    if (std::min(same, opposite) > 1e-15) continue;
    std::copy_n(expected.begin() + static_cast<std::ptrdiff_t>(i + 3), 4,
                poses.begin() + static_cast<std::ptrdiff_t>(i + 3));
  }
}

void check_file(const std::filesystem::path& path, const std::filesystem::path& written) {
  INFO(path.filename().string());
  const TextFile file = read_file(path);
  const Format format = format_of(detect_format(path, file.text));
  PoseGraph graph = format.parse(file.name, file.text, {});

  PoseGraphProblem made = make_problem(graph);
  const Summary summary = minimize(made.problem, {.max_iterations = 4});
  CHECK_FALSE(is_failure(summary.status));
  CHECK(std::isfinite(summary.initial_cost));
  CHECK(summary.final_cost <= summary.initial_cost * (1.0 + 1e-12));
  store_values(made, graph);

  format.write(written, graph);
  const TextFile answer = read_file(written);
  CHECK(format_of(detect_format(written, answer.text)).parse == format.parse);
  PoseGraph back = format.parse(answer.name, answer.text, {});
  if (!format.exact && graph.dimension == 3) {
    forgive_rotations(back.poses, graph.poses);
    forgive_rotations(back.measurements, graph.measurements);
  }
  CHECK(heliotrope_test::same(back, graph));
}

}  // namespace

TEST_CASE("pose graphs: every public file is read, solved, written and read back", "[minimize][datasets]") {
  const auto folder = heliotrope_test::datasets() / "pose_graph";
  if (!has_compression() || !std::filesystem::exists(folder)) {
    WARN("skipped: no libarchive, or no data sets at " << folder);
    return;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string extension = plain_extension(entry.path());
    const bool is_text = entry.path().filename().string().starts_with("w20000") ||
                         entry.path().filename().string().starts_with("sphere2500_groundtruth");
    if (extension == "g2o" || extension == "graph" || is_text) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  CHECK(files.size() >= 41);
  const heliotrope_test::TemporaryFolder temporary;
  // Sanitizers take every tenth.
  for (std::size_t i = 0; i < files.size(); i += heliotrope_test::scale) check_file(files[i], temporary / "solved.txt");
}

TEST_CASE("pose graphs: in the true sphere odometry closes all loops, by the right order of angles",
          "[minimize][datasets]") {
  const auto path = heliotrope_test::datasets() / "pose_graph" / "sphere2500_groundtruth.txt.gz";
  if (!has_compression() || !std::filesystem::exists(path)) {
    WARN("skipped: no libarchive, or no data set at " << path);
    return;
  }
  PoseGraphProblem made = make_problem(read_isam(path));
  // 2450 closures, 5e-5 of a length and 1e-6 rad off, since numbers are printed with six digits.
  CHECK(minimize(made.problem, {.max_iterations = 0}).initial_cost < 1e-2);
}

namespace {

const std::string weight = " 1 0 0 1 0 1\n";

/// Solves a g2o text and returns the summary; the graph holds the answer.
Summary solve(const std::string& text, PoseGraph& graph) {
  graph = parse_g2o("graph", text);
  PoseGraphProblem made = make_problem(graph);
  const Summary summary = minimize(made.problem);
  store_values(made, graph);
  return summary;
}

}  // namespace

TEST_CASE("pose graphs: a tree ends at zero, vertices without edges stay where they are", "[minimize]") {
  PoseGraph graph;
  const Summary summary = solve(
      "VERTEX_SE2 0 0 0 0\nVERTEX_SE2 9 4 5 6\nVERTEX_SE2 1 0.5 0.5 2\nVERTEX_SE2 2 3 3 3\n"
      "EDGE_SE2 1 0 -1 0 0" +
          weight + "EDGE_SE2 1 2 1 0 0.5" + weight,
      graph);
  CHECK(summary.final_cost < 1e-20);
  CHECK(graph.poses[3] == 4.0);
  CHECK(graph.poses[5] == 6.0);
  CHECK(graph.poses[6] == Approx(1.0));
  CHECK(graph.poses[9] == Approx(2.0));
  CHECK(graph.poses[11] == Approx(0.5));
}

TEST_CASE("pose graphs: angles beyond a turn are kept as read, and wrapped in the residual", "[minimize]") {
  const double turn = 2.0 * std::acos(-1.0);
  const auto text = [](double measured) {
    return "VERTEX_SE2 0 0 0 9\nVERTEX_SE2 1 1 0 9\nEDGE_SE2 0 1 1 0 " + std::to_string(measured) + weight;
  };
  PoseGraph graph = parse_g2o("graph", text(0.25 + 2.0 * turn));
  CHECK(graph.measurements[2] > 12.0);
  CHECK(graph.poses[2] == 9.0);
  const auto start = [](const PoseGraph& from) {
    PoseGraphProblem made = make_problem(from);
    return minimize(made.problem, {.max_iterations = 0}).initial_cost;
  };
  CHECK(start(graph) == Approx(start(parse_g2o("graph", text(0.25)))).epsilon(1e-6));
}

TEST_CASE("pose graphs: 64-bit ids far apart, and lines in any order, lead to the same answer", "[minimize]") {
  const std::vector<std::string> lines = {"VERTEX_SE2 8430738502437568514 2 0 0\n",
                                          "VERTEX_SE2 -9223372036854775808 0 0 0\n",
                                          "VERTEX_SE2 7 1 0.2 0\n",
                                          "FIX 7\n",
                                          "EDGE_SE2 -9223372036854775808 7 1 0 0.1" + weight,
                                          "EDGE_SE2 8430738502437568514 7 -1 0.3 0" + weight,
                                          "EDGE_SE2 8430738502437568514 -9223372036854775808 -2.2 0 0" + weight};
  PoseGraph forward, backward;
  const double cost =
      solve(lines[0] + lines[1] + lines[2] + lines[3] + lines[4] + lines[5] + lines[6], forward).final_cost;
  CHECK(cost > 1e-3);
  CHECK(solve(lines[6] + lines[5] + lines[4] + lines[3] + lines[2] + lines[1] + lines[0], backward).final_cost ==
        Approx(cost).epsilon(1e-10));
  CHECK(forward.ids[0] == 8430738502437568514);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(forward.ids[i] == backward.ids[2 - i]);
    for (std::size_t k = 0; k < 3; ++k)
      CHECK(forward.poses[3 * i + k] == Approx(backward.poses[3 * (2 - i) + k]).margin(1e-7));
  }
}
