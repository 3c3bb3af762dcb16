// SPDX-License-Identifier: Apache-2.0
// Sums over residuals that do not depend on the number of threads: fixed chunks, fixed order of reduction.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "block_kernels.hpp"
#include "heliotrope/large_vector.hpp"
#include "heliotrope/linear/block_jacobian.hpp"

namespace heliotrope::linear_detail {

/// Consecutive blocks [begin, end) of one part: the unit of work of one thread.
struct Chunk {
  std::int64_t part = 0;
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

/// Cuts the parts into pieces of equal length, about min(64, max(1, blocks / 64)) of them. The cut depends on the
/// problem only, so sums over chunks are the same for any number of threads. Both numbers chosen, not measured: a chunk
/// is long enough (512 residuals) to hide the start of a task, and 64 chunks keep 16 threads evenly busy.
std::vector<Chunk> make_chunks(const BlockJacobian& jacobian);

/// The arrays of a part as the kernels take them. `slot_begin` is owned by the caller.
PartView view_of(const JacobianPart& part, const std::vector<int>& slot_begin);

/// First column of every slot of every part.
std::vector<std::vector<int>> slot_begins(const BlockJacobian& jacobian);

/// Scatter codes [block][slot][8] of the block columns of a part: block column * 4 + direct or repeated.
LargeVector<std::int64_t> slot_codes(const JacobianPart& part);

/// Throws Error where array lengths, widths or block columns of the Jacobian contradict one another.
void check_structure(const BlockJacobian& jacobian);

/// Where chunks add their contributions, and how these become one sum.
///
/// A destination is a run of consecutive numbers. One that only one chunk touches is summed in place. One that several
/// touch gets one private copy for each of them behind the destinations, in the same buffer; reduce() then adds the
/// copies in the order of the chunks.
///
///     buffer   [ destinations 0 .. D-1 | private copies of destination a, of b, ... ]
class ScatterPlan {
 public:
  /// Turns maps with destination * 4 + kind into maps with offset * 4 + kind (scatter_code), in place.
  ///
  /// destination_begin: D + 1 offsets. maps: one for each part, of per_block[part] codes for each block.
  /// Cost: two passes over the maps; D numbers of workspace.
  void analyse(std::span<const std::int64_t> destination_begin, std::span<const Chunk> chunks,
               std::span<LargeVector<std::int64_t>> maps, std::span<const std::int64_t> per_block);

  /// Numbers in the buffer.
  std::int64_t buffer_size() const { return buffer_size_; }

  /// Sets the buffer to zero.
  void clear(std::span<double> buffer, int threads) const;

  /// Sets every destination that several chunks touched to the sum of its copies.
  void reduce(std::span<double> buffer, int threads) const;

 private:
  struct Shared {
    std::int64_t offset;  ///< of the destination
    std::int64_t length;
    std::int64_t copy_begin;  ///< its copies: copies_[copy_begin, copy_end)
    std::int64_t copy_end;
  };
  std::vector<Shared> shared_;
  std::vector<std::int64_t> copies_;  ///< offsets in the buffer, in the order of the chunks
  std::int64_t buffer_size_ = 0;
};

}  // namespace heliotrope::linear_detail
