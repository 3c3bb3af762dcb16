// SPDX-License-Identifier: Apache-2.0
// What happens to one block of 8 lanes after its kernel: unused lanes, weights, loss.
#pragma once

#include <cstdint>
#include <span>

#include "heliotrope/config.hpp"
#include "heliotrope/problem/residual_group.hpp"

namespace heliotrope::detail {

/// Residuals [row][8] and, where not null, Jacobian [row][column][8] of one block.
struct Tile {
  int rows;
  int columns;
  double* residuals;
  double* jacobian;
};

/// Blocks of a chunk that a kernel fills before the rest is done to them, while they are in cache.
inline constexpr std::int64_t tile_blocks = 8;

/// What a kernel is told of a group; the rest is about a point and a tile.
KernelArguments arguments_of(const ResidualGroup& group);

/// Whether in blocks [begin, end) all lanes are used, and count.
bool all_lanes_used(const ResidualGroup& group, std::int64_t begin, std::int64_t end);

/// Sets the lanes whose bit is clear to zero: those that are not used, or left out.
void clear_unused_lanes(const Tile& tile, unsigned used_lanes);

/// Sets the columns of held coordinates to zero. offsets: the block's [slot][8]; held: as ProblemAccess::held.
void clear_held_columns(const Tile& tile, std::span<const Slot> slots, const std::int64_t* offsets,
                        std::span<const std::uint8_t> held);

/// r = W r and J = W J; weights is [rows * rows][8], temporary takes rows * 8 doubles.
void apply_weights(const Tile& tile, const double* weights, double* temporary);

/// r = W'r for residuals alone.
void apply_transposed_weights(int rows, const double* weights, double* residuals, double* temporary);

/// sum[l] += |r|^2 of lane l, over consecutive rows.
void add_squares(std::int64_t rows, const double* residuals, double* sum);

/// sum[l] += f of lane l, over consecutive rows.
void add_values(std::int64_t rows, const double* values, double* sum);

/// Adds rho(|r|^2) of each lane to cost[lane]; where `correct`, replaces r and J by Triggs' corrected ones.
void apply_loss(const Tile& tile, const Loss& loss, bool correct, double* cost);

}  // namespace heliotrope::detail
