// SPDX-License-Identifier: Apache-2.0
#include "problem/tile.hpp"

#include <algorithm>

#include "heliotrope/problem/loss_correction.hpp"

namespace heliotrope::detail {

KernelArguments arguments_of(const ResidualGroup& group) {
  return {.values = nullptr,
          .offsets = group.offsets.data(),
          .data = group.data.data(),
          .objects = group.objects ? group.objects->data() : nullptr,
          .used = group.used.data(),
          .slots = group.slots.data(),
          .num_slots = static_cast<int>(group.slots.size()),
          .rows = group.rows,
          .columns = group.columns,
          .begin = 0,
          .end = 0,
          .residuals = nullptr,
          .jacobian = nullptr,
          .scratch = nullptr,
          .central = false};
}

bool all_lanes_used(const ResidualGroup& group, std::int64_t begin, std::int64_t end) {
  if (group.num_left_out > 0) return false;
  return group.used[static_cast<std::size_t>(end - 1)] == block_lanes &&
         std::all_of(group.used.begin() + begin, group.used.begin() + end,
                     [](std::uint8_t used) { return used == block_lanes; });
}

void clear_unused_lanes(const Tile& tile, unsigned used_lanes) {
  if (used_lanes == (1u << block_lanes) - 1) return;
  for (int l = 0; l < block_lanes; ++l) {
    if (used_lanes >> l & 1) continue;
    for (int m = 0; m < tile.rows; ++m) tile.residuals[m * block_lanes + l] = 0.0;
    if (!tile.jacobian) continue;
    for (int i = 0; i < tile.rows * tile.columns; ++i) tile.jacobian[i * block_lanes + l] = 0.0;
  }
}

void clear_held_columns(const Tile& tile, std::span<const Slot> slots, const std::int64_t* offsets,
                        std::span<const std::uint8_t> held) {
  int first = 0;
  for (const Slot& slot : slots) {
    for (int l = 0; l < block_lanes; ++l) {
      const std::uint8_t* const flags = held.data() + offsets[l];
      for (int c = 0; c < slot.tangent_size; ++c) {
        if (flags[c] == 0) continue;
        for (int m = 0; m < tile.rows; ++m) tile.jacobian[(m * tile.columns + first + c) * block_lanes + l] = 0.0;
      }
    }
    first += slot.tangent_size;
    offsets += block_lanes;
  }
}

namespace {

/// x = W x, or W'x, for one vector a lane: entry m of lane l at x[m * stride + l].
template <bool transposed = false>
void multiply(int rows, const double* weights, double* x, int stride, double* temporary) {
  for (int m = 0; m < rows; ++m) {
    double* sum = temporary + m * block_lanes;
    std::fill_n(sum, block_lanes, 0.0);
    for (int k = 0; k < rows; ++k) {
      const double* w = weights + (transposed ? k * rows + m : m * rows + k) * block_lanes;
      for (int l = 0; l < block_lanes; ++l) sum[l] += w[l] * x[k * stride + l];
    }
  }
  for (int m = 0; m < rows; ++m) std::copy_n(temporary + m * block_lanes, block_lanes, x + m * stride);
}

}  // namespace

void add_squares(std::int64_t rows, const double* __restrict r, double* __restrict sum) {
  for (std::int64_t m = 0; m < rows; ++m, r += block_lanes) {
    for (int l = 0; l < block_lanes; ++l) sum[l] += r[l] * r[l];
  }
}

void add_values(std::int64_t rows, const double* __restrict values, double* __restrict sum) {
  for (std::int64_t m = 0; m < rows; ++m, values += block_lanes) {
    for (int l = 0; l < block_lanes; ++l) sum[l] += values[l];
  }
}

void apply_transposed_weights(int rows, const double* weights, double* residuals, double* temporary) {
  multiply<true>(rows, weights, residuals, block_lanes, temporary);
}

void apply_weights(const Tile& tile, const double* weights, double* temporary) {
  multiply(tile.rows, weights, tile.residuals, block_lanes, temporary);
  if (!tile.jacobian) return;
  for (int c = 0; c < tile.columns; ++c) {
    multiply(tile.rows, weights, tile.jacobian + c * block_lanes, tile.columns * block_lanes, temporary);
  }
}

void apply_loss(const Tile& tile, const Loss& loss, bool correct, double* cost) {
  if (loss.is_trivial()) return add_squares(tile.rows, tile.residuals, cost);
  double s[block_lanes] = {};
  add_squares(tile.rows, tile.residuals, s);
  double rho[block_lanes], rho1[block_lanes], rho2[block_lanes];
  loss.evaluate(s, block_lanes, rho, rho1, rho2);
  for (int l = 0; l < block_lanes; ++l) cost[l] += rho[l];
  if (correct) correct_for_loss(tile.rows, tile.columns, rho1, rho2, tile.residuals, tile.jacobian);
}

}  // namespace heliotrope::detail
