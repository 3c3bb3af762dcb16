// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/colored_jacobian.hpp"

#include <atomic>
#include <limits>
#include <stdexcept>

#include "catch.hpp"
#include "derive/black_box.hpp"
#include "heliotrope/derive/colored_exact.hpp"
#include "heliotrope/error.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

using In = std::span<const double>;
using Out = std::span<double>;

#ifdef HELIOTROPE_SANITIZED
constexpr int num_random_cases = 6;
#else
constexpr int num_random_cases = 40;
#endif

std::vector<double> random_point(std::int64_t n, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform(0.1, 1.5);
  std::vector<double> x;
  for (std::int64_t j = 0; j < n; ++j) x.push_back(random() % 2 ? uniform(random) : -uniform(random));
  return x;
}

double worst(const std::vector<double>& found, const std::vector<double>& truth) {
  REQUIRE(found.size() == truth.size());
  double error = 0.0;
  for (std::size_t k = 0; k < truth.size(); ++k) {
    const double e = std::abs(found[k] - truth[k]) / std::max(1.0, std::abs(truth[k]));
    error = std::isfinite(e) ? std::max(error, e) : std::numeric_limits<double>::infinity();
  }
  return error;
}

struct Setting {
  DifferenceMethod method;
  int points;
  double accuracy;
};
const Setting settings[] = {{DifferenceMethod::forward, 1, 1e-6},
                            {DifferenceMethod::backward, 1, 1e-6},
                            {DifferenceMethod::central, 2, 1e-8},
                            {DifferenceMethod::fourth_order, 4, 3e-10}};

struct Tridiagonal {
  SparsityPattern pattern;
  Coloring coloring;
  explicit Tridiagonal(std::int32_t n) {
    std::vector<std::vector<std::int32_t>> rows;
    for (std::int32_t i = 0; i < n; ++i) {
      rows.emplace_back();
      for (std::int32_t j = std::max(0, i - 1); j <= std::min(n - 1, i + 1); ++j) rows.back().push_back(j);
      coloring.colors.push_back(i % 3);
    }
    coloring.num_colors = std::min(3, n);
    pattern = pattern_of_rows(n, rows);
  }
};

}  // namespace

TEST_CASE("colored differences: every method gives the dense Jacobian's entries in both orders",
          "[derive][colored_jacobian]") {
  std::mt19937_64 random(1);
  for (int k = 0; k < num_random_cases; ++k) {
    const auto m = static_cast<std::int32_t>(1 + random() % 60), n = static_cast<std::int32_t>(1 + random() % 60);
    const RandomFunction f(random_pattern(m, n, static_cast<int>(random() % 8), random), random);
    const Coloring coloring = first_fit(f.pattern);
    const std::vector<double> x = random_point(n, random), dense = exact_jacobian(f, x, m);
    std::vector<double> r(static_cast<std::size_t>(m)), values(f.a.size());
    f(In(x), Out(r));
    for (const Setting& setting : settings) {
      for (const bool by_columns : {true, false}) {
        DifferenceOptions options;
        options.method = setting.method;
        options.order = by_columns ? EntryOrder::by_columns : EntryOrder::by_rows;
        options.batch = static_cast<int>(1 + random() % 9);
        INFO(k << ' ' << m << ' ' << n << ' ' << setting.points << ' ' << by_columns << ' ' << options.batch);
        ColoredDifferences differences(f.pattern, coloring, options);
        int calls = 0;
        const auto counted = [&](In at, Out out) { ++calls, f(at, out); };
        const DifferenceReport report = differences.estimate(counted, x, r, values);
        CHECK(worst(values, entries_of(f.pattern, dense, by_columns)) < setting.accuracy);
        CHECK(calls == coloring.num_colors * setting.points);
        CHECK(report.evaluations == calls);
        CHECK(differences.evaluations_per_estimate() == calls);
        CHECK(report.columns_failed == 0);
      }
    }
    for (const bool by_columns : {true, false}) {
      const EntryOrder order = by_columns ? EntryOrder::by_columns : EntryOrder::by_rows;
      ColoredComplexStep complex(f.pattern, coloring, order);
      complex.estimate(f, x, values);
      CHECK(worst(values, entries_of(f.pattern, dense, by_columns)) < 1e-14);
      ColoredJets<8> jets(f.pattern, coloring, order);
      jets.estimate(f, x, values);
      CHECK(worst(values, entries_of(f.pattern, dense, by_columns)) < 1e-14);
      ColoredJets<2> narrow(f.pattern, coloring, order);
      narrow.estimate(f, x, values);
      CHECK(worst(values, entries_of(f.pattern, dense, by_columns)) < 1e-14);
    }
  }
}

TEST_CASE("colored differences: a tridiagonal function takes 3 evaluations and no more, at any size",
          "[derive][colored_jacobian]") {
#ifdef HELIOTROPE_SANITIZED
  const std::int32_t n = 10000;
#else
  const std::int32_t n = 1000000;
#endif
  const Tridiagonal t(n);
  int calls = 0;
  const auto f = [&](In x, Out r) {
    ++calls;
    for (std::size_t i = 0; i < x.size(); ++i) {
      r[i] = (3.0 - 2.0 * x[i]) * x[i] - (i > 0 ? x[i - 1] : 0.0) - (i + 1 < x.size() ? 2.0 * x[i + 1] : 0.0) + 1.0;
    }
  };
  std::vector<double> x(static_cast<std::size_t>(n), -1.0), r(x.size()), values(t.pattern.columns.size());
  f(x, r);
  ColoredDifferences differences(t.pattern, t.coloring);
  calls = 0;
  differences.estimate(f, x, r, values);
  CHECK(calls == 3);
  double error = std::max(std::abs(values[0] - 7.0), std::abs(values[1] + 1.0));
  for (std::size_t k = 2; k + 2 < values.size(); k += 3) {  // -2 above, 7, -1 below
    error = std::max({error, std::abs(values[k] + 2.0), std::abs(values[k + 1] - 7.0), std::abs(values[k + 2] + 1.0)});
  }
  CHECK(error < 1e-6);
}

TEST_CASE("colored differences: the same bits for any threads, batch and form of f",
          "[derive][colored_jacobian][threads]") {
  std::mt19937_64 random(2);
  const RandomFunction f(random_pattern(300, 200, 6, random), random);
  const Coloring coloring = first_fit(f.pattern);
  const std::vector<double> x = random_point(200, random);
  std::vector<double> r(300);
  f(In(x), Out(r));
  for (const Setting& setting : settings) {
    DifferenceOptions options;
    options.method = setting.method;
    std::vector<double> truth(f.a.size());
    ColoredDifferences(f.pattern, coloring, options).estimate(f, x, r, truth);
    for (const int threads : {1, 3}) {
      for (const int batch : {1, 2, 100}) {
        options.threads = threads, options.batch = batch;
        ColoredDifferences differences(f.pattern, coloring, options);
        for (int again = 0; again < 2; ++again) {
          std::vector<double> values(truth.size());
          CHECK(differences.estimate(f, x, r, values).evaluations == differences.evaluations_per_estimate());
          CHECK(values == truth);
          const auto many = [&](int count, In xs, Out rs) {
            for (int k = 0; k < count; ++k)
              f(xs.subspan(200u * static_cast<unsigned>(k), 200), rs.subspan(300u * static_cast<unsigned>(k), 300));
          };
          std::fill(values.begin(), values.end(), 0.0);
          differences.estimate(many, x, r, values);
          CHECK(values == truth);
        }
      }
    }
  }
}

TEST_CASE("colored differences: bounds are never crossed, whatever the room", "[derive][colored_jacobian]") {
  std::mt19937_64 random(3);
  for (int k = 0; k < num_random_cases; ++k) {
    const auto n = static_cast<std::int32_t>(2 + random() % 30);
    const RandomFunction f(random_pattern(40, n, 5, random), random);
    const Coloring coloring = first_fit(f.pattern);
    const std::vector<double> x = random_point(n, random), dense = exact_jacobian(f, x, 40);
    std::vector<double> r(40), values(f.a.size());
    f(In(x), Out(r));
    for (const Setting& setting : settings) {
      DifferenceOptions options;
      options.method = setting.method;
      for (double at : x) {  // no room below, none above, less than a step on both sides, or plenty
        const double step = std::abs(at) * (setting.points == 4 ? 7.4e-4 : setting.points == 2 ? 6e-6 : 1.5e-8);
        const double room[] = {0.0, 0.7 * step, 1.3 * step, 2.9 * step, 1.0};
        options.lower.push_back(at - room[random() % 5]);
        options.upper.push_back(at + room[1 + random() % 4]);
      }
      const auto guarded = [&](In at, Out out) {
        for (std::size_t j = 0; j < at.size(); ++j) {
          if (!(at[j] >= options.lower[j] && at[j] <= options.upper[j])) throw std::runtime_error("a bound is crossed");
        }
        f(at, out);
      };
      ColoredDifferences differences(f.pattern, coloring, options);
      INFO(k << ' ' << setting.points);
      const DifferenceReport report = differences.estimate(guarded, x, r, values);
      CHECK(report.columns_failed == 0);
      CHECK(worst(values, entries_of(f.pattern, dense, true)) < 20 * setting.accuracy);
      std::vector<double> digits(x.size());
      differences.estimate_digits(guarded, x, r, values, digits);
      options.noise_aware = true;
      ColoredDifferences aware(f.pattern, coloring, options);
      CHECK_NOTHROW(aware.estimate(guarded, x, r, values));
    }
  }
}

TEST_CASE("colored differences: a variable that cannot move is reported, one out of bounds refused",
          "[derive][colored_jacobian]") {
  const Tridiagonal t(6);
  const auto f = [](In x, Out r) {
    for (std::size_t i = 0; i < 6; ++i) r[i] = x[i] * x[i] + (i ? x[i - 1] : 0.0) + (i < 5 ? x[i + 1] : 0.0);
  };
  DifferenceOptions options;
  options.lower.assign(6, 0.0);
  options.upper.assign(6, 1.0);
  options.lower[2] = options.upper[2] = 0.5;
  ColoredDifferences differences(t.pattern, t.coloring, options);
  std::vector<double> x(6, 0.5), r(6), values(16);
  f(x, r);
  const DifferenceReport report = differences.estimate(f, x, r, values);
  CHECK(report.columns_failed == 1);
  CHECK(report.columns_at_bounds == 1);
  CHECK(differences.failed_columns() == std::vector<std::int32_t>{2});
  CHECK((values[5] == 0.0 && values[6] == 0.0 && values[7] == 0.0));
  CHECK(values[8] == Approx(1.0).epsilon(1e-6));
  x[3] = 1.5;
  CHECK_THROWS_WITH(differences.estimate(f, x, r, values), Catch::Contains("x[3]"));
  x[3] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(differences.estimate(f, x, r, values), Error);
  x[3] = 0.5;
  CHECK(differences.estimate(f, x, r, values).columns_failed == 1);  // and it can be used after that
  ColoredDifferences unbounded(t.pattern, t.coloring);
  x[4] = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(unbounded.estimate(f, x, r, values), Catch::Contains("x[4]"));
}

TEST_CASE("colored differences: where f is not finite, other points are tried or the column is reported",
          "[derive][colored_jacobian]") {
  const Tridiagonal t(9);
  const auto f = [](In x, Out r) {
    for (std::size_t i = 0; i < 9; ++i) {
      r[i] = std::sqrt(1.0 - x[i]) + (i ? x[i - 1] : 0.0) + (i < 8 ? x[i + 1] : 0.0);
      if (i == 7 && x[7] != 0.25) r[i] = std::numeric_limits<double>::quiet_NaN();  // no way to know
    }
  };
  std::vector<double> x(9, 0.25), r(9), values(25);
  x[4] = 1.0 - 1e-9;  // forward steps leave the domain
  f(x, r);
  for (const Setting& setting : settings) {
    DifferenceOptions options;
    options.method = setting.method;
    ColoredDifferences differences(t.pattern, t.coloring, options);
    const DifferenceReport report = differences.estimate(f, x, r, values);
    INFO(setting.points);
    CHECK(report.columns_failed == 1);
    CHECK(differences.failed_columns() == std::vector<std::int32_t>{7});
    CHECK(report.columns_retried == (setting.method == DifferenceMethod::backward ? 0 : 1));
    CHECK(std::isfinite(values[12]));
    CHECK(values[12] < -10.0);
    CHECK(values[9] == Approx(-0.5 / std::sqrt(0.75)).epsilon(1e-6));  // of column 3
    CHECK(std::isnan(values[21]));
  }
}

TEST_CASE("colored differences: the digits that it says are about those that it has", "[derive][colored_jacobian]") {
  std::mt19937_64 random(4);
  const RandomFunction f(random_pattern(200, 100, 5, random), random);
  const Coloring coloring = first_fit(f.pattern);
  const std::vector<double> x = random_point(100, random), dense = exact_jacobian(f, x, 200);
  const std::vector<double> truth = entries_of(f.pattern, dense, true);
  std::vector<double> r(200), values(truth.size()), digits(100);
  f(In(x), Out(r));
  for (const Setting& setting : settings) {
    for (const double relative_step : {0.0, 1e-3}) {
      DifferenceOptions options;
      options.method = setting.method;
      options.relative_step = relative_step;
      ColoredDifferences differences(f.pattern, coloring, options);
      differences.estimate(f, x, r, values);
      differences.estimate_digits(f, x, r, values, digits);
      std::size_t at = 0;
      int close = 0, colored = 0, overstated = 0;
      for (std::int32_t j = 0; j < 100; ++j) {
        double error2 = 0.0, size2 = 0.0;
        for (std::size_t k = 0; k < differences.columns().rows_of_column(j).size(); ++k, ++at) {
          error2 += (values[at] - truth[at]) * (values[at] - truth[at]);
          size2 += truth[at] * truth[at];
        }
        if (size2 == 0.0) continue;
        const double right = std::min(17.0, 0.5 * std::log10(size2 / error2)),
                     said = digits[static_cast<std::size_t>(j)];
        ++colored;
        close += std::abs(said - right) < 1.5;
        overstated += said > right + 1.0;
      }
      INFO(setting.points << ' ' << relative_step);
      CHECK(close >= 0.9 * colored);
      CHECK(overstated == 0);
    }
  }
}

TEST_CASE("colored differences: faulty colourings, options and sizes are refused", "[derive][colored_jacobian]") {
  const Tridiagonal t(5);
  Coloring wrong = t.coloring;
  wrong.colors[3] = wrong.colors[4];
  CHECK_THROWS_WITH(ColoredDifferences(t.pattern, wrong), Catch::Contains("row 2") && Catch::Contains("column 3"));
  wrong.colors[3] = -1;
  CHECK_THROWS_WITH(ColoredDifferences(t.pattern, wrong), Catch::Contains("no colour"));
  wrong.colors.pop_back();
  CHECK_THROWS_AS(ColoredDifferences(t.pattern, wrong), Error);
  DifferenceOptions options;
  options.typical = {1.0, 2.0};
  CHECK_THROWS_WITH(ColoredDifferences(t.pattern, t.coloring, options), Catch::Contains("typical"));
  options.typical.assign(5, 0.0);
  CHECK_THROWS_AS(ColoredDifferences(t.pattern, t.coloring, options), Error);
  ColoredDifferences differences(t.pattern, t.coloring);
  std::vector<double> x(5), r(5), values(12);
  const auto f = [](In, Out) {};
  CHECK_THROWS_WITH(differences.estimate(f, x, r, values), Catch::Contains("13"));
  values.resize(13);
  CHECK_THROWS_AS(differences.measure_noise(f, x, r, values), Error);
}

TEST_CASE("colored differences: typical sizes set the step near zero", "[derive][colored_jacobian]") {
  const SparsityPattern pattern = pattern_of_rows(1, {{0}});
  DifferenceOptions options;
  options.typical = {1e6};
  ColoredDifferences differences(pattern, {{0}, 1}, options);
  double moved = 0.0;
  const auto f = [&](In x, Out r) { moved = x[0], r[0] = x[0]; };
  std::vector<double> value(1);
  differences.estimate(f, std::vector<double>{0.0}, std::vector<double>{0.0}, value);
  CHECK(moved == Approx(1e6 * 1.4901161193847656e-08).epsilon(1e-12));
  CHECK(value[0] == 1.0);
}
