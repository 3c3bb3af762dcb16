// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/jacobian_export.hpp"

#include <algorithm>

#include "heliotrope/config.hpp"
#include "scatter_plan.hpp"
#include "solvers.hpp"

namespace heliotrope {

using namespace linear_detail;

namespace {

/// Calls body(part, block, lane, first row) for every exported lane; returns the number of rows.
template <class Body>
std::int64_t for_lanes(const BlockJacobian& jacobian, ExportedRows which, const Body& body) {
  std::int64_t row = 0;
  for (const JacobianPart& part : jacobian.parts) {
    const auto slots = static_cast<std::int64_t>(part.widths.size());
    for (std::int64_t block = 0; block < part.num_blocks; ++block) {
      const std::int64_t* columns = part.column_blocks.data() + block * slots * block_lanes;
      for (std::int64_t lane = 0; lane < block_lanes; ++lane) {
        bool used = which == ExportedRows::all_lanes;
        for (std::int64_t s = 0; s < slots && !used; ++s) used = columns[s * block_lanes + lane] >= 0;
        if (!used) continue;
        body(part, block, lane, row);
        row += part.rows;
      }
    }
  }
  return row;
}

/// Calls body(column, c) for every free column of a lane; c is its column in the part's block rows.
template <class Body>
void for_columns(const BlockJacobian& jacobian, const JacobianPart& part, std::int64_t block, std::int64_t lane,
                 const Body& body) {
  std::int64_t c = 0;
  for (std::size_t s = 0; s < part.widths.size(); ++s) {
    const std::int64_t column_block = part.column_blocks[(block * part.widths.size() + s) * block_lanes + lane];
    for (int k = 0; k < part.widths[s]; ++k, ++c) {
      if (column_block >= 0) body(jacobian.column_begin[column_block] + k, c);
    }
  }
}

double value_at(const JacobianPart& part, std::int64_t columns, std::int64_t block, int m, std::int64_t c,
                std::int64_t lane) {
  return part.jacobian[((block * part.rows + m) * columns + c) * block_lanes + lane];
}

}  // namespace

std::int64_t count_rows(const BlockJacobian& jacobian, ExportedRows which) {
  return for_lanes(jacobian, which, [](const JacobianPart&, std::int64_t, std::int64_t, std::int64_t) {});
}

std::int64_t count_nonzeros(const BlockJacobian& jacobian) {
  std::int64_t count = 0;
  for (const JacobianPart& part : jacobian.parts) {
    const auto slots = static_cast<std::int64_t>(part.widths.size());
    for (std::int64_t e = 0; e < static_cast<std::int64_t>(part.column_blocks.size()); ++e) {
      if (part.column_blocks[e] >= 0)
        count += static_cast<std::int64_t>(part.rows) * part.widths[e / block_lanes % slots];
    }
  }
  return count;
}

CscMatrix to_csc(const BlockJacobian& jacobian, ExportedRows which) {
  check_structure(jacobian);
  CscMatrix matrix;
  matrix.columns = jacobian.num_columns();
  matrix.column_begin.assign(matrix.columns + 1, 0);

  // Count with an upper bound where a residual names a variable twice; the second pass leaves the rest unused.
  for_lanes(jacobian, which, [&](const JacobianPart& part, std::int64_t block, std::int64_t lane, std::int64_t) {
    for_columns(jacobian, part, block, lane,
                [&](std::int64_t column, std::int64_t) { matrix.column_begin[column + 1] += part.rows; });
  });
  for (std::int64_t c = 0; c < matrix.columns; ++c) matrix.column_begin[c + 1] += matrix.column_begin[c];
  std::vector<std::int64_t> end(matrix.column_begin.begin(), matrix.column_begin.end() - 1);
  matrix.row.resize(matrix.column_begin.back());
  matrix.values.resize(matrix.column_begin.back());
  matrix.rows = for_lanes(
      jacobian, which, [&](const JacobianPart& part, std::int64_t block, std::int64_t lane, std::int64_t row) {
        const std::int64_t columns = part.columns();
        for_columns(jacobian, part, block, lane, [&](std::int64_t column, std::int64_t c) {
          // A column that this lane has already written ends with its rows.
          const bool again = end[column] > matrix.column_begin[column] && matrix.row[end[column] - 1] >= row;
          std::int64_t at = again ? end[column] - part.rows : end[column];
          for (int m = 0; m < part.rows; ++m, ++at) {
            const double value = value_at(part, columns, block, m, c, lane);
            matrix.row[at] = row + m;
            matrix.values[at] = again ? matrix.values[at] + value : value;
          }
          end[column] = at;
        });
      });

  std::int64_t kept = 0;
  for (std::int64_t c = 0; c < matrix.columns; ++c) {
    const std::int64_t begin = matrix.column_begin[c];
    std::copy(matrix.row.begin() + begin, matrix.row.begin() + end[c], matrix.row.begin() + kept);
    std::copy(matrix.values.begin() + begin, matrix.values.begin() + end[c], matrix.values.begin() + kept);
    matrix.column_begin[c] = kept;
    kept += end[c] - begin;
  }
  matrix.column_begin[matrix.columns] = kept;
  matrix.row.resize(kept);
  matrix.values.resize(kept);
  return matrix;
}

void to_dense(const BlockJacobian& jacobian, ExportedRows which, std::span<double> to, std::span<double> residuals) {
  const std::int64_t rows = count_rows(jacobian, which);
  expect_length(to.size(), rows * jacobian.num_columns(), "dense Jacobian");
  if (!residuals.empty()) expect_length(residuals.size(), rows, "residuals");
  std::ranges::fill(to, 0.0);
  for_lanes(jacobian, which, [&](const JacobianPart& part, std::int64_t block, std::int64_t lane, std::int64_t row) {
    const std::int64_t columns = part.columns();
    for (int m = 0; m < part.rows; ++m) {
      if (!residuals.empty()) residuals[row + m] = part.residuals[(block * part.rows + m) * block_lanes + lane];
    }
    for_columns(jacobian, part, block, lane, [&](std::int64_t column, std::int64_t c) {
      for (int m = 0; m < part.rows; ++m) to[column * rows + row + m] += value_at(part, columns, block, m, c, lane);
    });
  });
}

}  // namespace heliotrope
