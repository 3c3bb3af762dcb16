// SPDX-License-Identifier: Apache-2.0
// `heliotrope solve` from file to answer, on problems that `heliotrope generate` makes.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "heliotrope/io/bal.hpp"
#include "heliotrope/io/g2o.hpp"
#include "heliotrope/io/text_file.hpp"
#include "program.hpp"

using namespace heliotrope_test;

namespace {

std::string make_bal(const TemporaryFolder& folder, const std::string& name = "scene.txt") {
  const std::string path = folder / name;
  const Run made = run({"generate", "bal", "--cameras", "8", "--points", "200", "--output", path});
  REQUIRE(made.exit == 0);
  return path;
}

std::string make_graph(const TemporaryFolder& folder, const std::string& structure) {
  const std::string path = folder / (structure + ".g2o");
  REQUIRE(run({"generate", "pose-graph", "--structure", structure, "--poses", "200", "--output", path}).exit == 0);
  return path;
}

}  // namespace

TEST_CASE("program: a generated scene is solved, and answer and JSON are written", "[program]") {
  const TemporaryFolder folder;
  const std::string input = make_bal(folder), output = folder / "solved.txt", report = folder / "report.json";
  const Run solved = run({"solve", input, "--output", output, "--json", report});
  INFO(solved.out << solved.err);
  REQUIRE(solved.exit == 0);
  CHECK(solved.err.empty());
  CHECK(contains(solved.out, "gain ratio"));
  CHECK(contains(solved.out, "linear solver"));
  CHECK_FALSE(contains(solved.out, "\033"));  // no escapes: not a terminal

  const auto json = read_json(report);
  CHECK(json["converged"] == true);
  CHECK(json["problem"]["kind"] == "bal");
  CHECK(json["problem"]["variables"] == 208);
  CHECK(json["problem"]["parameters"] == 8 * 9 + 200 * 3);
  CHECK(json["cost"]["final"] < 0.5 * json["cost"]["initial"].get<double>());
  CHECK(json["iterations"].front()["cost"] == json["cost"]["initial"]);
  CHECK(json["iterations"].back()["cost"] == json["cost"]["final"]);
  CHECK(json["seconds"]["total"] > 0.0);
  CHECK(json["seconds"]["read"] > 0.0);
  CHECK_FALSE(json.contains("parameters"));

  // The answer reads back, sees the same things, and is where a solve starts with the cost that this one ended with, up
  // to the rounding of undoing the normalisation.
  const heliotrope::BalScene before = heliotrope::read_bal(input), after = heliotrope::read_bal(output);
  CHECK(after.observations == before.observations);
  CHECK(after.points != before.points);
  REQUIRE(run({"solve", output, "--max-iterations", "0", "--json", report, "--quiet"}).exit == 0);
  CHECK(read_json(report)["cost"]["initial"].get<double>() ==
        Approx(json["cost"]["final"].get<double>()).epsilon(1e-10));
  CHECK(names_in(folder.path()) == std::vector<std::string>{"report.json", "scene.txt", "solved.txt"});
}

TEST_CASE("program: the parameters in the report are those of the output, in the scene's units", "[program]") {
  const TemporaryFolder folder;
  const std::string input = folder / "scene.txt", output = folder / "solved.txt", report = folder / "report.json";
  REQUIRE(run({"generate", "bal", "--cameras", "2", "--points", "25", "--output", input}).exit == 0);
  REQUIRE(run({"solve", input, "--quiet", "--output", output, "--json", report}).exit == 0);
  const heliotrope::BalScene solved = heliotrope::read_bal(output);
  std::vector<double> expected = solved.cameras;
  expected.insert(expected.end(), solved.points.begin(), solved.points.end());
  CHECK(read_json(report)["parameters"] == expected);
  REQUIRE(run({"solve", input, "--quiet", "--json", report}).exit == 0);  // the same without an output
  CHECK(read_json(report)["parameters"] == expected);
}

TEST_CASE("program: generated pose graphs are solved", "[program]") {
  const TemporaryFolder folder;
  for (const std::string structure : {"sphere", "grid", "manhattan"}) {
    const std::string input = make_graph(folder, structure), output = folder / "solved.g2o",
                      report = folder / "report.json";
    const Run solved = run({"solve", input, "--output", output, "--json", report});
    INFO(solved.out << solved.err);
    REQUIRE(solved.exit == 0);
    const auto json = read_json(report);
    CHECK(json["problem"]["kind"] == "g2o");
    CHECK(json["cost"]["final"] < json["cost"]["initial"].get<double>());
    CHECK(heliotrope::read_g2o(output).measurements == heliotrope::read_g2o(input).measurements);
  }
}

TEST_CASE("program: a graph that nothing fixes is held by its first pose, and said so", "[program]") {
  const TemporaryFolder folder;
  const auto input = folder / "chain.g2o";
  write_bytes(input,
              "EDGE_SE2 0 1 1 0 0 1 0 0 1 0 1\n"
              "EDGE_SE2 1 2 1 0 0.1 1 0 0 1 0 1\n"
              "EDGE_SE2 0 2 2.1 0 0 1 0 0 1 0 1\n"
              "ODD_TAG 1 2 3\n");
  const Run solved = run({"solve", input, "--json", "-"});
  REQUIRE(solved.exit == 0);
  CHECK(contains(solved.err, "gauge"));
  CHECK(contains(solved.err, "warning: "));
  const auto json = parse_json(solved.out);
  CHECK(json["problem"]["variables"] == 3);
  CHECK(json["problem"]["parameters"] == 6);
  CHECK(json["parameters"].size() == 9);
  CHECK(keys(json) == std::set<std::string>{"problem", "cost", "status", "converged", "message", "method", "linear",
                                            "derivatives", "threads", "iterations", "seconds", "memory", "parameters",
                                            "version"});
  CHECK(keys(json["problem"]) ==
        std::set<std::string>{"kind", "variables", "parameters", "residual_blocks", "residuals"});
  CHECK(keys(json["cost"]) == std::set<std::string>{"initial", "final"});
  CHECK(keys(json["linear"]) == std::set<std::string>{"name", "reason"});
  CHECK(keys(json["iterations"][0]) == std::set<std::string>{"iteration", "cost", "gradient_max", "step_norm",
                                                             "damping", "gain_ratio", "accepted", "seconds"});
  CHECK(keys(json["seconds"]) == std::set<std::string>{"read", "setup", "residuals", "jacobian", "linear", "total"});
  CHECK(keys(json["memory"]) == std::set<std::string>{"peak_bytes"});
}

TEST_CASE("program: every word of every option is taken", "[program]") {
  const TemporaryFolder folder;
  const std::string input = make_bal(folder), report = folder / "report.json";
  REQUIRE(run({"solve", input, "--quiet", "--json", report}).exit == 0);
  const double cost = read_json(report)["cost"]["final"];
  const std::vector<std::pair<std::string, std::vector<std::string>>> words = {
      {"--method", {"lm", "gauss-newton", "dogleg", "subspace-dogleg"}},
      {"--linear", {"auto", "cholesky", "eigen", "dense", "sparse-qr", "cg"}},
      {"--derivatives", {"autodiff", "forward", "central", "complex", "coloured"}},
      {"--damping", {"fletcher", "nielsen", "classical"}},
      {"--format", {"bal"}}};
  for (const auto& [option, choices] : words) {
    for (const std::string& word : choices) {
      const Run solved = run({"solve", input, option, word, "--quiet", "--json", report});
      INFO(option << " " << word << ": " << solved.err);
      REQUIRE(solved.exit == 0);
      CHECK(read_json(report)["cost"]["final"].get<double>() == Approx(cost).epsilon(1e-3));
    }
  }
}

TEST_CASE("program: limits, tolerances and the loss reach the solve", "[program]") {
  const TemporaryFolder folder;
  const std::string input = make_bal(folder), report = folder / "report.json";
  const auto solve = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"solve", input, "--quiet", "--json", report});
    REQUIRE(run(options).exit == 0);
    return read_json(report);
  };
  CHECK(solve({"--max-iterations", "1"})["status"] == "max_iterations");
  CHECK(solve({"--max-iterations", "1"})["iterations"].size() == 2);
  CHECK(solve({"--time-limit", "0"})["status"] == "time_limit");
  CHECK(solve({"--gradient-tolerance", "1e9"})["status"] == "gradient_converged");
  CHECK(solve({"--step-tolerance", "1e9"})["status"] == "step_converged");
  CHECK(solve({"--cost-tolerance", "1"})["status"] == "cost_converged");
  CHECK(solve({"--threads", "2", "--max-iterations", "1"})["threads"] == 2);
  const double squares = solve({})["cost"]["initial"];
  for (const char* loss : {"huber:0.1", "barron:-2,0.1", "tolerant:1,0.1", "arctan:0.1", "huber:1(welsch:0.1)"}) {
    INFO(loss);
    CHECK(solve({"--loss", loss})["cost"]["initial"] < squares);
  }
}

TEST_CASE("program: sparse QR is one of the linear solvers", "[program]") {
  const TemporaryFolder folder;
  const std::string input = make_graph(folder, "manhattan"), report = folder / "report.json";
  const auto cost_by = [&](const char* linear, const char* name) {
    const Run solved = run({"solve", input, "--quiet", "--linear", linear, "--json", report});
    INFO(solved.err);
    REQUIRE(solved.exit == 0);
    const auto json = read_json(report);
    CHECK(contains(json["linear"]["name"].get<std::string>(), name));
    return json["cost"]["final"].get<double>();
  };
  CHECK(cost_by("sparse-qr", "sparse QR") == Approx(cost_by("cholesky", "sparse Cholesky")).epsilon(1e-9));
}

TEST_CASE("program: quiet prints nothing", "[program]") {
  const TemporaryFolder folder;
  const Run solved = run({"solve", make_graph(folder, "manhattan"), "--quiet"});
  CHECK(solved.exit == 0);
  CHECK(solved.out.empty());
  CHECK(solved.err.empty());
}

TEST_CASE("program: compressed files are read and written", "[program]") {
  if (!heliotrope::has_compression()) return;
  const TemporaryFolder folder;
  const std::string plain = make_bal(folder), plain_report = folder / "plain.json";
  REQUIRE(run({"solve", plain, "--quiet", "--json", plain_report}).exit == 0);
  for (const std::string suffix : {".gz", ".bz2", ".xz"}) {
    const std::string input = make_bal(folder, "scene.txt" + suffix), report = folder / "report.json";
    CHECK(std::filesystem::file_size(input) < std::filesystem::file_size(plain));
    REQUIRE(run({"solve", input, "--quiet", "--json", report, "--output", folder / ("solved.txt" + suffix)}).exit == 0);
    CHECK(read_json(report)["cost"] == read_json(plain_report)["cost"]);
    CHECK(heliotrope::read_bal(folder / ("solved.txt" + suffix)).num_cameras() == 8);
  }
}

TEST_CASE("program: 1, 2, 3 and 4 threads give the same bits, again and again", "[program][threads]") {
  const TemporaryFolder folder;
  const std::string scene = folder / "scene.txt", graph = make_graph(folder, "sphere");
  REQUIRE(
      run({"generate", "bal", "--structure", "crowd", "--cameras", "12", "--points", "3000", "--output", scene}).exit ==
      0);
  for (const std::string& input : {scene, graph}) {
    std::string first_output;
    nlohmann::json first;
    for (const char* threads : {"1", "1", "2", "3", "4", "4"}) {
      const std::string output = folder / "solved", report = folder / "report.json";
      REQUIRE(run({"solve", input, "--threads", threads, "--max-iterations", "12", "--quiet", "--output", output,
                   "--json", report})
                  .exit == 0);
      const auto json = read_json(report);
      if (first_output.empty()) {
        first_output = read_bytes(output);
        first = json;
      }
      INFO(input << " with " << threads << " threads");
      CHECK((read_bytes(output) == first_output));
      CHECK(json["cost"] == first["cost"]);
      REQUIRE(json["iterations"].size() == first["iterations"].size());
      for (std::size_t k = 0; k < json["iterations"].size(); ++k) {
        CHECK(json["iterations"][k]["gradient_max"] == first["iterations"][k]["gradient_max"]);
      }
    }
  }
}

TEST_CASE("program: the worst residuals are named by what they tie", "[program]") {
  const TemporaryFolder folder;
  const std::string scene = folder / "scene.txt", report = folder / "report.json";
  REQUIRE(run({"generate", "bal", "--cameras", "5", "--points", "60", "--output", scene}).exit == 0);
  const Run solved = run({"solve", scene, "--worst", "3", "--json", report});
  CHECK(solved.exit == 0);
  CHECK_THAT(solved.out, Catch::Contains("down-weighted") && Catch::Contains("camera ") && Catch::Contains(", point "));
  const auto json = read_json(report);
  CHECK(json["accounting"]["worst"].size() == 3);
  CHECK(json["accounting"]["types"][0]["cost"].get<double>() == Approx(json["cost"]["final"].get<double>()));
}

TEST_CASE("program: a run that goes on from a checkpoint ends with the same bytes", "[program]") {
  const TemporaryFolder folder;
  const std::string scene = folder / "scene.txt", through = folder / "through.txt", resumed = folder / "resumed.txt";
  const std::string state = folder / "state", log = folder / "log.csv", picture = folder / "cost.svg";
  REQUIRE(run({"generate", "bal", "--cameras", "8", "--points", "200", "--output", scene}).exit == 0);
  REQUIRE(run({"solve", scene, "--quiet", "--output", through, "--log", log, "--picture", picture}).exit == 0);
  REQUIRE(run({"solve", scene, "--quiet", "--checkpoint", state, "--checkpoint-interval", "0", "--max-iterations", "2"})
              .exit == 0);
  const Run second = run({"solve", scene, "--quiet", "--resume", state, "--output", resumed});
  CHECK(second.exit == 0);
  CHECK((read_bytes(through) == read_bytes(resumed)));
  CHECK_THAT(read_bytes(log), Catch::StartsWith("iteration,cost,") && Catch::Contains("\n1,"));
  CHECK_THAT(read_bytes(picture), Catch::StartsWith("<svg"));

  const Run wrong = run({"solve", scene, "--resume", scene});
  CHECK(wrong.exit == 2);
  CHECK_THAT(wrong.err, Catch::Contains("expected 'heliotrope checkpoint 1'"));
  CHECK(run({"solve", scene, "--method", "lbfgs", "--resume", state}).exit == 2);
}

TEST_CASE("program: a problem that was dumped is solved as the file it came from", "[program]") {
  const TemporaryFolder folder;
  const std::string scene = folder / "scene.txt", dump = folder / "dump", graph = make_graph(folder, "sphere");
  REQUIRE(run({"generate", "bal", "--cameras", "5", "--points", "80", "--output", scene}).exit == 0);
  for (const std::string& input : {scene, graph}) {
    const std::string first = folder / "first.json", second = folder / "second.json";
    REQUIRE(run({"solve", input, "--quiet", "--loss", "huber:2", "--dump", dump, "--json", first}).exit == 0);
    REQUIRE(run({"solve", dump, "--quiet", "--output", folder / "solved", "--json", second}).exit == 0);
    CHECK(read_json(first)["cost"] == read_json(second)["cost"]);
    CHECK(run({"info", folder / "solved"}).exit == 0);
  }
  CHECK(run({"solve", dump, "--loss", "huber:1"}).exit == 2);
}
