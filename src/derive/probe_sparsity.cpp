// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/probe_sparsity.hpp"

#include <algorithm>
#include <numeric>

#include "derive/probe_search.hpp"

namespace heliotrope {
namespace detail {
namespace {

/// The entries of both.
SparsityPattern unite(const SparsityPattern& a, const SparsityPattern& b) {
  SparsityPattern both;
  both.num_rows = a.num_rows;
  both.num_columns = a.num_columns;
  both.columns.reserve(std::max(a.columns.size(), b.columns.size()));
  for (std::int64_t i = 0; i < a.num_rows; ++i) {
    const auto in_a = a.row(i), in_b = b.row(i);
    std::set_union(in_a.begin(), in_a.end(), in_b.begin(), in_b.end(), std::back_inserter(both.columns));
    both.row_begin.push_back(both.num_entries());
  }
  return both;
}

/// Numbers sorted by key: values[begin[k] .. begin[k + 1]) are those with key k, in order.
struct Buckets {
  std::vector<std::int64_t> begin;
  std::vector<std::int32_t> values;
};
template <class ForEach>
Buckets bucket(std::int64_t num_keys, const ForEach& for_each) {
  Buckets buckets;
  buckets.begin.assign(static_cast<std::size_t>(num_keys + 1), 0);
  for_each([&](std::int64_t key, std::int64_t) { ++buckets.begin[key + 1]; });
  std::partial_sum(buckets.begin.begin(), buckets.begin.end(), buckets.begin.begin());
  buckets.values.resize(static_cast<std::size_t>(buckets.begin.back()));
  std::vector<std::int64_t> next(buckets.begin.begin(), buckets.begin.end() - 1);
  for_each([&](std::int64_t key, std::int64_t value) {
    buckets.values[static_cast<std::size_t>(next[key]++)] = static_cast<std::int32_t>(value);
  });
  return buckets;
}

/// Groups of columns: four for each entry of the rows with most entries, so that what is missing has a chance of 3 in 4
/// to move without them.
std::int64_t count_groups(const SparsityPattern& pattern, const std::vector<std::uint8_t>& full) {
  std::int64_t most = 0;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    if (!full[i]) most = std::max(most, pattern.row_begin[i + 1] - pattern.row_begin[i]);
  }
  return std::clamp<std::int64_t>(4 * most, 8, 64);
}

/// Tries the pattern at the prober's point, and counts.
void verify(Prober& prober, const std::vector<std::uint8_t>& full, ProbedSparsity& result) {
  const SparsityPattern& pattern = result.pattern;
  const std::int64_t num_groups = count_groups(pattern, full);
  std::vector<std::int32_t> group_of(static_cast<std::size_t>(pattern.num_columns));
  for (std::int32_t& group : group_of) group = static_cast<std::int32_t>(prober.random().below(num_groups));
  const Buckets groups = bucket(num_groups, [&](const auto& put) {
    for (std::int64_t j = 0; j < pattern.num_columns; ++j) put(group_of[j], j);
  });
  // The rows that each group changes; a row more than once where it has several columns of the group.
  const Buckets rows = bucket(num_groups, [&](const auto& put) {
    for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
      if (full[i]) continue;
      for (const std::int32_t j : pattern.row(i)) put(group_of[j], i);
    }
  });
  std::vector<ColumnRange> ranges;
  std::vector<std::int64_t> expected(static_cast<std::size_t>(pattern.num_rows), -1);  // [row] the last group that does
  for (std::int64_t g = 0; g < num_groups; ++g) {
    ranges.clear();
    for (std::int64_t k = groups.begin[g]; k < groups.begin[g + 1]; ++k) {
      ranges.push_back({groups.values[k], groups.values[k] + 1});
    }
    if (ranges.empty()) continue;
    prober.probe(ranges);
    for (std::int64_t k = rows.begin[g]; k < rows.begin[g + 1]; ++k) expected[rows.values[k]] = g;
    for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
      if (full[i]) continue;
      const bool changed = prober.changed()[i];
      result.num_checks += expected[i] != g;
      result.num_unexpected += expected[i] != g && changed;
      result.num_unseen += expected[i] == g && !changed;
    }
  }
}

}  // namespace

ProbedSparsity probe_sparsity(const ProbedFunction& f, std::span<const double> x, std::int64_t m,
                              const ProbeOptions& options) {
  const auto n = static_cast<std::int64_t>(x.size());
  Prober prober(f, x, m, options);
  ProbedSparsity result;
  result.pattern.num_rows = m;
  result.pattern.num_columns = n;
  result.pattern.row_begin.assign(static_cast<std::size_t>(m + 1), 0);
  std::vector<std::uint8_t> full(static_cast<std::size_t>(m), 0);
  bool again = true;
  while (again) {
    prober.take_point();
    const ProbeFinding finding = search_pattern(prober, m, n);
    prober.check_point();
    ++result.num_searches;
    result.pattern = unite(result.pattern, finding.pattern);
    for (std::size_t i = 0; i < full.size(); ++i) full[i] |= finding.full[i];

    result.num_verifications = result.num_checks = result.num_unexpected = result.num_unseen = 0;
    again = !finding.is_consistent;
    for (int v = 0; v < options.verifications && result.num_unexpected == 0; ++v) {
      prober.take_point();
      verify(prober, full, result);
      ++result.num_verifications;
    }
    again = again || result.num_unexpected > 0;
    result.is_verified = !again && result.num_verifications > 0;
    again = again && result.num_searches < options.max_searches;
  }
  result.num_full_rows = std::count(full.begin(), full.end(), 1);
  result.num_evaluations = prober.num_evaluations();
  return result;
}

}  // namespace detail

std::string ProbedSparsity::report() const {
  const auto number = [](std::int64_t count) { return std::to_string(count); };
  std::string text = number(pattern.num_entries()) + " entries found by " + number(num_evaluations) +
                     " evaluations, searches from " + number(num_searches) + " point(s)";
  if (num_full_rows > 0) text += ", " + number(num_full_rows) + " row(s) taken as full";
  if (num_verifications == 0) {
    text += "; not verified at other points";
  } else if (is_verified) {
    text += "; verified at " + number(num_verifications) + " other point(s): of " + number(num_checks) +
            " times that a row should keep its value, it always did";
  } else {
    text += "; not verified: of " + number(num_checks) + " times that a row should keep its value, it changed " +
            number(num_unexpected) + " times, so entries are missing";
  }
  if (num_unseen > 0) text += "; " + number(num_unseen) + " times a row that should have changed did not";
  return text;
}

}  // namespace heliotrope
