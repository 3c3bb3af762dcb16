// SPDX-License-Identifier: Apache-2.0
// How many digits each method has, over five functions whose variables are from 1e-8 to 1e8.
#include <cstring>
#include <random>

#include "catch.hpp"
#include "derive/black_box.hpp"
#include "heliotrope/derive/colored_exact.hpp"
#include "heliotrope/derive/colored_jacobian.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

using In = std::span<const double>;
using Out = std::span<double>;

/// A classical function of u with x_j = scale_j u_j, so that entries and variables differ by 16 powers of ten.
template <class F>
struct Scaled {
  F f;
  std::vector<double> scale;
  template <class X, class R>
  void operator()(X x, R r) const {
    using T = typename R::value_type;
    std::vector<T> u(x.size());
    for (std::size_t j = 0; j < x.size(); ++j) u[j] = x[j] / scale[j];
    f(u.data(), x.size(), r.data());
  }
};

struct BroydenTridiagonal {  // [More1981, 30]
  template <class T>
  void operator()(const T* u, std::size_t n, T* r) const {
    for (std::size_t i = 0; i < n; ++i) {
      r[i] = (3.0 - 2.0 * u[i]) * u[i] + 1.0;
      if (i > 0) r[i] = r[i] - u[i - 1];
      if (i + 1 < n) r[i] = r[i] - 2.0 * u[i + 1];
    }
  }
};
struct ExtendedRosenbrock {  // [More1981, 21]
  template <class T>
  void operator()(const T* u, std::size_t n, T* r) const {
    for (std::size_t i = 0; i + 1 < n; i += 2) {
      r[i] = 10.0 * (u[i + 1] - u[i] * u[i]);
      r[i + 1] = 1.0 - u[i];
    }
  }
};
struct Trigonometric {  // [More1981, 26]
  template <class T>
  void operator()(const T* u, std::size_t n, T* r) const {
    using std::cos, std::sin;
    T sum(static_cast<double>(n));
    for (std::size_t j = 0; j < n; ++j) sum = sum - cos(u[j]);
    for (std::size_t i = 0; i < n; ++i) r[i] = sum + static_cast<double>(i + 1) * (1.0 - cos(u[i])) - sin(u[i]);
  }
};
struct ExponentialFit {  // a exp(-b t) + c at 8 times, for every three variables
  template <class T>
  void operator()(const T* u, std::size_t n, T* r) const {
    using std::exp;
    for (std::size_t k = 0; k < n / 3; ++k) {
      for (int i = 0; i < 8; ++i)
        r[8 * k + static_cast<std::size_t>(i)] = u[3 * k] * exp(-0.25 * i * u[3 * k + 1]) + u[3 * k + 2] - 0.7;
    }
  }
};
struct Projection {  // [Agarwal2010]: camera (rotation 3, translation 3, focal length, distortion 2), then 4 points
  template <class T>
  void operator()(const T* u, std::size_t, T* r) const {
    using std::cos, std::sin, std::sqrt;
    for (int k = 0; k < 4; ++k) {
      const T* p = u + 9 + 3 * k;
      const T angle = sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]), s = sin(angle), c = cos(angle);
      const T w[3] = {u[0] / angle, u[1] / angle, u[2] / angle};
      const T dot = (w[0] * p[0] + w[1] * p[1] + w[2] * p[2]) * (1.0 - c);
      const T q[3] = {c * p[0] + s * (w[1] * p[2] - w[2] * p[1]) + dot * w[0] + u[3],
                      c * p[1] + s * (w[2] * p[0] - w[0] * p[2]) + dot * w[1] + u[4],
                      c * p[2] + s * (w[0] * p[1] - w[1] * p[0]) + dot * w[2] + u[5] + 4.0};
      const T a = q[0] / q[2], b = q[1] / q[2], square = a * a + b * b;
      const T factor = u[6] * (1.0 + square * (0.1 * u[7] + 0.1 * u[8] * square));
      r[2 * k] = factor * a;
      r[2 * k + 1] = factor * b;
    }
  }
};

struct Digits {
  double median, low;  // and the 5th percentile
};

/// Of the error relative to the larger of the entry and 1e-3 of its row's largest, all scaled by the variables' sizes.
Digits digits_of(const SparsityPattern& pattern, const std::vector<double>& scale, const std::vector<double>& found,
                 const std::vector<double>& truth) {
  std::vector<double> digits;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    double largest = 0.0;
    const auto first = static_cast<std::size_t>(pattern.row_begin[static_cast<std::size_t>(i)]);
    const auto row = pattern.row(i);
    for (std::size_t e = 0; e < row.size(); ++e) {
      largest = std::max(largest, std::abs(truth[first + e]) * scale[static_cast<std::size_t>(row[e])]);
    }
    for (std::size_t e = 0; e < row.size(); ++e) {
      const double size = scale[static_cast<std::size_t>(row[e])];
      const double error = std::abs(found[first + e] - truth[first + e]) * size;
      digits.push_back(
          std::min(17.0, -std::log10(error / std::max(std::abs(truth[first + e]) * size, 1e-3 * largest))));
    }
  }
  std::sort(digits.begin(), digits.end());
  return {digits[digits.size() / 2], digits[digits.size() / 20]};
}

/// Calls body(name, function, pattern, coloring, x) for the five.
template <class Body>
void for_each_function(const Body& body) {
  std::mt19937_64 random(7);
  const auto run = [&](const char* name, auto f, std::int32_t n, const std::vector<std::vector<std::int32_t>>& rows) {
    Scaled<decltype(f)> scaled{f, {}};
    std::vector<double> x;
    std::uniform_real_distribution<double> uniform(0.3, 1.7);
    for (std::int32_t j = 0; j < n; ++j) {
      // 1e-8 to 1e8 over and over, so that every row has variables of very different sizes
      scaled.scale.push_back(std::pow(10.0, -8.0 + 16.0 * ((j * 7) % n) / (n - 1)));
      x.push_back(scaled.scale.back() * (random() % 2 ? uniform(random) : -uniform(random)));
    }
    const SparsityPattern pattern = pattern_of_rows(n, rows);
    body(name, scaled, pattern, first_fit(pattern), x);
  };
  std::vector<std::vector<std::int32_t>> rows;
  const auto in_range = [&](std::int32_t n, std::int32_t from, std::int32_t to) {
    std::vector<std::int32_t> row;
    for (std::int32_t j = std::max(0, from); j <= std::min(n - 1, to); ++j) row.push_back(j);
    return row;
  };
  for (std::int32_t i = 0; i < 200; ++i) rows.push_back(in_range(200, i - 1, i + 1));
  run("Broyden tridiagonal", BroydenTridiagonal{}, 200, rows);
  rows.clear();
  for (std::int32_t i = 0; i < 200; ++i) rows.push_back(i % 2 ? std::vector{i - 1} : std::vector{i, i + 1});
  run("extended Rosenbrock", ExtendedRosenbrock{}, 200, rows);
  rows.clear();
  for (std::int32_t i = 0; i < 12; ++i) rows.push_back(in_range(12, 0, 11));
  run("trigonometric", Trigonometric{}, 12, rows);
  rows.clear();
  for (std::int32_t i = 0; i < 320; ++i) rows.push_back(in_range(120, i / 8 * 3, i / 8 * 3 + 2));
  run("exponential fit", ExponentialFit{}, 120, rows);
  rows.clear();
  for (std::int32_t i = 0; i < 8; ++i) {
    rows.push_back(in_range(21, 0, 8));
    for (std::int32_t c = 0; c < 3; ++c) rows.back().push_back(9 + i / 2 * 3 + c);
  }
  run("projection", Projection{}, 21, rows);
}

/// A number in [-1, 1] that looks random, from the bits of r and a row.
double noise_of(double r, std::size_t i) {
  std::uint64_t z;
  static_assert(sizeof z == sizeof r);
  std::memcpy(&z, &r, sizeof r);
  z = (z ^ (i * 0x9e3779b97f4a7c15u)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return static_cast<double>(static_cast<std::int64_t>(z ^ (z >> 31))) / 9.3e18;
}

}  // namespace

TEST_CASE("difference accuracy: digits of each method over five functions", "[derive][colored_jacobian]") {
  struct Bar {
    DifferenceMethod method;
    double median, low;
  };
  const Bar bars[] = {{DifferenceMethod::forward, 7.0, 6.0},
                      {DifferenceMethod::backward, 7.0, 5.9},
                      {DifferenceMethod::central, 9.5, 8.5},
                      {DifferenceMethod::fourth_order, 11.0, 0.0}};
  for_each_function([&](const char* name, const auto& f, const SparsityPattern& pattern, const Coloring& coloring,
                        const std::vector<double>& x) {
    std::vector<double> r(static_cast<std::size_t>(pattern.num_rows)), values(pattern.columns.size()),
        truth(values.size());
    f(In(x), Out(r));
    ColoredJets<8>(pattern, coloring, EntryOrder::by_rows).estimate(f, x, truth);
    INFO(name);
    for (const Bar& bar : bars) {
      DifferenceOptions options;
      options.method = bar.method;
      options.order = EntryOrder::by_rows;
      ColoredDifferences(pattern, coloring, options).estimate(f, x, r, values);
      const Digits digits = digits_of(pattern, f.scale, values, truth);
      INFO("method " << static_cast<int>(bar.method) << ": median " << digits.median << ", 5th percentile "
                     << digits.low);
      CHECK(digits.median >= bar.median);
      CHECK(digits.low >= bar.low);
    }
    ColoredComplexStep(pattern, coloring, EntryOrder::by_rows).estimate(f, x, values);
    const Digits digits = digits_of(pattern, f.scale, values, truth);
    INFO("complex: median " << digits.median << ", 5th percentile " << digits.low);
    CHECK(digits.median >= 15.0);
    CHECK(digits.low >= 14.0);
  });
}

TEST_CASE("difference accuracy: steps that know the noise keep two digits more", "[derive][colored_jacobian]") {
  for_each_function([&](const char* name, const auto& f, const SparsityPattern& pattern, const Coloring& coloring,
                        const std::vector<double>& x) {
    const auto noisy = [&](In at, Out r) {
      f(at, r);
      for (std::size_t i = 0; i < r.size(); ++i) r[i] += 1e-6 * noise_of(r[i], i);
    };
    std::vector<double> r(static_cast<std::size_t>(pattern.num_rows)), values(pattern.columns.size()),
        truth(values.size());
    noisy(x, r);
    ColoredJets<8>(pattern, coloring, EntryOrder::by_rows).estimate(f, x, truth);
    for (const DifferenceMethod method :
         {DifferenceMethod::forward, DifferenceMethod::central, DifferenceMethod::fourth_order}) {
      DifferenceOptions options;
      options.method = method;
      options.order = EntryOrder::by_rows;
      ColoredDifferences(pattern, coloring, options).estimate(noisy, x, r, values);
      const Digits plain = digits_of(pattern, f.scale, values, truth);
      options.noise_aware = true;
      ColoredDifferences aware(pattern, coloring, options);
      const DifferenceReport report = aware.estimate(noisy, x, r, values);
      const Digits digits = digits_of(pattern, f.scale, values, truth);
      INFO(name << " method " << static_cast<int>(method) << ": " << plain.median << " and " << digits.median);
      // With the method's own steps nothing is left: of -2 digits, what counts is 0.
      if (method == DifferenceMethod::forward) CHECK(digits.median >= std::max(0.0, plain.median) + 2.0);
      CHECK(digits.median >= (method == DifferenceMethod::forward ? 2.0 : 3.0));
      CHECK(digits.median >= plain.median);
      CHECK(report.evaluations > aware.evaluations_per_estimate());
      CHECK(aware.estimate(noisy, x, r, values).evaluations == aware.evaluations_per_estimate());  // measured once
      std::vector<double> noise(aware.noise().begin(), aware.noise().end());
      std::nth_element(noise.begin(), noise.begin() + static_cast<std::ptrdiff_t>(noise.size() / 2), noise.end());
      CHECK(noise[noise.size() / 2] > 5.8e-7 / 4);  // uniform in [-1e-6, 1e-6]: sigma 5.8e-7
      CHECK(noise[noise.size() / 2] < 5.8e-7 * 4);
    }
  });
}
