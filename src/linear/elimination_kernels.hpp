// SPDX-License-Identifier: Apache-2.0
// The hot loops of Schur elimination, compiled once for every instruction set and chosen at run time.
//
// Notation, for one eliminated variable (a "point" of P columns) and one of its residuals:
//
//     r, Jp (rows x P), Jk (rows x w: one kept variable)        V = sum Jp'Jp + damping = L L',  g = sum Jp'r
//     Y = sum over its residuals of Jk'Jp L^-T (w x P),         z = L^-1 g
//     S += sum Jk'Jk - Y Y',                                    b += sum Jk'r - Y z
//
// Eight points are worked on at once, one a lane, until Y; then each lane's Y and Jk are laid out by themselves.
#pragma once

#include <cstdint>

#include "heliotrope/config.hpp"

namespace heliotrope::linear_detail {

/// Doubles that reads may go past the end of what belongs to one point.
inline constexpr int kernel_slack = 8;

HELIOTROPE_INLINE constexpr int round_up_8(int n) { return (n + 7) / 8 * 8; }

/// Doubles of a block of S, rows x columns: whole groups of 8 columns row by row, then what is left of the columns one
/// by one, padded to groups of 8 rows. So every access is a whole vector. Of a block on
/// the diagonal only the lower triangle means something.
///
///     [row][8 q]                       q = columns / 8
///     [columns % 8][round_up_8(rows)]
HELIOTROPE_INLINE constexpr std::int64_t schur_block_size(int rows, int columns) {
  return std::int64_t{rows} * (columns / 8 * 8) + std::int64_t{columns % 8} * round_up_8(rows);
}
/// Entry (i, j) of a block of S.
HELIOTROPE_INLINE constexpr std::int64_t schur_block_entry(int rows, int columns, int i, int j) {
  const int whole = columns / 8 * 8;
  return j < whole ? std::int64_t{i} * whole + j
                   : std::int64_t{rows} * whole + std::int64_t{j - whole} * round_up_8(rows) + i;
}

/// Doubles of a record: see EliminationKernels::records.
HELIOTROPE_INLINE constexpr int record_size(int w, int width, int rows) {
  return round_up_8((width + rows) * w + rows);
}

/// Residuals of eight points in one slot pattern, in blocks of 8 lanes; Jacobian double or float.
template <class Real>
struct SegmentView {
  int rows = 0, columns = 0, num_slots = 0;
  const int* widths = nullptr;
  const int* slot_begin = nullptr;
  int slot = -1;  ///< that holds the point
  std::int64_t num_blocks = 0;
  const double* residuals = nullptr;  ///< [block][row][8]
  const Real* jacobian = nullptr;     ///< [block][row][column][8]
};

/// S or J as a rank-k product of two columns of numbers: block +-= sum_k a[k] b[k]', a: [k][rows], b: [k][columns].
using RankUpdate = void (*)(int rows, int columns, int rank, const double* a, const double* b, double* block);

struct EliminationKernels {
  const char* name;

  /// V += Jp'Jp, packed lower triangle [P (P + 1) / 2][8], and g += Jp'r, [P][8].
  void (*point_products)(const SegmentView<double>& segment, int width, double* V, double* g);
  void (*point_products_float)(const SegmentView<float>& segment, int width, double* V);

  /// V = L L' in place, reciprocals on the diagonal; bit l of the result is set where lane l is not positive definite.
  unsigned (*factorise)(int width, double* V);
  void (*solve_lower)(int width, const double* L, double* x);       ///< x = L^-1 x, [P][8]
  void (*solve_transposed)(int width, const double* L, double* x);  ///< x = L^-T x

  /// Y of every block and kept slot to to[(block * num_slots + slot) * 8 + lane], as [P][w]: stored, or added.
  /// Null pointers: not wanted.  scratch: P * widest slot * 8 doubles.
  void (*cross)(const SegmentView<double>& segment, int width, const double* L, double* const* to, bool add,
                double* scratch);

  /// Jk of every block, kept slot and lane: [block][lane][column of all slots but the point's, slot by slot: [row][w]].
  void (*transpose)(const SegmentView<double>& segment, double* to);

  /// t = Jk x, [block][row][8], and u += Jp't, [P][8]; x of block, slot and lane begins at
  /// x[at[(block * num_slots + slot) * 8 + lane]]. Reads kernel_slack numbers past the end of what it needs.
  void (*back_products)(const SegmentView<double>& segment, int width, const double* x, const std::int64_t* at,
                        double* u, double* t);
  void (*back_products_float)(const SegmentView<float>& segment, int width, const double* x, const std::int64_t* at,
                              double* u, double* t);
  /// y += Jk'(t - Jp v), v: [P][8]; nothing where `at` is `none`.
  void (*forward_products)(const SegmentView<double>& segment, int width, const double* t, const double* v,
                           const std::int64_t* at, std::int64_t none, double* y, double* scratch);
  void (*forward_products_float)(const SegmentView<float>& segment, int width, const double* t, const double* v,
                                 const std::int64_t* at, std::int64_t none, double* y, double* scratch);

  /// For a segment whose residuals name one kept variable each, in slot `slot`: the *record* of each block and lane to
  /// to[block * 8 + lane]: Y [P][w], Jk [row][w], r [row], padded to record_size(). Null pointers: not wanted.
  /// scratch: record_size() * 8 doubles.
  void (*records)(const SegmentView<double>& segment, int slot, int width, const double* L, double* const* to,
                  double* scratch);
  /// All that a point's records add to S, for kept variables of one width w: as point_update, right_side_update,
  /// gradient_update and S += Jk'Jk together. The kept variable's g, d, b, round_up_8(w) apart, are at
  /// vectors + 3 round_up_8(w) list[a].
  void (*record_update)(int w, int width, int rows, int length, const std::int32_t* list, const double* records,
                        const double* z, const std::uint32_t* pairs, double* S, double* vectors, bool diagonal_only);

  /// S(a, c) -= sum Y_a Y_c' over `count` pairs of records, the numbers of both in one pair's upper and lower 16 bits,
  /// `stride` doubles a record; a < c or c < a, one width w. The block stays in registers meanwhile.
  void (*gather_update)(int w, int width, std::int64_t stride, const std::uint32_t* pairs, std::int64_t count,
                        const double* records, double* block);

  /// to += from.
  void (*add)(const double* from, std::int64_t n, double* to);

  /// float from double.
  void (*narrow)(const double* from, std::int64_t n, float* to);

  /// For the kept variables a of one point's list, all of width w: S(a, c) -= Y_a Y_c' for c <= a, the blocks
  /// being at S + block_size * pairs[a (a + 1) / 2 + c]; only c == a where `diagonal_only`, pairs[a] then.
  void (*point_update)(int w, int width, int length, const double* Y, const std::uint32_t* pairs, double* S,
                       bool diagonal_only);

  /// g += Jk'r and d += Jk.Jk of one residual; Jk: [row][w].
  void (*gradient_update)(int w, int rows, const double* J, const double* r, double* g, double* d);
  /// b -= Y z.
  void (*right_side_update)(int w, int width, const double* Y, const double* z, double* b);

  RankUpdate (*add_product)(int rows, int columns, int rank);
  RankUpdate (*subtract_product)(int rows, int columns, int rank);

  /// y += A x and yt += A'xt for a block of S below the diagonal, rows x columns.
  void (*multiply_block)(int rows, int columns, const double* block, const double* x, double* y, const double* xt,
                         double* yt);
  /// y += A x for a block on the diagonal, of which the lower triangle is read.
  void (*multiply_diagonal_block)(int rows, const double* block, const double* x, double* y);
};

/// The fastest set that this processor runs.
const EliminationKernels& elimination_kernels();

/// Every set in this build that this processor runs, the baseline first; ends with a null pointer.
const EliminationKernels* const* all_elimination_kernels();

}  // namespace heliotrope::linear_detail
