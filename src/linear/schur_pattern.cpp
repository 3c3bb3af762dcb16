// SPDX-License-Identifier: Apache-2.0
#include "schur_pattern.hpp"

#include <algorithm>
#include <string>

#include "elimination_kernels.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/parallel.hpp"

namespace heliotrope::linear_detail {

namespace {

/// Where a kept variable stands: entry `local` of the list of `point`.
struct Occurrence {
  std::uint32_t point;
  std::uint32_t local;
};

/// The occurrences of each kept variable, by counting.
struct Occurrences {
  std::vector<std::int64_t> begin;
  std::vector<Occurrence> all;

  explicit Occurrences(const EliminationPlan& plan) : begin(plan.kept.size() + 1, 0), all(plan.list.size()) {
    for (std::int32_t k : plan.list) ++begin[static_cast<std::size_t>(k) + 1];
    for (std::size_t k = 0; k + 1 < begin.size(); ++k) begin[k + 1] += begin[k];
    std::vector<std::int64_t> next(begin.begin(), begin.end() - 1);
    for (std::size_t i = 0; i + 1 < plan.list_begin.size(); ++i) {
      for (std::int64_t e = plan.list_begin[i]; e < plan.list_begin[i + 1]; ++e) {
        all[static_cast<std::size_t>(next[static_cast<std::size_t>(plan.list[static_cast<std::size_t>(e)])]++)] = {
            static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(e - plan.list_begin[i])};
      }
    }
  }
};

/// Columns [begin, end) of the pattern.
struct Strip {
  std::int64_t begin, end;
  std::vector<std::int64_t> count, row;
};

}  // namespace

SchurPattern make_schur_pattern(const EliminationPlan& plan, int threads) {
  if (plan.list_begin.size() >= (std::size_t{1} << 32)) throw Error("elimination: found 2^32 points or more, expected fewer");
  SchurPattern pattern;
  pattern.pair_begin.assign(1, 0);
  pattern.pair_begin.reserve(plan.list_begin.size());
  for (std::size_t i = 0; i + 1 < plan.list_begin.size(); ++i) {
    const std::int64_t k = plan.list_begin[i + 1] - plan.list_begin[i];
    pattern.pair_begin.push_back(pattern.pair_begin.back() + k * (k + 1) / 2);
  }
  pattern.pairs.resize(static_cast<std::size_t>(pattern.pair_begin.back()) + kernel_slack);
  const Occurrences occurrences(plan);
  const std::int64_t n = plan.num_kept(), num_strips = std::min<std::int64_t>(n, threads > 1 ? 8 * threads : 1);
  std::vector<Strip> strips;
  for (std::int64_t s = 0; s < num_strips; ++s) strips.push_back({n * s / num_strips, n * (s + 1) / num_strips, {}, {}});

  parallel_for(threads, num_strips, [&](std::int64_t s) {
    Strip& strip = strips[static_cast<std::size_t>(s)];
    std::vector<std::int64_t> seen(static_cast<std::size_t>(n), -1);
    for (std::int64_t j = strip.begin; j < strip.end; ++j) {
      const auto first = strip.row.size();
      strip.row.push_back(j);
      seen[static_cast<std::size_t>(j)] = j;
      for (auto o = occurrences.begin[static_cast<std::size_t>(j)]; o < occurrences.begin[static_cast<std::size_t>(j) + 1]; ++o) {
        const Occurrence at = occurrences.all[static_cast<std::size_t>(o)];
        for (std::int64_t e = plan.list_begin[at.point] + at.local + 1; e < plan.list_begin[at.point + 1]; ++e) {
          const std::int64_t i = plan.list[static_cast<std::size_t>(e)];
          if (seen[static_cast<std::size_t>(i)] == j) continue;
          seen[static_cast<std::size_t>(i)] = j;
          strip.row.push_back(i);
        }
      }
      std::sort(strip.row.begin() + static_cast<std::ptrdiff_t>(first), strip.row.end());
      strip.count.push_back(static_cast<std::int64_t>(strip.row.size() - first));
    }
  });

  BlockSymmetricPattern& blocks = pattern.blocks;
  blocks.column_begin = plan.kept_begin;
  blocks.begin.assign(1, 0);
  blocks.offset.assign(1, 0);
  for (Strip& strip : strips) {
    for (std::int64_t count : strip.count) blocks.begin.push_back(blocks.begin.back() + count);
    blocks.row.insert(blocks.row.end(), strip.row.begin(), strip.row.end());
    strip = {strip.begin, strip.end, {}, {}};
  }
  if (blocks.row.size() >= (std::size_t{1} << 32)) throw Error("elimination: the reduced matrix has 2^32 blocks or more, expected fewer");
  for (std::int64_t j = 0; j < n; ++j) {
    const std::int64_t w = blocks.width(j);
    for (std::int64_t e = blocks.begin[static_cast<std::size_t>(j)]; e < blocks.begin[static_cast<std::size_t>(j) + 1]; ++e) {
      const std::int64_t i = blocks.row[static_cast<std::size_t>(e)];
      blocks.offset.push_back(blocks.offset.back() + (i == j ? w * (w + 1) / 2 : w * blocks.width(i)));
    }
  }

  parallel_for(threads, num_strips, [&](std::int64_t s) {
    std::vector<std::uint32_t> entry(static_cast<std::size_t>(n));
    for (std::int64_t j = strips[static_cast<std::size_t>(s)].begin; j < strips[static_cast<std::size_t>(s)].end; ++j) {
      for (std::int64_t e = blocks.begin[static_cast<std::size_t>(j)]; e < blocks.begin[static_cast<std::size_t>(j) + 1]; ++e) {
        entry[static_cast<std::size_t>(blocks.row[static_cast<std::size_t>(e)])] = static_cast<std::uint32_t>(e);
      }
      for (auto o = occurrences.begin[static_cast<std::size_t>(j)]; o < occurrences.begin[static_cast<std::size_t>(j) + 1]; ++o) {
        const Occurrence at = occurrences.all[static_cast<std::size_t>(o)];
        const std::int64_t length = plan.list_begin[at.point + 1] - plan.list_begin[at.point];
        std::uint32_t* const to = pattern.pairs.data() + pattern.pair_begin[at.point];
        for (std::int64_t a = at.local; a < length; ++a) {
          to[a * (a + 1) / 2 + at.local] = entry[static_cast<std::size_t>(plan.list[static_cast<std::size_t>(plan.list_begin[at.point] + a)])];
        }
      }
    }
  });
  return pattern;
}

}  // namespace heliotrope::linear_detail
