// SPDX-License-Identifier: Apache-2.0
#include "minimize/line_search_loop.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heliotrope::detail {

namespace {

/// A decrease relative to f that an unfinished search must bring to be followed: some units of rounding.
constexpr double least_decrease = 1e-15;

}  // namespace

void LineSearchLoop::run(std::span<double> x) {
  if (begin()) {
    while (!stopped_) iterate();
  }
  conclude(x);
}

bool LineSearchLoop::begin() {
  search_.begin();
  const LinePoint start = evaluate(0.0);
  at_.accept_start(start.value, measure_);
  summary_.initial_value = start.value;
  if (!std::isfinite(start.value) || !std::isfinite(measure_.square)) {
    stop(ObjectiveStatus::not_finite_at_start);
    summary_.message += std::isfinite(start.value) ? " (the gradient)" : " (the value)";
    return false;
  }
  record(0.0);
  check_convergence();
  return !stopped_;
}

void LineSearchLoop::iterate() {
  direction_.propose(at_);
  if (!(at_.slope < 0.0) && at_.pairs() > 0) {
    at_.forget();
    direction_.propose(at_);
  }
  LineFunction* line = nullptr;
  const auto evaluated = [&](double step) {
    const LinePoint p = evaluate(step);
    if (interrupted_) line->exhaust();
    return p;
  };
  LineFunction phi(evaluated, {0.0, at_.value, at_.slope}, options_.line_search.max_evaluations, direction_.max_step());
  line = &phi;
  const LineSearch::Result found = search_.search(phi, first_step());
  const double decrease = at_.value - found.point.value;
  if (!found.satisfied && !(decrease > least_decrease * std::abs(at_.value))) return refuse(phi);
  if (phi.last().step != found.point.step) evaluate(found.point.step);
  step_to(found.point);
}

/// No lower value along this direction.
void LineSearchLoop::refuse(const LineFunction& phi) {
  if (interrupted_) return stop(limit_);
  if (at_.pairs() > 0) return at_.forget();
  stop(phi.contradicted() ? ObjectiveStatus::line_search_failed : ObjectiveStatus::value_converged);
}

void LineSearchLoop::step_to(const LinePoint& point) {
  leave_best(point.value);
  at_.accept(point.step, point.value, measure_);
  if (point.value < best_value_) best_is_behind_ = false;
  record(point.step);
  check_convergence();
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
  if (at_.pairs() > 0 || options_.method == ObjectiveMethod::gradient_descent) {
    const double step = direction_.first_step(at_);
    if (std::isfinite(step) && step > 0.0) return step;
  }
  const double length = options_.line_search.first_step;
  if (length > 0.0) return length / std::sqrt(at_.square);
  return std::min(1.0, 1.0 / at_.max);
}

LinePoint LineSearchLoop::evaluate(double step) {
  at_.move(step);
  const auto before = Clock::now();
  const double value = f_(at_.trial(), at_.trial_gradient());
  summary_.seconds_function += std::chrono::duration<double>(Clock::now() - before).count();
  ++summary_.evaluations;
  measure_ = at_.measure_trial();
  check_limits();
  const bool finite = std::isfinite(measure_.square);
  return {step, value, finite ? measure_.slope : std::numeric_limits<double>::quiet_NaN()};
}

/// What may end a search before its time.
void LineSearchLoop::check_limits() {
  if (interrupted_) return;
  const auto interrupt = [&](ObjectiveStatus limit) {
    interrupted_ = true;
    limit_ = limit;
  };
  if (options_.stop && options_.stop()) return interrupt(ObjectiveStatus::user_stopped);
  if (summary_.evaluations >= options_.max_evaluations) return interrupt(ObjectiveStatus::max_evaluations);
  if (seconds() >= options_.time_limit) return interrupt(ObjectiveStatus::time_limit);
}

void LineSearchLoop::record(double step) {
  const bool at_start = step == 0.0;
  if (!at_start) ++summary_.iterations;
  const ObjectiveIteration iteration{.iteration = summary_.iterations,
                                     .value = at_.value,
                                     .gradient_max = at_.max,
                                     .step = step,
                                     .step_norm = at_start ? 0.0 : step * std::sqrt(at_.old_direction_square),
                                     .evaluations = summary_.evaluations,
                                     .seconds = seconds()};
  if (options_.callback && !options_.callback(iteration)) stop(ObjectiveStatus::user_stopped);
}

void LineSearchLoop::check_convergence() {
  if (gradient_measure() <= options_.gradient_tolerance) return stop(ObjectiveStatus::gradient_converged);
  const double scale = std::max({std::abs(at_.value), std::abs(at_.old_value), 1.0});
  const double decrease = at_.old_value - at_.value;
  if (summary_.iterations > 0 && options_.value_tolerance > 0.0 && decrease >= 0.0 &&
      decrease <= options_.value_tolerance * scale) {
    return stop(ObjectiveStatus::value_converged);
  }
  if (interrupted_) return stop(limit_);
  if (!stopped_ && summary_.iterations >= options_.max_iterations) stop(ObjectiveStatus::max_iterations);
}

double LineSearchLoop::gradient_measure() const {
  if (options_.gradient_norm == GradientNorm::maximum) return at_.max;
  const double norm = std::sqrt(at_.square);
  if (options_.gradient_norm == GradientNorm::euclidean) return norm;
  return norm / std::max(1.0, std::sqrt(at_.x_square));
}

void LineSearchLoop::stop(ObjectiveStatus status) {
  if (stopped_) return;
  stopped_ = true;
  summary_.status = status;
  summary_.message = sentence(status);
}

void LineSearchLoop::conclude(std::span<double> x) {
  const std::span<const double> best = best_is_behind_ ? std::span<const double>(best_) : at_.x();
  std::copy(best.begin(), best.end(), x.begin());
  summary_.final_value = best_is_behind_ ? best_value_ : at_.value;
  summary_.gradient_max = best_is_behind_ ? best_max_ : at_.max;
  summary_.gradient_norm = std::sqrt(best_is_behind_ ? best_square_ : at_.square);
  summary_.seconds_total = seconds();
}

}  // namespace heliotrope::detail
