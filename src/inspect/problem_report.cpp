// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/problem_report.hpp"

#include <algorithm>
#include <cmath>

#include "heliotrope/linear/jacobian_export.hpp"
#include "heliotrope/problem/derivative_names.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "inspect/disjoint_sets.hpp"

namespace heliotrope {

namespace {

using detail::ProblemAccess;
using detail::ResidualGroup;
using inspect_detail::DisjointSets;

void count_variables(const Problem& problem, ProblemReport& report) {
  const auto fixed = ProblemAccess::fixed(problem);
  std::vector<const ManifoldOperations*> seen;
  for (std::int64_t v = 0; v < problem.num_variables(); ++v) {
    const ManifoldOperations& manifold = ProblemAccess::manifold(problem, v);
    const auto at = static_cast<std::size_t>(std::find(seen.begin(), seen.end(), &manifold) - seen.begin());
    if (at == seen.size()) {
      seen.push_back(&manifold);
      report.variables.push_back({manifold.name, manifold.ambient_size, manifold.tangent_size});
    }
    ++report.variables[at].count;
    if (fixed[static_cast<std::size_t>(v)]) ++report.variables[at].fixed, ++report.num_fixed;
  }
}

ResidualKind describe(const ResidualGroup& group, Derivatives wanted) {
  ResidualKind kind{.type = group.name,
                    .terms = group.is_terms(),
                    .count = group.count,
                    .rows = group.rows,
                    .widths = {},
                    .manifolds = {},
                    .loss = group.key.loss.name(),
                    .derivatives = group.function >= 0
                                       ? "differences of a function"
                                       : std::string(name(detail::resolve_derivatives(group, wanted, false))),
                    .weighted = group.key.weighted};
  for (const Slot& slot : group.slots) {
    kind.widths.push_back(slot.tangent_size);
    kind.manifolds.emplace_back(slot.manifold->name);
  }
  return kind;
}

/// Block k of a group has this squared norm.
double squared_norm(const ResidualGroup& group, const double* residuals, std::int64_t k) {
  const std::int64_t position = group.position(k);
  const double* r = residuals + position / block_lanes * group.rows * block_lanes + position % block_lanes;
  double square = 0.0;
  for (int m = 0; m < group.rows; ++m, r += block_lanes) square += *r * *r;
  return square;
}

/// The group's cost and largest block, from residuals without loss.
void weigh(const ResidualGroup& group, const double* residuals, ResidualKind& kind) {
  double largest = -1.0;
  for (std::int64_t k = 0; k < group.count; ++k) {
    const double square = squared_norm(group, residuals, k);
    if (!(square <= largest)) largest = square, kind.largest = k;  // nan is the largest of all
    if (std::isnan(square)) break;
    if (group.is_terms()) {
      kind.cost += residuals[group.position(k)];  // one row
      continue;
    }
    double rho = square, rho1 = 0.0, rho2 = 0.0;
    if (!group.key.loss.is_trivial()) group.key.loss.evaluate(&square, 1, &rho, &rho1, &rho2);
    kind.cost += 0.5 * rho;
  }
  if (std::isnan(largest)) kind.cost = largest;
  kind.largest_norm = kind.largest < 0 ? 0.0 : std::sqrt(largest);
  if (group.function >= 0 && kind.largest >= 0) {
    kind.largest = group.function_rows[static_cast<std::size_t>(group.position(kind.largest))];
  }
}

void evaluate(const Problem& problem, const MinimizeOptions& options, ProblemReport& report) {
  Evaluator evaluator(problem, {.apply_loss = false, .jacobian = false, .threads = options.threads});
  report.not_finite = evaluator.find_non_finite(problem, problem.values());
  const auto& groups = ProblemAccess::groups(problem);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    ResidualKind& kind = report.residuals.emplace_back(describe(groups[g], options.derivatives));
    weigh(groups[g], evaluator.jacobian().parts[g].residuals, kind);
  }
  report.num_nonzeros = count_nonzeros(evaluator.jacobian());
  report.cost = problem.evaluate({.residuals = false}).cost;
}

/// Connected parts of the graph whose edges are residual blocks.
struct NamedParts {
  DisjointSets sets;
  std::vector<std::uint8_t> named;  // in any residual

  explicit NamedParts(std::int64_t count) : sets(count), named(static_cast<std::size_t>(count), 0) {}
};

void join_blocks(const ResidualGroup& group, std::span<const std::int64_t> variable_at, NamedParts& parts) {
  const std::int64_t slots = std::ssize(group.slots);
  for (std::int64_t k = 0; k < group.count; ++k) {
    const std::int64_t position = group.position(k);
    std::int64_t first = -1;
    for (std::int64_t s = 0; s < slots; ++s) {
      const std::int64_t at = (position / block_lanes * slots + s) * block_lanes + position % block_lanes;
      const std::int64_t v = variable_at[static_cast<std::size_t>(group.offsets[static_cast<std::size_t>(at)])];
      parts.named[static_cast<std::size_t>(v)] = 1;
      if (first >= 0) parts.sets.join(first, v);
      first = v;
    }
  }
}

void count_parts(const Problem& problem, ProblemReport& report) {
  const auto offsets = ProblemAccess::offsets(problem);
  const auto fixed = ProblemAccess::fixed(problem);
  LargeVector<std::int64_t> variable_at(static_cast<std::size_t>(problem.num_values()));
  for (std::size_t v = 0; v < offsets.size(); ++v) {
    variable_at[static_cast<std::size_t>(offsets[v])] = static_cast<std::int64_t>(v);
  }
  NamedParts parts(problem.num_variables());
  for (const ResidualGroup& group : ProblemAccess::groups(problem)) join_blocks(group, variable_at, parts);
  std::vector<std::int64_t> size(fixed.size(), 0);
  std::vector<std::uint8_t> held(fixed.size(), 0);
  for (std::int64_t v = 0; v < problem.num_variables(); ++v) {
    const bool is_fixed = fixed[static_cast<std::size_t>(v)] != 0;
    if (parts.named[static_cast<std::size_t>(v)] == 0) {
      if (!is_fixed) ++report.num_unused;
      continue;
    }
    const auto root = static_cast<std::size_t>(parts.sets.find(v));
    ++size[root];
    if (is_fixed) held[root] = 1;
  }
  for (std::size_t v = 0; v < size.size(); ++v) {
    if (size[v] == 0) continue;
    ++report.num_parts;
    if (!held[v]) ++report.num_floating_parts;
    report.largest_part = std::max(report.largest_part, size[v]);
  }
}

}  // namespace

ProblemReport report_problem(const Problem& problem, const MinimizeOptions& options) {
  ProblemReport report;
  report.num_variables = problem.num_variables();
  report.num_columns = problem.num_columns();
  report.num_residual_blocks = problem.num_residual_blocks();
  report.num_residuals = problem.num_residuals();
  report.num_terms = problem.num_terms();
  count_variables(problem, report);
  evaluate(problem, options, report);
  count_parts(problem, report);
  if (report.num_terms == 0) report.linear = choose_linear(problem, options);
  return report;
}

}  // namespace heliotrope
