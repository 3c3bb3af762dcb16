// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/sparsity_pattern.hpp"

#include <array>
#include <random>

#include "catch.hpp"
#include "coloring_graphs.hpp"
#include "heliotrope/error.hpp"

using namespace heliotrope;
using heliotrope_test::pattern_of;

namespace {

SparsityPattern some_pattern() { return pattern_of(3, 4, {{0, 1}, {0, 3}, {2, 0}, {2, 1}, {2, 2}}); }

}  // namespace

TEST_CASE("sparsity pattern: the check names what is wrong and where", "[derive][coloring]") {
  CHECK_NOTHROW(check_pattern(SparsityPattern{}));
  CHECK_NOTHROW(check_pattern(some_pattern()));
  SparsityPattern pattern = some_pattern();
  std::swap(pattern.columns[0], pattern.columns[1]);
  CHECK_THROWS_WITH(check_pattern(pattern),
                    "sparsity pattern: row 0 has column 1 after 3, expected sorted columns "
                    "without repeats");
  pattern = some_pattern();
  pattern.columns[3] = 0;
  CHECK_THROWS_WITH(check_pattern(pattern),
                    "sparsity pattern: row 2 has column 0 after 0, expected sorted columns "
                    "without repeats");
  pattern = some_pattern();
  pattern.columns[1] = 4;
  CHECK_THROWS_WITH(check_pattern(pattern), "sparsity pattern: row 0 has column 4, expected 0 to 3");
  pattern = some_pattern();
  pattern.row_begin[1] = 9;
  CHECK_THROWS_AS(check_pattern(pattern), Error);
  pattern = some_pattern();
  pattern.row_begin.pop_back();
  CHECK_THROWS_WITH(check_pattern(pattern), "sparsity pattern: 3 prefix sums of rows, expected 4");
  pattern = some_pattern();
  pattern.columns.push_back(3);
  CHECK_THROWS_WITH(check_pattern(pattern), "sparsity pattern: prefix sums of rows run from 0 to 5, expected 0 to 6");
  pattern = some_pattern();
  pattern.num_columns = std::int64_t{1} << 31;
  CHECK_THROWS_WITH(check_pattern(pattern), "sparsity pattern: 2147483648 columns, expected 0 to 2147483647");
}

TEST_CASE("sparsity pattern: entries in any order, repeated or not, and CSC give the same pattern",
          "[derive][coloring]") {
  std::mt19937 random(1);
  for (int round = 0; round < 30; ++round) {
    const int m = 1 + static_cast<int>(random() % 12), n = 1 + static_cast<int>(random() % 12);
    heliotrope_test::Entries entries;
    std::vector<std::int32_t> rows, columns;
    for (int k = static_cast<int>(random() % 60); k > 0; --k) {
      rows.push_back(static_cast<std::int32_t>(random() % static_cast<unsigned>(m)));
      columns.push_back(static_cast<std::int32_t>(random() % static_cast<unsigned>(n)));
      entries.insert({rows.back(), columns.back()});
    }
    const SparsityPattern expected = pattern_of(m, n, entries);
    CHECK(pattern_from_entries(m, n, rows, columns) == expected);

    std::vector<std::int64_t> begin = {0};
    std::vector<std::int32_t> of_column;
    for (int j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < rows.size(); ++k) {
        if (columns[k] == j) of_column.push_back(rows[k]);
      }
      begin.push_back(static_cast<std::int64_t>(of_column.size()));
    }
    CHECK(pattern_from_csc(m, n, begin, of_column) == expected);

    heliotrope_test::Entries turned, both;
    for (const auto& entry : entries) {
      turned.insert({entry.second, entry.first});
      both.insert(entry);
      both.insert({entry.second, entry.first});
    }
    CHECK(transpose(expected) == pattern_of(n, m, turned));
    CHECK(transpose(transpose(expected)) == expected);
    if (m == n) {
      CHECK(symmetric_completion(expected) == pattern_of(n, n, both));
      CHECK(is_symmetric(symmetric_completion(expected)));
      CHECK(is_symmetric(expected) == (turned == entries));
    } else {
      CHECK_FALSE(is_symmetric(expected));
    }
  }
}

TEST_CASE("sparsity pattern: construction tells which entry is wrong", "[derive][coloring]") {
  const std::vector<std::int32_t> rows = {0, 1, 2}, columns = {0, 1, 2};
  CHECK_THROWS_WITH(pattern_from_entries(3, 2, rows, columns),
                    "sparsity pattern: entry 2 is (2, 2), expected less than (3, 2)");
  CHECK_THROWS_WITH(pattern_from_entries(3, 3, rows, std::span(columns).first(2)),
                    "sparsity pattern: 3 row indices and 2 column indices, expected as many");
  const std::vector<std::int64_t> begin = {0, 1, 2, 3};
  CHECK_THROWS_WITH(pattern_from_csc(2, 3, begin, rows), "sparsity pattern: column 2 has row 2, expected 0 to 1");
  CHECK_THROWS_AS(pattern_from_csc(3, 2, begin, rows), Error);
  CHECK_THROWS_AS(pattern_from_entries(-1, 2, {}, {}), Error);
  CHECK_THROWS_AS(symmetric_completion(some_pattern()), Error);
  const std::vector<std::int32_t> sizes = {1, -1};
  CHECK_THROWS_AS(block_pattern(some_pattern(), sizes, sizes), Error);
  CHECK_THROWS_WITH(block_pattern(banded_pattern(2, 2, 0, 0), sizes, sizes),
                    "block pattern: block 1 of rows has a size below 0");
}

TEST_CASE("sparsity pattern: bands and blocks are what they say", "[derive][coloring]") {
  for (const auto& [m, n, lower, upper] :
       std::vector<std::array<int, 4>>{{7, 7, 1, 1}, {5, 9, 2, 0}, {9, 5, 0, 3}, {4, 4, 9, 9}, {3, 3, 0, 0}}) {
    heliotrope_test::Entries entries;
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < n; ++j) {
        if (j - i >= -lower && j - i <= upper) entries.insert({i, j});
      }
    }
    CHECK(banded_pattern(m, n, lower, upper) == pattern_of(m, n, entries));
  }
  const std::vector<std::int32_t> row_sizes = {2, 0, 1}, column_sizes = {1, 2, 0, 3};
  heliotrope_test::Entries entries;
  for (int i : {0, 1}) {
    for (int j : {1, 2, 3, 4, 5}) entries.insert({i, j});  // blocks (0, 1) and (0, 3)
  }
  for (int j : {0, 1, 2}) entries.insert({2, j});  // blocks (2, 0), (2, 1) and, of no width, (2, 2)
  CHECK(block_pattern(some_pattern(), row_sizes, column_sizes) == pattern_of(3, 6, entries));
}
