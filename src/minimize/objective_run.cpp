// SPDX-License-Identifier: Apache-2.0
#include "minimize/objective_run.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heliotrope::detail {

bool ObjectiveRun::begin() {
  const LinePoint start = evaluate(0.0);
  at_.accept_start(start.value, measure_);
  summary_.initial_value = start.value;
  if (!std::isfinite(start.value) || !std::isfinite(measure_.square)) {
    stop(ObjectiveStatus::not_finite_at_start);
    summary_.message += std::isfinite(start.value) ? " (the gradient)" : " (the value)";
    return false;
  }
  record(0.0, 0.0);
  check_convergence();
  return !stopped_;
}

LinePoint ObjectiveRun::evaluate(double step) {
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

/// What may end an iteration before its time.
void ObjectiveRun::check_limits() {
  if (interrupted_) return;
  const auto interrupt = [&](ObjectiveStatus limit) {
    interrupted_ = true;
    limit_ = limit;
  };
  if (options_.stop && options_.stop()) return interrupt(ObjectiveStatus::user_stopped);
  if (summary_.evaluations >= options_.max_evaluations) return interrupt(ObjectiveStatus::max_evaluations);
  if (seconds() >= options_.time_limit) return interrupt(ObjectiveStatus::time_limit);
}

void ObjectiveRun::record_step(double step) {
  ++summary_.iterations;
  record(step, step * std::sqrt(at_.old_direction_square));
  check_convergence();
}

void ObjectiveRun::record_rejection() {
  ++summary_.iterations;
  record(0.0, 0.0);
  check_iterations();
}

void ObjectiveRun::record(double step, double step_norm) {
  const ObjectiveIteration iteration{.iteration = summary_.iterations,
                                     .value = at_.value,
                                     .gradient_max = at_.max,
                                     .step = step,
                                     .step_norm = step_norm,
                                     .evaluations = summary_.evaluations,
                                     .seconds = seconds()};
  if (options_.callback && !options_.callback(iteration)) stop(ObjectiveStatus::user_stopped);
}

void ObjectiveRun::check_convergence() {
  if (gradient_measure() <= options_.gradient_tolerance) return stop(ObjectiveStatus::gradient_converged);
  const double scale = std::max({std::abs(at_.value), std::abs(at_.old_value), 1.0});
  const double decrease = at_.old_value - at_.value;
  if (summary_.iterations > 0 && options_.value_tolerance > 0.0 && decrease >= 0.0 &&
      decrease <= options_.value_tolerance * scale) {
    return stop(ObjectiveStatus::value_converged);
  }
  check_iterations();
}

void ObjectiveRun::check_iterations() {
  if (interrupted_) return stop(limit_);
  if (summary_.iterations >= options_.max_iterations) stop(ObjectiveStatus::max_iterations);
}

double ObjectiveRun::gradient_measure() const {
  if (options_.gradient_norm == GradientNorm::maximum) return at_.max;
  const double norm = std::sqrt(at_.square);
  if (options_.gradient_norm == GradientNorm::euclidean) return norm;
  return norm / std::max(1.0, std::sqrt(at_.x_square));
}

void ObjectiveRun::stop(ObjectiveStatus status) {
  if (stopped_) return;
  stopped_ = true;
  summary_.status = status;
  summary_.message = sentence(status);
}

void ObjectiveRun::conclude() {
  summary_.final_value = at_.value;
  summary_.gradient_max = at_.max;
  summary_.gradient_norm = std::sqrt(at_.square);
  summary_.seconds_total = seconds();
}

}  // namespace heliotrope::detail
