// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/colored_hessian.hpp"

#include <stdexcept>

#include "catch.hpp"
#include "derive/black_box.hpp"
#include "heliotrope/derive/symmetric_coloring.hpp"
#include "heliotrope/derive/term_hessian.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

#ifdef HELIOTROPE_SANITIZED
constexpr std::int32_t side = 50;
#else
constexpr std::int32_t side = 1000;
#endif
constexpr std::int32_t many = side * side;

/// f = sum over pairs {i, j} of a pattern of sin(x_i + 2 x_j) / 2 (x_i x_j)^2 and over the diagonal of x_i^4.
struct PairwiseGradient {
  SparsityPattern pattern;
  template <class X, class G>
  void operator()(X x, G g) const {
    using std::cos;
    using T = typename G::value_type;
    for (std::int64_t i = 0; i < pattern.num_rows; ++i) g[static_cast<std::size_t>(i)] = T(0.0);
    for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
      for (std::int32_t at : pattern.row(i)) {
        const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(at);
        if (a == b) g[a] = g[a] + 4.0 * x[a] * x[a] * x[a];
        if (a >= b) continue;
        const T c = cos(x[a] + 2.0 * x[b]);
        g[a] = g[a] + c + x[a] * x[b] * x[b];
        g[b] = g[b] + 2.0 * c + x[a] * x[a] * x[b];
      }
    }
  }
};

SparsityPattern random_symmetric(std::int32_t n, int pairs, std::mt19937_64& random) {
  std::vector<std::vector<std::int32_t>> rows(static_cast<std::size_t>(n));
  for (std::int32_t i = 0; i < n; ++i) rows[static_cast<std::size_t>(i)].push_back(i);
  for (int k = 0; k < pairs; ++k) {
    const auto i = static_cast<std::int32_t>(random() % static_cast<unsigned>(n));
    const auto j = static_cast<std::int32_t>(random() % static_cast<unsigned>(n));
    rows[static_cast<std::size_t>(i)].push_back(j);
    rows[static_cast<std::size_t>(j)].push_back(i);
  }
  return pattern_of_rows(n, rows);
}

double worst(std::span<const double> found, std::span<const double> truth) {
  REQUIRE(found.size() == truth.size());
  double error = 0.0;
  for (std::size_t k = 0; k < truth.size(); ++k) {
    const double e = std::abs(found[k] - truth[k]) / std::max(1.0, std::abs(truth[k]));
    error = std::isfinite(e) ? std::max(error, e) : HUGE_VAL;
  }
  return error;
}

std::vector<double> wavy(std::int32_t n) {
  std::vector<double> x;
  for (std::int32_t j = 0; j < n; ++j) x.push_back(1.1 + 0.7 * std::sin(1.0 + 0.37 * j));
  return x;
}

/// Star and acyclic, by differences and by jets, against exact values.
template <class G>
void check_large(const G& gradient, const SparsityPattern& pattern, const std::vector<double>& exact,
                 std::int32_t star_colors, std::int32_t acyclic_colors, bool jets) {
  const std::vector<double> x = wavy(static_cast<std::int32_t>(pattern.num_rows));
  std::vector<double> g(x.size()), values(exact.size());
  gradient(std::span<const double>(x), std::span<double>(g));
  for (const bool star : {true, false}) {
    SymmetricColoringOptions options;
    options.order = ColoringOrder::natural;
    const Coloring coloring = star ? color_star(pattern, options) : color_acyclic(pattern, options);
    INFO((star ? "star " : "acyclic ") << coloring.num_colors);
    CHECK(coloring.num_colors <= (star ? star_colors : acyclic_colors));
    ColoredHessian hessian(pattern, coloring, {.central = true});
    CHECK((!star || hessian.recovery().direct()));
    int calls = 0;
    hessian.estimate([&](std::span<const double> at, std::span<double> out) { ++calls, gradient(at, out); }, x, g,
                     values);
    CHECK(calls == 2 * coloring.num_colors);
    CHECK(worst(values, exact) < (star ? 1e-7 : 1e-5));  // substitution adds errors along paths of 1e6
    if (!jets || !star) continue;
    hessian.exact(gradient, x, values);
    CHECK(worst(values, exact) < 1e-12);
  }
}

}  // namespace

TEST_CASE("colored hessian: differences and jets agree with the dense Hessian", "[derive][colored_hessian]") {
  std::mt19937_64 random(1);
  for (int k = 0; k < 20; ++k) {
    const auto n = static_cast<std::int32_t>(2 + random() % 40);
    const SparsityPattern pattern = random_symmetric(n, static_cast<int>(random() % 80), random);
    const PairwiseGradient gradient{pattern};
    const std::vector<double> x = wavy(n), exact = entries_of(pattern, exact_jacobian(gradient, x, n), false);
    std::vector<double> g(x.size()), values(exact.size());
    gradient(std::span<const double>(x), std::span<double>(g));
    for (const bool star : {true, false}) {
      const Coloring coloring = star ? color_star(pattern) : color_acyclic(pattern);
      INFO(k << ' ' << n << ' ' << star);
      ColoredHessian forward(pattern, coloring), central(pattern, coloring, {.central = true});
      CHECK(forward.estimate(gradient, x, g, values) == 0);
      CHECK(worst(values, exact) < 1e-5);
      central.estimate(gradient, x, g, values);
      CHECK(worst(values, exact) < 1e-7);
      forward.exact(gradient, x, values);
      CHECK(worst(values, exact) < 1e-12);
    }
  }
}

TEST_CASE("colored hessian: bounds are never crossed, faults are refused", "[derive][colored_hessian]") {
  std::mt19937_64 random(2);
  const SparsityPattern pattern = random_symmetric(30, 40, random);
  const PairwiseGradient gradient{pattern};
  const std::vector<double> x = wavy(30), exact = entries_of(pattern, exact_jacobian(gradient, x, 30), false);
  std::vector<double> g(x.size()), values(exact.size());
  gradient(std::span<const double>(x), std::span<double>(g));
  for (const bool central : {false, true}) {
    HessianOptions options{.central = central};
    for (double at : x) {
      const double step = at * (central ? 6e-6 : 1.5e-8), room[] = {0.0, 0.01 * step, 0.6 * step, 1.0};
      options.lower.push_back(at - room[random() % 4]);
      options.upper.push_back(at + room[2 + random() % 2]);
    }
    const auto guarded = [&](std::span<const double> at, std::span<double> out) {
      for (std::size_t j = 0; j < at.size(); ++j) {
        if (!(at[j] >= options.lower[j] && at[j] <= options.upper[j])) throw std::runtime_error("a bound is crossed");
      }
      gradient(at, out);
    };
    ColoredHessian hessian(pattern, color_acyclic(pattern), options);
    CHECK(hessian.estimate(guarded, x, g, values) == 0);
    CHECK(worst(values, exact) < 1e-3);  // steps of 1 % of the right one among them
  }
  CHECK_THROWS_AS(ColoredHessian(pattern, {std::vector<std::int32_t>(30, 0), 1}), Error);
  CHECK_THROWS_WITH(ColoredHessian(pattern_of_rows(2, {{0, 1}, {1}}), {{0, 1}, 2}), Catch::Contains("mirrored"));
}

TEST_CASE("colored hessian: extended Rosenbrock of a million variables", "[derive][colored_hessian]") {
  std::vector<std::vector<std::int32_t>> rows;
  for (std::int32_t j = 0; j < many; ++j) rows.push_back({j / 2 * 2, j / 2 * 2 + 1});
  const SparsityPattern pattern = pattern_of_rows(many, rows);
  const auto gradient = [](auto x, auto g) {
    for (std::size_t k = 0; k + 1 < x.size(); k += 2) {
      const auto d = x[k + 1] - x[k] * x[k];
      g[k] = -400.0 * x[k] * d - 2.0 * (1.0 - x[k]);
      g[k + 1] = 200.0 * d;
    }
  };
  const std::vector<double> x = wavy(many);
  std::vector<double> exact;
  for (std::size_t k = 0; k + 1 < x.size(); k += 2) {
    for (double h : {1200.0 * x[k] * x[k] - 400.0 * x[k + 1] + 2.0, -400.0 * x[k], -400.0 * x[k], 200.0})
      exact.push_back(h);
  }
  check_large(gradient, pattern, exact, 2, 2, true);
}

TEST_CASE("colored hessian: a grid's energy of a million variables", "[derive][colored_hessian]") {
  // 1/2 sum over edges (x_i - x_j)^2 + sum x_i^4 / 4
  const auto for_neighbours = [](std::int32_t at, const auto& body) {  // ascending
    if (at >= side) body(at - side);
    if (at % side > 0) body(at - 1);
    if (at % side + 1 < side) body(at + 1);
    if (at + side < many) body(at + side);
  };
  SparsityPattern pattern;
  pattern.num_rows = pattern.num_columns = many;
  const std::vector<double> x = wavy(many);
  std::vector<double> exact;
  for (std::int32_t i = 0; i < many; ++i) {
    int degree = 0;
    for_neighbours(i, [&](std::int32_t) { ++degree; });
    const auto add = [&](std::int32_t j) {
      pattern.columns.push_back(j);
      const double at = x[static_cast<std::size_t>(i)];
      exact.push_back(j == i ? degree + 3.0 * at * at : -1.0);
    };
    bool self = false;
    for_neighbours(i, [&](std::int32_t j) {
      if (j > i && !self) add(i), self = true;
      add(j);
    });
    if (!self) add(i);
    pattern.row_begin.push_back(pattern.num_entries());
  }
  const auto gradient = [&](auto at, auto g) {
    for (std::int32_t i = 0; i < many; ++i) {
      const auto k = static_cast<std::size_t>(i);
      auto sum = at[k] * at[k] * at[k];
      for_neighbours(i, [&](std::int32_t j) { sum = sum + at[k] - at[static_cast<std::size_t>(j)]; });
      g[k] = sum;
    }
  };
  // The least are 5 and 3; first fit in natural order is at most one above.
  check_large(gradient, pattern, exact, 6, 4, false);
}

TEST_CASE("colored hessian: a partially separable function of a million variables", "[derive][colored_hessian]") {
  // sum (x_i + x_{i+1} x_{i+2})^2 / 2: a band with two diagonals on either side
  SparsityPattern pattern;
  pattern.num_rows = pattern.num_columns = many;
  const std::vector<double> x = wavy(many);
  std::vector<double> exact;
  const auto at = [&](std::int32_t i) { return x[static_cast<std::size_t>(i)]; };
  for (std::int32_t i = 0; i < many; ++i) {
    for (std::int32_t j = std::max(0, i - 2); j <= std::min(many - 1, i + 2); ++j) {
      pattern.columns.push_back(j);
      double h = 0.0;
      for (std::int32_t e = std::max({0, i - 2, j - 2}); e <= std::min({i, j, many - 3}); ++e) {
        const double slopes[] = {1.0, at(e + 2), at(e + 1)};
        h += slopes[i - e] * slopes[j - e];
        if (i != j && i > e && j > e) h += at(e) + at(e + 1) * at(e + 2);
      }
      exact.push_back(h);
    }
    pattern.row_begin.push_back(pattern.num_entries());
  }
  const auto gradient = [](auto u, auto g) {
    for (std::size_t i = 0; i < u.size(); ++i) g[i] = u[i] - u[i];
    for (std::size_t e = 0; e + 2 < u.size(); ++e) {
      const auto r = u[e] + u[e + 1] * u[e + 2];
      g[e] = g[e] + r;
      g[e + 1] = g[e + 1] + r * u[e + 2];
      g[e + 2] = g[e + 2] + r * u[e + 1];
    }
  };
  check_large(gradient, pattern, exact, 5, 3, false);
}

TEST_CASE("term hessian: a vector of terms needs p (p + 1) evaluations; jets of jets are exact",
          "[derive][colored_hessian]") {
  std::mt19937_64 random(5);
  for (int k = 0; k < 12; ++k) {
    const auto m = static_cast<std::int32_t>(1 + random() % 30), n = static_cast<std::int32_t>(1 + random() % 25);
    const RandomFunction f(random_pattern(m, n, 4, random), random);
    const std::vector<double> x = wavy(n);
    TermHessian hessian(f.pattern, first_fit(f.pattern));
    // By hand: the second derivatives of sin(s) + sum a x^3.
    std::vector<double> dense(x.size() * x.size());
    for (std::int64_t t = 0; t < m; ++t) {
      const auto row = f.pattern.row(t);
      const double* a = f.a.data() + f.pattern.row_begin[static_cast<std::size_t>(t)];
      double sum = 0.0;
      for (std::size_t p = 0; p < row.size(); ++p) sum += a[p] * x[static_cast<std::size_t>(row[p])];
      for (std::size_t p = 0; p < row.size(); ++p) {
        for (std::size_t q = 0; q < row.size(); ++q) {
          const auto i = static_cast<std::size_t>(row[p]), j = static_cast<std::size_t>(row[q]);
          dense[i * x.size() + j] += -a[p] * a[q] * std::sin(sum) + (p == q ? 6.0 * a[p] * x[i] : 0.0);
        }
      }
    }
    const std::vector<double> truth = entries_of(hessian.pattern(), dense, false);
    std::vector<double> values(truth.size()), terms(static_cast<std::size_t>(m));
    f(std::span<const double>(x), std::span<double>(terms));
    int calls = 0;
    hessian.estimate([&](std::span<const double> at, std::span<double> out) { ++calls, f(at, out); }, x, terms, values);
    CHECK(calls == hessian.evaluations_per_estimate());
    CHECK(worst(values, truth) < 1e-5);
    hessian.exact(f, x, values);
    CHECK(worst(values, truth) < 1e-13);

    const auto total = [&](std::span<const double> at) {
      std::vector<double> out(static_cast<std::size_t>(m));
      f(at, std::span<double>(out));
      double sum = 0.0;
      for (double term : out) sum += term;
      return sum;
    };
    const std::int64_t evaluations = hessian_from_values(total, x, hessian.pattern(), values);
    CHECK(worst(values, truth) < 1e-4);
    CHECK(evaluations <= 1 + 2 * n + hessian.pattern().num_entries());
  }
}
