// SPDX-License-Identifier: Apache-2.0
// Every method on the functions that it claims to solve [More1981]. With HELIOTROPE_TABLES set, every solve is printed.
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "catch.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"
#include "heliotrope/residuals/test_functions.hpp"

using namespace heliotrope;

namespace {

constexpr LineSearchType searches[] = {LineSearchType::more_thuente, LineSearchType::hager_zhang,
                                       LineSearchType::strong_wolfe};

/// At a published minimum, local ones included, after at most 5000 evaluations.
bool is_solved(const TestFunction& f, const ObjectiveSummary& s) {
  const auto at = [&](double minimum) { return s.final_value <= minimum * 1.001 + 1e-6; };
  const bool near_other = (f.name == "biggs-exp6" && std::abs(s.final_value - 5.65565e-3) < 1e-6) ||
                          (f.name == "trigonometric" && std::abs(s.final_value - 2.79506e-5) < 1e-6);
  return s.converged() && (at(f.minimum(static_cast<int>(s.num_parameters))) || near_other);
}

struct Score {
  int solved = 0, evaluations = 0;
  std::string misses;
};

Score score(const ObjectiveOptions& options) {
  const bool table = std::getenv("HELIOTROPE_TABLES") != nullptr;
  Score score;
  for (const TestFunction& f : unconstrained_test_functions()) {
    std::vector<double> x = f.start();
    const ObjectiveSummary s = minimize_objective(f, x, options);
    if (table) std::cout << f.name << ": " << s;
    score.evaluations += s.evaluations;
    if (is_solved(f, s)) {
      ++score.solved;
    } else {
      score.misses += " " + std::string(f.name) + " (" + std::string(name(s.status)) + ")";
    }
  }
  std::cout << name(options.method) << " (" << name(options.line_search.type) << "): " << score.solved << "/18, "
            << score.evaluations << " evaluations, misses:" << score.misses << '\n';
  return score;
}

/// The method with every search of Wolfe's conditions solves `all` but so many functions.
void check_all_but(ObjectiveMethod method, int misses) {
  for (const LineSearchType search : searches) {
    const Score s = score({.method = method, .line_search = {.type = search}, .max_evaluations = 5000});
    INFO(name(method) << ", " << name(search) << ", misses:" << s.misses);
    CHECK(s.solved >= 18 - misses);
  }
}

}  // namespace

TEST_CASE("objective: limited memory and BFGS solve all unconstrained test functions", "[minimize][objective][paper]") {
  check_all_but(ObjectiveMethod::lbfgs, 0);
  check_all_but(ObjectiveMethod::bfgs, 0);
  check_all_but(ObjectiveMethod::broyden, 0);
  check_all_but(ObjectiveMethod::dfp, 1);
  for (const auto method : {ObjectiveMethod::bfgs, ObjectiveMethod::broyden}) {
    CHECK(score({.method = method, .line_search = {.type = LineSearchType::backtracking}}).solved == 18);
  }
}

TEST_CASE("objective: conjugate gradients solve all test functions but Watson's", "[minimize][objective][paper]") {
  check_all_but(ObjectiveMethod::fletcher_reeves, 1);
  check_all_but(ObjectiveMethod::polak_ribiere, 1);
  check_all_but(ObjectiveMethod::hestenes_stiefel, 1);
  check_all_but(ObjectiveMethod::hager_zhang, 1);
}

TEST_CASE("objective: spectral steps solve most test functions", "[minimize][objective][paper]") {
  CHECK(score({.method = ObjectiveMethod::barzilai_borwein, .max_evaluations = 5000}).solved >= 14);
}
