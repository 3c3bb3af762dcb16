// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/complex_step.hpp"

#include <limits>

#include "catch.hpp"
#include "derive/functions.hpp"

using namespace heliotrope;

namespace {
template <class F>
double slope_of(const F& f, double x) {
  const double h = 1e-5 * std::max(0.1, std::abs(x));
  return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h);
}
}  // namespace

TEST_CASE("complex step: values are the double's and slopes agree with differences", "[derive][complex_step]") {
  heliotrope_test::for_each_unary([](const char* name, const auto& f, const auto& points) {
    for (double x : points) {
      INFO(name << " at " << x);
      ComplexStep z(x);
      z.imag(complex_step_size);
      const ComplexStep y = f(z);
      CHECK(y.real() == Approx(f(x)).epsilon(1e-15).margin(1e-15));
      CHECK(y.imag() / complex_step_size == Approx(slope_of(f, x)).epsilon(1e-8).margin(1e-8));
    }
  });
}

TEST_CASE("complex step: no step is lost beside a large or tiny value", "[derive][complex_step]") {
  for (double x : {1e-200, 1e-8, 1.0, 1e12, 1e200}) {
    ComplexStep z(x);
    z.imag(complex_step_size);
    CHECK((3.0 * z / 2).imag() / complex_step_size == 1.5);
    CHECK(sqrt(z).imag() / complex_step_size == Approx(0.5 / std::sqrt(x)).epsilon(1e-15));
  }
}

TEST_CASE("complex step: branches follow the real part", "[derive][complex_step]") {
  ComplexStep z(2.0), w(-3.0);
  z.imag(1.0);
  w.imag(5.0);
  CHECK(w < z);
  CHECK(z > 1);
  CHECK(z == 2.0);
  CHECK(abs(w).real() == 3.0);
  CHECK(abs(w).imag() == -5.0);
  CHECK(min(z, w).imag() == 5.0);
  CHECK(max(z, 7.0).imag() == 0.0);
  CHECK(select(z < w, z, w).imag() == 5.0);
  CHECK(copysign(z, -1.0).imag() == -1.0);
  CHECK(floor(z).imag() == 0.0);
  CHECK(pow(ComplexStep(0.0), 0).imag() == 0.0);
  CHECK(isnan(ComplexStep(std::numeric_limits<double>::quiet_NaN())));
  CHECK_FALSE(isfinite(ComplexStep(std::numeric_limits<double>::infinity())));
}
