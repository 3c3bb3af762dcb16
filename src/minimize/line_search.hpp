// SPDX-License-Identifier: Apache-2.0
// How far to go along a direction. With phi(a) = f(x + a d), phi'(0) < 0, searches end at a step a where
//
//     phi(a) <= phi(0) + mu a phi'(0)          (sufficient decrease)
//     |phi'(a)| <= eta |phi'(0)|               (curvature)
//
// or what stands for these (see each). mu is sufficient_decrease, eta curvature.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "heliotrope/derive/function_ref.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"

namespace heliotrope::detail {

struct LinePoint {
  double step = 0.0, value = 0.0, slope = 0.0;
};

/// phi, as a line search sees it: finite everywhere.
///
/// Where phi or phi' is not finite, a shorter step is evaluated in its stead, and no later one reaches that far. So a
/// search reads the step of what it is given back.
class LineFunction {
 public:
  using Evaluate = FunctionRef<LinePoint(double step)>;

  LineFunction(Evaluate evaluate, const LinePoint& start, int max_evaluations,
               double max_step = std::numeric_limits<double>::infinity())
      : evaluate_(evaluate), start_(start), best_(start), max_evaluations_(max_evaluations), max_step_(max_step) {}

  LinePoint at(double step);

  const LinePoint& start() const { return start_; }
  double max_step() const { return max_step_; }
  /// The lowest value seen, the start's included.
  const LinePoint& best() const { return best_; }
  /// The point that was evaluated last.
  const LinePoint& last() const { return last_; }
  int evaluations() const { return evaluations_; }
  /// Whether, at the shortest step where phi rose by more than rounding, its slopes say that it falls.
  bool contradicted() const;
  /// Whether a search should take what it has.
  bool exhausted() const { return evaluations_ >= max_evaluations_; }
  void exhaust() { max_evaluations_ = 0; }

  bool decreases(const LinePoint& p, double mu) const { return p.value <= start_.value + mu * p.step * start_.slope; }
  bool is_flat(const LinePoint& p, double eta) const { return std::abs(p.slope) <= -eta * start_.slope; }

 private:
  Evaluate evaluate_;
  LinePoint start_, best_, last_, rise_;
  int evaluations_ = 0, max_evaluations_;
  double max_step_;
  double inside_ = 0.0;                                    // the longest finite step under the wall
  double wall_ = std::numeric_limits<double>::infinity();  // the shortest step that was not finite
};

class LineSearch {
 public:
  virtual ~LineSearch() = default;
  /// The point to go to, and whether the search's conditions hold there. Without them it is the lowest point seen.
  struct Result {
    LinePoint point;
    bool satisfied = false;
  };
  virtual Result search(LineFunction& phi, double first_step) = 0;
  /// Forgets the last solve.
  virtual void begin() {}
};

std::unique_ptr<LineSearch> make_more_thuente(const LineSearchOptions& options);
std::unique_ptr<LineSearch> make_hager_zhang_search(const LineSearchOptions& options);
std::unique_ptr<LineSearch> make_strong_wolfe(const LineSearchOptions& options);
/// window: values of so many iterations may be exceeded by none but the highest (1: monotone) [Grippo1986].
std::unique_ptr<LineSearch> make_backtracking(const LineSearchOptions& options, int window = 1);
std::unique_ptr<LineSearch> make_fixed_step();

/// The minimiser of the cubic with the values and slopes of a and b; NaN where it has none.
double cubic_minimizer(const LinePoint& a, const LinePoint& b);
/// The minimiser of the parabola with a's value and slope and b's value.
double quadratic_minimizer(const LinePoint& a, const LinePoint& b);

}  // namespace heliotrope::detail
