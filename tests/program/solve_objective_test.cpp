// SPDX-License-Identifier: Apache-2.0
// `heliotrope solve --method lbfgs` and its like: what is the same as for least-squares methods, and what is not.
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "heliotrope/io/bal.hpp"
#include "program.hpp"

using namespace heliotrope_test;

namespace {

std::string make_small_bal(const TemporaryFolder& folder) {
  const std::string path = folder / "scene.txt";
  REQUIRE(run({"generate", "bal", "--cameras", "4", "--points", "60", "--output", path}).exit == 0);
  return path;
}

std::string make_small_graph(const TemporaryFolder& folder) {
  const std::string path = folder / "graph.g2o";
  REQUIRE(run({"generate", "pose-graph", "--structure", "manhattan", "--poses", "60", "--output", path}).exit == 0);
  return path;
}

std::string make_line(const TemporaryFolder& folder) {
  const std::string path = folder / "chain.g2o";
  write_bytes(path,
              "EDGE_SE2 0 1 1 0 0 1 0 0 1 0 1\n"
              "EDGE_SE2 1 2 1 0 0.1 1 0 0 1 0 1\n"
              "EDGE_SE2 0 2 2.1 0 0 1 0 0 1 0 1\n");
  return path;
}

}  // namespace

TEST_CASE("program: a pose graph is solved by lbfgs to the cost of lm, and answer and JSON are written", "[program]") {
  const TemporaryFolder folder;
  const std::string input = make_small_graph(folder), output = folder / "solved.g2o", report = folder / "report.json";
  REQUIRE(run({"solve", input, "--quiet", "--json", report}).exit == 0);
  const double cost = read_json(report)["cost"]["final"];
  const Run solved = run({"solve", input, "--method", "lbfgs", "--memory", "20", "--output", output, "--json", report});
  INFO(solved.out << solved.err);
  REQUIRE(solved.exit == 0);
  CHECK(contains(solved.out, "evaluations"));
  CHECK(contains(solved.out, "lbfgs (more_thuente)"));
  const auto json = read_json(report);
  CHECK(json["cost"]["final"].get<double>() == Approx(cost).epsilon(1e-5));
  CHECK(json["converged"] == true);
  CHECK(json["problem"]["kind"] == "g2o");
  CHECK(json["iterations"].front()["cost"] == json["cost"]["initial"]);
  CHECK(json["iterations"].back()["cost"] == json["cost"]["final"]);
  REQUIRE(run({"solve", output, "--max-iterations", "0", "--quiet", "--json", report}).exit == 0);
  CHECK(read_json(report)["cost"]["initial"].get<double>() ==
        Approx(json["cost"]["final"].get<double>()).epsilon(1e-8));
}

TEST_CASE("program: the report of a gradient method has its own keys", "[program]") {
  const TemporaryFolder folder;
  const Run solved = run({"solve", make_line(folder), "--method", "bfgs", "--json", "-"});
  INFO(solved.err);
  REQUIRE(solved.exit == 0);
  const auto json = parse_json(solved.out);
  CHECK(keys(json) == std::set<std::string>{"problem", "cost", "status", "converged", "message", "method", "threads",
                                            "evaluations", "gradient", "iterations", "seconds", "memory", "parameters",
                                            "version"});
  CHECK(json["problem"] ==
        nlohmann::json{{"kind", "g2o"}, {"variables", 3}, {"parameters", 6}, {"residual_blocks", 3}, {"residuals", 9}});
  CHECK(keys(json["iterations"][0]) ==
        std::set<std::string>{"iteration", "cost", "gradient_max", "step", "step_norm", "evaluations", "seconds"});
  CHECK(json["parameters"].size() == 9);
}

TEST_CASE("program: every gradient method and search lowers the cost of a scene", "[program]") {
  const TemporaryFolder folder;
  const std::string input = make_small_bal(folder), line = make_line(folder), report = folder / "report.json";
  for (const std::string method : {"lbfgs", "gradient-descent", "barzilai-borwein", "fletcher-reeves", "polak-ribiere",
                                   "hestenes-stiefel", "hager-zhang", "bfgs", "dfp", "broyden"}) {
    const Run solved = run({"solve", method == "gradient-descent" ? line : input, "--method", method,
                            "--max-iterations", "20", "--quiet", "--json", report});
    INFO(method << ": " << solved.err);
    REQUIRE(solved.exit == 0);
    const auto json = read_json(report);
    CHECK(json["cost"]["final"] < json["cost"]["initial"].get<double>());
  }
  for (const std::string search : {"automatic", "more-thuente", "hager-zhang", "strong-wolfe", "backtracking"}) {
    REQUIRE(run({"solve", input, "--method", "lbfgs", "--line-search", search, "--max-iterations", "20", "--quiet",
                 "--json", report})
                .exit == 0);
    CHECK(read_json(report)["cost"]["final"] < read_json(report)["cost"]["initial"].get<double>());
  }
}

TEST_CASE("program: limits, tolerances and options of the other kind of method", "[program]") {
  const TemporaryFolder folder;
  const std::string input = make_small_bal(folder), report = folder / "report.json";
  const auto solve = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"solve", input, "--method", "lbfgs", "--quiet", "--json", report});
    REQUIRE(run(options).exit == 0);
    return read_json(report);
  };
  CHECK(solve({"--max-iterations", "3"})["status"] == "max_iterations");
  CHECK(solve({"--max-iterations", "3"})["iterations"].size() == 4);
  CHECK(solve({"--time-limit", "0"})["status"] == "time_limit");
  CHECK(solve({"--gradient-tolerance", "1e12"})["status"] == "gradient_converged");
  CHECK(solve({"--cost-tolerance", "1"})["status"] == "value_converged");
  CHECK(solve({"--max-iterations", "3", "--threads", "2"})["threads"] == 2);
  const double central = solve({"--max-iterations", "0", "--derivatives", "central"})["gradient"]["max"];
  CHECK(central == Approx(solve({"--max-iterations", "0"})["gradient"]["max"].get<double>()).epsilon(1e-5));

  for (const std::vector<std::string>& options : {std::vector<std::string>{"--method", "lbfgs", "--damping", "nielsen"},
                                                  {"--method", "lbfgs", "--linear", "cholesky"},
                                                  {"--method", "lm", "--memory", "3"},
                                                  {"--line-search", "fixed"}}) {
    std::vector<std::string> arguments = {"solve", input};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Run refused = run(arguments);
    INFO(refused.err);
    CHECK(refused.exit == 2);
    CHECK(contains(refused.err, options[options.size() - 2]));
    CHECK_FALSE(contains(refused.out, "iter"));  // before solving
  }
}

TEST_CASE("program: a start that is not finite ends with status 3 and no answer", "[program]") {
  const TemporaryFolder folder;
  const std::string input = folder / "chain.g2o", output = folder / "solved.g2o", report = folder / "report.json";
  write_bytes(input,
              "VERTEX_SE2 0 0 0 0\n"
              "VERTEX_SE2 1 1e200 0 0\n"
              "EDGE_SE2 0 1 1 0 0 1 0 0 1 0 1\n");
  const Run failed = run({"solve", input, "--method", "lbfgs", "--output", output, "--json", report});
  INFO(failed.out << failed.err);
  CHECK(failed.exit == 3);
  CHECK(read_json(report)["status"] == "not_finite_at_start");
  CHECK_FALSE(std::filesystem::exists(output));
}
