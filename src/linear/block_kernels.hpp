// SPDX-License-Identifier: Apache-2.0
// The hot loops over blocks of 8 lanes, compiled once for every instruction set and chosen at run time.
#pragma once

#include <cstdint>

namespace heliotrope::linear_detail {

/// The shape and arrays of one JacobianPart, as raw pointers.
struct PartView {
  int rows = 0;
  int columns = 0;
  int num_slots = 0;
  const int* widths = nullptr;        ///< [slot]
  const int* slot_begin = nullptr;    ///< [slot]: first column of the slot
  const double* residuals = nullptr;  ///< [block][row][8]
  const double* jacobian = nullptr;   ///< [block][row][column][8]
};

/// The product of two slots: block `first`' * `second`, first's columns as rows. first == second: lower triangle only.
struct SlotPair {
  int first = 0;
  int second = 0;
};

/// Where the contribution of a lane goes: offset * 4 + kind in an array of doubles, or `nowhere`.
namespace scatter_code {
inline constexpr std::int64_t nowhere = -1;
inline constexpr int direct = 0;       ///< as computed, row-major
inline constexpr int transposed = 1;   ///< the transpose of what is computed, row-major
inline constexpr int repeated = 1;     ///< of a slot: an earlier slot of the residual holds the same variable
inline constexpr int symmetrised = 2;  ///< block + block', packed lower triangle: both slots hold the same variable
}  // namespace scatter_code

/// Loops over the blocks [begin, end) of a part. `codes` arrays start at block 0 of the part.
struct BlockKernels {
  const char* name;

  /// y[block][row][8] = J x.  column_blocks: [block][slot][8].
  void (*multiply)(const PartView& part, std::int64_t begin, std::int64_t end, const std::int64_t* column_blocks,
                   const std::int64_t* column_begin, const double* x, double* y);

  /// to += J'y and, where squares is not null, squares += diag(J'J).  codes: [block][slot][8]; both arrays use them.
  void (*multiply_transposed)(const PartView& part, std::int64_t begin, std::int64_t end, const std::int64_t* codes,
                              const double* y, double* to, double* squares);

  /// to += J'J, pair by pair.  codes: [block][pair][8].
  void (*square)(const PartView& part, std::int64_t begin, std::int64_t end, const SlotPair* pairs, int num_pairs,
                 const std::int64_t* codes, double* to);
};

/// The fastest set that this processor runs.
const BlockKernels& block_kernels();

/// Every set in this build that this processor runs, the baseline first; ends with a null pointer.
const BlockKernels* const* all_block_kernels();

}  // namespace heliotrope::linear_detail
