// SPDX-License-Identifier: Apache-2.0
#include "minimize/workspace.hpp"

#include <algorithm>
#include <cmath>

namespace heliotrope::detail {

namespace {

/// Entries of J that keep one more thread busy for longer than it takes to wake it. Chosen, not measured.
constexpr std::int64_t entries_a_thread = 20000;

}  // namespace

int useful_threads(const Problem& problem, int threads) {
  std::int64_t entries = 0;
  for (const ResidualGroup& group : ProblemAccess::groups(problem)) entries += group.count * group.rows * group.columns;
  return static_cast<int>(std::min<std::int64_t>(threads, 1 + entries / entries_a_thread));
}

Workspace::Workspace(const Problem& of, const MinimizeOptions& options)
    : num_values_(static_cast<std::size_t>(of.num_values())),
      structure_(ProblemAccess::structure(of)),
      type_(options.linear),
      eliminate_(options.eliminate),
      derivatives_(options.derivatives),
      threads_asked_(options.threads) {
  for (auto* v : {&x, &candidate}) v->resize(num_values_ + block_lanes);
  for (auto* v : {&gradient, &diagonal, &scale, &step}) v->resize(static_cast<std::size_t>(of.num_columns()));
  model = make_schur_model(of, options, *this);
  if (!model) model = make_streamed_model(of, options, *this);
  if (!model) model = make_stored_model(of, options, *this);
}

bool Workspace::serves(const MinimizeOptions& options) const {
  return options.linear == type_ && options.eliminate == eliminate_ && options.derivatives == derivatives_ &&
         options.threads == threads_asked_;
}

void Workspace::begin(const Problem& of, std::function<bool()> stop) {
  problem = &of;
  std::copy(of.values().begin(), of.values().end(), x.begin());
  std::fill(scale.begin(), scale.end(), 0.0);
  seconds_residuals = seconds_jacobian = seconds_linear = 0.0;
  model->begin(*this, std::move(stop));
}

bool Workspace::solve(double lambda) {
  length_ = 1.0;
  return model->solve(*this, lambda);
}

double Model::settle(Workspace& w, bool, int) { return w.candidate_cost; }

double Workspace::try_step(double length) {
  length_ = length;
  return candidate_cost = model->try_step(*this, length);
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
  for (double s : step) sum += s * s;
  return std::abs(length_) * std::sqrt(sum);
}

double Workspace::scaled_size() const {
  double sum = 0.0;
  for (const Structure::Run& run : structure_->runs) {
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
  for (const Structure::Run& run : structure_->runs) {
    const int ambient = run.manifold->ambient_size, tangent = run.manifold->tangent_size;
    for (std::int64_t i = 0; i < run.count; ++i) {
      double size = 0.0, move = 0.0;
      const double* at = x.data() + run.first_value + i * ambient;
      const double* by = step.data() + run.first_column + i * tangent;
      for (int k = 0; k < ambient; ++k) size += at[k] * at[k];
      for (int k = 0; k < tangent; ++k) move += by[k] * by[k];
      most = std::max(most, std::abs(length_) * std::sqrt(move) / (std::sqrt(size) + tiny));
    }
  }
  return most;
}

}  // namespace heliotrope::detail
