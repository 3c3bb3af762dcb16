// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "heliotrope/config.hpp"
#include "heliotrope/large_vector.hpp"
#include "heliotrope/linear/block_jacobian.hpp"

namespace heliotrope {

/// Which variables each residual of one shape names: what elimination is planned from.
struct ResidualStructure {
  int rows = 0;                              ///< residuals in one block row
  std::vector<int> widths;                   ///< columns of each slot
  LargeVector<std::int32_t> columns;         ///< [block][slot][8]: block column; -1: fixed variable, unused lane
  LargeVector<std::uint8_t> used;            ///< [block]: used lanes, the first ones; empty: those with a block column
  std::span<const std::int32_t> kinds = {};  ///< [block]: only blocks of one kind may share a tile; empty: all alike

  std::int64_t num_blocks() const {
    return widths.empty() ? 0 : static_cast<std::int64_t>(columns.size() / (widths.size() * block_lanes));
  }
};

/// The structure of a whole least-squares problem: fewer than 2^31 block columns, and 2^32 residuals of one shape.
struct EliminationStructure {
  std::span<const std::int64_t> column_begin;  ///< first column of each block column, and the total
  std::vector<ResidualStructure> parts;

  std::int64_t num_block_columns() const { return static_cast<std::int64_t>(column_begin.size()) - 1; }
  int width(std::int64_t j) const {
    return static_cast<int>(column_begin[static_cast<std::size_t>(j) + 1] - column_begin[static_cast<std::size_t>(j)]);
  }
};

/// Throws Error where a structure is too large for elimination.
void check_elimination_size(const EliminationStructure& structure);

/// The structure of a BlockJacobian, which must outlive it.
EliminationStructure elimination_structure(const BlockJacobian& jacobian);

/// Variables no two of which are joined by a residual: an independent set, found in rounds in which a variable enters
/// if it has the fewest residuals among its neighbours [Luby1986, with degrees for random numbers]. Variables whose
/// residuals have 2^16 - 1 slots or more are left out.
///
/// Returns one flag a block column. Cost: a few passes over the residuals; 6 bytes a block column.
std::vector<std::uint8_t> find_elimination_set(const EliminationStructure& structure);

/// Throws Error unless there is a flag for each block column and no residual joins two that are flagged.
void check_elimination_set(const EliminationStructure& structure, std::span<const std::uint8_t> eliminated);

/// Residuals rearranged so that eight eliminated variables ("points") are worked on at once, one a lane.
///
/// A *pack* is eight points of one width; a *segment* of a pack is a run of blocks of one part whose lane l holds
/// residuals of the pack's point l, with the point in one slot. Residuals without a point make packs of width 0, one
/// residual a lane. Variables that stay ("kept") are numbered 0 .. num_kept() - 1 in the order of block columns. The
/// *list* of a point has the kept variables of its residuals, ascending, each once.
///
/// Points are sorted by their first kept variable and, within windows of 512, by the number of residuals: residuals
/// that share kept variables are near one another, lanes of a pack have about the same length.
struct EliminationPlan {
  struct Segment {
    int part = 0;
    int slot = -1;  ///< which slot holds the point; -1: none
    std::int64_t block_begin = 0, block_end = 0;
  };
  struct Pack {
    int width = 0;         ///< columns of its points; 0: residuals without one
    int num_lanes = 0;     ///< used lanes; the first ones
    bool repeats = false;  ///< some point's residuals name a kept variable more than once
    std::int64_t segment_begin = 0, segment_end = 0;
  };
  /// One part of the structure, rearranged.
  struct Part {
    int rows = 0;
    std::vector<int> widths, slot_begin;  ///< of the slots; first columns, and the total
    LargeVector<std::uint32_t> source;    ///< [block][8]: position in the given part; unused lanes repeat a used one
    LargeVector<std::uint8_t> lanes;      ///< [block]: bit l is set where lane l is used
    LargeVector<std::uint16_t> place;     ///< [block][slot][8]: index in the point's list, or no_place
    std::int64_t num_blocks() const { return static_cast<std::int64_t>(lanes.size()); }
  };
  static constexpr std::uint16_t no_place = 0xffff;  ///< the point itself, a fixed variable, or an unused lane

  std::vector<Part> parts;
  LargeVector<Segment> segments;
  LargeVector<Pack> packs;
  LargeVector<std::int64_t> points;      ///< [pack][8]: block column; -1 where there is none
  LargeVector<std::int64_t> list_begin;  ///< [pack][8], and the total
  LargeVector<std::int32_t> list;        ///< kept variables
  std::vector<std::int64_t> kept;        ///< [kept variable]: block column
  std::vector<std::int64_t> kept_begin;  ///< [kept variable]: first scalar among the kept ones, and the total
  std::int64_t num_points = 0;
  std::int64_t num_residuals = 0;  ///< residual blocks
  int max_pack_blocks = 0;         ///< most blocks in one segment
  int max_rows = 0, max_columns = 0, max_width = 0;

  std::int64_t num_packs() const { return static_cast<std::int64_t>(packs.size()); }
  std::int64_t num_kept() const { return static_cast<std::int64_t>(kept.size()); }
  std::int64_t num_kept_columns() const { return kept_begin.back(); }
  int kept_width(std::int64_t k) const {
    return static_cast<int>(kept_begin[static_cast<std::size_t>(k) + 1] - kept_begin[static_cast<std::size_t>(k)]);
  }
  /// Pairs of kept variables of one point, each variable with itself included, summed over points.
  std::int64_t num_pairs() const;
};

/// Arranges the residuals for the elimination of the block columns flagged. Throws Error where two of them are joined,
/// or the structure is too large, or a point's residuals name 2^16 - 1 kept variables or more. The plan does not depend
/// on `threads`. Cost: sorts by counting, O(residuals); 40 bytes a residual while it runs.
EliminationPlan plan_elimination(const EliminationStructure& structure, std::span<const std::uint8_t> eliminated,
                                 int threads = 1);

}  // namespace heliotrope
