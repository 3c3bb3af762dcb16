// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/probe_sparsity.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "heliotrope/config.hpp"
#include "heliotrope/derive/stencil.hpp"
#include "heliotrope/error.hpp"
#include "io/files.hpp"

using namespace heliotrope;
using heliotrope_test::error_of;

namespace {

#ifdef HELIOTROPE_SANITIZED
constexpr int scale = 10;
#else
constexpr int scale = 1;
#endif

/// Row i is a smooth function of the columns of row i of the pattern, with coefficients from the indices.
struct PatternFunction {
  const SparsityPattern& pattern;
  mutable std::int64_t calls = 0;

  void operator()(const double* x, double* r) const {
    ++calls;
    for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
      double sum = 0.0;
      for (const std::int32_t j : pattern.row(i)) {
        const double c = 1.0 + static_cast<double>((i * 7 + j * 13) % 11);
        sum += c * x[j] + 0.1 * x[j] * sum;
      }
      r[i] = sum;
    }
  }
};

SparsityPattern random_pattern(std::int64_t m, std::int64_t n, int most, std::mt19937& random) {
  SparsityPattern pattern;
  pattern.num_rows = m;
  pattern.num_columns = n;
  for (std::int64_t i = 0; i < m; ++i) {
    std::set<std::int32_t> columns;
    const int count = std::uniform_int_distribution<int>(0, most)(random);
    for (int k = 0; k < count; ++k)
      columns.insert(std::uniform_int_distribution<int>(0, static_cast<int>(n) - 1)(random));
    pattern.columns.insert(pattern.columns.end(), columns.begin(), columns.end());
    pattern.row_begin.push_back(pattern.num_entries());
  }
  return pattern;
}

SparsityPattern arrowhead(std::int32_t n) {
  SparsityPattern pattern;
  pattern.num_rows = pattern.num_columns = n;
  for (std::int32_t i = 0; i < n; ++i) {
    if (i == 0) {
      for (std::int32_t j = 0; j < n; ++j) pattern.columns.push_back(j);
    } else {
      pattern.columns.insert(pattern.columns.end(), {0, i});
    }
    pattern.row_begin.push_back(pattern.num_entries());
  }
  return pattern;
}

std::vector<double> some_point(std::int64_t n) {
  std::vector<double> x(n);
  for (std::int64_t j = 0; j < n; ++j) x[j] = j % 5 == 0 ? 0.0 : 0.3 + std::sin(static_cast<double>(j));
  return x;
}

}  // namespace

TEST_CASE("probe: a stencil of 100,000 columns takes at most 400 evaluations", "[derive][sparsity]") {
  const Stencil stencils[] = {five_point(400 / scale, 250), tridiagonal(10000 / scale), five_point(20, 500 / scale),
                              seven_point(25, 20, 20 / scale)};
  for (const Stencil& stencil : stencils) {
    const SparsityPattern pattern = stencil_pattern(stencil);
    const PatternFunction f = {pattern};
    const ProbedSparsity found = probe_sparsity(f, some_point(pattern.num_columns), pattern.num_rows);
    CHECK((found.pattern == pattern));
    CHECK(found.is_verified);
    CHECK(found.num_evaluations == f.calls);
    INFO(found.report());
    CHECK(found.num_evaluations <= 400);
    CHECK(found.num_unexpected == 0);
    CHECK(found.num_unseen == 0);
    CHECK(found.num_searches == 1);
    CHECK(found.num_checks > 10 * pattern.num_rows);
  }
}

TEST_CASE("probe: random patterns are found exactly, by both methods", "[derive][sparsity]") {
  std::mt19937 random(5);
  for (int c = 0; c < 60 / scale; ++c) {
    const std::int64_t m = 1 + random() % 200, n = 1 + random() % 300;
    const SparsityPattern pattern = random_pattern(m, n, 1 + static_cast<int>(random() % 8), random);
    const PatternFunction f = {pattern};
    for (const ProbeMethod method : {ProbeMethod::perturbation, ProbeMethod::nan, ProbeMethod::both}) {
      const ProbedSparsity found = probe_sparsity(f, some_point(n), m, {.method = method, .seed = random()});
      CHECK((found.pattern == pattern));
      CHECK(found.is_verified);
    }
  }
}

TEST_CASE("probe: an arrowhead is found without asking for every column", "[derive][sparsity]") {
  const SparsityPattern pattern = arrowhead(20000);
  const PatternFunction f = {pattern};
  const ProbedSparsity found = probe_sparsity(f, some_point(pattern.num_columns), pattern.num_rows);
  CHECK((found.pattern == pattern));
  CHECK(found.is_verified);
  CHECK(found.num_full_rows == 1);
  CHECK(found.num_evaluations <= 500);
}

TEST_CASE("probe: no rows, no columns, one column", "[derive][sparsity]") {
  const auto nothing = [](const double*, double*) {};
  CHECK(probe_sparsity(nothing, std::vector<double>(3), 0).pattern.num_columns == 3);
  CHECK(probe_sparsity(nothing, std::vector<double>(), 4).pattern.row_begin.size() == 5);
  const auto one = [](std::span<const double> x, std::span<double> r) { r[1] = x[0]; };
  const ProbedSparsity found = probe_sparsity(one, std::vector<double>(1), 2);
  CHECK(found.pattern.row_begin == std::vector<std::int64_t>{0, 0, 1});
}

TEST_CASE("probe: zeros at the point hide nothing, bounds are kept", "[derive][sparsity]") {
  const std::vector<double> lower = {0.0, -1.0, 2.0}, upper = {1e-5, -1.0, 1e9};
  const auto f = [&](std::span<const double> x, std::span<double> r) {
    for (int j = 0; j < 3; ++j) REQUIRE((x[j] >= lower[j] && x[j] <= upper[j]));
    r[0] = x[0] * x[2];
    r[1] = std::sqrt(x[0]) + x[1];
  };
  const ProbedSparsity found =
      probe_sparsity(f, std::vector<double>{0.0, -1.0, 2.0}, 2, {.lower = lower, .upper = upper});
  CHECK(found.pattern.columns == std::vector<std::int32_t>{0, 2, 0});  // x[1] has no room to move
  CHECK(found.is_verified);
}

TEST_CASE("probe: branches show at the point, NaN sees through saturation", "[derive][sparsity]") {
  const auto branch = [](const double* x, double* r) { r[0] = x[0] < 0.5 ? x[1] : x[2] * x[0]; };
  CHECK(probe_sparsity(branch, std::vector<double>{0.0, 1.0, 1.0}, 1).pattern.columns == std::vector<std::int32_t>{1});
  CHECK(probe_sparsity(branch, std::vector<double>{1.0, 1.0, 1.0}, 1).pattern.columns ==
        std::vector<std::int32_t>{0, 2});
  // At the switch the points tried differ: the searches are added up until a verification is clean.
  const ProbedSparsity both =
      probe_sparsity(branch, std::vector<double>{0.5, 1.0, 1.0}, 1, {.verifications = 8, .max_searches = 9});
  CHECK(both.pattern.columns == std::vector<std::int32_t>{0, 1, 2});
  CHECK(both.num_searches > 1);

  const auto saturated = [](const double* x, double* r) {
    r[0] = std::tanh(1e3 * x[0]) + (x[1] - x[1]);
    r[1] = std::floor(x[0]);
  };
  const std::vector<double> at = {1.25, 1.0};
  CHECK(probe_sparsity(saturated, at, 2).pattern.num_entries() == 0);
  CHECK(probe_sparsity(saturated, at, 2, {.method = ProbeMethod::nan}).pattern.columns ==
        std::vector<std::int32_t>{0, 1, 0});
}

TEST_CASE("probe: what is missed at one point is noticed at others", "[derive][sparsity]") {
  // Row i sees column i + 7 only where column 0 is above its starting value.
  const int n = 64;
  const auto f = [&](const double* x, double* r) {
    for (int i = 0; i < n; ++i) r[i] = x[i] + std::max(x[0] - 1.0, 0.0) * x[(i + 7) % n];
  };
  const std::vector<double> x(n, 1.0);
  bool seen = false;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const ProbedSparsity once = probe_sparsity(f, x, n, {.max_searches = 1, .seed = seed});
    if (once.num_unexpected > 0) {
      CHECK_FALSE(once.is_verified);
      CHECK(once.report().find("entries are missing") != std::string::npos);
      seen = true;
    }
    const ProbedSparsity found = probe_sparsity(f, x, n, {.verifications = 6, .max_searches = 9, .seed = seed});
    CHECK(found.is_verified);
    CHECK(found.pattern.num_entries() >= 2 * n);
  }
  CHECK(seen);
}

TEST_CASE("probe: a function that is not one, or not finite, is refused", "[derive][sparsity]") {
  std::mt19937 random(1);
  const auto noisy = [&](const double* x, double* r) {
    for (int i = 0; i < 30; ++i) r[i] = x[i] * (1.0 + 1e-9 * std::uniform_real_distribution<>(-1.0, 1.0)(random));
  };
  const std::vector<double> ones(30, 1.0);
  const std::string message = error_of([&] { probe_sparsity(noisy, ones, 30); });
  CHECK(message.find("row 0") != std::string::npos);
  CHECK(message.find("ProbeOptions::noise") != std::string::npos);
  const ProbedSparsity found = probe_sparsity(noisy, ones, 30, {.noise = 1e-8});
  CHECK((found.pattern == stencil_pattern({.size = {30, 1, 1}, .radius = 0})));
  CHECK(found.is_verified);

  const auto infinite = [](const double* x, double* r) { r[0] = x[0], r[1] = 1.0 / (0.0 * x[0]); };
  CHECK(error_of([&] { probe_sparsity(infinite, ones, 2); }).find("row 1") != std::string::npos);
  const auto logarithm = [](const double* x, double* r) { r[0] = std::log(x[0] - 1.0 + 1e-6); };  // near its edge
  CHECK(probe_sparsity(logarithm, ones, 1).pattern.columns == std::vector<std::int32_t>{0});
  CHECK_THROWS_AS(probe_sparsity(logarithm, ones, -1), Error);
  CHECK_THROWS_AS(probe_sparsity(logarithm, ones, 1, {.lower = std::span(ones).first(3)}), Error);
  CHECK_THROWS_AS(probe_sparsity(logarithm, ones, 1, {.relative_step = 0.0}), Error);
  CHECK_THROWS_AS(probe_sparsity(noisy, ones, 30, {.noise = 1e-8, .max_evaluations = 5}), Error);
}
