// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/sparsity_pattern.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "heliotrope/error.hpp"

namespace heliotrope {

namespace {

void check_size(std::int64_t size, const char* what) {
  if (size < 0 || size > std::numeric_limits<std::int32_t>::max()) {
    throw Error("sparsity pattern: " + std::to_string(size) + ' ' + what + ", expected 0 to 2147483647");
  }
}

SparsityPattern empty_pattern(std::int64_t num_rows, std::int64_t num_columns) {
  check_size(num_rows, "rows");
  check_size(num_columns, "columns");
  SparsityPattern pattern;
  pattern.num_rows = num_rows;
  pattern.num_columns = num_columns;
  pattern.row_begin.assign(static_cast<std::size_t>(num_rows) + 1, 0);
  return pattern;
}

void sum_up(std::vector<std::int64_t>& counts) {
  for (std::size_t i = 1; i < counts.size(); ++i) counts[i] += counts[i - 1];
}

/// Rows that are sorted but may repeat a column lose the repeats.
void drop_repeats(SparsityPattern& pattern) {
  std::int64_t kept = 0;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    const std::int64_t begin = pattern.row_begin[i], end = pattern.row_begin[i + 1];
    pattern.row_begin[i] = kept;
    for (std::int64_t k = begin; k < end; ++k) {
      if (k == begin || pattern.columns[k] != pattern.columns[k - 1]) pattern.columns[kept++] = pattern.columns[k];
    }
  }
  pattern.row_begin[pattern.num_rows] = kept;
  pattern.columns.resize(static_cast<std::size_t>(kept));
}

void check_begin(std::span<const std::int64_t> begin, std::int64_t size, std::size_t entries, const char* what) {
  if (begin.size() != static_cast<std::size_t>(size) + 1) {
    throw Error("sparsity pattern: " + std::to_string(begin.size()) + " prefix sums of " + what + ", expected " +
                std::to_string(size + 1));
  }
  if (begin.front() != 0 || begin.back() != static_cast<std::int64_t>(entries)) {
    throw Error("sparsity pattern: prefix sums of " + std::string(what) + " run from " + std::to_string(begin.front()) +
                " to " + std::to_string(begin.back()) + ", expected 0 to " + std::to_string(entries));
  }
  for (std::int64_t i = 0; i < size; ++i) {
    if (begin[i + 1] < begin[i]) {
      throw Error("sparsity pattern: prefix sums of " + std::string(what) + " fall after " + std::to_string(i));
    }
  }
}

}  // namespace

void check_pattern(const SparsityPattern& pattern) {
  check_size(pattern.num_rows, "rows");
  check_size(pattern.num_columns, "columns");
  check_begin(pattern.row_begin, pattern.num_rows, pattern.columns.size(), "rows");
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    std::int32_t last = -1;
    for (std::int32_t j : pattern.row(i)) {
      if (j < 0 || j >= pattern.num_columns) {
        throw Error("sparsity pattern: row " + std::to_string(i) + " has column " + std::to_string(j) +
                    ", expected 0 to " + std::to_string(pattern.num_columns - 1));
      }
      if (j <= last) {
        throw Error("sparsity pattern: row " + std::to_string(i) + " has column " + std::to_string(j) + " after " +
                    std::to_string(last) + ", expected sorted columns without repeats");
      }
      last = j;
    }
  }
}

SparsityPattern pattern_from_entries(std::int64_t num_rows, std::int64_t num_columns,
                                     std::span<const std::int32_t> rows, std::span<const std::int32_t> columns) {
  if (rows.size() != columns.size()) {
    throw Error("sparsity pattern: " + std::to_string(rows.size()) + " row indices and " +
                std::to_string(columns.size()) + " column indices, expected as many");
  }
  // By columns first: entries that are then taken in order of columns fill each row sorted.
  SparsityPattern by_columns = empty_pattern(num_columns, num_rows);
  check_size(num_rows, "rows");
  for (std::size_t k = 0; k < rows.size(); ++k) {
    if (rows[k] < 0 || rows[k] >= num_rows || columns[k] < 0 || columns[k] >= num_columns) {
      throw Error("sparsity pattern: entry " + std::to_string(k) + " is (" + std::to_string(rows[k]) + ", " +
                  std::to_string(columns[k]) + "), expected less than (" + std::to_string(num_rows) + ", " +
                  std::to_string(num_columns) + ")");
    }
    ++by_columns.row_begin[columns[k] + 1];
  }
  sum_up(by_columns.row_begin);
  by_columns.columns.resize(rows.size());
  std::vector<std::int64_t> at(by_columns.row_begin.begin(), by_columns.row_begin.end() - 1);
  for (std::size_t k = 0; k < rows.size(); ++k) by_columns.columns[at[columns[k]]++] = rows[k];
  SparsityPattern pattern = transpose(by_columns);
  drop_repeats(pattern);
  return pattern;
}

SparsityPattern pattern_from_csc(std::int64_t num_rows, std::int64_t num_columns,
                                 std::span<const std::int64_t> column_begin, std::span<const std::int32_t> rows) {
  SparsityPattern by_columns = empty_pattern(num_columns, num_rows);
  check_begin(column_begin, num_columns, rows.size(), "columns");
  for (std::int64_t j = 0; j < num_columns; ++j) {
    for (std::int64_t k = column_begin[j]; k < column_begin[j + 1]; ++k) {
      if (rows[k] < 0 || rows[k] >= num_rows) {
        throw Error("sparsity pattern: column " + std::to_string(j) + " has row " + std::to_string(rows[k]) +
                    ", expected 0 to " + std::to_string(num_rows - 1));
      }
    }
  }
  by_columns.row_begin.assign(column_begin.begin(), column_begin.end());
  by_columns.columns.assign(rows.begin(), rows.end());
  SparsityPattern pattern = transpose(by_columns);
  drop_repeats(pattern);
  return pattern;
}

SparsityPattern transpose(const SparsityPattern& pattern) {
  SparsityPattern result = empty_pattern(pattern.num_columns, pattern.num_rows);
  for (std::int32_t j : pattern.columns) ++result.row_begin[j + 1];
  sum_up(result.row_begin);
  result.columns.resize(pattern.columns.size());
  std::vector<std::int64_t> at(result.row_begin.begin(), result.row_begin.end() - 1);
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int32_t j : pattern.row(i)) result.columns[at[j]++] = static_cast<std::int32_t>(i);
  }
  return result;
}

SparsityPattern banded_pattern(std::int64_t num_rows, std::int64_t num_columns, std::int64_t lower,
                               std::int64_t upper) {
  SparsityPattern pattern = empty_pattern(num_rows, num_columns);
  for (std::int64_t i = 0; i < num_rows; ++i) {
    const std::int64_t end = std::min(num_columns, i + upper + 1);
    for (std::int64_t j = std::max<std::int64_t>(0, i - lower); j < end; ++j) {
      pattern.columns.push_back(static_cast<std::int32_t>(j));
    }
    pattern.row_begin[i + 1] = pattern.num_entries();
  }
  return pattern;
}

SparsityPattern block_pattern(const SparsityPattern& blocks, std::span<const std::int32_t> row_sizes,
                              std::span<const std::int32_t> column_sizes) {
  const auto offsets = [](std::span<const std::int32_t> sizes, std::int64_t expected, const char* what) {
    if (static_cast<std::int64_t>(sizes.size()) != expected) {
      throw Error("block pattern: " + std::to_string(sizes.size()) + " sizes of block " + what + ", expected " +
                  std::to_string(expected));
    }
    std::vector<std::int64_t> begin(sizes.size() + 1, 0);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (sizes[i] < 0)
        throw Error("block pattern: block " + std::to_string(i) + " of " + what + " has a size below 0");
      begin[i + 1] = begin[i] + sizes[i];
    }
    return begin;
  };
  const std::vector<std::int64_t> rows = offsets(row_sizes, blocks.num_rows, "rows");
  const std::vector<std::int64_t> columns = offsets(column_sizes, blocks.num_columns, "columns");
  SparsityPattern pattern = empty_pattern(rows.back(), columns.back());
  for (std::int64_t block = 0; block < blocks.num_rows; ++block) {
    for (std::int64_t i = rows[block]; i < rows[block + 1]; ++i) {
      for (std::int32_t other : blocks.row(block)) {
        for (std::int64_t j = columns[other]; j < columns[other + 1]; ++j) {
          pattern.columns.push_back(static_cast<std::int32_t>(j));
        }
      }
      pattern.row_begin[i + 1] = pattern.num_entries();
    }
  }
  return pattern;
}

SparsityPattern symmetric_completion(const SparsityPattern& pattern) {
  if (pattern.num_rows != pattern.num_columns) {
    throw Error("symmetric completion: a pattern of " + std::to_string(pattern.num_rows) + " rows and " +
                std::to_string(pattern.num_columns) + " columns, expected a square one");
  }
  const SparsityPattern other = transpose(pattern);
  SparsityPattern result = empty_pattern(pattern.num_rows, pattern.num_columns);
  result.columns.reserve(pattern.columns.size() + other.columns.size());
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    std::ranges::set_union(pattern.row(i), other.row(i), std::back_inserter(result.columns));
    result.row_begin[i + 1] = result.num_entries();
  }
  return result;
}

bool is_symmetric(const SparsityPattern& pattern) {
  return pattern.num_rows == pattern.num_columns && transpose(pattern) == pattern;
}

}  // namespace heliotrope
