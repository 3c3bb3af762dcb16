// SPDX-License-Identifier: Apache-2.0
// Pose graphs of each format through `heliotrope solve`, and back in their own format.
#include <cmath>
#include <string>

#include "catch.hpp"
#include "heliotrope/io/g2o.hpp"
#include "heliotrope/io/toro.hpp"
#include "program.hpp"

using namespace heliotrope_test;

namespace {

nlohmann::json solve(const std::string& input, const std::string& output, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"solve", input, "--json", "-", "--output", output};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Run solved = run(arguments);
  INFO(solved.err);
  REQUIRE(solved.exit == 0);
  return parse_json(solved.out);
}

}  // namespace

TEST_CASE("program: landmarks of a g2o file are solved and written", "[program]") {
  const TemporaryFolder folder;
  const std::string input = folder / "park.g2o", output = folder / "solved.g2o";
  // Two poses, one landmark, seen consistently; the start of pose 2 is wrong.
  write_bytes(input,
              "VERTEX_SE2 0 0 0 0\nVERTEX_SE2 2 1.5 0.5 0.1\nVERTEX_XY 1 2 2\nEDGE_SE2 0 2 1 0 0 1 0 0 1 0 1\n"
              "EDGE_SE2_XY 0 1 2 1 1 0 1\nLANDMARK2 2 1 1 1 1 0 1\n");
  const auto json = solve(input, output);
  CHECK(json["problem"]["kind"] == "g2o");
  CHECK(json["cost"]["final"].get<double>() < 1e-15);
  REQUIRE(json["parameters"].size() == 8);
  const auto graph = heliotrope::read_g2o(output);
  CHECK(graph.poses[3] == Approx(1.0));
  CHECK(graph.landmarks[1] == Approx(1.0));
  CHECK(graph.sightings == std::vector<double>{2, 1, 1, 1});
}

TEST_CASE("program: a TORO graph is written as TORO's, an iSAM graph as iSAM's", "[program]") {
  const TemporaryFolder folder;
  const std::string toro = folder / "a.graph", isam = folder / "a.txt", output = folder / "solved.txt";
  const std::string edges =
      "EDGE2 1 0 -1 0 0 4 0 4 4 0 0\nEDGE2 2 0 -2.5 0 0 4 0 4 4 0 0\nEDGE2 2 1 -1 0 0 4 0 4 4 0 0\n";
  write_bytes(toro, "VERTEX2 0 0 0 0\nVERTEX2 1 1 0 0\nVERTEX2 2 2 0 0\n" + edges + "EQUIV 2 1\n");
  write_bytes(isam, "EDGE2 0 1 1 0 0 2 0 0 2 0 2\nEDGE2 0 2 2.5 0 0 2 0 0 2 0 2\nEDGE2 1 2 1 0 0 2 0 0 2 0 2\n");

  // 4/2 (a^2 + b^2 + c^2) with a + b + c = 1/2: a sixth each.
  const auto first = solve(toro, output);
  CHECK(first["problem"]["kind"] == "toro");
  CHECK(first["cost"]["final"].get<double>() == Approx(2.0 * 3.0 / 36.0));
  const auto solved = heliotrope::read_toro(output);
  CHECK(solved.poses[3] == Approx(1.0 + 1.0 / 6.0));
  CHECK(solved.equivalences.size() == 1);
  CHECK(solve(output, folder / "again.txt")["problem"]["kind"] == "toro");

  const auto second = solve(isam, output);
  CHECK(second["problem"]["kind"] == "isam");
  CHECK(second["cost"]["final"].get<double>() == Approx(2.0 * 3.0 / 36.0));
  CHECK(heliotrope::read_isam(output).poses[3] == Approx(1.0 + 1.0 / 6.0));
  const auto again = solve(output, folder / "again.txt");
  CHECK(again["problem"]["kind"] == "isam");
  CHECK(again["cost"]["initial"].get<double>() == Approx(2.0 * 3.0 / 36.0));
}

TEST_CASE("program: --format decides where a text could be TORO's or iSAM's", "[program]") {
  const TemporaryFolder folder;
  const std::string input = folder / "a.txt", output = folder / "solved";
  write_bytes(input, "EDGE2 0 1 1 0 0 2 0 2 2 0 0\n");
  CHECK(solve(input, output)["problem"]["kind"] == "isam");
  CHECK(solve(input, output, {"--format", "toro"})["problem"]["kind"] == "toro");
  write_bytes(input, "EDGE2 0 1 1 0 0 1 2 1 1 0 0\n");
  const Run strict = run({"solve", input, "--format", "toro", "--strict"});
  CHECK(strict.exit == 2);
  CHECK(contains(strict.err, "a.txt:1: found an indefinite information matrix"));
}

TEST_CASE("program: the edges of DLR's data are solved, and have no writer", "[program]") {
  const TemporaryFolder folder;
  const std::string input = folder / "edges.txt";
  write_bytes(input, "P,0,1,1,0,0,1,0,0,0,1,0,0,0,1\nL,0,2,2,1,1,0,0,1\nL,1,2,2,1,1,0,0,1\n");
  const Run solved = run({"solve", input, "--json", "-", "--quiet"});
  REQUIRE(solved.exit == 0);
  const auto json = parse_json(solved.out);
  CHECK(json["problem"]["kind"] == "dlr");
  CHECK(json["cost"]["final"].get<double>() > 0.01);
  const Run refused = run({"solve", input, "--output", folder / "out"});
  CHECK(refused.exit == 2);
  CHECK(contains(refused.err, "--output is for all formats but nist and dlr"));
}
