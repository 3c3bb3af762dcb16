// SPDX-License-Identifier: Apache-2.0
#include "minimize/workspace.hpp"

#include <algorithm>
#include <cmath>

namespace heliotrope::detail {

namespace {

/// Entries of J that keep one more thread busy for longer than it takes to wake it. Chosen, not measured.
constexpr std::int64_t entries_a_thread = 20000;
/// How far from where it is, by its distance from 0, a number may move by itself at the start. Of [More1981]'s 57 runs
/// and NIST's 54 at 1, 2, 3, 5, 10 and without limit: 48, 48, 48, -, 46, 42 and 52, 53, 53, 52, 52, 53 succeed.
constexpr double stretch = 3.0;

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
      dogleg_(is_dogleg(options.method)),
      bounded_(of.has_bounds()),
      bounds_version_(ProblemAccess::functions(of).empty() ? 0 : ProblemAccess::bounds_version(of)),
      threads_asked_(options.threads) {
  for (auto* v : {&x, &candidate}) v->resize(num_values_ + block_lanes);
  for (auto* v : {&gradient, &diagonal, &scale, &step}) v->resize(static_cast<std::size_t>(of.num_columns()));
  if (bounded_) {
    for (auto* v : {&low, &high}) v->resize(static_cast<std::size_t>(of.num_columns()));
  }
  model = make_schur_model(of, options, *this);
  if (!model) model = make_streamed_model(of, options, *this);
  if (!model) model = make_stored_model(of, options, *this);
}

bool Workspace::serves(const Problem& of, const MinimizeOptions& options) const {
  if (of.has_bounds() != bounded_ || is_dogleg(options.method) != dogleg_) return false;
  // What differences functions keeps their bounds.
  if (!ProblemAccess::functions(of).empty() && ProblemAccess::bounds_version(of) != bounds_version_) return false;
  return options.linear == type_ && options.eliminate == eliminate_ && options.derivatives == derivatives_ &&
         options.threads == threads_asked_;
}

void Workspace::begin(const Problem& of, Method by, std::function<bool()> stop) {
  problem = &of;
  method = by;
  std::copy(of.values().begin(), of.values().end(), x.begin());
  std::fill(scale.begin(), scale.end(), 0.0);
  seconds_residuals = seconds_jacobian = seconds_linear = 0.0;
  model->begin(*this, std::move(stop));
}

bool Workspace::solve(double lambda) {
  length_ = 1.0;
  return model->solve(*this, lambda);
}

double Model::predicted_decrease(const Workspace& w, double lambda) const {
  return 0.5 * (damped_square(w, lambda) - w.slope());  // J'J step = -g - lambda D step
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
    if (!(diagonal[j] > 0.0)) continue;
    const double length = std::sqrt(diagonal[j]);
    double size = std::abs(gradient[j]) / length;
    if (bounded_) size = std::min(size, length * (gradient[j] > 0.0 ? -low[j] : high[j]));
    most = std::max(most, size / norm);
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

double Workspace::scaled_square_of_sized() const {
  const double* const typical = ProblemAccess::typical_at(*problem);
  if (typical == nullptr) return scaled_square();
  double sum = 0.0;
  for (const Structure::Run& run : structure_->runs) {
    const int n = run.manifold->tangent_size;
    for (std::int64_t i = 0; i < run.count; ++i) {
      const std::int64_t at = run.first_value + i * run.manifold->ambient_size;
      for (int k = 0; k < n; ++k) {
        if (!run.manifold->euclidean && !(typical[at + k] > 0.0)) continue;
        const auto j = static_cast<std::size_t>(run.first_column + i * n + k);
        sum += scale[j] * step[j] * step[j];
      }
    }
  }
  return sum;
}

double Workspace::step_norm() const {
  double sum = 0.0;
  for (double s : step) sum += s * s;
  return std::abs(length_) * std::sqrt(sum);
}

double Workspace::size_of(const Structure::Run& run, std::int64_t variable, int coordinate) const {
  const std::int64_t at = run.first_value + variable * run.manifold->ambient_size + coordinate;
  const double size = run.manifold->euclidean ? std::abs(x[static_cast<std::size_t>(at)]) : 0.0;
  const double* const typical = ProblemAccess::typical_at(*problem);
  return typical != nullptr ? std::max(size, typical[at]) : size;
}

double Workspace::scaled_size() const {
  const bool sized = !ProblemAccess::typical(*problem).empty();
  double sum = 0.0;
  for (const Structure::Run& run : structure_->runs) {
    if (!run.manifold->euclidean && !sized) continue;
    const int n = run.manifold->tangent_size;
    for (std::int64_t i = 0; i < run.count; ++i) {
      for (int k = 0; k < n; ++k) {
        const double size = size_of(run, i, k);
        sum += scale[static_cast<std::size_t>(run.first_column + i * n + k)] * size * size;
      }
    }
  }
  return std::sqrt(sum);
}

void Workspace::stiffen_scale(double lambda) {
  for (const Structure::Run& run : structure_->runs) {
    if (!run.manifold->euclidean) continue;
    const int n = run.manifold->ambient_size;
    for (std::int64_t i = 0; i < run.count; ++i) {
      double square = 0.0;
      for (int k = 0; k < n; ++k) square += size_of(run, i, k) * size_of(run, i, k);
      const double size = stretch * std::sqrt(square);
      for (std::int64_t j = run.first_column + i * n, end = j + n; size > 0.0 && j < end; ++j) {
        const auto c = static_cast<std::size_t>(j);
        const double slope = std::abs(gradient[c]);
        if (diagonal[c] > 0.0 && slope > diagonal[c] * size) scale[c] = std::max(scale[c], slope / (lambda * size));
      }
    }
  }
}

double Workspace::relative_step() const {
  constexpr double tiny = 1e-10;  // a variable at zero has no size of its own; chosen, not measured
  const double* const typical = ProblemAccess::typical_at(*problem);
  double most = 0.0;
  for (const Structure::Run& run : structure_->runs) {
    const int ambient = run.manifold->ambient_size, tangent = run.manifold->tangent_size;
    for (std::int64_t i = 0; i < run.count; ++i) {
      double size = 0.0, move = 0.0;
      const double* at = x.data() + run.first_value + i * ambient;
      const double* by = step.data() + run.first_column + i * tangent;
      if (typical != nullptr && typical[run.first_value + i * ambient] > 0.0) {
        for (int k = 0; k < tangent; ++k) most = std::max(most, std::abs(length_ * by[k]) / size_of(run, i, k));
        continue;
      }
      for (int k = 0; k < ambient; ++k) size += at[k] * at[k];
      for (int k = 0; k < tangent; ++k) move += by[k] * by[k];
      most = std::max(most, std::abs(length_) * std::sqrt(move) / (std::sqrt(size) + tiny));
    }
  }
  return most;
}

}  // namespace heliotrope::detail
