// SPDX-License-Identifier: Apache-2.0
#include "linear/fold_kernels.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "catch.hpp"
#include "heliotrope/config.hpp"

using namespace heliotrope;
using namespace heliotrope::linear_detail;

namespace {

constexpr int n = 5;

/// Products of all columns and the right-hand side of one lane, [n + 1][n + 1].
using LaneProducts = std::vector<double>;

struct Lanes {
  std::vector<double> triangle = std::vector<double>(n * n * block_lanes, 0.0),
                      rotated = std::vector<double>(n * block_lanes, 0.0);
  std::vector<LaneProducts> wanted = std::vector<LaneProducts>(block_lanes, LaneProducts((n + 1) * (n + 1), 0.0));

  void fold(const FoldKernels& kernels, std::vector<double> rows) {
    for (int l = 0; l < block_lanes; ++l) {
      for (int i = 0; i < fold_rows; ++i) {
        const auto at = [&](int c) { return rows[static_cast<std::size_t>((c * fold_rows + i) * block_lanes + l)]; };
        for (int c = 0; c <= n; ++c) {
          for (int d = 0; d <= n; ++d) {
            wanted[static_cast<std::size_t>(l)][static_cast<std::size_t>(c * (n + 1) + d)] += at(c) * at(d);
          }
        }
      }
    }
    kernels.fold(triangle.data(), rotated.data(), n, rows.data());
  }
  double entry(int j, int c, int l) const {
    if (c == n) return rotated[static_cast<std::size_t>(j * block_lanes + l)];
    return c < j ? 0.0 : triangle[static_cast<std::size_t>((j * n + c) * block_lanes + l)];
  }
  /// The largest |R'[R c] - A'[A b]|.
  double error() const {
    double most = 0.0;
    for (int l = 0; l < block_lanes; ++l) {
      for (int c = 0; c < n; ++c) {
        for (int d = 0; d <= n; ++d) {
          double sum = 0.0;
          for (int j = 0; j < n; ++j) sum += entry(j, c, l) * entry(j, d, l);
          most = std::max(
              most, std::abs(sum - wanted[static_cast<std::size_t>(l)][static_cast<std::size_t>(c * (n + 1) + d)]));
        }
      }
    }
    return most;
  }
};

std::vector<double> random_rows(std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  std::vector<double> rows((n + 1) * fold_rows * block_lanes);
  for (double& x : rows) x = normal(random);
  return rows;
}

}  // namespace

TEST_CASE("fold: products of the triangle are those of all rows, by every instruction set", "[linear]") {
  for (const FoldKernels* const* set = all_fold_kernels(); *set != nullptr; ++set) {
    INFO((*set)->name);
    std::mt19937_64 random(1);
    Lanes lanes;
    for (int k = 0; k < 5; ++k) lanes.fold(**set, random_rows(random));
    CHECK(lanes.error() < 1e-12);
    CHECK(lanes.entry(n - 1, n - 1, 3) != 0.0);
  }
}

TEST_CASE("fold: columns and lanes of zeros stay as they are", "[linear]") {
  for (const FoldKernels* const* set = all_fold_kernels(); *set != nullptr; ++set) {
    INFO((*set)->name);
    std::mt19937_64 random(2);
    Lanes lanes;
    for (int k = 0; k < 3; ++k) {
      std::vector<double> rows = random_rows(random);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool column = i / (fold_rows * block_lanes) == 2, lane = i % block_lanes == 5;
        if (column || lane) rows[i] = 0.0;
      }
      lanes.fold(**set, rows);
    }
    CHECK(lanes.error() < 1e-12);
    for (int c = 0; c <= n; ++c) CHECK(lanes.entry(2, c, 0) == 0.0);
    for (int c = 0; c <= n; ++c) CHECK(lanes.entry(0, c, 5) == 0.0);
  }
}

TEST_CASE("fold: what is not finite spoils its own lane alone", "[linear][fault]") {
  for (const FoldKernels* const* set = all_fold_kernels(); *set != nullptr; ++set) {
    INFO((*set)->name);
    std::mt19937_64 random(3);
    Lanes lanes;
    std::vector<double> rows = random_rows(random);
    rows[(1 * fold_rows + 4) * block_lanes + 6] = std::numeric_limits<double>::quiet_NaN();
    lanes.fold(**set, rows);
    for (int l = 0; l < block_lanes; ++l) {
      bool finite = true;
      for (int j = 0; j < n; ++j) {
        for (int c = j; c <= n; ++c) finite &= std::isfinite(lanes.entry(j, c, l));
      }
      CHECK(finite == (l != 6));
    }
  }
}
