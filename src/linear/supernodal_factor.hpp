// SPDX-License-Identifier: Apache-2.0
// Numeric supernodal Cholesky factorisation over blocks [Davis2006, 4; Chen2008].
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "heliotrope/large_vector.hpp"
#include "heliotrope/linear/normal_equations.hpp"
#include "supernodes.hpp"

namespace heliotrope::linear_detail {

/// The blocks of a symmetric matrix, wherever they are.
class SymmetricBlocks {
 public:
  virtual ~SymmetricBlocks() = default;
  /// Writes entry `entry` of a pattern, block (row, column), (i, j) to to[i * row_step + j * column_step]; of a
  /// diagonal block the lower triangle.
  virtual void write(std::int64_t entry, std::int64_t row, std::int64_t column, double* to, std::int64_t row_step,
                     std::int64_t column_step) const = 0;
};

/// H of the normal equations.
class NormalBlocks final : public SymmetricBlocks {
 public:
  explicit NormalBlocks(const NormalEquations& normal) : normal_(normal) {}
  void write(std::int64_t entry, std::int64_t row, std::int64_t column, double* to, std::int64_t row_step,
             std::int64_t column_step) const override;

 private:
  const NormalEquations& normal_;
};

/// P (H + diag(damping)) P' = L L' in dense panels, one a supernode:
///
///     [ L11 ]   the supernode's own columns
///     [ L21 ]   rows below: columns of later supernodes, its targets
///
/// Each panel, once factorised, subtracts L21 L21' from its targets at once (right-looking), through maps made in
/// analyse(). Only analyse() allocates; one thread.
class SupernodalFactor {
 public:
  /// Takes the order of elimination; makes panels and maps.
  void analyse(const BlockSymmetricPattern& pattern, std::span<const std::int64_t> order);
  /// The same from a symbolic factorisation made elsewhere.
  void analyse(const BlockSymmetricPattern& pattern, SymbolicFactor symbolic);

  /// False: not positive definite.
  bool factorise(const BlockSymmetricPattern& pattern, const SymmetricBlocks& blocks, std::span<const double> damping,
                 int threads);

  /// x = -inv(H + diag(damping)) gradient.
  void solve(std::span<const double> gradient, std::span<double> x);

  /// After a factorisation that failed: v with v'(H + diag(damping)) v = pivot, the first that is not positive, which
  /// is returned. With L' up to there, and k its place: L'v = e_k, v_k = 1 [Conn2000, 7.3.5].
  double failing_direction(std::span<double> v);

  const SymbolicFactor& symbolic() const { return symbolic_; }
  std::int64_t num_columns() const { return static_cast<std::int64_t>(source_.size()); }

 private:
  struct Panel {
    std::int64_t offset;   ///< of its values
    std::int64_t leading;  ///< rows, rounded up to 8
    std::int64_t columns;
    std::int64_t first;  ///< scalar place of its first column
    std::int64_t target_begin, target_end;
    std::int64_t row_begin, row_end;  ///< of row_runs_
  };
  /// Consecutive rows of a panel that are consecutive rows of another place.
  struct Run {
    std::int64_t from, to, length;
  };
  /// Rows [row_begin, row_end) of a panel are columns of panel `panel`; runs say where they and the later rows lie
  /// there.
  struct Target {
    std::int64_t panel;
    std::int64_t row_begin, row_end;
    std::int64_t run_begin, run_end;
  };
  /// Where a block of H goes: entry (0, 0) and the leading dimension; swapped: its rows are columns of the panel.
  struct BlockPlace {
    std::int64_t offset, leading;
    bool swapped;
  };

  void make_panels();
  void make_targets();
  void place_blocks(const BlockSymmetricPattern& pattern);
  std::int64_t row_in_panel(std::int64_t node, std::int64_t place) const;
  void assemble(const BlockSymmetricPattern& pattern, const SymmetricBlocks& blocks, std::span<const double> damping,
                int threads);
  void update_targets(const Panel& panel);
  void gather(const Panel& panel, double* w) const;
  void solve_backward(std::size_t num_panels);

  SymbolicFactor symbolic_;
  std::vector<std::int64_t> node_of_;  ///< [place]: its supernode
  std::vector<std::int64_t> source_;   ///< [scalar place]: column of H
  LargeVector<Panel> panels_;
  LargeVector<Target> targets_;
  LargeVector<Run> runs_;      ///< of targets
  LargeVector<Run> row_runs_;  ///< of the rows below a panel: from rows of the panel to scalar places
  LargeVector<BlockPlace> places_;
  RawVector<double> storage_;  ///< zeroed as it is assembled
  LargeVector<double> update_;
  std::vector<double> y_, w_;
  double* values_ = nullptr;  ///< storage_, aligned to 64 bytes
  std::int64_t num_values_ = 0;
  std::size_t failed_ = 0;  ///< panel that could not be factorised
};

}  // namespace heliotrope::linear_detail
