// SPDX-License-Identifier: Apache-2.0
#include "minimize/line_search_loop.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace heliotrope::detail {

namespace {

/// A decrease relative to f that an unfinished search must bring to be followed: some units of rounding.
constexpr double least_decrease = 1e-15;

/// Values that differ by less, relative to f, are taken as equal where the gradient says that the higher one is the
/// minimum: sums of many terms are not known better (chosen).
constexpr double same_value = 1e-10;

}  // namespace

void LineSearchLoop::run(std::span<double> x) {
  search_->begin();
  if (run_.begin()) {
    while (!run_.stopped()) iterate();
  }
  conclude(x);
}

void LineSearchLoop::iterate() {
  direction_.propose(at_);
  if (!(at_.slope < 0.0) && !direction_.is_steepest(at_)) {
    direction_.forget(at_);
    direction_.propose(at_);
  }
  LineFunction* line = nullptr;
  const auto evaluated = [&](double step) {
    const LinePoint p = run_.evaluate(step);
    if (run_.interrupted()) line->exhaust();
    return p;
  };
  LineFunction phi(evaluated, {0.0, at_.value, at_.slope}, options_.line_search.max_evaluations, direction_.max_step());
  line = &phi;
  const LineSearch::Result found = search_->search(phi, first_step());
  const double decrease = at_.value - found.point.value;
  if (!found.satisfied && !(decrease > least_decrease * std::abs(at_.value))) return refuse(phi);
  if (phi.last().step != found.point.step) run_.evaluate(found.point.step);
  step_to(found.point);
}

/// No lower value along this direction.
void LineSearchLoop::refuse(const LineFunction& phi) {
  if (run_.interrupted()) return run_.stop_at_limit();
  if (by_slopes_ != nullptr) {  // perhaps values are too rough already where slopes are not
    search_ = std::exchange(by_slopes_, nullptr);
    search_->begin();
    return direction_.forget(at_);
  }
  if (!direction_.is_steepest(at_)) return direction_.forget(at_);
  run_.stop(phi.contradicted() ? ObjectiveStatus::line_search_failed : ObjectiveStatus::value_converged);
}

void LineSearchLoop::step_to(const LinePoint& point) {
  leave_best(point.value);
  at_.accept(point.step, point.value, run_.measure());
  if (point.value < best_value_) best_is_behind_ = false;
  run_.record_step(point.step);
}

/// Keeps the present point, if it is the best so far and the next is not.
void LineSearchLoop::leave_best(double next_value) {
  if (best_is_behind_ || best_.empty() || next_value <= at_.value) return;
  const auto x = at_.x();
  std::copy(x.begin(), x.end(), best_.begin());
  best_value_ = at_.value;
  best_max_ = at_.max;
  best_square_ = at_.square;
  best_is_behind_ = true;
}

double LineSearchLoop::first_step() const {
  if (!direction_.is_steepest(at_) || options_.method == ObjectiveMethod::gradient_descent) {
    const double step = direction_.first_step(at_);
    if (std::isfinite(step) && step > 0.0) return step;
  }
  const double length = options_.line_search.first_step;
  if (length > 0.0) return length / std::sqrt(at_.square);
  return direction_.start_step(at_);
}

void LineSearchLoop::conclude(std::span<double> x) {
  run_.conclude();
  if (summary_.status == ObjectiveStatus::gradient_converged && at_.max < best_max_ &&
      at_.value - best_value_ <= same_value * std::abs(best_value_)) {
    best_is_behind_ = false;
  }
  const std::span<const double> best = best_is_behind_ ? std::span<const double>(best_) : at_.x();
  std::copy(best.begin(), best.end(), x.begin());
  if (!best_is_behind_) return;
  summary_.final_value = best_value_;
  summary_.gradient_max = best_max_;
  summary_.gradient_norm = std::sqrt(best_square_);
}

}  // namespace heliotrope::detail
