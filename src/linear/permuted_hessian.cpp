// SPDX-License-Identifier: Apache-2.0
#include "permuted_hessian.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "heliotrope/parallel.hpp"

namespace heliotrope::linear_detail {

namespace {

/// Block e of the pattern seen from the permuted matrix: it lies in block column `column`, at block row `row` (places).
struct PermutedBlock {
  std::int64_t row;
  std::int64_t entry;
};

}  // namespace

void PermutedHessian::analyse(const BlockSymmetricPattern& pattern, std::span<const std::int64_t> order,
                              Triangle triangle) {
  triangle_ = triangle;
  order_.assign(order.begin(), order.end());
  scalar_begin_.assign(pattern.num_block_columns(), 0);
  source_.clear();
  for (std::int64_t j : order_) {
    scalar_begin_[j] = static_cast<std::int64_t>(source_.size());
    for (std::int64_t c = pattern.column_begin[j]; c < pattern.column_begin[j + 1]; ++c) source_.push_back(c);
  }
  place_blocks(pattern);
}

void PermutedHessian::place_blocks(const BlockSymmetricPattern& pattern) {
  const std::int64_t n = pattern.num_block_columns();
  std::vector<std::int64_t> place_of(n);
  for (std::int64_t k = 0; k < n; ++k) place_of[order_[k]] = k;
  const bool lower = triangle_ == Triangle::lower;

  // The blocks of each permuted block column: counting sort by column, then sort by row.
  const auto column_row = [&](std::int64_t i, std::int64_t j) {
    const auto [first, second] = std::minmax(place_of[i], place_of[j]);
    return lower ? std::pair(first, second) : std::pair(second, first);
  };
  std::vector<std::int64_t> begin(n + 1, 0);
  std::vector<PermutedBlock> blocks(pattern.num_entries());
  for (int pass = 0; pass < 2; ++pass) {
    for (std::int64_t j = 0; j < n; ++j) {
      for (std::int64_t e = pattern.begin[j]; e < pattern.begin[j + 1]; ++e) {
        const auto [column, row] = column_row(pattern.row[e], j);
        if (pass == 0) {
          ++begin[column + 1];
        } else {
          blocks[begin[column]++] = {row, e};
        }
      }
    }
    if (pass == 0) {
      for (std::int64_t k = 0; k < n; ++k) begin[k + 1] += begin[k];
    }
  }
  std::move_backward(begin.begin(), begin.end() - 1, begin.end());  // the second pass has moved each begin to its end
  begin[0] = 0;

  places_.resize(pattern.num_entries());
  column_begin_.assign(1, 0);
  row_.clear();
  for (std::int64_t k = 0; k < n; ++k) {
    const auto first = blocks.begin() + begin[k], last = blocks.begin() + begin[k + 1];
    std::sort(first, last, [](const PermutedBlock& a, const PermutedBlock& b) { return a.row < b.row; });
    const std::int64_t width = pattern.width(order_[k]), start = column_begin_.back();
    std::int64_t length = 0;  // of the first column
    for (auto block = first; block != last; ++block) {
      length += block->row == k && !lower ? 1 : pattern.width(order_[block->row]);
    }
    std::int64_t at = start;
    for (auto block = first; block != last; ++block) {
      // The stored block has the rows of the larger block column of H; here its rows belong to place `row`.
      const bool swapped = order_[block->row] < order_[k];
      places_[block->entry] = {at, length, swapped};
      at += pattern.width(order_[block->row]);
    }
    for (std::int64_t c = 0; c < width; ++c) {
      for (auto block = first; block != last; ++block) {
        const std::int64_t row = scalar_begin_[order_[block->row]], rows = pattern.width(order_[block->row]);
        const bool diagonal = block->row == k;
        for (std::int64_t r = diagonal && lower ? c : 0; r < (diagonal && !lower ? c + 1 : rows); ++r) {
          row_.push_back(row + r);
        }
      }
      column_begin_.push_back(static_cast<std::int64_t>(row_.size()));
    }
  }
  values_.assign(row_.size(), 0.0);
}

void PermutedHessian::copy_diagonal(const double* block, const BlockPlace& place, std::int64_t width,
                                    const double* damping) {
  for (std::int64_t c = 0; c < width; ++c) {
    if (triangle_ == Triangle::lower) {
      double* column = values_.data() + place.first + c * (place.length - 1) - c * (c - 1) / 2;
      for (std::int64_t r = c; r < width; ++r) column[r] = block[r * (r + 1) / 2 + c];
      column[c] += damping[c];
    } else {
      double* column = values_.data() + place.first + c * place.length + c * (c - 1) / 2;
      for (std::int64_t r = 0; r <= c; ++r) column[r] = block[c * (c + 1) / 2 + r];
      column[c] += damping[c];
    }
  }
}

/// rows, columns: of the block of H, which is row-major.
void PermutedHessian::copy_block(const double* block, const BlockPlace& place, std::int64_t rows,
                                 std::int64_t columns) {
  const std::int64_t num = place.swapped ? rows : columns, height = place.swapped ? columns : rows;
  const std::int64_t next_column = place.swapped ? columns : 1, next_row = place.swapped ? 1 : columns;
  const std::int64_t shrink = triangle_ == Triangle::lower ? -1 : 1;
  double* column = values_.data() + place.first;
  std::int64_t step = triangle_ == Triangle::lower ? place.length - 1 : place.length;
  for (std::int64_t c = 0; c < num; ++c) {
    for (std::int64_t r = 0; r < height; ++r) column[r] = block[c * next_column + r * next_row];
    column += step;
    step += shrink;
  }
}

void PermutedHessian::fill(const NormalEquations& normal, std::span<const double> damping, int threads) {
  const BlockSymmetricPattern& pattern = normal.pattern();
  const double* values = normal.values().data();
  constexpr std::int64_t piece = 256;
  const std::int64_t n = pattern.num_block_columns();
  parallel_for(threads, (n + piece - 1) / piece, [&](std::int64_t p) {
    for (std::int64_t j = p * piece; j < std::min(n, (p + 1) * piece); ++j) {
      const std::int64_t diagonal = pattern.begin[j];
      copy_diagonal(values + pattern.offset[diagonal], places_[diagonal], pattern.width(j),
                    damping.data() + pattern.column_begin[j]);
      for (std::int64_t e = diagonal + 1; e < pattern.begin[j + 1]; ++e) {
        copy_block(values + pattern.offset[e], places_[e], pattern.width(pattern.row[e]), pattern.width(j));
      }
    }
  });
}

void PermutedHessian::permute_negated(std::span<const double> from, double* to) const {
  for (std::size_t k = 0; k < source_.size(); ++k) to[k] = -from[source_[k]];
}

void PermutedHessian::permute_back(const double* from, std::span<double> to) const {
  for (std::size_t k = 0; k < source_.size(); ++k) to[source_[k]] = from[k];
}

bool has_finite_diagonal(const NormalEquations& normal) {
  const BlockSymmetricPattern& pattern = normal.pattern();
  for (std::int64_t j = 0; j < pattern.num_block_columns(); ++j) {
    const double* block = normal.values().data() + pattern.offset[pattern.begin[j]];
    for (std::int64_t a = 0; a < pattern.width(j); ++a) {
      if (!std::isfinite(block[a * (a + 1) / 2 + a])) return false;
    }
  }
  return true;
}

void fill_dense_lower(const NormalEquations& normal, std::span<const double> damping, double* to) {
  const BlockSymmetricPattern& pattern = normal.pattern();
  const std::int64_t n = pattern.num_columns();
  for (std::int64_t c = 0; c < n; ++c) std::fill(to + c * n + c, to + (c + 1) * n, 0.0);
  for (std::int64_t j = 0; j < pattern.num_block_columns(); ++j) {
    for (std::int64_t e = pattern.begin[j]; e < pattern.begin[j + 1]; ++e) {
      const std::int64_t i = pattern.row[e];
      const double* block = normal.values().data() + pattern.offset[e];
      for (std::int64_t a = 0; a < pattern.width(i); ++a) {
        for (std::int64_t b = 0; b < (i == j ? a + 1 : pattern.width(j)); ++b) {
          to[(pattern.column_begin[j] + b) * n + pattern.column_begin[i] + a] = *block++;
        }
      }
    }
  }
  for (std::int64_t c = 0; c < n; ++c) to[c * n + c] += damping[c];
}

}  // namespace heliotrope::linear_detail
