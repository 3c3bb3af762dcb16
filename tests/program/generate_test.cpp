// SPDX-License-Identifier: Apache-2.0
// `heliotrope generate`, the help texts and the version.
#include <string>
#include <vector>

#include "catch.hpp"
#include "heliotrope/io/bal.hpp"
#include "heliotrope/io/g2o.hpp"
#include "heliotrope/version.hpp"
#include "program.hpp"

using namespace heliotrope_test;

TEST_CASE("program: what is generated has the sizes asked for and depends on the seed alone", "[program]") {
  const TemporaryFolder folder;
  const std::string path = folder / "made";
  const std::vector<std::vector<std::string>> kinds = {
      {"bal", "--structure", "street", "--cameras", "9", "--points", "70"},
      {"bal", "--structure", "crowd", "--cameras", "9", "--points", "70", "--outliers", "0.1", "--noise", "2"},
      {"pose-graph", "--structure", "sphere", "--poses", "60"},
      {"pose-graph", "--structure", "grid", "--poses", "60", "--closures", "1"},
      {"pose-graph", "--structure", "manhattan", "--poses", "60", "--noise", "0.2", "--outliers", "0.5"}};
  for (const std::vector<std::string>& kind : kinds) {
    const auto make = [&](const std::string& seed) {
      std::vector<std::string> arguments = {"generate"};
      arguments.insert(arguments.end(), kind.begin(), kind.end());
      arguments.insert(arguments.end(), {"--seed", seed, "--output", path});
      const Run made = run(arguments);
      INFO(made.err);
      REQUIRE(made.exit == 0);
      CHECK(made.out.starts_with(path));
      return read_bytes(path);
    };
    const std::string one = make("1"), again = make("1"), two = make("2");
    CHECK((one == again));
    CHECK((one != two));
    if (kind[0] == "bal") {
      CHECK(heliotrope::read_bal(path).num_cameras() == 9);
      CHECK(heliotrope::read_bal(path).num_points() == 70);
    } else {
      CHECK(heliotrope::read_g2o(path).num_poses() == 60);
    }
  }
}

TEST_CASE("program: help texts name every option", "[program]") {
  const Run solve = run({"solve", "--help"});
  CHECK(solve.exit == 0);
  for (const char* option :
       {"INPUT", "--format", "--method", "--linear", "--derivatives", "--loss", "--threads", "--max-iterations",
        "--time-limit", "--cost-tolerance", "--gradient-tolerance", "--step-tolerance", "--output", "--json", "--quiet",
        "--strict", "--start", "--damping", "Exit status"}) {
    INFO(option);
    CHECK(contains(solve.out, option));
  }
  const Run program = run({"--help"});
  CHECK(program.exit == 0);
  CHECK(contains(program.out, "solve"));
  CHECK(contains(program.out, "generate"));
  CHECK(run({"generate", "--help"}).exit == 0);
  CHECK(contains(run({"generate", "bal", "--help"}).out, "--cameras"));
  CHECK(contains(run({"generate", "pose-graph", "--help"}).out, "--poses"));
}

TEST_CASE("program: the version tells what the build has", "[program]") {
  const Run version = run({"--version"});
  CHECK(version.exit == 0);
  CHECK(contains(version.out, heliotrope::version()));
  CHECK(contains(version.out, heliotrope::licence()));
  for (const char* part : {"kernels for baseline", "sparse", "threads", "BLAS", "licence"})
    CHECK(contains(version.out, part));
}
