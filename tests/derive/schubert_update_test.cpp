// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/schubert_update.hpp"

#include "catch.hpp"
#include "derive/black_box.hpp"
#include "heliotrope/error.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

TEST_CASE("schubert: secant equation row by row, pattern kept, least change", "[derive][schubert]") {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  for (int k = 0; k < 30; ++k) {
    const auto m = static_cast<std::int32_t>(1 + random() % 30), n = static_cast<std::int32_t>(1 + random() % 30);
    const SparsityPattern pattern = random_pattern(m, n, 5, random);
    const auto draw = [&](std::int32_t count) {
      std::vector<double> v;
      for (std::int32_t i = 0; i < count; ++i) v.push_back(uniform(random));
      return v;
    };
    std::vector<double> step = draw(n), typical(static_cast<std::size_t>(n), 1.0);
    for (double& s : step) s = random() % 3 ? s : 0.0;
    if (k % 2) {
      for (double& t : typical) t = std::pow(10.0, 3.0 * uniform(random));
    }
    const std::vector<double> r_old = draw(m), r_new = draw(m), dense = draw(m * n);
    for (const bool by_columns : {false, true}) {
      const std::vector<double> before = entries_of(pattern, dense, by_columns);
      std::vector<double> after = before;
      SchubertUpdate update(pattern, by_columns ? EntryOrder::by_columns : EntryOrder::by_rows,
                            k % 2 ? std::span<const double>(typical) : std::span<const double>());
      update.update(step, r_old, r_new, after);
      // The positions of the entries: the same helper, of a matrix that holds them.
      std::vector<double> positions(dense.size());
      for (std::size_t e = 0; e < positions.size(); ++e) positions[e] = static_cast<double>(e);
      const std::vector<double> at = entries_of(pattern, positions, by_columns);
      for (std::int32_t i = 0; i < m; ++i) {
        double old_product = 0.0, product = 0.0, length = 0.0, change2 = 0.0;
        for (std::size_t e = 0; e < at.size(); ++e) {
          const auto position = static_cast<std::int64_t>(at[e]);
          if (position / n != i) continue;
          const auto j = static_cast<std::size_t>(position % n);
          old_product += before[e] * step[j];
          product += after[e] * step[j];
          length += step[j] * step[j] / (typical[j] * typical[j]);
          change2 += std::pow((after[e] - before[e]) * typical[j], 2);
        }
        const double y = r_new[static_cast<std::size_t>(i)] - r_old[static_cast<std::size_t>(i)];
        INFO(k << " row " << i << ' ' << by_columns);
        if (length == 0.0) {
          CHECK(change2 == 0.0);
        } else {
          CHECK(product == Approx(y).epsilon(1e-10).margin(1e-9));
          // By Cauchy and Schwarz no row with the secant equation changes less.
          CHECK(std::sqrt(change2) == Approx(std::abs(y - old_product) / std::sqrt(length)).epsilon(1e-9).margin(1e-9));
        }
      }
    }
  }
}

TEST_CASE("schubert: rows whose residual is not finite stay, faults are refused", "[derive][schubert]") {
  const SparsityPattern pattern = pattern_of_rows(2, {{0, 1}, {1}});
  SchubertUpdate update(pattern, EntryOrder::by_rows);
  std::vector<double> values{1, 2, 3}, step{1, 1}, r_old{0, 0}, r_new{NAN, 5};
  update.update(step, r_old, r_new, values);
  CHECK(values == std::vector<double>{1, 2, 5});
  step.pop_back();
  CHECK_THROWS_AS(update.update(step, r_old, r_new, values), Error);
  CHECK_THROWS_AS(SchubertUpdate(pattern, EntryOrder::by_rows, std::vector<double>{1, 0}), Error);
}
