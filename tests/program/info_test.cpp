// SPDX-License-Identifier: Apache-2.0
// heliotrope info and heliotrope check.
#include <set>
#include <string>

#include "catch.hpp"
#include "datasets.hpp"
#include "heliotrope/io/text_file.hpp"
#include "program.hpp"

using namespace heliotrope_test;

namespace {

const std::string graph =
    "VERTEX_SE2 7 0 0 0\nVERTEX_SE2 8 1 0 0\nVERTEX_SE2 9 2 0 0\nEDGE_SE2 7 8 1 0.1 0 1 0 0 1 0 1\n"
    "EDGE_SE2 8 9 1 0 0 1 0 0 -1 0 1\nROBOT 1\n";

}  // namespace

TEST_CASE("program: info tells what is in a file", "[program][info]") {
  const TemporaryFolder folder;
  const std::string input = folder / "graph.g2o";
  write_bytes(input, graph);
  const Run told = run({"info", input});
  INFO(told.out << told.err);
  REQUIRE(told.exit == 0);
  CHECK(told.err.empty());
  for (const char* part : {"g2o", "6 residuals in 2 blocks", "6 free parameters of 3 variables", "3 SE2 (1 fixed)",
                           "RelativePoseSE2", "1 connected part; 0 without", "first pose is held", "dense_qr: dense QR",
                           "schur_cholesky", "indefinite", "largest"}) {
    CHECK_THAT(told.out, Catch::Contains(part));
  }
  const auto json = parse_json(run({"info", input, "--json", "--loss", "huber:2"}).out);
  CHECK(json["kind"] == "g2o");
  CHECK(json["source"] == input);
  CHECK(json["warnings"].size() == 2);
  CHECK(json["problem"]["parameters"] == 6);
  CHECK(json["residuals"][0]["loss"] == "huber:2");
  CHECK(json["residuals"][0]["weighted"] == true);
  CHECK(json["jacobian"]["nonzeros"] == 27);
  CHECK(json["linear"]["chosen"] == "dense_qr");
  CHECK(keys(json) == std::set<std::string>{"source", "kind", "warnings", "gauge", "problem", "variables", "residuals",
                                            "jacobian", "parts", "cost", "not_finite", "linear"});
}

TEST_CASE("program: check compares derivatives, a line a residual type", "[program][check]") {
  const TemporaryFolder folder;
  const std::string input = folder / "graph.g2o";
  write_bytes(input, graph);
  const Run sound = run({"check", input});
  INFO(sound.out << sound.err);
  CHECK(sound.exit == 0);
  CHECK_THAT(sound.out, Catch::Contains("RelativePoseSE2") && Catch::Contains("autodiff against complex") &&
                            Catch::Contains("in 36 derivatives, 0 wrong"));
  CHECK(std::count(sound.out.begin(), sound.out.end(), '\n') == 1);

  const Run wrong = run({"check", input, "--digits", "16.9", "--against", "central"});  // more than differences have
  CHECK(wrong.exit == 3);
  CHECK_THAT(wrong.out, Catch::Contains("own") && Catch::Contains("digits agree"));
  const Run json = run({"check", input, "--digits", "16.9", "--against", "central", "--json"});
  CHECK(json.exit == 3);
  const auto report = parse_json(json.out);
  CHECK(report["agrees"] == false);
  CHECK(report["types"][0]["own"] == "autodiff");
  CHECK(report["types"][0]["wrong"] > 0);
  CHECK(report["types"][0]["relative_error"] < 1e-7);
}

TEST_CASE("program: info finds what nothing determines", "[program][info]") {
  const TemporaryFolder folder;
  const std::string scene = folder / "scene.txt";
  REQUIRE(run({"generate", "bal", "--cameras", "4", "--points", "30", "--output", scene}).exit == 0);
  const Run told = run({"info", scene, "--rank"});
  CHECK(told.exit == 0);
  CHECK_THAT(told.out, Catch::Contains("the Jacobian has rank 119 of 126 columns"));
  CHECK(run({"info", scene, "--rank", "--json"}).exit == 2);
}

TEST_CASE("program: info and check refuse what solve refuses", "[program][info][check]") {
  const TemporaryFolder folder;
  const std::string input = folder / "graph.g2o";
  write_bytes(input, graph);
  for (const std::string command : {"info", "check"}) {
    for (const Run& refused : {run({command, folder / "missing"}), run({command, input, "--start", "2"}),
                               run({command, input, "--strict"}), run({command, input, "--format", "bal"})}) {
      CHECK(refused.exit == 2);
      CHECK(refused.out.empty());
      CHECK(refused.err.starts_with("heliotrope: "));
    }
  }
}

TEST_CASE("program: derivatives of public scenes, graphs and curves are right", "[program][check][datasets]") {
  const auto folder = datasets();
  if (!heliotrope::has_compression() || !std::filesystem::exists(folder)) {
    WARN("skipped: there are no public data at " << folder);
    return;
  }
  for (const char* file : {"bal/problem-49-7776-pre.txt.xz", "pose_graph/smallGrid3D.g2o.gz", "pose_graph/intel.g2o.gz",
                           "nist/MGH09.dat.gz", "nist/ENSO.dat.gz"}) {
    const Run checked = run({"check", folder / file, "--threads", "2"});
    INFO(file << checked.out << checked.err);
    CHECK(checked.exit == 0);
    CHECK(run({"info", folder / file}).exit == 0);
  }
}
