// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/gradient_check.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "heliotrope/error.hpp"

using namespace heliotrope;

namespace {
/// Eleven arguments: more than one strip of jets.
struct Wide {
  template <class T>
  void operator()(const T* x, T* r) const {
    using std::sin;
    r[0] = sin(x[0] * x[10]);
    r[1] = T(0.0);
    for (int i = 0; i < 11; ++i) r[1] += x[i] * x[i] * static_cast<double>(i + 1);
  }
};
std::array<double, 11> eleven() {
  std::array<double, 11> x;
  for (std::size_t i = 0; i < 11; ++i) x[i] = 0.3 + 0.1 * static_cast<double>(i);
  return x;
}
}  // namespace

TEST_CASE("gradient check: digits that agree", "[derive][gradient_check]") {
  CHECK(agreeing_digits(1.0, 1.0) == 17.0);
  CHECK(agreeing_digits(1.0, 1.001) == Approx(3.0).epsilon(0.01));
  CHECK(agreeing_digits(1e-9, 2e-9) < 0.5);
  CHECK(agreeing_digits(1e-9, 2e-9, 1.0) == Approx(9.0));
  CHECK(agreeing_digits(1.0, -1.0) == 0.0);
  CHECK(agreeing_digits(0.0, 1e-300) == 0.0);
  CHECK(agreeing_digits(1e308, -1e308) == 0.0);
  CHECK(agreeing_digits(1.0, std::numeric_limits<double>::quiet_NaN()) == 0.0);
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(agreeing_digits(infinity, infinity) == 0.0);
}

TEST_CASE("gradient check: jets of a sound functor pass", "[derive][gradient_check]") {
  const auto x = eleven();
  CHECK(check_gradient(Wide{}, x, 2).empty());
  const auto j = jet_jacobian(Wide{}, x, 2);
  CHECK(j[10] == Approx(x[0] * std::cos(x[0] * x[10])));
  CHECK(j[11 + 9] == Approx(20.0 * x[9]));
  CHECK(j[5] == 0.0);
}

TEST_CASE("gradient check: a functor whose branch hides a derivative is found", "[derive][gradient_check]") {
  const auto hides = [](const auto* x, auto* r) {
    r[0] = x[0] * x[0];
    r[1] = x[1] + (x[0] > 0.0 ? 1.0 : 0.0) * 0.0;
    using T = std::remove_cvref_t<decltype(r[0])>;
    if constexpr (!std::is_same_v<T, double>)
      r[1] = T(x[1].value());  // the derivative is dropped
    else
      r[1] = x[1];
  };
  const auto found = check_gradient(hides, std::array{2.0, 5.0}, 2);
  REQUIRE(found.size() == 1);
  CHECK(found[0].row == 1);
  CHECK(found[0].column == 1);
  CHECK(found[0].a == 0.0);
  CHECK(found[0].b == Approx(1.0));
  CHECK(found[0].digits == 0.0);
}

TEST_CASE("gradient check: entries are named with the digits that agree", "[derive][gradient_check]") {
  const std::array<double, 6> a{1.0, 2.0, 3.0, 4.0, 5.0, 6.0};
  std::array<double, 6> b = a;
  CHECK(compare_jacobians(a, b, 2, 3).empty());
  b[4] = 5.05;
  const auto found = compare_jacobians(a, b, 2, 3, 5.0, 17);
  REQUIRE(found.size() == 1);
  CHECK(to_string(found[0]) == "residual 17, row 1, column 1: 5 and 5.05 agree to 2.0 digits");
  CHECK(compare_jacobians(a, b, 2, 3, 1.5).empty());
  CHECK_THROWS_WITH(compare_jacobians(a, b, 2, 2), "compare_jacobians got 6 and 6 numbers; expected 2 x 2 of each");
}

TEST_CASE("gradient check: rounding noise beside a large entry is forgiven, NaN is not", "[derive][gradient_check]") {
  const std::array<double, 2> a{1e3, 0.0}, noise{1e3, 1e-8}, wrong{1e3, 1e-3};
  CHECK(compare_jacobians(a, noise, 1, 2).empty());
  CHECK(compare_jacobians(a, wrong, 1, 2).size() == 1);
  const std::array<double, 2> nan{std::numeric_limits<double>::quiet_NaN(), 0.0};
  CHECK(compare_jacobians(nan, nan, 1, 2).size() == 1);
}
