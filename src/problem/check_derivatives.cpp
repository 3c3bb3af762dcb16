// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/check_derivatives.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>

#include "heliotrope/derive/gradient_check.hpp"
#include "heliotrope/problem/evaluator.hpp"

namespace heliotrope {

namespace {

using detail::ProblemAccess;
using detail::ResidualGroup;

std::int64_t variable_at(const Problem& problem, std::int64_t offset) {
  const auto offsets = ProblemAccess::offsets(problem);
  return std::upper_bound(offsets.begin(), offsets.end(), offset) - offsets.begin() - 1;
}

/// The Jacobian of one residual out of [block][row][column][8], row-major.
void gather(const JacobianPart& part, std::int64_t position, std::vector<double>& jacobian) {
  const std::int64_t size = std::int64_t{part.rows} * part.columns();
  const double* from = part.jacobian + position / block_lanes * size * block_lanes + position % block_lanes;
  jacobian.resize(static_cast<std::size_t>(size));
  for (double& entry : jacobian) entry = *from, from += block_lanes;
}

DerivativeDisagreement describe(const Problem& problem, const ResidualGroup& group, const Disagreement& found) {
  DerivativeDisagreement d{.type = group.name,
                           .residual = found.residual,
                           .row = found.row,
                           .coordinate = found.column,
                           .own = found.a,
                           .other = found.b,
                           .digits = found.digits};
  while (d.coordinate >= group.slots[static_cast<std::size_t>(d.slot)].tangent_size) {
    d.coordinate -= group.slots[static_cast<std::size_t>(d.slot++)].tangent_size;
  }
  const std::int64_t position = group.position(found.residual), num_slots = std::ssize(group.slots);
  const std::int64_t at = (position / block_lanes * num_slots + d.slot) * block_lanes + position % block_lanes;
  d.variable = variable_at(problem, group.offsets[static_cast<std::size_t>(at)]);
  return d;
}

/// Adds a disagreement to the list of the worst.
void keep(DerivativeReport& report, std::size_t most, DerivativeDisagreement d) {
  auto& list = report.disagreements;
  const auto at = std::upper_bound(list.begin(), list.end(), d.digits,
                                   [](double digits, const auto& other) { return digits < other.digits; });
  if (list.size() < most || at != list.end()) list.insert(at, std::move(d));
  if (list.size() > most) list.pop_back();
}

/// Compares the residuals of one group.
void compare(const Problem& problem, std::size_t g, const BlockJacobian& own, const BlockJacobian& other,
             const DerivativeCheckOptions& options, TypeAgreement& type, DerivativeReport& report) {
  const ResidualGroup& group = ProblemAccess::groups(problem)[g];
  std::vector<double> a, b;
  for (std::int64_t k = 0; k < group.count; ++k) {
    if (!group.counts(group.position(k))) continue;  // 0 and 0
    gather(own.parts[g], group.position(k), a);
    gather(other.parts[g], group.position(k), b);
    type.num_entries += std::ssize(a);
    for (const Disagreement& found : compare_jacobians(a, b, group.rows, group.columns, 17.0, k)) {
      const bool is_worst = found.digits < type.least_digits, is_wrong = found.digits < options.digits;
      if (!is_worst && !is_wrong) continue;
      const DerivativeDisagreement described = describe(problem, group, found);
      if (is_worst) type.least_digits = found.digits, type.worst = described;
      if (!is_wrong) continue;
      ++type.num_disagreements;
      keep(report, options.most_listed, described);
    }
  }
}

}  // namespace

double TypeAgreement::relative_error() const { return std::pow(10.0, -least_digits); }

std::string to_string(const DerivativeDisagreement& d) {
  char numbers[160];
  std::snprintf(numbers, sizeof numbers, ": own %.10g, differences %.10g, %.1f digits agree", d.own, d.other, d.digits);
  return "residual " + std::to_string(d.residual) + " of type " + d.type + ", row " + std::to_string(d.row) +
         ", by variable " + std::to_string(d.variable) + " (slot " + std::to_string(d.slot) + "), coordinate " +
         std::to_string(d.coordinate) + numbers;
}

std::ostream& operator<<(std::ostream& out, const DerivativeReport& report) {
  for (const auto& d : report.disagreements) out << to_string(d) << "\n";
  for (const auto& name : report.not_compared) out << name << ": has no derivatives of another kind to compare\n";
  if (report.num_disabled > 0) {
    out << report.num_disabled << (report.num_disabled == 1 ? " residual is" : " residuals are")
        << " disabled and not compared\n";
  }
  return out << report.num_disagreements << " of " << report.num_entries << " derivatives disagree\n";
}

DerivativeReport check_derivatives(const Problem& problem, const DerivativeCheckOptions& options) {
  Evaluator own(problem, {.apply_loss = false, .threads = options.threads});
  Evaluator other(problem,
                  {.apply_loss = false, .derivatives = options.against, .threads = options.threads, .insist = true});
  own.linearise(problem, problem.values());
  other.linearise(problem, problem.values());

  DerivativeReport report;
  const auto& groups = ProblemAccess::groups(problem);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const ResidualGroup& group = groups[g];
    TypeAgreement& type = report.types.emplace_back();
    type.type = group.name;
    type.own = detail::resolve_derivatives(group, Derivatives::automatic, false);
    type.other = detail::resolve_derivatives(group, options.against, true);
    type.num_residual_blocks = group.num_enabled();
    type.num_disabled = group.count - type.num_residual_blocks;
    // Coloured differences are without fixed variables.
    const bool whole = type.own == Derivatives::coloured || type.other == Derivatives::coloured;
    type.compared = group.function < 0 && !whole && type.own != type.other;
    if (type.compared) {
      compare(problem, g, own.jacobian(), other.jacobian(), options, type, report);
    } else {
      report.not_compared.push_back(group.name);
    }
    report.num_disabled += type.num_disabled;
    report.num_entries += type.num_entries;
    report.num_disagreements += type.num_disagreements;
    report.least_digits = std::min(report.least_digits, type.least_digits);
  }
  return report;
}

}  // namespace heliotrope
