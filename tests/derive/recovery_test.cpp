// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "derive/black_box.hpp"
#include "heliotrope/derive/direct_recovery.hpp"
#include "heliotrope/error.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

SparsityPattern transposed(const SparsityPattern& pattern) {
  std::vector<std::vector<std::int32_t>> rows(static_cast<std::size_t>(pattern.num_columns));
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    for (std::int32_t j : pattern.row(i)) rows[static_cast<std::size_t>(j)].push_back(static_cast<std::int32_t>(i));
  }
  return pattern_of_rows(pattern.num_rows, rows);
}

/// A random matrix with this pattern, and its compressed columns and rows.
struct Compressed {
  std::vector<double> dense, columns, rows;
  Compressed(const SparsityPattern& pattern, const Bicoloring& coloring, std::mt19937_64& random) {
    std::uniform_real_distribution<double> uniform(-1.0, 1.0);
    const auto m = static_cast<std::size_t>(pattern.num_rows), n = static_cast<std::size_t>(pattern.num_columns);
    dense.resize(m * n);
    columns.resize(m * static_cast<std::size_t>(coloring.columns.num_colors));
    rows.resize(n * static_cast<std::size_t>(coloring.rows.num_colors));
    for (std::size_t i = 0; i < m; ++i) {
      for (std::int32_t at : pattern.row(static_cast<std::int64_t>(i))) {
        const auto j = static_cast<std::size_t>(at);
        const double value = dense[i * n + j] = uniform(random);
        if (!columns.empty() && coloring.columns.colors[j] >= 0) {
          columns[static_cast<std::size_t>(coloring.columns.colors[j]) * m + i] += value;
        }
        if (!rows.empty() && coloring.rows.colors[i] >= 0) {
          rows[static_cast<std::size_t>(coloring.rows.colors[i]) * n + j] += value;
        }
      }
    }
  }
};

void check_recovery(const SparsityPattern& pattern, const Bicoloring& coloring, std::mt19937_64& random) {
  const Compressed compressed(pattern, coloring, random);
  for (const bool by_columns : {false, true}) {
    const DirectRecovery recovery(pattern, coloring, by_columns ? EntryOrder::by_columns : EntryOrder::by_rows);
    std::vector<double> values(pattern.columns.size());
    recovery.recover(compressed.columns, compressed.rows, values);
    CHECK(values == entries_of(pattern, compressed.dense, by_columns));
  }
}

}  // namespace

TEST_CASE("direct recovery: from columns and from rows, bit by bit", "[derive][recovery]") {
  std::mt19937_64 random(1);
  for (int k = 0; k < 30; ++k) {
    const auto m = static_cast<std::int32_t>(1 + random() % 40), n = static_cast<std::int32_t>(1 + random() % 40);
    const SparsityPattern pattern = random_pattern(m, n, 6, random);
    check_recovery(pattern, {{}, first_fit(pattern)}, random);
    check_recovery(pattern, {first_fit(transposed(pattern)), {}}, random);
  }
}

TEST_CASE("direct recovery: an arrowhead from one row and two columns", "[derive][recovery]") {
  std::mt19937_64 random(2);
  std::vector<std::vector<std::int32_t>> rows(20);
  Bicoloring coloring;
  coloring.rows = {std::vector<std::int32_t>(20, -1), 1};
  coloring.columns = {std::vector<std::int32_t>(20, 1), 2};
  coloring.rows.colors[0] = coloring.columns.colors[0] = 0;
  for (std::int32_t i = 0; i < 20; ++i) {
    rows[0].push_back(i);
    if (i > 0) rows[static_cast<std::size_t>(i)] = {0, i};
  }
  const SparsityPattern pattern = pattern_of_rows(20, rows);
  check_recovery(pattern, coloring, random);
  coloring.rows = {};
  CHECK_THROWS_WITH(DirectRecovery(pattern, coloring, EntryOrder::by_rows), Catch::Contains("(0, 1)"));
  coloring.columns.colors.pop_back();
  CHECK_THROWS_AS(DirectRecovery(pattern, coloring, EntryOrder::by_rows), Error);
}
