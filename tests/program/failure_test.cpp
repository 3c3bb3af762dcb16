// SPDX-License-Identifier: Apache-2.0
// What the heliotrope command does with wrong usage, unreadable input and unwritable output.
#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "program.hpp"

using namespace heliotrope_test;

namespace {

const std::string scene = "1 1 1\n0 0 1 1\n0 0 0 0 0 -5 1000 0 0\n0 0 0\n";

/// Refused with status 2, one line on standard error that begins as it should, and nothing on standard output.
void check_refused(const Run& refused, const std::string& part) {
  INFO(refused.out << refused.err);
  CHECK(refused.exit == 2);
  CHECK(refused.out.empty());
  CHECK(refused.err.starts_with("heliotrope: "));
  CHECK(std::count(refused.err.begin(), refused.err.end(), '\n') == 1);
  CHECK(contains(refused.err, part));
}

}  // namespace

TEST_CASE("program: wrong usage is told in a line", "[program]") {
  const TemporaryFolder folder;
  const std::string input = folder / "scene.txt";
  write_bytes(input, scene);
  check_refused(run({}), "subcommand");
  check_refused(run({"frobnicate"}), "frobnicate");
  check_refused(run({"solve"}), "INPUT");
  check_refused(run({"solve", input, "--frobnicate"}), "--frobnicate");
  check_refused(run({"solve", input, "--method", "magic"}), "magic");
  check_refused(run({"solve", input, "--linear", "magic"}), "magic");
  check_refused(run({"solve", input, "--derivatives", "magic"}), "magic");
  check_refused(run({"solve", input, "--format", "magic"}), "magic");
  check_refused(run({"solve", input, "--loss", "magic"}), "magic");
  check_refused(run({"solve", input, "--loss", "huber:-1"}), "-1");
  check_refused(run({"solve", input, "--threads", "0"}), "--threads");
  check_refused(run({"solve", input, "--max-iterations", "-1"}), "--max-iterations");
  check_refused(run({"solve", input, "--max-iterations", "many"}), "--max-iterations");
  check_refused(run({"generate"}), "subcommand");
  check_refused(run({"generate", "bal"}), "--output");
  check_refused(run({"generate", "bal", "--output", folder / "x", "--cameras", "1"}), "camera");
  check_refused(run({"generate", "pose-graph", "--output", folder / "x", "--structure", "street"}), "street");
  CHECK(names_in(folder.path()) == std::vector<std::string>{"scene.txt"});
}

TEST_CASE("program: tolerances out of range are refused", "[program]") {
  const TemporaryFolder folder;
  const std::string input = folder / "scene.txt";
  write_bytes(input, scene);
  for (const std::string option :
       {"--cost-tolerance", "--gradient-tolerance", "--step-tolerance", "--time-limit", "--initial-damping"}) {
    for (const std::string value : {"-1", "nan", "much"}) check_refused(run({"solve", input, option, value}), option);
  }
  check_refused(run({"solve", input, "--initial-damping", "0"}), "--initial-damping");
}

TEST_CASE("program: malformed input is told by file and line, and outputs stay as they were", "[program]") {
  const TemporaryFolder folder;
  const std::string input = folder / "broken", output = folder / "answer.txt", report = folder / "report.json";
  struct Case {
    std::string text, expected;
  };
  for (const Case& broken : std::vector<Case>{{"", "broken: found an empty file"},
                                              {std::string("a\0b", 3), "broken: found binary data"},
                                              {"hello\n", "broken:1: "},
                                              {scene.substr(0, 30), "broken:"},
                                              {"1 1 1\n0 7 1 1\n0 0 0 0 0 -5 1000 0 0\n0 0 0\n", "broken:2: "},
                                              {"1 1 1\n0 0 1 nan\n0 0 0 0 0 -5 1000 0 0\n0 0 0\n", "broken:2: "},
                                              {"VERTEX_SE2 0 0 0 0\nEDGE_SE2 0 9 1 0 0 1 0 0 1 0 1\n", "broken:2: "},
                                              {"NIST/ITL StRD\nDataset Name: Nothing\n", "broken:"}}) {
    write_bytes(input, broken.text);
    write_bytes(output, "precious");
    write_bytes(report, "precious too");
    check_refused(run({"solve", input, "--output", output, "--json", report}), broken.expected);
    CHECK(read_bytes(output) == "precious");
    CHECK(read_bytes(report) == "precious too");
  }
  CHECK(names_in(folder.path()) == std::vector<std::string>{"answer.txt", "broken", "report.json"});
}

TEST_CASE("program: input that is no file is told", "[program]") {
  const TemporaryFolder folder;
  check_refused(run({"solve", folder / "missing"}), "missing: cannot be opened");
  check_refused(run({"solve", folder.path()}), "found no COLMAP model in this folder");
}

TEST_CASE("program: outputs that cannot be written are found before solving", "[program]") {
  const TemporaryFolder folder;
  const std::string input = folder / "scene.txt";
  write_bytes(input, scene);
  check_refused(run({"solve", input, "--output", folder / "missing" / "answer.txt"}), "cannot be written");
  check_refused(run({"solve", input, "--json", folder / "missing" / "report.json"}), "cannot be written");
  check_refused(run({"solve", input, "--output", folder.path()}), "directory");
  check_refused(run({"solve", input, "--output", folder / "same", "--json", folder / "same"}), "same file");
  check_refused(run({"generate", "bal", "--output", folder / "missing" / "scene.txt"}), "cannot be written");
  CHECK(names_in(folder.path()) == std::vector<std::string>{"scene.txt"});
}

TEST_CASE("program: a clipped information matrix is a warning, and an error where strict", "[program]") {
  const TemporaryFolder folder;
  const std::string input = folder / "graph.g2o";
  write_bytes(input,
              "VERTEX_SE2 0 0 0 0\nVERTEX_SE2 1 1 0 0\nFIX 0\n"
              "EDGE_SE2 0 1 1 0.1 0 1 0 0 -1 0 1\n");
  const Run clipped = run({"solve", input});
  CHECK(clipped.exit == 0);
  CHECK(clipped.err.starts_with("warning: "));
  check_refused(run({"solve", input, "--strict"}), "graph.g2o:4: ");
}
