// SPDX-License-Identifier: Apache-2.0
#include "schur_pattern.hpp"

#include <algorithm>
#include <atomic>
#include <string>

#include "elimination_kernels.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/parallel.hpp"
#include "index.hpp"

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
  RawVector<Occurrence> all;

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

/// Offsets of the blocks' values, once rows are known.
void set_offsets(const EliminationPlan& plan, BlockSymmetricPattern& blocks) {
  if (blocks.row.size() >= (std::size_t{1} << 32)) {
    throw Error("elimination: the reduced matrix has 2^32 blocks or more, expected fewer");
  }
  blocks.column_begin = plan.kept_begin;
  blocks.offset.assign(1, 0);
  blocks.offset.reserve(blocks.row.size() + 1);
  for (std::int64_t j = 0; j < plan.num_kept(); ++j) {
    const std::int64_t w = blocks.width(j);
    for (std::int64_t e = blocks.begin[index(j)]; e < blocks.begin[index(j) + 1]; ++e) {
      const std::int64_t i = blocks.row[index(e)];
      blocks.offset.push_back(blocks.offset.back() + (i == j ? w * (w + 1) / 2 : w * blocks.width(i)));
    }
  }
}

/// Calls body(point, a, c) for pairs c <= a of the lists, in pieces of points.
template <class Body>
void for_pairs(const EliminationPlan& plan, int threads, const Body& body) {
  constexpr std::int64_t piece = 1 << 13;
  const auto points = static_cast<std::int64_t>(plan.list_begin.size()) - 1;
  parallel_for(threads, (points + piece - 1) / piece, [&](std::int64_t p) {
    for (std::int64_t i = p * piece; i < std::min(points, (p + 1) * piece); ++i) {
      const std::int32_t* const list = plan.list.data() + plan.list_begin[index(i)];
      const std::int64_t length = plan.list_begin[index(i) + 1] - plan.list_begin[index(i)];
      body(i, list, length);
    }
  });
}

/// By a table of all pairs of kept variables.
void find_by_table(const EliminationPlan& plan, int threads, SchurPattern& pattern) {
  const std::int64_t n = plan.num_kept();
  LargeVector<std::uint32_t> table(index(n * n), 0);  // [column][row]
  for_pairs(plan, threads, [&](std::int64_t, const std::int32_t* list, std::int64_t length) {
    for (std::int64_t c = 0; c < length; ++c) {
      std::uint32_t* const column = table.data() + list[c] * n;
      for (std::int64_t a = c; a < length; ++a) {
        std::atomic_ref<std::uint32_t> mark(column[list[a]]);
        if (mark.load(std::memory_order_relaxed) == 0) mark.store(1, std::memory_order_relaxed);
      }
    }
  });
  BlockSymmetricPattern& blocks = pattern.blocks;
  blocks.begin.assign(1, 0);
  for (std::int64_t j = 0; j < n; ++j) {
    table[index(j * n + j)] = 1;
    for (std::int64_t i = j; i < n; ++i) {
      std::uint32_t& entry = table[index(j * n + i)];
      if (entry == 0) continue;
      entry = static_cast<std::uint32_t>(blocks.row.size());
      blocks.row.push_back(i);
    }
    blocks.begin.push_back(static_cast<std::int64_t>(blocks.row.size()));
  }
  for_pairs(plan, threads, [&](std::int64_t point, const std::int32_t* list, std::int64_t length) {
    std::uint32_t* to = pattern.pairs.data() + pattern.pair_begin[index(point)];
    for (std::int64_t a = 0; a < length; ++a) {
      for (std::int64_t c = 0; c <= a; ++c) *to++ = table[index(list[c] * n + list[a])];
    }
  });
}

/// Column by column, where a table would be too large.
void find_by_columns(const EliminationPlan& plan, int threads, SchurPattern& pattern) {
  const Occurrences occurrences(plan);
  const std::int64_t n = plan.num_kept(), num_strips = std::min<std::int64_t>(n, threads > 1 ? 8 * threads : 1);
  std::vector<Strip> strips;
  for (std::int64_t s = 0; s < num_strips; ++s)
    strips.push_back({n * s / num_strips, n * (s + 1) / num_strips, {}, {}});
  const auto for_occurrences = [&](std::int64_t j, const auto& body) {
    for (auto o = occurrences.begin[index(j)]; o < occurrences.begin[index(j) + 1]; ++o)
      body(occurrences.all[index(o)]);
  };

  parallel_for(threads, num_strips, [&](std::int64_t s) {
    Strip& strip = strips[index(s)];
    std::vector<std::int64_t> seen(index(n), -1);
    for (std::int64_t j = strip.begin; j < strip.end; ++j) {
      const auto first = strip.row.size();
      strip.row.push_back(j);
      seen[index(j)] = j;
      for_occurrences(j, [&](Occurrence at) {
        for (std::int64_t e = plan.list_begin[at.point] + at.local + 1; e < plan.list_begin[at.point + 1]; ++e) {
          const std::int64_t i = plan.list[index(e)];
          if (seen[index(i)] == j) continue;
          seen[index(i)] = j;
          strip.row.push_back(i);
        }
      });
      std::sort(strip.row.begin() + static_cast<std::ptrdiff_t>(first), strip.row.end());
      strip.count.push_back(static_cast<std::int64_t>(strip.row.size() - first));
    }
  });

  BlockSymmetricPattern& blocks = pattern.blocks;
  blocks.begin.assign(1, 0);
  for (Strip& strip : strips) {
    for (std::int64_t count : strip.count) blocks.begin.push_back(blocks.begin.back() + count);
    blocks.row.insert(blocks.row.end(), strip.row.begin(), strip.row.end());
    strip = {strip.begin, strip.end, {}, {}};
  }

  parallel_for(threads, num_strips, [&](std::int64_t s) {
    std::vector<std::uint32_t> entry(index(n));
    for (std::int64_t j = strips[index(s)].begin; j < strips[index(s)].end; ++j) {
      for (std::int64_t e = blocks.begin[index(j)]; e < blocks.begin[index(j) + 1]; ++e) {
        entry[index(blocks.row[index(e)])] = static_cast<std::uint32_t>(e);
      }
      for_occurrences(j, [&](Occurrence at) {
        const std::int64_t length = plan.list_begin[at.point + 1] - plan.list_begin[at.point];
        std::uint32_t* const to = pattern.pairs.data() + pattern.pair_begin[at.point];
        const std::int32_t* const list = plan.list.data() + plan.list_begin[at.point];
        for (std::int64_t a = at.local; a < length; ++a) to[a * (a + 1) / 2 + at.local] = entry[index(list[a])];
      });
    }
  });
}

}  // namespace

SchurPattern make_schur_pattern(const EliminationPlan& plan, int threads) {
  constexpr std::int64_t most_in_table = 4096;  // kept variables: 64 MiB. Chosen, not measured
  if (plan.list_begin.size() >= (std::size_t{1} << 32)) {
    throw Error("elimination: found 2^32 points or more, expected fewer");
  }
  SchurPattern pattern;
  pattern.pair_begin.assign(1, 0);
  pattern.pair_begin.reserve(plan.list_begin.size());
  for (std::size_t i = 0; i + 1 < plan.list_begin.size(); ++i) {
    const std::int64_t k = plan.list_begin[i + 1] - plan.list_begin[i];
    pattern.pair_begin.push_back(pattern.pair_begin.back() + k * (k + 1) / 2);
  }
  pattern.pairs.resize(index(pattern.pair_begin.back()) + kernel_slack);
  std::fill(pattern.pairs.end() - kernel_slack, pattern.pairs.end(), 0);  // read ahead, never used
  if (plan.num_kept() <= most_in_table) {
    find_by_table(plan, threads, pattern);
  } else {
    find_by_columns(plan, threads, pattern);
  }
  set_offsets(plan, pattern.blocks);
  return pattern;
}

}  // namespace heliotrope::linear_detail
