// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/problem/problem.hpp"

namespace heliotrope::detail {

/// Throws where the derivatives asked for are not on offer.
void check_group_derivatives(const ResidualGroup& group);

/// How residuals name a variable, as bits.
enum Naming : std::uint8_t { named_by_disabled = 1, named_by_enabled = 2 };
/// [variable]: bits of Naming; variables of black-box functions are named by enabled ones. Cost: a look at every
/// residual.
std::vector<std::uint8_t> find_namings(const Problem& problem);

/// "number 4 of variable 0", or "direction 2 of variable 5 (SE3)".
std::string name_coordinate(const Problem& problem, std::int64_t variable, int coordinate);

/// Untyped services of a problem for the template layer.
struct ProblemAccess {
  static std::int64_t offset(const Problem& problem, std::int64_t variable) {
    return problem.offset_of(AnyVariable(variable));
  }
  static ResidualGroup& group(Problem& problem, const GroupKey& key, const std::string& name, bool& is_new) {
    ResidualGroup& group = problem.group(key, is_new);
    if (is_new) group.name = key.name.empty() ? name : key.name;
    return group;
  }
  /// A group that no other call will find.
  static ResidualGroup& new_group(Problem& problem, GroupKind kind, const ResidualOptions& options,
                                  const std::string& name) {
    problem.last_group_ = problem.groups_.size();
    ResidualGroup& group = problem.groups_.emplace_back();
    group.key = {.kind = kind,
                 .type = nullptr,
                 .loss = options.loss,
                 .derivatives = options.derivatives,
                 .weighted = !options.sqrt_information.empty(),
                 .name = options.name,
                 .sizes = {}};
    group.name = options.name.empty() ? name : options.name;
    return group;
  }
  /// The handle of a group's residuals from `first` to its last.
  static Residuals added(Problem& problem, ResidualGroup& group, std::int64_t first) {
    problem.leave_out_added(group, first);
    return {static_cast<std::int32_t>(&group - problem.groups_.data()), first, group.count - first};
  }
  static std::vector<ResidualGroup>& groups(Problem& problem) { return problem.groups_; }
  static const std::vector<ResidualGroup>& groups(const Problem& problem) { return problem.groups_; }
  static std::span<const std::shared_ptr<const FunctionResiduals>> functions(const Problem& problem) {
    return problem.functions_;
  }
  /// Of all numbers, or empty: there are none.
  static std::span<const double> lower_bounds(const Problem& problem) { return problem.lower_; }
  static std::span<const double> upper_bounds(const Problem& problem) { return problem.upper_; }
  static std::uint64_t bounds_version(const Problem& problem) { return problem.bounds_version_; }
  static std::uint64_t data_version(const Problem& problem) { return problem.data_version_; }
  static void structure_changed(Problem& problem) { problem.structure_changed(); }
  static std::shared_ptr<const Structure> structure(const Problem& problem) { return problem.structure(); }
  static std::shared_ptr<SolverCache>& cache(const Problem& problem) { return problem.cache_; }
  static const ManifoldOperations& manifold(const Problem& problem, std::int64_t variable) {
    return *problem.manifolds_[problem.manifold_[static_cast<std::size_t>(variable)]];
  }
  static int manifold_index(const Problem& problem, std::int64_t variable) {
    return problem.manifold_[static_cast<std::size_t>(variable)];
  }
  static std::span<const std::int64_t> offsets(const Problem& problem) { return problem.offsets_; }
  /// [number in values()]: whether that tangent coordinate of its variable is held; empty: none is.
  static std::span<const std::uint8_t> held(const Problem& problem) { return problem.held_; }
  /// [number in values()]: typical size of that tangent coordinate of its variable, or 0; empty: none is given.
  static std::span<const double> typical(const Problem& problem) { return problem.typical_; }
  /// The same for kernels; null: none is given.
  static const double* typical_at(const Problem& problem) {
    return problem.typical_.empty() ? nullptr : problem.typical_.data();
  }
  static std::span<const std::uint8_t> fixed(const Problem& problem) { return problem.fixed_; }
  static void discard_group(Problem& problem) { problem.groups_.pop_back(), problem.last_group_ = 0; }
};

}  // namespace heliotrope::detail
