// SPDX-License-Identifier: Apache-2.0
// Small problems one by one and in packs, beside Ceres' TinySolver, with derivatives by each library's jets and by
// hand.
//
// All in one program, compiled alike, in turn, medians. Both solvers are asked for as much: gradients of 1e-10, steps
// of 1e-8, costs of 2.2e-16; no end by a change of cost. The bars: equal costs at the end, at least as fast one by one,
// and 4 times as fast in packs. Ends with 1 where one is missed.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "heliotrope/minimize/small_batch.hpp"
#include "problems.hpp"

#if HELIOTROPE_SMALL_CERES
#include <ceres/tiny_solver.h>
#include <ceres/tiny_solver_autodiff_function.h>
#endif

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t num_problems = 4000;
constexpr int rounds = 15;
constexpr heliotrope::SmallOptions options{.max_iterations = 50,
                                           .cost_tolerance = 0.0,
                                           .gradient_tolerance = 1e-10,
                                           .step_tolerance = 1e-8,
                                           .cost_threshold = std::numeric_limits<double>::epsilon()};

struct Contender {
  std::string name;
  std::function<void(std::vector<double>& costs, std::vector<int>& iterations)> solve_all;
  std::vector<double> nanoseconds = {}, costs = std::vector<double>(num_problems);
  std::vector<int> iterations = std::vector<int>(num_problems);

  double median() {
    std::nth_element(nanoseconds.begin(), nanoseconds.begin() + rounds / 2, nanoseconds.end());
    return nanoseconds[rounds / 2];
  }
};

template <class P>
Contender one_by_one(const std::string& name, const std::vector<P>& problems, const auto& starts) {
  return {name, [&](std::vector<double>& costs, std::vector<int>& iterations) {
            for (std::size_t i = 0; i < num_problems; ++i) {
              auto x = starts[i];
              const heliotrope::SmallSummary summary = heliotrope::minimize_small(problems[i], x, options);
              costs[i] = summary.final_cost;
              iterations[i] = summary.iterations;
            }
          }};
}

template <class P, class X>
Contender in_packs(const std::string& name, const std::vector<P>& problems, const std::vector<X>& starts) {
  return {name, [&, x = starts, summaries = std::vector<heliotrope::SmallSummary>(num_problems)](
                    std::vector<double>& costs, std::vector<int>& iterations) mutable {
            x = starts;
            heliotrope::minimize_small_batch(std::span<const P>(problems), std::span<X>(x),
                                             std::span<heliotrope::SmallSummary>(summaries), options);
            for (std::size_t i = 0; i < num_problems; ++i) {
              costs[i] = summaries[i].final_cost;
              iterations[i] = summaries[i].iterations;
            }
          }};
}

#if HELIOTROPE_SMALL_CERES
/// As Ceres takes residuals to differentiate.
template <class P>
struct Returning {
  const P& problem;
  template <class T>
  bool operator()(const T* x, T* r) const {
    problem(x, r);
    return true;
  }
};

/// As Ceres takes residuals with a Jacobian, column-major.
template <class P>
struct WithJacobian {
  using Scalar = double;
  enum { NUM_RESIDUALS = P::residuals, NUM_PARAMETERS = P::parameters };
  const P& problem;
  bool operator()(const double* x, double* r, double* J) const {
    problem.template by_hand<1, P::residuals>(x, r, J);
    return true;
  }
};

template <bool by_hand, class P>
Contender tiny_solver(const std::string& name, const std::vector<P>& problems, const auto& starts) {
  return {
      name, [&](std::vector<double>& costs, std::vector<int>& iterations) {
        using Functor = Returning<P>;
        using Function = std::conditional_t<by_hand, WithJacobian<P>,
                                            ceres::TinySolverAutoDiffFunction<Functor, P::residuals, P::parameters>>;
        ceres::TinySolver<Function> solver;
        solver.options.function_tolerance = 0.0;
        for (std::size_t i = 0; i < num_problems; ++i) {
          auto x = starts[i];
          Eigen::Matrix<double, P::parameters, 1> at = Eigen::Map<Eigen::Matrix<double, P::parameters, 1>>(x.data());
          if constexpr (by_hand) {
            solver.Solve(Function{problems[i]}, &at);
          } else {
            const Functor functor{problems[i]};
            solver.Solve(Function(functor), &at);
          }
          costs[i] = solver.summary.final_cost;
          iterations[i] = solver.summary.iterations;
        }
      }};
}
#endif

/// The largest excess of one cost over the other, beside the largest of both and what counts as zero.
double worst_excess(const Contender& of, const Contender& over) {
  double worst = 0.0;
  for (std::size_t i = 0; i < num_problems; ++i) {
    const double size = std::max(over.costs[i], 1e-12);
    worst = std::max(worst, (of.costs[i] - over.costs[i]) / size);
  }
  return worst;
}

void time_in_turn(std::vector<Contender>& contenders) {
  for (int round = -1; round < rounds; ++round) {
    for (Contender& c : contenders) {
      const auto start = Clock::now();
      c.solve_all(c.costs, c.iterations);
      const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
      if (round >= 0) c.nanoseconds.push_back(1e9 * seconds / num_problems);
    }
  }
}

template <template <class> class P>
bool compare() {
  const auto cases = small::make_cases<P<double>>(num_problems);
  using Hand = small::ByHand<double, P<double>>;
  std::vector<Hand> by_hand;
  for (const auto& problem : cases.problems) by_hand.push_back({problem});

  std::vector<Contender> all;
  all.push_back(one_by_one("heliotrope, jets", cases.problems, cases.starts));
  all.push_back(one_by_one("heliotrope, by hand", by_hand, cases.starts));
  all.push_back(in_packs("heliotrope in packs, jets", cases.problems, cases.starts));
  all.push_back(in_packs("heliotrope in packs, by hand", by_hand, cases.starts));
#if HELIOTROPE_SMALL_CERES
  all.push_back(tiny_solver<false>("TinySolver, jets", cases.problems, cases.starts));
  all.push_back(tiny_solver<true>("TinySolver, by hand", cases.problems, cases.starts));
#endif
  time_in_turn(all);

  bool good = true;
  std::printf("%s\n", P<double>::name);
  for (std::size_t c = 0; c < all.size(); ++c) {
    double iterations = 0.0;
    for (const int i : all[c].iterations) iterations += i;
    std::printf("  %-30s %8.1f ns a problem, %5.2f iterations", all[c].name.c_str(), all[c].median(),
                iterations / num_problems);
    if (c < 4 && all.size() > 4) {
      const double ratio = all[4 + c % 2].median() / all[c].median(), bar = c < 2 ? 1.0 : 4.0;
      const double excess = worst_excess(all[c], all[4 + c % 2]);
      const bool meets = ratio >= bar && excess <= 1e-6;
      std::printf("; %5.2f times as fast (bar %.0f), cost at most %.1e higher%s", ratio, bar, excess,
                  meets ? "" : "  MISSED");
      good &= meets;
    }
    std::printf("\n");
  }
  return good;
}

}  // namespace

int main() {
  bool good = compare<small::Powell>();
  good &= compare<small::Circle>();
  good &= compare<small::Triangulation>();
  return good ? 0 : 1;
}
