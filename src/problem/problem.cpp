// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/problem.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <string>

#include "heliotrope/problem/evaluator.hpp"
#include "shortest_text.hpp"

namespace heliotrope {

namespace {
constexpr double infinite = std::numeric_limits<double>::infinity();
}

Problem::Problem() = default;
Problem::~Problem() = default;

Problem::Problem(const Problem& other) { *this = other; }
Problem::Problem(Problem&& other) noexcept { *this = std::move(other); }

Problem& Problem::operator=(const Problem& other) {
  if (this == &other) return *this;
  const auto structure = other.structure_if_made();
  std::vector<detail::ResidualGroup> groups = other.groups_;
  values_ = other.values_;
  num_values_ = other.num_values_;
  offsets_ = other.offsets_;
  manifold_ = other.manifold_;
  fixed_ = other.fixed_;
  left_out_ = other.left_out_;
  held_ = other.held_;
  typical_ = other.typical_;
  attached_.clear();
  lower_ = other.lower_;
  upper_ = other.upper_;
  bounds_version_ = other.bounds_version_;
  manifolds_ = other.manifolds_;
  groups_ = std::move(groups);
  last_group_ = other.last_group_;
  functions_ = other.functions_;
  data_version_ = other.data_version_;
  structure_ = structure;
  cache_ = nullptr;
  return *this;
}

Problem& Problem::operator=(Problem&& other) noexcept {
  if (this == &other) return *this;
  values_ = std::exchange(other.values_, {});
  num_values_ = std::exchange(other.num_values_, 0);
  offsets_ = std::exchange(other.offsets_, {});
  manifold_ = std::exchange(other.manifold_, {});
  fixed_ = std::exchange(other.fixed_, {});
  left_out_ = std::exchange(other.left_out_, {});
  held_ = std::exchange(other.held_, {});
  typical_ = std::exchange(other.typical_, {});
  attached_ = std::exchange(other.attached_, {});
  lower_ = std::exchange(other.lower_, {});
  upper_ = std::exchange(other.upper_, {});
  bounds_version_ = other.bounds_version_;
  manifolds_ = std::exchange(other.manifolds_, {});
  groups_ = std::exchange(other.groups_, {});
  last_group_ = std::exchange(other.last_group_, 0);
  functions_ = std::exchange(other.functions_, {});
  data_version_ = other.data_version_;
  structure_ = std::exchange(other.structure_, nullptr);
  cache_ = std::exchange(other.cache_, nullptr);
  return *this;
}

std::size_t Problem::check(AnyVariable variable) const {
  const auto i = static_cast<std::size_t>(variable.index());
  if (variable.index() < 0 || i >= fixed_.size()) {
    throw Error("variable " + std::to_string(variable.index()) + " is not one of the " + std::to_string(fixed_.size()) +
                " variables of this problem");
  }
  return i;
}

std::int64_t Problem::append_variables(const ManifoldOperations& manifold, std::span<const double> values,
                                       std::int64_t count) {
  const auto size = static_cast<std::size_t>(manifold.ambient_size);
  if (size == 0 || values.size() != size * static_cast<std::size_t>(count)) {
    throw Error("a variable on " + std::string(manifold.name) + " takes " + std::to_string(size) +
                " numbers each; got " + std::to_string(values.size()) + " for " + std::to_string(count));
  }
  const auto same = [&](const std::shared_ptr<const ManifoldOperations>& m) {
    return m->plus == manifold.plus && m->ambient_size == manifold.ambient_size &&
           m->tangent_size == manifold.tangent_size && m->euclidean == manifold.euclidean;
  };
  auto at = std::find_if(manifolds_.begin(), manifolds_.end(), same);
  if (at == manifolds_.end()) at = manifolds_.insert(at, std::make_shared<const ManifoldOperations>(manifold));
  if (at - manifolds_.begin() > 0xffff) throw Error("a problem has at most 65536 different kinds of variables");

  structure_changed();
  const std::int64_t first = num_variables();
  const auto before = static_cast<std::size_t>(num_values_), needed = before + values.size() + block_lanes;
  const std::less<const double*> less;  // the values may be those of another variable here
  const bool aliased = !less(values.data(), values_.data()) && less(values.data(), values_.data() + before);
  const std::ptrdiff_t own = aliased ? values.data() - values_.data() : 0;
  if (needed > values_.capacity()) values_.reserve(std::max(needed, values_.capacity() + values_.capacity() / 2));
  if (aliased) values = {values_.data() + own, values.size()};
  values_.resize(needed);
  std::copy(values.begin(), values.end(), values_.begin() + num_values_);
  std::fill(values_.end() - block_lanes, values_.end(), 0.0);
  for (std::int64_t i = 0; i < count; ++i) offsets_.push_back(num_values_ + i * manifold.ambient_size);
  manifold_.insert(manifold_.end(), static_cast<std::size_t>(count),
                   static_cast<std::uint16_t>(at - manifolds_.begin()));
  fixed_.insert(fixed_.end(), static_cast<std::size_t>(count), 0);
  num_values_ += static_cast<std::int64_t>(values.size());
  if (!held_.empty()) held_.resize(static_cast<std::size_t>(num_values_));
  if (!typical_.empty()) typical_.resize(static_cast<std::size_t>(num_values_));
  if (has_bounds()) {
    lower_.resize(static_cast<std::size_t>(num_values_), -infinite);
    upper_.resize(static_cast<std::size_t>(num_values_), infinite);
  }
  return first;
}

VariableValue Problem::value(AnyVariable variable) const {
  const std::size_t i = check(variable);
  return {values_.data() + offsets_[i], static_cast<std::size_t>(manifolds_[manifold_[i]]->ambient_size)};
}

void Problem::set_value(AnyVariable variable, std::span<const double> values) {
  const std::size_t i = check(variable);
  const auto size = static_cast<std::size_t>(manifolds_[manifold_[i]]->ambient_size);
  if (values.size() != size) {
    throw Error("variable " + std::to_string(i) + " has " + std::to_string(size) + " numbers; got " +
                std::to_string(values.size()));
  }
  std::copy(values.begin(), values.end(), values_.begin() + offsets_[i]);
}

std::span<const double> Problem::values_of(std::int64_t first, std::int64_t count, int ambient_size) const {
  if (count == 0) return {};
  const std::int64_t start = offset_of(AnyVariable(first));
  check(AnyVariable(first + count - 1));
  if (start + count * ambient_size > num_values_) throw Error("the range of variables is not one of this problem");
  return values().subspan(static_cast<std::size_t>(start), static_cast<std::size_t>(count * ambient_size));
}

void Problem::set_values(std::span<const double> values) {
  if (static_cast<std::int64_t>(values.size()) != num_values_) {
    throw Error("the problem has " + std::to_string(num_values_) + " numbers in all; got " +
                std::to_string(values.size()));
  }
  std::copy(values.begin(), values.end(), values_.begin());
}

std::int64_t Problem::num_residual_blocks() const {
  std::int64_t sum = 0;
  for (const auto& group : groups_) sum += group.is_terms() ? 0 : group.num_enabled();
  return sum;
}

std::int64_t Problem::num_residuals() const {
  std::int64_t sum = 0;
  for (const auto& group : groups_) sum += group.is_terms() ? 0 : group.num_enabled() * group.rows;
  return sum;
}

std::int64_t Problem::num_terms() const {
  std::int64_t sum = 0;
  for (const auto& group : groups_) sum += group.is_terms() ? group.num_enabled() : 0;
  return sum;
}

std::int64_t Problem::num_columns() const {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < fixed_.size(); ++i) sum += fixed_[i] ? 0 : manifolds_[manifold_[i]]->tangent_size;
  return sum;
}

void Problem::set_fixed(AnyVariable variable, bool fixed) {
  auto& flag = fixed_[check(variable)];
  if ((flag != 0) == fixed) return;
  flag = fixed;
  structure_changed();
}

void Problem::set_bounds(AnyVariable variable, std::span<const double> lower, std::span<const double> upper) {
  const std::size_t i = check(variable);
  const ManifoldOperations& manifold = *manifolds_[manifold_[i]];
  const auto size = static_cast<std::size_t>(manifold.ambient_size);
  const auto refuse = [&](const std::string& found) {
    throw Error("bounds of variable " + std::to_string(i) + ": " + found);
  };
  if (!manifold.euclidean) refuse("it is on " + std::string(manifold.name) + ", expected a Euclidean variable");
  if (lower.size() != size || upper.size() != size) {
    refuse("found " + std::to_string(lower.size()) + " lower and " + std::to_string(upper.size()) +
           " upper ones, expected " + std::to_string(size) + " of both");
  }
  for (std::size_t k = 0; k < size; ++k) {
    if (lower[k] <= upper[k] && lower[k] < infinite && upper[k] > -infinite) continue;
    refuse("found " + detail::shortest_text(lower[k]) + " to " + detail::shortest_text(upper[k]) + " for number " +
           std::to_string(k) + ", expected a lower bound that is at most the upper, and a finite number between");
  }
  if (!has_bounds()) {
    lower_.assign(static_cast<std::size_t>(num_values_), -infinite);
    upper_.assign(static_cast<std::size_t>(num_values_), infinite);
  }
  std::copy(lower.begin(), lower.end(), lower_.begin() + offsets_[i]);
  std::copy(upper.begin(), upper.end(), upper_.begin() + offsets_[i]);
  ++bounds_version_;
}

void Problem::set_bounds(AnyVariable variable, double lower, double upper) {
  const auto size = static_cast<std::size_t>(manifolds_[manifold_[check(variable)]]->ambient_size);
  set_bounds(variable, std::vector<double>(size, lower), std::vector<double>(size, upper));
}

void Problem::set_bounds(AnyVariable variable, int number, double lower, double upper) {
  std::vector<double> all_lower = lower_bounds(variable);
  std::vector<double> all_upper = upper_bounds(variable);
  if (number < 0 || number >= std::ssize(all_lower)) {
    throw Error("bounds of variable " + std::to_string(variable.index()) + ": found number " + std::to_string(number) +
                ", expected one of its " + std::to_string(all_lower.size()) + ", counted from 0");
  }
  all_lower[static_cast<std::size_t>(number)] = lower;
  all_upper[static_cast<std::size_t>(number)] = upper;
  set_bounds(variable, all_lower, all_upper);
}

void Problem::clear_bounds() {
  lower_.clear();
  upper_.clear();
  ++bounds_version_;
}

std::vector<double> Problem::bounds_of(AnyVariable variable, const LargeVector<double>& all, double none) const {
  const std::size_t i = check(variable);
  const auto size = static_cast<std::size_t>(manifolds_[manifold_[i]]->ambient_size);
  if (all.empty()) return std::vector<double>(size, none);
  const auto first = all.begin() + offsets_[i];
  return std::vector<double>(first, first + static_cast<std::ptrdiff_t>(size));
}
std::vector<double> Problem::lower_bounds(AnyVariable variable) const { return bounds_of(variable, lower_, -infinite); }
std::vector<double> Problem::upper_bounds(AnyVariable variable) const { return bounds_of(variable, upper_, infinite); }

detail::ResidualGroup& Problem::group(const detail::GroupKey& key, bool& is_new) {
  is_new = false;
  if (last_group_ < groups_.size() && groups_[last_group_].key == key) return groups_[last_group_];
  const auto at = std::find_if(groups_.begin(), groups_.end(), [&](const auto& g) { return g.key == key; });
  last_group_ = static_cast<std::size_t>(at - groups_.begin());
  if (at == groups_.end()) {
    is_new = true;
    groups_.emplace_back().key = key;
  }
  return groups_[last_group_];
}

void Problem::structure_changed() {
  if (!structure_ && !cache_) return;
  structure_ = nullptr;
  cache_ = nullptr;
}

std::shared_ptr<const detail::Structure> Problem::structure() const {
  const std::lock_guard lock(mutex_);
  if (!structure_) structure_ = detail::make_structure(*this);
  return structure_;
}

std::shared_ptr<const detail::Structure> Problem::structure_if_made() const {
  const std::lock_guard lock(mutex_);
  return structure_;
}

namespace detail {

void check_group_derivatives(const ResidualGroup& group) {
  const KernelSet& kernels = group.kernels;
  const auto require = [&](bool offered, const char* what, const char* how) {
    if (!offered) throw Error("residual type " + group.name + " cannot be differentiated by " + what + ": " + how);
  };
  switch (group.key.derivatives) {
    case Derivatives::autodiff:
      require(kernels.autodiff, "jets", "its operator() is not a template on the variables' type");
      break;
    case Derivatives::complex_step:
      require(kernels.complex_step, "complex steps", "its operator() is not a template on the variables' type");
      break;
    case Derivatives::analytic:
      require(kernels.analytic, "its own formula", "it has no jacobian() of the right signature");
      break;
    default:
      break;
  }
}

}  // namespace detail
}  // namespace heliotrope
