// SPDX-License-Identifier: Apache-2.0
// What stops the heliotrope command while it solves: Ctrl-C and --time-limit.
#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "heliotrope/io/bal.hpp"
#include "program.hpp"

using namespace heliotrope_test;

namespace {

/// A scene whose solve takes long and many iterations: a rough start, pixels without sense among the others.
std::string make_slow_scene(const TemporaryFolder& folder, const std::string& cameras, const std::string& points) {
  const std::string path = folder / "scene.txt";
  REQUIRE(run({"generate", "bal", "--structure", "crowd", "--cameras", cameras, "--points", points, "--outliers", "0.2",
               "--rotation-error", "0.1", "--output", path})
              .exit == 0);
  return path;
}

/// The output is the best point: a solve starts there with the cost that the stopped one reported.
void check_written(const nlohmann::json& stopped, const std::string& output, const std::string& report) {
  CHECK(stopped["converged"] == false);
  CHECK(stopped["cost"]["final"] <= stopped["cost"]["initial"].get<double>());
  REQUIRE(run({"solve", output, "--max-iterations", "0", "--quiet", "--json", report}).exit == 0);
  CHECK(read_json(report)["cost"]["initial"].get<double>() ==
        Approx(stopped["cost"]["final"].get<double>()).epsilon(1e-10));
}

bool is_iteration(std::string_view line, int number) {
  const auto first = line.find_first_not_of(' ');
  return first != std::string_view::npos && line.substr(first).starts_with(std::to_string(number) + " ");
}

}  // namespace

TEST_CASE("program: Ctrl-C stops at the best point, which is written", "[program]") {
  const TemporaryFolder folder;
  const std::string input = make_slow_scene(folder, "25", "4000"), output = folder / "solved.txt",
                    report = folder / "report.json";
  Program program({"solve", input, "--max-iterations", "1000000", "--cost-tolerance", "0", "--linear", "eigen",
                   "--threads", "1", "--output", output, "--json", report});
  const Run stopped = program.finish([&](std::string_view line) {
    if (is_iteration(line, 1)) program.interrupt();
  });
  INFO(stopped.out << stopped.err);
  REQUIRE(stopped.exit == 0);
  const auto json = read_json(report);
  CHECK(json["status"] == "user_stopped");
  check_written(json, output, report);
}

TEST_CASE("program: a time limit stops at the best point, which is written", "[program]") {
  const TemporaryFolder folder;
  const std::string input = make_slow_scene(folder, "100", "10000"), output = folder / "solved.txt",
                    report = folder / "report.json";
  const Run stopped = run({"solve", input, "--max-iterations", "1000000", "--cost-tolerance", "0", "--linear", "eigen",
                           "--threads", "1", "--time-limit", "0.3", "--output", output, "--json", report});
  INFO(stopped.out << stopped.err);
  REQUIRE(stopped.exit == 0);
  const auto json = read_json(report);
  CHECK(json["status"] == "time_limit");
  check_written(json, output, report);
  CHECK(names_in(folder.path()) == std::vector<std::string>{"report.json", "scene.txt", "solved.txt"});
}

TEST_CASE("program: a second Ctrl-C ends at once and leaves no file", "[program]") {
  const TemporaryFolder folder;
  const std::string input = make_slow_scene(folder, "100", "10000"), output = folder / "solved.txt";
  bool ended_at_once = false;
  for (int attempt = 0; attempt < 5 && !ended_at_once; ++attempt) {  // the second may come when the solve is over
    Program program({"solve", input, "--max-iterations", "1000000", "--cost-tolerance", "0", "--linear", "eigen",
                     "--threads", "1", "--output", output});
    const Run stopped = program.finish([&](std::string_view line) {
      if (!is_iteration(line, 0)) return;
      for (int k = 0; k < 2; ++k) {
        usleep(10000);  // into the iteration; signals that come together count once
        program.interrupt();
      }
    });
    ended_at_once = stopped.exit == 130;
    CHECK((ended_at_once || stopped.exit == 0));
    CHECK(std::filesystem::exists(output) == !ended_at_once);
    std::filesystem::remove(output);
    CHECK(names_in(folder.path()) == std::vector<std::string>{"scene.txt"});
  }
  CHECK(ended_at_once);
}
