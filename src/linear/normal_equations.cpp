// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/normal_equations.hpp"

#include <algorithm>
#include <utility>

#include "block_kernels.hpp"
#include "heliotrope/config.hpp"
#include "heliotrope/parallel.hpp"
#include "scatter_plan.hpp"

namespace heliotrope {

using namespace linear_detail;

namespace {

/// One off-diagonal contribution: block (row, column) of H from map entry `position` of a part.
struct Contribution {
  std::int64_t row;
  std::int64_t part;
  std::int64_t position;
};

/// Calls body(part, position, i, j) for every map entry whose slots hold block columns i and j, neither fixed.
template <class Body>
void for_pairs(const BlockJacobian& jacobian, const std::vector<std::vector<SlotPair>>& pairs, const Body& body) {
  for (std::size_t p = 0; p < jacobian.parts.size(); ++p) {
    const JacobianPart& part = jacobian.parts[p];
    const auto slots = static_cast<std::int64_t>(part.widths.size());
    std::int64_t position = 0;
    for (std::int64_t block = 0; block < part.num_blocks; ++block) {
      const std::int64_t* columns = part.column_blocks.data() + block * slots * block_lanes;
      for (const SlotPair pair : pairs[p]) {
        for (int l = 0; l < block_lanes; ++l, ++position) {
          const std::int64_t i = columns[pair.first * block_lanes + l], j = columns[pair.second * block_lanes + l];
          if (i >= 0 && j >= 0) body(p, position, i, j);
        }
      }
    }
  }
}

/// The pairs of slots of a part: the diagonal ones first, then (s, t) in the order in which most lanes have the block
/// column of s behind that of t, so that most products are what H stores and need not be transposed.
std::vector<SlotPair> slot_pairs(const JacobianPart& part, NormalEquations::Blocks blocks) {
  const int slots = static_cast<int>(part.widths.size());
  std::vector<SlotPair> pairs;
  for (int s = 0; s < slots; ++s) pairs.push_back({s, s});
  if (blocks == NormalEquations::Blocks::diagonal) return pairs;
  for (int s = 0; s < slots; ++s) {
    for (int t = s + 1; t < slots; ++t) {
      std::int64_t behind = 0;
      for (std::int64_t block = 0; block < part.num_blocks; ++block) {
        const std::int64_t* columns = part.column_blocks.data() + block * slots * block_lanes;
        for (int l = 0; l < block_lanes; ++l) {
          const std::int64_t i = columns[s * block_lanes + l], j = columns[t * block_lanes + l];
          if (i >= 0 && j >= 0) behind += i > j ? 1 : i < j ? -1 : 0;
        }
      }
      pairs.push_back(behind >= 0 ? SlotPair{s, t} : SlotPair{t, s});
    }
  }
  return pairs;
}

}  // namespace

struct NormalEquations::Impl {
  BlockSymmetricPattern pattern;
  std::vector<std::vector<int>> slot_begin;
  std::vector<Chunk> chunks;
  std::vector<std::vector<SlotPair>> pairs;              ///< [part]
  std::vector<LargeVector<std::int64_t>> square_maps;    ///< [part][block][pair][8]
  std::vector<LargeVector<std::int64_t>> gradient_maps;  ///< [part][block][slot][8]
  ScatterPlan square_plan, gradient_plan;
  LargeVector<double> square_buffer, gradient_buffer;

  void find_pattern(const BlockJacobian& jacobian);
  void find_kinds(const BlockJacobian& jacobian, Blocks blocks);
};

/// Fills square_maps with the kinds of the contributions.
void NormalEquations::Impl::find_kinds(const BlockJacobian& jacobian, Blocks blocks) {
  for (const JacobianPart& part : jacobian.parts) {
    pairs.push_back(slot_pairs(part, blocks));
    const auto num_pairs = static_cast<std::int64_t>(pairs.back().size());
    square_maps.emplace_back(part.num_blocks * num_pairs * block_lanes, scatter_code::nowhere);
  }
  for_pairs(jacobian, pairs, [&](std::size_t p, std::int64_t position, std::int64_t i, std::int64_t j) {
    const std::int64_t num_pairs = static_cast<std::int64_t>(pairs[p].size());
    const SlotPair pair = pairs[p][position / block_lanes % num_pairs];
    const bool same_slot = pair.first == pair.second;
    square_maps[p][position] = i > j   ? scatter_code::direct
                               : i < j ? scatter_code::transposed
                                       : (same_slot ? scatter_code::direct : scatter_code::symmetrised);
  });
}

/// Sorts the contributions by column (counting sort), then each column by row; adds 4 * entry to the kinds in the maps.
void NormalEquations::Impl::find_pattern(const BlockJacobian& jacobian) {
  const std::int64_t n = jacobian.num_block_columns();
  LargeVector<std::int64_t> begin(n + 1, 0);
  for_pairs(jacobian, pairs, [&](std::size_t, std::int64_t, std::int64_t i, std::int64_t j) {
    if (i != j) ++begin[std::min(i, j) + 1];
  });
  for (std::int64_t j = 0; j < n; ++j) begin[j + 1] += begin[j];
  RawVector<Contribution> contributions(begin[n]);
  LargeVector<std::int64_t> next(begin.begin(), begin.end() - 1);
  for_pairs(jacobian, pairs, [&](std::size_t p, std::int64_t position, std::int64_t i, std::int64_t j) {
    if (i != j) contributions[next[std::min(i, j)]++] = {std::max(i, j), static_cast<std::int64_t>(p), position};
  });

  pattern.column_begin = jacobian.column_begin;
  pattern.begin.reserve(n + 1);
  pattern.begin.push_back(0);
  pattern.row.reserve(n + begin[n]);  // what is not needed is never touched
  pattern.offset.reserve(n + begin[n] + 1);
  pattern.offset.push_back(0);
  for (std::int64_t j = 0; j < n; ++j) {
    const auto first = contributions.begin() + begin[j], last = contributions.begin() + begin[j + 1];
    std::sort(first, last, [](const Contribution& a, const Contribution& b) { return a.row < b.row; });
    const std::int64_t width = pattern.width(j);
    pattern.row.push_back(j);
    pattern.offset.push_back(pattern.offset.back() + width * (width + 1) / 2);
    for (auto contribution = first; contribution != last; ++contribution) {
      if (contribution->row != pattern.row.back()) {
        pattern.row.push_back(contribution->row);
        pattern.offset.push_back(pattern.offset.back() + width * pattern.width(contribution->row));
      }
      square_maps[contribution->part][contribution->position] += (pattern.num_entries() - 1) * 4;
    }
    pattern.begin.push_back(pattern.num_entries());
  }
  for_pairs(jacobian, pairs, [&](std::size_t p, std::int64_t position, std::int64_t i, std::int64_t j) {
    if (i == j) square_maps[p][position] += pattern.begin[i] * 4;
  });
}

NormalEquations::NormalEquations() : impl_(std::make_unique<Impl>()) {}
NormalEquations::~NormalEquations() = default;
NormalEquations::NormalEquations(NormalEquations&&) noexcept = default;
NormalEquations& NormalEquations::operator=(NormalEquations&&) noexcept = default;

void NormalEquations::analyse(const BlockJacobian& jacobian, Blocks blocks) {
  check_structure(jacobian);
  impl_ = std::make_unique<Impl>();
  Impl& impl = *impl_;
  impl.slot_begin = slot_begins(jacobian);
  impl.chunks = make_chunks(jacobian);
  impl.find_kinds(jacobian, blocks);
  impl.find_pattern(jacobian);
  std::vector<std::int64_t> codes_of_pairs, codes_of_slots;
  for (std::size_t p = 0; p < jacobian.parts.size(); ++p) {
    codes_of_pairs.push_back(static_cast<std::int64_t>(impl.pairs[p].size()) * block_lanes);
    codes_of_slots.push_back(static_cast<std::int64_t>(jacobian.parts[p].widths.size()) * block_lanes);
    impl.gradient_maps.push_back(slot_codes(jacobian.parts[p]));
  }
  impl.square_plan.analyse(impl.pattern.offset, impl.chunks, impl.square_maps, codes_of_pairs);
  impl.gradient_plan.analyse(impl.pattern.column_begin, impl.chunks, impl.gradient_maps, codes_of_slots);
  impl.square_buffer.resize(impl.square_plan.buffer_size());
  impl.gradient_buffer.resize(impl.gradient_plan.buffer_size());
}

void NormalEquations::compute(const BlockJacobian& jacobian, int threads) {
  Impl& impl = *impl_;
  impl.square_plan.clear(impl.square_buffer, threads);
  impl.gradient_plan.clear(impl.gradient_buffer, threads);
  const BlockKernels& kernels = block_kernels();
  parallel_for(threads, static_cast<std::int64_t>(impl.chunks.size()), [&](std::int64_t c) {
    const Chunk& chunk = impl.chunks[c];
    const PartView part = view_of(jacobian.parts[chunk.part], impl.slot_begin[chunk.part]);
    // A few blocks at a time, so that the gradient finds the Jacobian in cache.
    constexpr std::int64_t piece = 4;
    for (std::int64_t begin = chunk.begin; begin < chunk.end; begin += piece) {
      const std::int64_t end = std::min(begin + piece, chunk.end);
      kernels.square(part, begin, end, impl.pairs[chunk.part].data(), static_cast<int>(impl.pairs[chunk.part].size()),
                     impl.square_maps[chunk.part].data(), impl.square_buffer.data());
      kernels.multiply_transposed(part, begin, end, impl.gradient_maps[chunk.part].data(), part.residuals,
                                  impl.gradient_buffer.data(), nullptr);
    }
  });
  impl.square_plan.reduce(impl.square_buffer, threads);
  impl.gradient_plan.reduce(impl.gradient_buffer, threads);
}

const BlockSymmetricPattern& NormalEquations::pattern() const { return impl_->pattern; }
std::span<const double> NormalEquations::values() const {
  return std::span<const double>(impl_->square_buffer).first(impl_->pattern.num_values());
}
std::span<const double> NormalEquations::gradient() const {
  return std::span<const double>(impl_->gradient_buffer).first(impl_->pattern.num_columns());
}

}  // namespace heliotrope
