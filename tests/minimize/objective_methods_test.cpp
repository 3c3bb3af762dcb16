// SPDX-License-Identifier: Apache-2.0
// Every method on the functions that it claims to solve [More1981].
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "catch.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"
#include "heliotrope/residuals/test_functions.hpp"

using namespace heliotrope;

namespace {

constexpr ObjectiveMethod all_methods[] = {ObjectiveMethod::lbfgs,
                                           ObjectiveMethod::gradient_descent,
                                           ObjectiveMethod::barzilai_borwein,
                                           ObjectiveMethod::fletcher_reeves,
                                           ObjectiveMethod::polak_ribiere,
                                           ObjectiveMethod::hestenes_stiefel,
                                           ObjectiveMethod::hager_zhang,
                                           ObjectiveMethod::bfgs,
                                           ObjectiveMethod::dfp,
                                           ObjectiveMethod::broyden};
constexpr LineSearchType searches[] = {LineSearchType::more_thuente, LineSearchType::hager_zhang,
                                       LineSearchType::strong_wolfe, LineSearchType::backtracking};

ObjectiveSummary solve(const TestFunction& f, const ObjectiveOptions& options) {
  std::vector<double> x = f.start();
  return minimize_objective(f, x, options);
}

/// At the published minimum, or at a point without slope that is as good a minimum.
bool is_solved(const TestFunction& f, const ObjectiveSummary& s) {
  const double known = f.minimum(static_cast<int>(s.num_parameters));
  return s.converged() && (s.final_value <= known + 1e-4 * std::max(known, 1e-3) || s.gradient_max <= 1e-6);
}

}  // namespace

TEST_CASE("objective: successes of every method on the unconstrained test functions", "[minimize][objective][paper]") {
  const bool table = std::getenv("HELIOTROPE_TABLES") != nullptr;
  for (const ObjectiveMethod method : all_methods) {
    for (const LineSearchType search : searches) {
      if (method == ObjectiveMethod::gradient_descent || method == ObjectiveMethod::barzilai_borwein) {
        if (search != LineSearchType::backtracking) continue;
      }
      int solved = 0, evaluations = 0;
      std::string misses;
      for (const TestFunction& f : unconstrained_test_functions()) {
        const ObjectiveSummary s =
            solve(f, {.method = method, .line_search = {.type = search}, .max_evaluations = 5000});
        if (is_solved(f, s)) {
          ++solved;
        } else {
          misses += " " + std::string(f.name) + " (" + std::string(name(s.status)) + ")";
        }
        evaluations += s.evaluations;
        if (table) std::cout << name(method) << " " << name(search) << " " << f.name << ": " << s;
      }
      std::cout << name(method) << " (" << name(search) << "): " << solved << "/18, " << evaluations
                << " evaluations, misses:" << misses << '\n';
    }
  }
}
