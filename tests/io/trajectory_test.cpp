// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/trajectory.hpp"

#include <cmath>
#include <string>

#include "catch.hpp"
#include "files.hpp"
#include "heliotrope/io/g2o.hpp"

using Catch::Matchers::Contains;
using heliotrope::parse_tum;
using heliotrope::Trajectory, heliotrope::write_tum;
using heliotrope_test::error_of;

TEST_CASE("trajectory: lines of time, position and quaternion", "[io][tum]") {
  const Trajectory read =
      parse_tum("poses", "# time x y z qx qy qz qw\n\n1305031102.1758 1 2 3 0 0 3 4 # end\n0.5 4 5 6 0 0 0 -1");
  CHECK(read.times == std::vector<double>{1305031102.1758, 0.5});
  REQUIRE(read.poses.size() == 14);
  CHECK(read.poses[5] == Approx(0.6));
  CHECK(read.poses[6] == Approx(0.8));
  CHECK(std::vector<double>(read.poses.begin() + 7, read.poses.end()) == std::vector<double>{4, 5, 6, 0, 0, 0, -1});
}

TEST_CASE("trajectory: writing and reading is the identity", "[io][tum]") {
  const heliotrope_test::TemporaryFolder folder;
  const Trajectory poses = parse_tum("poses", "0.1 1e-300 0.1 0.2 0.1 0.2 0.3 0.4\n1305031102.175304 -1 2 3 0 0 0 1\n");
  write_tum(folder / "a.txt", poses);
  const Trajectory back = heliotrope::read_tum(folder / "a.txt");
  CHECK(back.times == poses.times);
  CHECK(back.poses == poses.poses);
}

TEST_CASE("trajectory: a graph's poses in the order of their ids; those in the plane are lifted", "[io][tum]") {
  const auto plane =
      heliotrope::parse_g2o("graph", "VERTEX_SE2 7 1 2 3\nVERTEX_SE2 -3 4 5 9\nEDGE_SE2 7 -3 0 0 0 1 0 0 1 0 1\n");
  const Trajectory lifted = trajectory_of(plane);
  CHECK(lifted.times == std::vector<double>{-3, 7});
  const std::vector<double> expected = {4, 5, 0, 0, 0, std::sin(4.5), std::cos(4.5),
                                        1, 2, 0, 0, 0, std::sin(1.5), std::cos(1.5)};
  CHECK(lifted.poses == expected);

  // Ids that a double cannot tell apart: the place is the time.
  const std::string weight = " 1 0 0 0 0 0 1 0 0 0 0 1 0 0 0 1 0 0 1 0 1\n";
  const auto space = heliotrope::parse_g2o(
      "graph",
      "VERTEX_SE3:QUAT 9007199254740993 1 2 3 0 0 0 1\nVERTEX_SE3:QUAT 9007199254740992 4 5 6 0 1 0 0\n"
      "EDGE_SE3:QUAT 9007199254740993 9007199254740992 0 0 0 0 0 0 1" +
          weight);
  const Trajectory numbered = trajectory_of(space);
  CHECK(numbered.times == std::vector<double>{0, 1});
  CHECK(numbered.poses == std::vector<double>{4, 5, 6, 0, 1, 0, 0, 1, 2, 3, 0, 0, 0, 1});
}

TEST_CASE("trajectory: malformed lines are told", "[io][tum][fault]") {
  const auto error_in = [](const std::string& text) { return error_of([&] { parse_tum("poses", text); }); };
  CHECK_THAT(error_in("0 1 2 3 0 0 0\n"),
             Contains("poses:1: found the end of the file, expected a finite number (qw)"));
  CHECK_THAT(error_in("# c\n0 1 2 3 0 0 0 1 5\n"), Contains("poses:2: found '5', expected the end of the line"));
  CHECK_THAT(error_in("nan 1 2 3 0 0 0 1\n"), Contains("poses:1: found 'nan', expected a finite number (time)"));
  CHECK_THAT(error_in("0 1 2 3 0 0 0 0\n"), Contains("poses:1: found a quaternion of length zero"));
  CHECK_THAT(error_in("# nothing\n"), Contains("expected at least one line: time x y z qx qy qz qw"));
  const heliotrope_test::TemporaryFolder folder;
  CHECK_THAT(error_of([&] {
               write_tum(folder / "a", {{0.0}, {1, 2, 3}});
             }),
             Contains("found 3 numbers of poses, expected 7"));
  CHECK_THAT(error_of([&] { write_tum(folder / "a", {{INFINITY}, {1, 2, 3, 0, 0, 0, 1}}); }), Contains("not finite"));
  CHECK_FALSE(std::filesystem::exists(folder / "a"));
}
