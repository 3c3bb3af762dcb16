// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/accounting.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "heliotrope/problem/evaluator.hpp"

namespace heliotrope {

using detail::ProblemAccess;
using detail::ResidualGroup;

namespace {

/// A block's place in the order of what is worst: numbers that are not finite come before all others.
struct Ranked {
  double cost;
  std::size_t group;
  std::int64_t index;
  friend bool operator<(const Ranked& a, const Ranked& b) {
    if (a.cost != b.cost) return a.cost > b.cost;
    return a.group != b.group ? a.group < b.group : a.index < b.index;
  }
};

/// Evaluated residuals of a problem, block by block.
class Blocks {
 public:
  Blocks(const Problem& problem, const BlockJacobian& evaluated) : problem_(problem), evaluated_(evaluated) {}

  const ResidualGroup& group(std::size_t g) const { return ProblemAccess::groups(problem_)[g]; }
  std::size_t num_groups() const { return ProblemAccess::groups(problem_).size(); }

  double residual(std::size_t g, std::int64_t position, int row) const {
    const JacobianPart& part = evaluated_.parts[g];
    return part.residuals[(position / block_lanes * part.rows + row) * block_lanes + position % block_lanes];
  }
  double square(std::size_t g, std::int64_t position) const {
    double sum = 0.0;
    for (int m = 0; m < group(g).rows; ++m) sum += residual(g, position, m) * residual(g, position, m);
    return sum;
  }
  std::int64_t number(std::size_t g, std::int64_t k) const {
    return group(g).function < 0 ? k : group(g).function_rows[static_cast<std::size_t>(group(g).position(k))];
  }
  ResidualAccount account(std::size_t g, std::int64_t k, double cost) const {
    const ResidualGroup& of = group(g);
    const std::int64_t position = of.position(k);
    ResidualAccount made{.type = of.name, .index = number(g, k), .cost = cost, .residuals = {}, .variables = {}};
    for (int m = 0; m < of.rows; ++m) made.residuals.push_back(residual(g, position, m));
    made.norm = of.is_terms() ? made.residuals[0] : std::sqrt(square(g, position));
    const auto offsets = ProblemAccess::offsets(problem_);
    for (std::size_t s = 0; s < of.slots.size(); ++s) {
      const auto i = (static_cast<std::size_t>(position) / block_lanes * of.slots.size() + s) * block_lanes +
                     static_cast<std::size_t>(position) % block_lanes;
      made.variables.push_back(std::upper_bound(offsets.begin(), offsets.end(), of.offsets[i]) - offsets.begin() - 1);
    }
    return made;
  }

 private:
  const Problem& problem_;
  const BlockJacobian& evaluated_;
};

/// Keeps the `most` worst of what it is offered, in a heap whose top is the least bad.
class Worst {
 public:
  explicit Worst(std::int64_t most) : most_(static_cast<std::size_t>(std::max<std::int64_t>(0, most))) {}
  void offer(Ranked ranked) {
    if (!std::isfinite(ranked.cost)) ranked.cost = std::numeric_limits<double>::infinity();
    if (heap_.size() < most_) {
      heap_.push_back(ranked);
      std::push_heap(heap_.begin(), heap_.end());
    } else if (most_ > 0 && ranked < heap_.front()) {
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.back() = ranked;
      std::push_heap(heap_.begin(), heap_.end());
    }
  }
  std::vector<Ranked> sorted() && {
    std::sort_heap(heap_.begin(), heap_.end());
    return std::move(heap_);
  }

 private:
  std::size_t most_;
  std::vector<Ranked> heap_;
};

TypeAccount account_type(const Blocks& blocks, std::size_t g, Worst& worst) {
  const ResidualGroup& group = blocks.group(g);
  TypeAccount type{.name = group.name, .is_terms = group.is_terms(), .rows = group.rows};
  for (std::int64_t k = 0; k < group.count; ++k) {
    const std::int64_t position = group.position(k);
    if (!group.counts(position)) continue;
    double cost = 0.0, size = 0.0;
    if (group.is_terms()) {
      cost = size = blocks.residual(g, position, 0);
    } else {
      const double square = blocks.square(g, position);
      double rho, rho1, rho2;
      group.key.loss.evaluate(&square, 1, &rho, &rho1, &rho2);
      cost = 0.5 * rho;
      size = std::sqrt(square);
      type.down_weighted += rho1 < 0.5 * group.key.loss.factor();
    }
    type.largest = type.count == 0 || !(size <= type.largest) ? size : type.largest;
    type.cost += cost;
    ++type.count;
    worst.offer({cost, g, k});
  }
  return type;
}

/// The rows of one black-box function are groups by shape: they are one type.
void merge(TypeAccount& into, const TypeAccount& other) {
  into.count += other.count;
  into.cost += other.cost;
  into.down_weighted += other.down_weighted;
  if (!(other.largest <= into.largest)) into.largest = other.largest;
}

}  // namespace

Accounting account(const Problem& problem, const AccountingOptions& options) {
  const int threads = std::max(1, options.threads);
  Evaluator evaluator(problem, {.apply_loss = false, .jacobian = false, .threads = threads});
  evaluator.residuals(problem, problem.values());
  const Blocks blocks(problem, evaluator.jacobian());
  Accounting made;
  Worst worst(options.worst);
  std::vector<std::size_t> type_of_group;
  for (std::size_t g = 0; g < blocks.num_groups(); ++g) {
    const TypeAccount type = account_type(blocks, g, worst);
    const std::int64_t function = blocks.group(g).function;
    if (g > 0 && function >= 0 && blocks.group(g - 1).function == function) {
      merge(made.types.back(), type);
    } else {
      made.types.push_back(type);
    }
    type_of_group.push_back(made.types.size() - 1);
    made.cost += type.cost;
  }
  for (const Ranked& ranked : std::move(worst).sorted()) {
    made.worst.push_back(blocks.account(ranked.group, ranked.index, ranked.cost));
  }
  if (!options.time) return made;
  Evaluator timed(problem, {.threads = threads, .timed = true});
  timed.residuals(problem, problem.values());
  for (std::size_t g = 0; g < type_of_group.size(); ++g) {
    made.types[type_of_group[g]].seconds_residuals += timed.group_seconds(g);
  }
  timed.linearise(problem, problem.values());
  for (std::size_t g = 0; g < type_of_group.size(); ++g) {
    made.types[type_of_group[g]].seconds_jacobian += timed.group_seconds(g);
  }
  return made;
}

}  // namespace heliotrope
