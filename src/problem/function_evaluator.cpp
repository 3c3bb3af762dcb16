// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/function_evaluator.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <mutex>
#include <utility>

namespace heliotrope::detail {

/// Points lent to the evaluations that run at once.
class FunctionEvaluator::PointPool {
 public:
  PointPool(int count, std::size_t size) : points_(static_cast<std::size_t>(count), LargeVector<double>(size)) {
    for (auto& point : points_) free_.push_back(&point);
  }
  LargeVector<double>* take() {
    const std::lock_guard lock(mutex_);
    LargeVector<double>* const point = free_.back();
    free_.pop_back();
    return point;
  }
  void give(LargeVector<double>* point) {
    const std::lock_guard lock(mutex_);
    free_.push_back(point);
  }

 private:
  std::vector<LargeVector<double>> points_;
  std::vector<LargeVector<double>*> free_;
  std::mutex mutex_;
};

namespace {

/// Bounds of what differences move; empty where there are none. Those of fixed variables do not count.
std::vector<double> coordinate_bounds(const Problem& problem, const FunctionStructure& structure,
                                      std::span<const double> all, double none) {
  if (all.empty()) return {};
  std::vector<double> bounds(static_cast<std::size_t>(structure.num_coordinates), none);
  const auto offsets = ProblemAccess::offsets(problem);
  const auto fixed = ProblemAccess::fixed(problem);
  const auto held = ProblemAccess::held(problem);
  for (const FunctionStructure::Run& run : structure.runs) {
    if (!run.manifold->euclidean) continue;
    const std::int64_t size = run.manifold->ambient_size;
    const auto first = std::lower_bound(offsets.begin(), offsets.end(), run.first_value) - offsets.begin();
    for (std::int64_t i = 0; i < run.count; ++i) {
      if (fixed[static_cast<std::size_t>(first + i)]) continue;
      for (std::int64_t k = i * size; k < (i + 1) * size; ++k) {
        const auto at = static_cast<std::size_t>(run.first_value + k);
        if (!held.empty() && held[at] != 0) continue;
        bounds[static_cast<std::size_t>(run.first_coordinate + k)] = all[at];
      }
    }
  }
  return bounds;
}

}  // namespace

FunctionEvaluator::FunctionEvaluator(std::shared_ptr<const FunctionResiduals> function,
                                     const FunctionStructure& structure, bool jacobian, int threads,
                                     const Problem* bounded)
    : function_(std::move(function)), structure_(&structure) {
  const FunctionOptions& options = function_->options;
  const auto num_rows = static_cast<std::size_t>(function_->num_rows);
  inputs_.resize(static_cast<std::size_t>(structure.num_inputs));
  r_.resize(num_rows);
  if (!jacobian) return;
  const int concurrent = options.concurrent ? threads : 1;
  const bool updated = options.refresh > 1;
  constexpr double infinite = std::numeric_limits<double>::infinity();
  std::vector<double> lower, upper;
  if (bounded) {
    lower = coordinate_bounds(*bounded, structure, ProblemAccess::lower_bounds(*bounded), -infinite);
    upper = coordinate_bounds(*bounded, structure, ProblemAccess::upper_bounds(*bounded), infinite);
  }
  differences_.emplace(structure.pattern, structure.coloring,
                       DifferenceOptions{.method = options.method,
                                         .order = EntryOrder::by_rows,
                                         .relative_step = options.relative_step,
                                         .lower = std::move(lower),
                                         .upper = std::move(upper),
                                         .noise_aware = options.noise_aware,
                                         .threads = concurrent},
                       updated ? std::span<const std::int64_t>() : structure.places);
  jacobian_ = AlignedBuffer(static_cast<std::size_t>(structure.group_begin.back()));
  if (!structure.euclidean) {
    coordinates_.assign(static_cast<std::size_t>(structure.num_coordinates), 0.0);
    points_ = std::make_shared<PointPool>(concurrent, inputs_.size());
  }
  if (updated) {
    secant_.emplace(structure.pattern, EntryOrder::by_rows);
    values_.resize(structure.pattern.columns.size());
    for (auto* v : {&inputs_before_, &step_}) v->resize(inputs_.size());
    r_before_.resize(num_rows);
  }
}

void FunctionEvaluator::take_typical(const Problem& problem) {
  const double* const all = ProblemAccess::typical_at(problem);
  if (!differences_ || (all == nullptr && typical_.empty())) return;
  typical_.resize(static_cast<std::size_t>(structure_->num_coordinates));
  bool changed = false;
  for (const FunctionStructure::Run& run : structure_->runs) {
    const std::int64_t ambient = run.manifold->ambient_size, tangent = run.manifold->tangent_size;
    for (std::int64_t i = 0; i < run.count * tangent; ++i) {
      double& own = typical_[static_cast<std::size_t>(run.first_coordinate + i)];
      const double size = all != nullptr ? all[run.first_value + i / tangent * ambient + i % tangent] : 0.0;
      changed |= std::exchange(own, size) != size;
    }
  }
  if (!changed) return;
  differences_->set_typical(typical_);
  if (!secant_) return;
  std::vector<double> sizes(typical_.begin(), typical_.end());
  std::replace(sizes.begin(), sizes.end(), 0.0, 1.0);
  secant_.emplace(structure_->pattern, EntryOrder::by_rows, sizes);
}

void FunctionEvaluator::evaluate(const double* values) {
  bool same = evaluated_;
  for (const FunctionStructure::Run& run : structure_->runs) {
    const auto size = static_cast<std::size_t>(run.count * run.manifold->ambient_size);
    const double* const from = values + run.first_value;
    double* const to = inputs_.data() + run.first_input;
    if (same && std::memcmp(from, to, size * sizeof(double)) == 0) continue;
    same = false;
    std::copy_n(from, size, to);
  }
  if (same) return;
  evaluated_ = false;  // should f throw
  ++counts_.evaluations;
  function_->f->evaluate(1, inputs_, r_);
  evaluated_ = true;
}

void FunctionEvaluator::linearise(const double* values) {
  evaluate(values);
  if (!is_finite_) std::fill_n(jacobian_.data(), jacobian_.size(), 0.0);
  double squares = 0.0;
  for (double r : r_) squares += r * r;
  is_finite_ = std::isfinite(squares);
  if (!secant_) return estimate({jacobian_.data(), static_cast<std::size_t>(differences_->columns().num_values())});
  if (age_ > 0 && age_ < function_->options.refresh) {
    update();
  } else {
    estimate(values_);
    age_ = 0;
  }
  ++age_;
  std::copy(inputs_.begin(), inputs_.end(), inputs_before_.begin());
  std::copy(r_.begin(), r_.end(), r_before_.begin());
  for (std::size_t k = 0; k < values_.size(); ++k) jacobian_.data()[structure_->places[k]] = values_[k];
}

void FunctionEvaluator::update() {
  for (std::size_t j = 0; j < step_.size(); ++j) step_[j] = inputs_[j] - inputs_before_[j];
  secant_->update(step_, r_before_, r_, values_);
}

/// f where coordinates are none of its numbers: Euclidean ones are, tangent directions lead away from the point.
void FunctionEvaluator::call(std::span<const double> coordinates, std::span<double> r) {
  LargeVector<double>* const point = points_->take();
  for (const FunctionStructure::Run& run : structure_->runs) {
    const int ambient = run.manifold->ambient_size, tangent = run.manifold->tangent_size;
    const double* const delta = coordinates.data() + run.first_coordinate;
    const double* const from = inputs_.data() + run.first_input;
    double* const to = point->data() + run.first_input;
    if (run.manifold->euclidean) {
      std::copy_n(delta, run.count * ambient, to);
      continue;
    }
    for (std::int64_t i = 0; i < run.count; ++i) {
      run.manifold->plus(from + i * ambient, delta + i * tangent, to + i * ambient);
    }
  }
  function_->f->evaluate(1, *point, r);
  points_->give(point);
}

void FunctionEvaluator::estimate(std::span<double> values) {
  const VectorFunction& f = *function_->f;
  DifferenceReport report;
  if (structure_->euclidean && f.takes_many()) {
    const auto many = [&f](int count, std::span<const double> xs, std::span<double> rs) { f.evaluate(count, xs, rs); };
    report = differences_->estimate(ColoredDifferences::ManyFunction(many), inputs_, r_, values);
  } else if (structure_->euclidean) {
    const auto one = [&f](std::span<const double> x, std::span<double> r) { f.evaluate(1, x, r); };
    report = differences_->estimate(ColoredDifferences::Function(one), inputs_, r_, values);
  } else {
    for (const FunctionStructure::Run& run : structure_->runs) {
      if (!run.manifold->euclidean) continue;
      std::copy_n(inputs_.data() + run.first_input, run.count * run.manifold->ambient_size,
                  coordinates_.data() + run.first_coordinate);
    }
    const auto one = [this](std::span<const double> z, std::span<double> r) { call(z, r); };
    report = differences_->estimate(ColoredDifferences::Function(one), coordinates_, r_, values);
  }
  counts_ += {report.evaluations, report.columns_failed};
}

void FunctionEvaluator::copy_residuals(const ResidualGroup& group, std::int64_t begin, std::int64_t end,
                                       double* out) const {
  for (std::int64_t b = begin; b < end; ++b, out += group.rows * block_lanes) {
    for (int l = 0; l < block_lanes; ++l) {
      const std::int64_t rows = group.function_rows[static_cast<std::size_t>(b * block_lanes + l)];
      for (int m = 0; m < group.rows; ++m) {
        out[m * block_lanes + l] = rows < 0 ? 0.0 : r_[static_cast<std::size_t>(rows * group.rows + m)];
      }
    }
  }
}

double* FunctionEvaluator::jacobian(std::size_t group) {
  return jacobian_.data() ? jacobian_.data() + structure_->group_begin[group - function_->first_group] : nullptr;
}

}  // namespace heliotrope::detail
