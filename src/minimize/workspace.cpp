// SPDX-License-Identifier: Apache-2.0
#include "minimize/workspace.hpp"

#include <algorithm>
#include <cmath>

namespace heliotrope::detail {

namespace {

/// D = max(diag(J'J), memory * previous D). 1 is MINPACK's rule [More1978]: safe from columns that vanish on a plateau
/// (BoxBOD, MGH17), slow where the start's columns are huge (Ladybug-49: over 50 iterations instead of 28). Measured.
constexpr double scale_memory = 0.3;

/// Length of the difference that gives the second directional derivative [Transtrum2012, II.C], and the largest
/// 2 |a| / |step| at which the acceleration a is trusted.
constexpr double acceleration_step = 0.1;
constexpr double acceleration_limit = 0.75;

/// Entries of J that keep one more thread busy for longer than it takes to wake it. Chosen, not measured.
constexpr std::int64_t entries_a_thread = 20000;

/// The threads asked for, or fewer where there is too little to share out. Bits do not depend on it.
int useful_threads(const Problem& problem, int threads) {
  std::int64_t entries = 0;
  for (const ResidualGroup& group : ProblemAccess::groups(problem)) entries += group.count * group.rows * group.columns;
  return static_cast<int>(std::min<std::int64_t>(threads, 1 + entries / entries_a_thread));
}

}  // namespace

Workspace::Workspace(const Problem& of, const MinimizeOptions& options)
    : evaluator(of, {.derivatives = options.derivatives, .threads = useful_threads(of, options.threads)}),
      ahead_(of, {.apply_loss = false, .jacobian = false, .threads = useful_threads(of, options.threads)}),
      type_(options.linear),
      derivatives_(options.derivatives),
      threads_asked_(options.threads),
      threads_(useful_threads(of, options.threads)) {
  linear = make_linear_solver(options.linear, evaluator.jacobian());
  linear.solver->analyse(evaluator.jacobian());
  products_.analyse(evaluator.jacobian());
  const auto values = static_cast<std::size_t>(of.num_values());
  const auto columns = static_cast<std::size_t>(evaluator.num_columns());
  for (auto* v : {&x, &candidate}) v->resize(values);
  for (auto* v : {&gradient, &diagonal, &scale, &damping, &step, &scaled_step, &curvature_gradient_, &acceleration_}) {
    v->resize(columns);
  }
  curvature_.resize(static_cast<std::size_t>(products_.residual_size()));
  for (const ResidualGroup& group : ProblemAccess::groups(of)) plain_squares_ &= group.key.loss.is_trivial();
}

bool Workspace::serves(const MinimizeOptions& options) const {
  return options.linear == type_ && options.derivatives == derivatives_ && options.threads == threads_asked_;
}

void Workspace::begin(const Problem& of) {
  problem = &of;
  std::copy(of.values().begin(), of.values().end(), x.begin());
  std::fill(scale.begin(), scale.end(), 0.0);
  seconds_residuals = seconds_jacobian = seconds_linear = 0.0;
}

bool Workspace::linearise() {
  {
    const StageTimer timer(seconds_jacobian);
    const double at_x = evaluator.linearise(*problem, x);
    products_.gradient(evaluator.jacobian(), gradient, diagonal, threads_);
    if (!std::isfinite(at_x)) return false;
  }
  for (std::size_t j = 0; j < scale.size(); ++j) {
    if (!std::isfinite(gradient[j]) || !std::isfinite(diagonal[j])) return false;
    scale[j] = std::max(scale_memory * scale[j], diagonal[j]);
    if (scale[j] == 0.0) scale[j] = 1.0;  // a column of zeros gets a zero step
  }
  const StageTimer timer(seconds_linear);
  linear.solver->linearise(evaluator.jacobian(), threads_);
  return true;
}

bool Workspace::solve(double lambda) {
  const StageTimer timer(seconds_linear);
  for (std::size_t j = 0; j < scale.size(); ++j) damping[j] = lambda * scale[j];
  if (!linear.solver->factorise(damping, threads_)) return false;
  linear.solver->solve(step);
  return std::all_of(step.begin(), step.end(), [](double s) { return std::isfinite(s); });
}

/// The step is the velocity of a curve on which the model is straight; its acceleration a solves
///
///     (J'J + lambda D) a = -J' r'',   r'' = d^2 r(x + t step) / dt^2 = 2/h ((r(x + h step) - r) / h - J step)
///
/// and the curve to second order is x + step + a/2 [Transtrum2012]. It follows narrow curved valleys in a few steps
/// where plain steps take hundreds: on NIST's 54 runs it halves the iterations (measured).
void Workspace::accelerate() {
  if (!plain_squares_) return;
  {
    const StageTimer timer(seconds_residuals);
    for (std::size_t j = 0; j < step.size(); ++j) scaled_step[j] = acceleration_step * step[j];
    evaluator.plus(x, scaled_step, candidate);
    if (!std::isfinite(ahead_.residuals(*problem, candidate))) return;
    products_.multiply(evaluator.jacobian(), step, curvature_, threads_);
    std::size_t at = 0;
    for (std::size_t p = 0; p < evaluator.jacobian().parts.size(); ++p) {
      const JacobianPart& part = evaluator.jacobian().parts[p];
      const double* there = ahead_.jacobian().parts[p].residuals;
      for (std::int64_t i = 0; i < part.num_blocks * part.rows * block_lanes; ++i, ++at) {
        const double slope = (there[i] - part.residuals[i]) / acceleration_step;
        curvature_[at] = 2.0 / acceleration_step * (slope - curvature_[at]);
      }
    }
    products_.multiply_transposed(evaluator.jacobian(), curvature_, curvature_gradient_, threads_);
  }
  const StageTimer timer(seconds_linear);
  linear.solver->solve_for(curvature_gradient_, acceleration_);
  double square = 0.0;
  for (std::size_t j = 0; j < step.size(); ++j) square += scale[j] * acceleration_[j] * acceleration_[j];
  if (!(2.0 * std::sqrt(square) <= acceleration_limit * std::sqrt(scaled_square()))) return;
  for (std::size_t j = 0; j < step.size(); ++j) step[j] += 0.5 * acceleration_[j];
}

double Workspace::try_step(double length) {
  const StageTimer timer(seconds_residuals);
  for (std::size_t j = 0; j < step.size(); ++j) scaled_step[j] = length * step[j];
  evaluator.plus(x, scaled_step, candidate);
  candidate_cost = evaluator.cost(*problem, candidate);
  return candidate_cost;
}

void Workspace::accept() {
  std::swap(x, candidate);
  cost = candidate_cost;
}

double Workspace::gradient_max() const {
  double most = 0.0;
  for (double g : gradient) most = std::max(most, std::abs(g));
  return most;
}

double Workspace::gradient_cosine() const {
  const double norm = std::sqrt(2.0 * cost);
  if (norm == 0.0) return 0.0;
  double most = 0.0;
  for (std::size_t j = 0; j < gradient.size(); ++j) {
    if (diagonal[j] > 0.0) most = std::max(most, std::abs(gradient[j]) / (std::sqrt(diagonal[j]) * norm));
  }
  return most;
}

double Workspace::slope() const {
  double sum = 0.0;
  for (std::size_t j = 0; j < step.size(); ++j) sum += gradient[j] * step[j];
  return sum;
}

double Workspace::scaled_square() const {
  double sum = 0.0;
  for (std::size_t j = 0; j < step.size(); ++j) sum += scale[j] * step[j] * step[j];
  return sum;
}

double Workspace::step_norm() const {
  double sum = 0.0;
  for (double s : scaled_step) sum += s * s;
  return std::sqrt(sum);
}

double Workspace::scaled_size() const {
  double sum = 0.0;
  for (const Structure::Run& run : evaluator.structure()->runs) {
    if (!run.manifold->euclidean) continue;
    for (std::int64_t i = 0; i < run.count * run.manifold->ambient_size; ++i) {
      const double at = x[static_cast<std::size_t>(run.first_value + i)];
      sum += scale[static_cast<std::size_t>(run.first_column + i)] * at * at;
    }
  }
  return std::sqrt(sum);
}

double Workspace::relative_step() const {
  constexpr double tiny = 1e-10;  // a variable at zero has no size of its own; chosen, not measured
  double most = 0.0;
  for (const Structure::Run& run : evaluator.structure()->runs) {
    const int ambient = run.manifold->ambient_size, tangent = run.manifold->tangent_size;
    for (std::int64_t i = 0; i < run.count; ++i) {
      double size = 0.0, move = 0.0;
      const double* at = x.data() + run.first_value + i * ambient;
      const double* by = scaled_step.data() + run.first_column + i * tangent;
      for (int k = 0; k < ambient; ++k) size += at[k] * at[k];
      for (int k = 0; k < tangent; ++k) move += by[k] * by[k];
      most = std::max(most, std::sqrt(move) / (std::sqrt(size) + tiny));
    }
  }
  return most;
}

}  // namespace heliotrope::detail
