// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/reverse.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "heliotrope/derive/jet.hpp"

using namespace heliotrope;

namespace {

/// The gradient of f at x by reverse mode.
template <class F>
std::vector<double> reverse(const F& f, const std::vector<double>& x, double* value = nullptr) {
  ReverseTape tape;
  std::vector<Reverse> at;
  tape.begin(x, at);
  const Reverse y = f(static_cast<const Reverse*>(at.data()));
  std::vector<double> gradient(x.size(), -1.0);
  tape.gradient(y, gradient);
  if (value) *value = y.value();
  return gradient;
}

/// Value and gradient by reverse mode are those of jets of two directions, to rounding.
template <class F>
void check_as_jets(const char* name, const F& f, double a, double b) {
  using J = Jet<double, 2>;
  const J at[2] = {J::seed(a, 0), J::seed(b, 1)};
  const J expected = f(at);
  double value = 0.0;
  const std::vector<double> gradient = reverse(f, {a, b}, &value);
  INFO(name << " at " << a << ", " << b);
  CHECK(value == expected.value());
  for (int j = 0; j < 2; ++j) {
    const double other = expected.derivative(j), own = gradient[static_cast<std::size_t>(j)];
    if (std::isfinite(other)) {
      CHECK(own == Approx(other).epsilon(1e-14).margin(1e-300));
    } else {
      CHECK_FALSE(std::isfinite(own));
    }
  }
}

#define CHECK_ONE(function)               \
  check_as_jets(                          \
      #function,                          \
      [](const auto* x) {                 \
        using namespace heliotrope::math; \
        return function(x[0] * x[1]);     \
      },                                  \
      a, b);                              \
  check_as_jets(                          \
      #function,                          \
      [](const auto* x) {                 \
        using namespace heliotrope::math; \
        return x[1] * function(x[0]);     \
      },                                  \
      a, b)
#define CHECK_TWO(function)                 \
  check_as_jets(                            \
      #function,                            \
      [](const auto* x) {                   \
        using namespace heliotrope::math;   \
        return function(x[0], x[1]);        \
      },                                    \
      a, b);                                \
  check_as_jets(                            \
      #function,                            \
      [](const auto* x) {                   \
        using namespace heliotrope::math;   \
        return function(x[0] * x[1], x[1]); \
      },                                    \
      a, b);                                \
  check_as_jets(                            \
      #function,                            \
      [](const auto* x) {                   \
        using namespace heliotrope::math;   \
        return function(x[0], 0.75) + x[1]; \
      },                                    \
      a, b);                                \
  check_as_jets(                            \
      #function,                            \
      [](const auto* x) {                   \
        using namespace heliotrope::math;   \
        return function(0.75, x[1]) * x[0]; \
      },                                    \
      a, b)

}  // namespace

TEST_CASE("reverse: arithmetic as jets", "[derive][reverse]") {
  for (const auto& [a, b] : {std::pair{0.6, 0.9}, {-1.5, 2.0}, {3.0, -0.25}}) {
    check_as_jets(
        "+", [](const auto* x) { return x[0] + x[1] + 2.0 + x[0] + 1; }, a, b);
    check_as_jets(
        "-", [](const auto* x) { return 3.0 - x[0] - (x[1] - 2) - x[0]; }, a, b);
    check_as_jets(
        "unary", [](const auto* x) { return -(+x[0]) * -x[1]; }, a, b);
    check_as_jets(
        "*", [](const auto* x) { return x[0] * x[1] * x[0] * 3.0 * x[1] * 2; }, a, b);
    check_as_jets(
        "square", [](const auto* x) { return x[0] * x[0] + x[1] * x[1] * x[1]; }, a, b);
    check_as_jets(
        "/", [](const auto* x) { return x[0] / x[1] + 2.0 / x[0] + x[1] / 4 + x[0] / x[0]; }, a, b);
    check_as_jets(
        "op=",
        [](const auto* x) {
          auto y = x[0];
          y += x[1];
          y *= x[0];
          y -= 2.0;
          y /= x[1];
          y *= y;
          return y;
        },
        a, b);
  }
}

TEST_CASE("reverse: every elementary function as jets", "[derive][reverse]") {
  for (const auto& [a, b] : {std::pair{0.6, 0.9}, {0.25, 0.5}, {0.9, 0.1}}) {
    CHECK_ONE(abs);
    CHECK_ONE(acos);
    CHECK_ONE(asin);
    CHECK_ONE(atan);
    CHECK_ONE(cbrt);
    CHECK_ONE(cos);
    CHECK_ONE(erf);
    CHECK_ONE(exp);
    CHECK_ONE(floor);
    CHECK_ONE(log);
    CHECK_ONE(sin);
    CHECK_ONE(sqrt);
    CHECK_ONE(tan);
    CHECK_ONE(tanh);
    CHECK_TWO(atan2);
    CHECK_TWO(copysign);
    CHECK_TWO(hypot);
    CHECK_TWO(max);
    CHECK_TWO(min);
    CHECK_TWO(pow);
  }
  for (const auto& [a, b] : {std::pair{-0.6, 0.9}, {-2.5, -1.5}, {3.5, -0.3}, {-0.0, 2.0}}) {
    CHECK_ONE(abs);
    CHECK_ONE(atan);
    CHECK_ONE(cos);
    CHECK_ONE(erf);
    CHECK_ONE(exp);
    CHECK_ONE(floor);
    CHECK_ONE(tanh);
    CHECK_TWO(atan2);
    CHECK_TWO(copysign);
    CHECK_TWO(hypot);
    CHECK_TWO(max);
    CHECK_TWO(min);
  }
}

TEST_CASE("reverse: powers of negative numbers, and where derivatives are infinite", "[derive][reverse]") {
  using namespace heliotrope::math;
  check_as_jets(
      "pow", [](const auto* x) { return pow(x[0], 3) + pow(x[0], 0.0) * x[1]; }, -2.0, 0.5);
  check_as_jets(
      "pow", [](const auto* x) { return pow(x[0], x[1]); }, -2.0, 2.0);
  check_as_jets(
      "sqrt", [](const auto* x) { return sqrt(x[0]) + x[1]; }, 0.0, 1.0);
  check_as_jets(
      "cbrt", [](const auto* x) { return cbrt(x[0]) * x[1]; }, 0.0, 1.0);
}

TEST_CASE("reverse: sincos, select, comparisons", "[derive][reverse]") {
  const auto f = [](const auto* x) {
    using namespace heliotrope::math;
    const auto angle = x[0] * x[1];
    auto sine = angle, cosine = angle;
    sincos(angle, sine, cosine);
    const auto larger = select(x[0] > x[1], sine, cosine * x[1]);
    return select(larger < 0.5, larger * x[0], 2.0) + (x[1] == 0.0 ? 3.0 * x[1] : x[1] * x[1]);
  };
  for (const auto& [a, b] : {std::pair{0.6, 0.9}, {2.0, 0.3}, {1.0, 0.0}, {-1.0, 2.0}}) check_as_jets("f", f, a, b);
  const Reverse three = 3;
  CHECK((three <= 3.0 && three >= 3 && three != 2.0 && 2.0 < three && isfinite(three) && !isnan(three)));
  CHECK(isnan(Reverse(std::nan(""))));
}

TEST_CASE("reverse: what the result does not depend on passes nothing on, infinite or not", "[derive][reverse]") {
  const auto f = [](const auto* x) {
    using namespace heliotrope::math;
    const auto root = sqrt(x[0] * x[1]) * x[1];  // infinite slope at 0
    return select(x[0] > 0.0, root, x[0] + x[1]);
  };
  CHECK(reverse(f, {0.0, 2.0}) == std::vector<double>{1.0, 1.0});
}

TEST_CASE("reverse: constants and variables as results; unused variables", "[derive][reverse]") {
  CHECK(reverse([](const Reverse*) { return Reverse(2.0); }, {1.0, 2.0}) == std::vector<double>{0.0, 0.0});
  CHECK(reverse([](const Reverse* x) { return x[1]; }, {1.0, 2.0}) == std::vector<double>{0.0, 1.0});
  CHECK(reverse([](const Reverse* x) { return 3.0 * x[0]; }, {1.0, 2.0}) == std::vector<double>{3.0, 0.0});
  CHECK(reverse([](const Reverse*) { return Reverse(2.0); }, {}).empty());
}

TEST_CASE("reverse: chains of functions of one number take no nodes", "[derive][reverse]") {
  ReverseTape tape;
  std::vector<Reverse> x;
  tape.begin(std::vector<double>{0.5, 0.25}, x);
  const Reverse y = exp(2.0 * sin(x[0] * x[0]) - 1.0);
  CHECK(tape.num_nodes() == 0);
  const Reverse z = y * x[1] + 1.0;
  CHECK(tape.num_nodes() == 1);
  std::vector<double> gradient(2);
  tape.gradient(z, gradient);
  CHECK(gradient[0] == Approx(y.value() * 0.25 * 2.0 * std::cos(0.25) * 2.0 * 0.5).epsilon(1e-15));
  CHECK(gradient[1] == y.value());
  CHECK_THROWS_AS(tape.gradient(z, std::span(gradient).first(1)), Error);
}

namespace {

/// Chained: sum 100 (x_(i+1) - x_i^2)^2 + (1 - x_i)^2.
template <class T>
T chained(const T* x, std::size_t n) {
  T sum = 0.0;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const T u = x[i + 1] - x[i] * x[i], v = 1.0 - x[i];
    sum += 100.0 * u * u + v * v;
  }
  return sum;
}

std::vector<double> chained_gradient(const std::vector<double>& x) {
  std::vector<double> gradient(x.size());
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double u = x[i + 1] - x[i] * x[i], v = 1.0 - x[i];
    gradient[i] += -400.0 * u * x[i] - 2.0 * v;
    gradient[i + 1] += 200.0 * u;
  }
  return gradient;
}

}  // namespace

TEST_CASE("reverse: the gradient of 10^5 chained variables is the hand-written one, again and again",
          "[derive][reverse]") {
  ReverseTape tape;
  std::vector<Reverse> at;
  for (const std::size_t n : {std::size_t{100000}, std::size_t{50}, std::size_t{70000}, std::size_t{100000}}) {
    std::vector<double> x(n), gradient(n, -1.0);
    for (std::size_t j = 0; j < n; ++j) x[j] = std::sin(0.37 * static_cast<double>(j));
    tape.begin(x, at);
    const Reverse y = chained(static_cast<const Reverse*>(at.data()), n);
    CHECK(tape.num_nodes() == 3 * static_cast<std::int64_t>(n - 1) - 1);
    tape.gradient(y, gradient);
    const std::vector<double> expected = chained_gradient(x);
    CHECK(y.value() == chained(x.data(), n));
    double worst = 0.0;
    for (std::size_t j = 0; j < n; ++j) worst = std::max(worst, std::abs(gradient[j] - expected[j]));
    CHECK(worst < 1e-12);
  }
}
