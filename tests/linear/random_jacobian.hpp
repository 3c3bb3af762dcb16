// SPDX-License-Identifier: Apache-2.0
// Block Jacobians with random structure and values, and what they mean as dense matrices, written the dumb way.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "heliotrope/linear/block_jacobian.hpp"

namespace heliotrope_test {

/// A BlockJacobian and the arrays that its parts view. Not copyable, since the parts point into it.
struct OwnedJacobian {
  heliotrope::BlockJacobian jacobian;
  std::vector<std::vector<double>> residuals, values;

  OwnedJacobian() = default;
  OwnedJacobian(OwnedJacobian&&) = default;

  /// New random numbers in used lanes, zero in the others.
  void randomise(std::mt19937& random) {
    std::uniform_real_distribution<double> uniform(-1.0, 1.0);
    residuals.resize(jacobian.parts.size());
    values.resize(jacobian.parts.size());
    for (std::size_t p = 0; p < jacobian.parts.size(); ++p) {
      heliotrope::JacobianPart& part = jacobian.parts[p];
      const int columns = part.columns();
      const auto slots = static_cast<std::int64_t>(part.widths.size());
      residuals[p].assign(part.num_blocks * part.rows * 8, 0.0);
      values[p].assign(part.num_blocks * part.rows * columns * 8, 0.0);
      for (std::int64_t b = 0; b < part.num_blocks; ++b) {
        for (int l = 0; l < 8; ++l) {
          bool used = false;
          for (std::int64_t s = 0; s < slots; ++s) used = used || part.column_blocks[(b * slots + s) * 8 + l] >= 0;
          if (!used) continue;
          for (int m = 0; m < part.rows; ++m) {
            residuals[p][(b * part.rows + m) * 8 + l] = uniform(random);
            for (int c = 0; c < columns; ++c) {
              values[p][((b * part.rows + m) * columns + c) * 8 + l] = uniform(random);
            }
          }
        }
      }
      part.residuals = residuals[p].data();
      part.jacobian = values[p].data();
    }
  }
};

/// Random widths, parts of 1..6 rows with 1..3 slots; some variables repeat within a residual, some lanes are fixed or
/// unused.
inline OwnedJacobian random_jacobian(std::uint32_t seed, int num_block_columns, int num_parts, int max_blocks,
                                     int max_width = 9) {
  std::mt19937 random(seed);
  const auto integer = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  OwnedJacobian owned;
  owned.jacobian.column_begin = {0};
  std::vector<std::vector<std::int64_t>> by_width(max_width + 1);
  for (int i = 0; i < num_block_columns; ++i) {
    const int width = integer(1, 2) == 1 ? integer(1, max_width) : 3;
    by_width[width].push_back(i);
    owned.jacobian.column_begin.push_back(owned.jacobian.column_begin.back() + width);
  }
  for (int p = 0; p < num_parts; ++p) {
    heliotrope::JacobianPart part;
    part.rows = integer(1, 6);
    const int slots = integer(1, 3);
    for (int s = 0; s < slots; ++s) {
      int width;
      do width = integer(1, max_width);
      while (by_width[width].empty());
      if (s > 0 && integer(0, 2) == 0) width = part.widths[0];
      part.widths.push_back(width);
    }
    part.num_blocks = integer(1, max_blocks);
    part.column_blocks.assign(part.num_blocks * slots * 8, -1);
    for (std::int64_t b = 0; b < part.num_blocks; ++b) {
      for (int l = 0; l < 8; ++l) {
        if (integer(0, 19) == 0) continue;  // an unused lane
        for (int s = 0; s < slots; ++s) {
          if (integer(0, 14) == 0) continue;  // a fixed variable
          const auto& candidates = by_width[part.widths[s]];
          std::int64_t column = candidates[integer(0, static_cast<int>(candidates.size()) - 1)];
          const std::int64_t first = part.column_blocks[b * slots * 8 + l];
          if (s > 0 && part.widths[s] == part.widths[0] && first >= 0 && integer(0, 5) == 0) column = first;
          part.column_blocks[(b * slots + s) * 8 + l] = column;
        }
      }
    }
    owned.jacobian.parts.push_back(part);
  }
  owned.randomise(random);
  return owned;
}

/// One row for each lane and row of a block, unused lanes included: part by part, lane 8 b + l, row by row.
struct DenseReference {
  Eigen::MatrixXd J;
  Eigen::VectorXd r;
};

inline DenseReference dense_reference(const heliotrope::BlockJacobian& jacobian) {
  std::int64_t rows = 0;
  for (const auto& part : jacobian.parts) rows += part.num_blocks * 8 * part.rows;
  DenseReference dense{Eigen::MatrixXd::Zero(rows, jacobian.num_columns()), Eigen::VectorXd::Zero(rows)};
  std::int64_t row = 0;
  for (const auto& part : jacobian.parts) {
    const auto slots = static_cast<std::int64_t>(part.widths.size());
    for (std::int64_t position = 0; position < 8 * part.num_blocks; ++position) {
      const std::int64_t b = position / 8, l = position % 8;
      for (int m = 0; m < part.rows; ++m, ++row) {
        dense.r(row) = part.residuals[(b * part.rows + m) * 8 + l];
        int c = 0;
        for (std::int64_t s = 0; s < slots; ++s) {
          const std::int64_t column = part.column_blocks[(b * slots + s) * 8 + l];
          for (int k = 0; k < part.widths[s]; ++k, ++c) {
            if (column < 0) continue;
            dense.J(row, jacobian.column_begin[column] + k) +=
                part.jacobian[((b * part.rows + m) * part.columns() + c) * 8 + l];
          }
        }
      }
    }
  }
  return dense;
}

/// A vector in the layout [part][block][row][8], in the row order of dense_reference.
inline Eigen::VectorXd dense_order(const heliotrope::BlockJacobian& jacobian, const std::vector<double>& y) {
  Eigen::VectorXd dense(y.size());
  std::int64_t row = 0, begin = 0;
  for (const auto& part : jacobian.parts) {
    for (std::int64_t position = 0; position < 8 * part.num_blocks; ++position) {
      for (int m = 0; m < part.rows; ++m, ++row) {
        dense(row) = y[begin + (position / 8 * part.rows + m) * 8 + position % 8];
      }
    }
    begin += part.num_blocks * part.rows * 8;
  }
  return dense;
}

/// `cameras` of width 9 first, then `points` of width 3, two rows an observation; each point is seen from neighbouring
/// cameras, `observations` in all.
inline OwnedJacobian bundle_jacobian(int cameras, int points, int observations, std::uint32_t seed) {
  std::mt19937 random(seed);
  OwnedJacobian owned;
  auto& begin = owned.jacobian.column_begin;
  begin = {0};
  for (int i = 0; i < cameras; ++i) begin.push_back(begin.back() + 9);
  for (int i = 0; i < points; ++i) begin.push_back(begin.back() + 3);
  std::vector<std::pair<int, int>> seen;
  for (int i = 0; i < points; ++i) {
    const std::int64_t first = static_cast<std::int64_t>(i) * observations / points;
    const std::int64_t last = static_cast<std::int64_t>(i + 1) * observations / points;
    int track = std::max<int>(1, static_cast<int>(last - first));
    const int start = std::uniform_int_distribution<int>(0, cameras - 1)(random);
    for (int k = 0; k < track; ++k) {
      seen.emplace_back((start + k + std::uniform_int_distribution<int>(0, 1)(random) * cameras / 3) % cameras, i);
    }
  }
  heliotrope::JacobianPart part;
  part.rows = 2;
  part.widths = {9, 3};
  part.num_blocks = (static_cast<std::int64_t>(seen.size()) + 7) / 8;
  part.column_blocks.assign(part.num_blocks * 16, -1);
  for (std::size_t k = 0; k < seen.size(); ++k) {
    part.column_blocks[k / 8 * 16 + k % 8] = seen[k].first;
    part.column_blocks[k / 8 * 16 + 8 + k % 8] = cameras + seen[k].second;
  }
  owned.jacobian.parts.push_back(part);
  owned.randomise(random);
  return owned;
}

/// Poses of `width` on a chain with `closures` extra edges between random poses, in either direction.
inline OwnedJacobian pose_jacobian(int poses, int width, int closures, std::uint32_t seed) {
  std::mt19937 random(seed);
  OwnedJacobian owned;
  for (int i = 0; i <= poses; ++i) owned.jacobian.column_begin.push_back(static_cast<std::int64_t>(i) * width);
  std::vector<std::pair<int, int>> edges;
  for (int i = 0; i + 1 < poses; ++i) edges.emplace_back(i, i + 1);
  std::uniform_int_distribution<int> any(0, poses - 1);
  for (int k = 0; k < closures; ++k) {
    const int i = any(random), j = (i + 1 + any(random) % std::max(1, poses / 10)) % poses;
    if (i != j) edges.emplace_back(i, j);
  }
  heliotrope::JacobianPart part;
  part.rows = width;
  part.widths = {width, width};
  part.num_blocks = (static_cast<std::int64_t>(edges.size()) + 7) / 8;
  part.column_blocks.assign(part.num_blocks * 16, -1);
  for (std::size_t k = 0; k < edges.size(); ++k) {
    part.column_blocks[k / 8 * 16 + k % 8] = edges[k].first;
    part.column_blocks[k / 8 * 16 + 8 + k % 8] = edges[k].second;
  }
  owned.jacobian.parts.push_back(part);
  owned.randomise(random);
  return owned;
}

}  // namespace heliotrope_test
