// SPDX-License-Identifier: Apache-2.0
#include "stacked_jacobian.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "heliotrope/config.hpp"
#include "scatter_plan.hpp"
#include "solvers.hpp"

namespace heliotrope::linear_detail {

namespace {

/// Calls body(part, block, lane, row, at) for the lanes in use: `row` is the lane's first row, `at` where its columns
/// begin in a list of all lanes' columns. Returns what both are past the last.
template <class Body>
std::pair<std::int64_t, std::int64_t> for_used_lanes(const BlockJacobian& jacobian, const Body& body) {
  std::int64_t row = 0, at = 0;
  for (const JacobianPart& part : jacobian.parts) {
    const auto slots = static_cast<std::int64_t>(part.widths.size());
    const int columns = part.columns();
    for (std::int64_t block = 0; block < part.num_blocks; ++block) {
      for (std::int64_t lane = 0; lane < block_lanes; ++lane) {
        const std::int64_t* columns_of = part.column_blocks.data() + block * slots * block_lanes + lane;
        bool used = false;
        for (std::int64_t s = 0; s < slots; ++s) used |= columns_of[s * block_lanes] >= 0;
        if (!used) continue;
        body(part, block, lane, row, at);
        row += part.rows;
        at += columns;
      }
    }
  }
  return {row, at};
}

/// Calls body(column of the matrix or -1, c) for the columns c of a lane.
template <class Body>
void for_lane_columns(const BlockJacobian& jacobian, const JacobianPart& part, std::int64_t block, std::int64_t lane,
                      const Body& body) {
  std::int64_t c = 0;
  for (std::size_t s = 0; s < part.widths.size(); ++s) {
    const std::int64_t place = (block * static_cast<std::int64_t>(part.widths.size()) + static_cast<std::int64_t>(s));
    const std::int64_t column_block = part.column_blocks[static_cast<std::size_t>(place * block_lanes + lane)];
    const std::int64_t first = column_block < 0 ? -1 : jacobian.column_begin[static_cast<std::size_t>(column_block)];
    for (int k = 0; k < part.widths[s]; ++k, ++c) body(first < 0 ? -1 : first + k, c);
  }
}

}  // namespace

void StackedJacobian::analyse(const BlockJacobian& jacobian) {
  check_structure(jacobian);
  columns_ = jacobian.num_columns();
  const auto n = static_cast<std::size_t>(columns_);
  // How many rows a column has; a variable that a residual names twice has them once.
  std::vector<std::int64_t> last(n, -1);
  column_begin_.assign(n + 1, 0);
  const auto [rows, lane_columns] = for_used_lanes(
      jacobian, [&](const JacobianPart& part, std::int64_t block, std::int64_t lane, std::int64_t row, std::int64_t) {
        for_lane_columns(jacobian, part, block, lane, [&](std::int64_t column, std::int64_t) {
          if (column < 0 || last[static_cast<std::size_t>(column)] == row) return;
          last[static_cast<std::size_t>(column)] = row;
          column_begin_[static_cast<std::size_t>(column) + 1] += part.rows;
        });
      });
  residual_rows_ = rows;
  for (std::size_t c = 0; c < n; ++c) column_begin_[c + 1] += column_begin_[c] + 1;  // and its row of damping
  row_.resize(static_cast<std::size_t>(column_begin_[n]));
  values_.assign(row_.size(), 0.0);
  first_.assign(static_cast<std::size_t>(lane_columns), -1);
  std::vector<std::int64_t> end(column_begin_.begin(), column_begin_.end() - 1);
  std::fill(last.begin(), last.end(), -1);
  for_used_lanes(jacobian, [&](const JacobianPart& part, std::int64_t block, std::int64_t lane, std::int64_t row,
                               std::int64_t at) {
    for_lane_columns(jacobian, part, block, lane, [&](std::int64_t column, std::int64_t c) {
      if (column < 0) return;
      const auto j = static_cast<std::size_t>(column);
      if (last[j] != row) {
        last[j] = row;
        for (int m = 0; m < part.rows; ++m) row_[static_cast<std::size_t>(end[j]++)] = row + m;
      }
      first_[static_cast<std::size_t>(at + c)] = end[j] - part.rows;
    });
  });
  for (std::size_t c = 0; c < n; ++c)
    row_[static_cast<std::size_t>(end[c])] = residual_rows_ + static_cast<std::int64_t>(c);
  rhs_.assign(static_cast<std::size_t>(this->rows()), 0.0);
  scale_.assign(n, 1.0);
}

bool StackedJacobian::take(const BlockJacobian& jacobian) {
  std::fill(values_.begin(), values_.end(), 0.0);
  double all = 0.0;  // becomes NaN where a residual is not finite
  for_used_lanes(jacobian, [&](const JacobianPart& part, std::int64_t block, std::int64_t lane, std::int64_t row,
                               std::int64_t at) {
    const std::int64_t columns = part.columns();
    for (int m = 0; m < part.rows; ++m) {
      const double r = part.residuals[(block * part.rows + m) * block_lanes + lane];
      rhs_[static_cast<std::size_t>(row + m)] = -r;
      all += r - r;
      for (std::int64_t c = 0; c < columns; ++c) {
        const std::int64_t first = first_[static_cast<std::size_t>(at + c)];
        if (first < 0) continue;
        values_[static_cast<std::size_t>(first + m)] +=
            part.jacobian[((block * part.rows + m) * columns + c) * block_lanes + lane];
      }
    }
  });
  for (std::size_t c = 0; c < scale_.size(); ++c) {
    const auto begin = static_cast<std::size_t>(column_begin_[c]),
               end = static_cast<std::size_t>(column_begin_[c + 1] - 1);
    double largest = 0.0, square = 0.0;
    for (std::size_t k = begin; k < end; ++k) {
      all += values_[k] - values_[k];
      largest = std::max(largest, std::abs(values_[k]));
    }
    int exponent = 0;
    if (largest > 0.0 && std::isfinite(largest)) {
      for (std::size_t k = begin; k < end; ++k) square += (values_[k] / largest) * (values_[k] / largest);
      std::frexp(largest * std::sqrt(square), &exponent);
    }
    scale_[c] = std::ldexp(1.0, std::clamp(-exponent, -1000, 1000));
    for (std::size_t k = begin; k < end; ++k) values_[k] *= scale_[c];
  }
  return all == 0.0;
}

bool StackedJacobian::damp(std::span<const double> damping) {
  expect_length(damping.size(), columns_, "damping");
  bool good = true;
  for (std::size_t c = 0; c < scale_.size(); ++c) {
    good &= damping[c] >= 0.0 && std::isfinite(damping[c]);
    values_[static_cast<std::size_t>(column_begin_[c + 1] - 1)] = good ? std::sqrt(damping[c]) * scale_[c] : 0.0;
  }
  return good;
}

}  // namespace heliotrope::linear_detail
