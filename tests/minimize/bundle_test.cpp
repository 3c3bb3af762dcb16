// SPDX-License-Identifier: Apache-2.0
// Public bundle-adjustment problems reach their best known optima within 50 iterations of the default method.
#include <iostream>

#include "catch.hpp"
#include "datasets.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/minimize/minimize.hpp"

TEST_CASE("minimize: Ladybug-49, Trafalgar-21 and Dubrovnik-16 within 50 iterations", "[minimize][bal][paper]") {
  using namespace heliotrope;
  const struct {
    const char* name;
    double cost;
  } problems[] = {{"problem-49-7776", 1.33444e4}, {"problem-21-11315", 3.03788e4}, {"problem-16-22106", 1.80340e4}};
  for (const auto& [name, cost] : problems) {
    const auto path = heliotrope_test::datasets() / "bal" / (std::string(name) + "-pre.txt.xz");
    if (!has_compression() || !std::filesystem::exists(path)) {
      WARN("skipped: no " << path);
      continue;
    }
    BalProblem made = make_problem(read_bal(path));
    const Summary summary = minimize(made.problem, {.threads = 2, .max_iterations = 50});
    std::cout << name << ": " << summary;
    CHECK(summary.final_cost <= cost);
    CHECK(made.problem.evaluate({.residuals = false}).cost == Approx(summary.final_cost));
  }
}
