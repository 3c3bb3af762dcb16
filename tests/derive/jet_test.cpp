// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/jet.hpp"

#include <limits>

#include "catch.hpp"
#include "derive/functions.hpp"
#include "heliotrope/derive/complex_step.hpp"

using namespace heliotrope;
using heliotrope_test::for_each_binary;
using heliotrope_test::for_each_unary;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class F>
double slope_of(const F& f, double x) {
  const double h = 1e-5 * std::max(0.1, std::abs(x));
  return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h);
}
template <class F>
double complex_slope_of(const F& f, double x) {
  ComplexStep z(x);
  z.imag(complex_step_size);
  return f(z).imag() / complex_step_size;
}
Approx near(double value, double tolerance) { return Approx(value).epsilon(tolerance).margin(tolerance); }

using P = Jet<Pack, 3>;
using D = Jet<double, 3>;
using DD = Jet<Jet<double, 1>, 1>;

}  // namespace

TEST_CASE("jet: functions of one argument agree with differences and complex steps", "[derive][jet]") {
  for_each_unary([](const char* name, const auto& f, const auto& points) {
    for (double x : points) {
      INFO(name << " at " << x);
      const D y = f(D::seed(x, 1));
      CHECK(y.value() == near(f(x), 1e-15));
      CHECK(y.mask() == 0b010);
      CHECK(y.derivative(0) == 0.0);
      CHECK(y.derivative(1) == near(slope_of(f, x), 1e-8));
      CHECK(y.derivative(1) == near(complex_slope_of(f, x), 1e-13));
    }
  });
}

TEST_CASE("jet: functions of two arguments agree with differences and complex steps", "[derive][jet]") {
  for_each_binary([](const char* name, const auto& f, const auto& xs, const auto& ys) {
    for (std::size_t i = 0; i < xs.size(); ++i) {
      const double a = xs[i], b = ys[i];
      INFO(name << " at " << a << ", " << b);
      const D z = f(D::seed(a, 0), D::seed(b, 2));
      CHECK(z.value() == near(f(a, b), 1e-14));
      CHECK(z.mask() == 0b101);
      CHECK(z.derivative(0) == near(slope_of([&](double x) { return f(x, b); }, a), 1e-8));
      CHECK(z.derivative(2) == near(slope_of([&](double y) { return f(a, y); }, b), 1e-8));
      CHECK(z.derivative(0) == near(complex_slope_of([&](auto x) { return f(x, ComplexStep(b)); }, a), 1e-13));
      CHECK(z.derivative(2) == near(complex_slope_of([&](auto y) { return f(ComplexStep(a), y); }, b), 1e-13));
      CHECK(f(D::seed(a, 0), D(b)).mask() == 0b001);
      CHECK(f(D(a), D::seed(b, 2)).mask() == 0b100);
    }
  });
}

TEST_CASE("jet: a pack's jets are those of each lane, in every lane position", "[derive][jet]") {
  for_each_unary([](const char* name, const auto& f, const auto& points) {
    for (std::size_t turn = 0; turn < points.size(); ++turn) {
      Pack x;
      for (int l = 0; l < Pack::width; ++l) x.set(l, points[(turn + static_cast<std::size_t>(l)) % points.size()]);
      const P y = f(P::seed(x, 1));
      CHECK(y.mask() == 0b010);
      for (int l = 0; l < Pack::width; ++l) {
        INFO(name << " at " << x[l] << " in lane " << l);
        const D expected = f(D::seed(x[l], 1));
        CHECK(y.value()[l] == near(expected.value(), 2e-15));
        CHECK(y.derivative(1)[l] == near(expected.derivative(1), 1e-13));
      }
    }
  });
  for_each_binary([](const char* name, const auto& f, const auto& xs, const auto& ys) {
    for (std::size_t turn = 0; turn < xs.size(); ++turn) {
      Pack a, b;
      for (int l = 0; l < Pack::width; ++l) {
        a.set(l, xs[(turn + static_cast<std::size_t>(l)) % xs.size()]);
        b.set(l, ys[(turn + static_cast<std::size_t>(l)) % xs.size()]);
      }
      const P z = f(P::seed(a, 0), P::seed(b, 2));
      for (int l = 0; l < Pack::width; ++l) {
        INFO(name << " at " << a[l] << ", " << b[l] << " in lane " << l);
        const D expected = f(D::seed(a[l], 0), D::seed(b[l], 2));
        CHECK(z.value()[l] == near(expected.value(), 1e-14));
        CHECK(z.derivative(0)[l] == near(expected.derivative(0), 1e-13));
        CHECK(z.derivative(2)[l] == near(expected.derivative(2), 1e-13));
      }
    }
  });
}

TEST_CASE("jet: jets of jets give second derivatives", "[derive][jet]") {
  for_each_unary([](const char* name, const auto& f, const auto& points) {
    for (double x : points) {
      INFO(name << " at " << x);
      const DD y = f(DD::seed(Jet<double, 1>::seed(x, 0), 0));
      const auto slope = [&](double at) { return f(Jet<double, 1>::seed(at, 0)).derivative(0); };
      CHECK(y.value().value() == near(f(x), 1e-15));
      CHECK(y.derivative(0).value() == near(slope(x), 1e-14));
      CHECK(y.value().derivative(0) == near(slope(x), 1e-14));
      CHECK(y.derivative(0).derivative(0) == near(slope_of(slope, x), 1e-7));
    }
  });
  const auto product = [](const auto& x, const auto& y) { return x * x * y / (1.0 + y); };
  using J2 = Jet<double, 2>;
  using H2 = Jet<J2, 2>;
  const H2 h = product(H2::seed(J2::seed(3.0, 0), 0), H2::seed(J2::seed(1.0, 1), 1));
  CHECK(h.derivative(0).derivative(0) == near(1.0, 1e-14));  // 2 y / (1 + y)
  CHECK(h.derivative(0).derivative(1) == near(1.5, 1e-14));  // 2 x / (1 + y)^2
  CHECK(h.derivative(1).derivative(0) == near(1.5, 1e-14));
  CHECK(h.derivative(1).derivative(1) == near(-2.25, 1e-14));  // -2 x^2 / (1 + y)^3
}

TEST_CASE("jet: masks are the union of the arguments' and skip structural zeros", "[derive][jet]") {
  const D a = D::seed(2.0, 0), b = D::seed(3.0, 1), constant(4.0);
  CHECK(constant.mask() == 0);
  CHECK((a * constant).mask() == 0b001);
  CHECK((a + b).mask() == 0b011);
  CHECK((a - b).derivative(1) == -1.0);
  CHECK(select(a < b, a, constant).mask() == 0b001);
  CHECK(select(a < b, a, b).mask() == 0b011);
  CHECK(select(a < b, a, b).derivative(1) == 0.0);
  CHECK(min(a, b).mask() == 0b011);
  // A lane that is structurally zero never meets 0 * inf.
  const D root = sqrt(D::seed(0.0, 2));
  CHECK(root.derivative(2) == infinity);
  CHECK(root.derivative(0) == 0.0);
  CHECK((root * D(0.0)).mask() == 0b100);
  const D mixed = root + a;
  CHECK(mixed.derivative(0) == 1.0);
  D c = a;
  c = 7.0;
  CHECK(c.mask() == 0);
  CHECK(c.value() == 7.0);
}

TEST_CASE("jet: every one of 64 lanes holds its derivative", "[derive][jet]") {
  using Wide = Jet<double, 64>;
  Wide sum(0.0);
  for (int i = 0; i < 64; ++i) sum += Wide::seed(i, i) * static_cast<double>(i + 1);
  CHECK(sum.mask() == ~std::uint64_t{0});
  for (int i = 0; i < 64; ++i) CHECK(sum.derivative(i) == i + 1);
  CHECK(Wide::seed(1.0, 63).mask() == std::uint64_t{1} << 63);
}

TEST_CASE("jet: a dead side with safe arguments leaks no NaN", "[derive][jet]") {
  // sin(x) / x with its limit at 0, the quotient kept away from 0 / 0.
  const auto sinc = [](const auto& x) {
    const auto small = abs(x) < 1e-8;
    const auto safe = select(small, 1.0, x);
    return select(small, 1.0 - x * x / 6.0, sin(safe) / safe);
  };
  Pack x(0.5);
  x.set(0, 0.0);
  const P y = sinc(P::seed(x, 0));
  CHECK(y.value()[0] == 1.0);
  CHECK(y.derivative(0)[0] == 0.0);
  for (int l = 1; l < Pack::width; ++l) {
    CHECK(y.value()[l] == near(std::sin(0.5) / 0.5, 1e-15));
    CHECK(y.derivative(0)[l] == near((0.5 * std::cos(0.5) - std::sin(0.5)) / 0.25, 1e-14));
  }
  CHECK(sinc(D::seed(0.0, 0)).derivative(0) == 0.0);
  // Without them it does: NaN stands in the lane whose dead side is 0 / 0 only if it is taken.
  const P naive = select(P::seed(x, 0) < 1e-8, P(1.0), sin(P::seed(x, 0)) / P::seed(x, 0));
  CHECK(naive.value()[0] == 1.0);
  CHECK(naive.derivative(0)[0] == 0.0);
}

TEST_CASE("jet: mixing with S, double and int", "[derive][jet]") {
  Pack s;
  for (int l = 0; l < Pack::width; ++l) s.set(l, 1.0 + l);
  const P x = P::seed(s, 2);
  const P y = (2 * x + s - 1.0f) / s + s / x - 3u * s;
  for (int l = 0; l < Pack::width; ++l) {
    const double v = s[l];
    CHECK(y.value()[l] == near((2 * v + v - 1) / v + 1 - 3 * v, 1e-14));
    CHECK(y.derivative(2)[l] == near(2 / v - 1 / v, 1e-14));
  }
  CHECK(all(x < s + 1.0));
  CHECK(all(s <= x));
  CHECK(all(x == s));
  CHECK(none(x != s));
  CHECK(all(x > 0.0));
  CHECK(all(0 < x));
  CHECK(all(x >= P(s)));

  using J = Jet<double, 2>;
  const DD z = 2.0 * DD::seed(Jet<double, 1>::seed(3.0, 0), 0) + Jet<double, 1>(1.0) - 4;
  CHECK(z.value().value() == 3.0);
  CHECK(z.derivative(0).value() == 2.0);
  J w = 1;
  w += J::seed(2.0, 0);
  w *= 3.0;
  w -= 1;
  w /= 2;
  CHECK(w.value() == 4.0);
  CHECK(w.derivative(0) == 1.5);
  CHECK(J(2.0) == 2.0);
  CHECK(J(2.0) != 3);
  CHECK(1.0 < J(2.0));
}

TEST_CASE("jet: special values", "[derive][jet]") {
  const auto at = [](double x) { return D::seed(x, 0); };
  CHECK(abs(at(0.0)).derivative(0) == 1.0);
  CHECK(abs(at(-infinity)).value() == infinity);
  CHECK(std::isnan(log(at(-1.0)).value()));
  CHECK(log(at(0.0)).derivative(0) == infinity);
  CHECK(exp(at(-infinity)).derivative(0) == 0.0);
  CHECK(tanh(at(1e3)).derivative(0) == 0.0);
  CHECK(atan(at(infinity)).derivative(0) == 0.0);
  CHECK(erf(at(30.0)).derivative(0) == 0.0);
  CHECK(pow(at(0.0), 2).derivative(0) == 0.0);
  CHECK(pow(at(0.0), 1).derivative(0) == 1.0);
  CHECK(pow(at(0.0), 0).derivative(0) == 0.0);
  CHECK(pow(at(-2.0), 3).derivative(0) == 12.0);
  CHECK(pow(at(0.0), D::seed(2.0, 1)).derivative(1) == 0.0);
  CHECK(std::isnan(sin(at(std::numeric_limits<double>::quiet_NaN())).derivative(0)));
  const double tiny = std::numeric_limits<double>::denorm_min();
  CHECK((at(tiny) * 0.5 + tiny).derivative(0) == 0.5);
  CHECK(cbrt(at(0.0)).derivative(0) == infinity);
  const P p = pow(P::seed(Pack(0.0), 0), 0);
  for (int l = 0; l < Pack::width; ++l) CHECK(p.derivative(0)[l] == 0.0);
}

TEST_CASE("jet: floor, copysign, isnan and isfinite follow the value", "[derive][jet]") {
  using namespace heliotrope::math;
  CHECK(floor(D::seed(2.5, 0)).value() == 2.0);
  CHECK(floor(D::seed(2.5, 0)).derivative(0) == 0.0);
  CHECK(copysign(D::seed(2.5, 0), D(-1.0)).value() == -2.5);
  CHECK(copysign(D::seed(2.5, 0), D(-1.0)).derivative(0) == -1.0);
  CHECK(copysign(D::seed(-2.5, 0), -0.0).derivative(0) == 1.0);
  CHECK(isnan(D(std::numeric_limits<double>::quiet_NaN())));
  CHECK(isfinite(D::seed(1.0, 0)));
  Pack x(-1.5);
  x.set(0, 2.5);
  const P y = copysign(P::seed(x, 0), Pack(-1.0));
  CHECK(y.value()[0] == -2.5);
  CHECK(y.derivative(0)[0] == -1.0);
  CHECK(all(isfinite(y)));
  CHECK(all(floor(P::seed(x, 0)).derivative(0) == 0.0));
}

TEST_CASE("jet: sincos may write to its argument", "[derive][jet]") {
  using J = Jet<double, 1>;
  J x = J::seed(0.7, 0), cosine(0.0);
  sincos(x, x, cosine);
  CHECK(x.derivative(0) == std::cos(0.7));
  CHECK(cosine.derivative(0) == -std::sin(0.7));
  heliotrope::ComplexStep z(std::complex<double>(0.7, 1e-20)), c;
  sincos(z, z, c);
  CHECK(c.imag() == Approx(-1e-20 * std::sin(0.7)));
}
