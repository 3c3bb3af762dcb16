// SPDX-License-Identifier: Apache-2.0
// The elementary functions of packs against std's in long double: accuracy, special values, lanes that do not mix.
#include "heliotrope/derive/pack_math.hpp"

#include <bit>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "heliotrope/derive/math.hpp"
#include "ulps.hpp"

namespace {

using heliotrope::Pack;
using heliotrope_test::ulps;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double pi = 3.14159265358979323846;

struct Unary {
  std::string name;
  Pack (*pack)(Pack);
  long double (*truth)(long double);
  double bound;  // ulp
};

#define HELIOTROPE_UNARY(name, bound)                                                        \
  Unary {                                                                                    \
#name, [](Pack x) { return name(x); }, [](long double x) { return std::name(x); }, bound \
  }

const std::vector<Unary> functions = {HELIOTROPE_UNARY(sin, 2),  HELIOTROPE_UNARY(cos, 2),  HELIOTROPE_UNARY(tan, 3),
                                      HELIOTROPE_UNARY(asin, 3), HELIOTROPE_UNARY(acos, 3), HELIOTROPE_UNARY(atan, 3),
                                      HELIOTROPE_UNARY(exp, 2),  HELIOTROPE_UNARY(log, 2),  HELIOTROPE_UNARY(tanh, 3),
                                      HELIOTROPE_UNARY(cbrt, 3), HELIOTROPE_UNARY(erf, 3),  HELIOTROPE_UNARY(sqrt, 0.5),
                                      HELIOTROPE_UNARY(abs, 0),  HELIOTROPE_UNARY(floor, 0)};

double uniform(std::mt19937_64& random) { return std::ldexp(static_cast<double>(random() >> 11), -53); }

double any_double(std::mt19937_64& random) {
  const double x = std::bit_cast<double>(random());
  return std::isfinite(x) ? x : 1.0;
}

double log_uniform(std::mt19937_64& random, double low, double high) {
  const double x = std::exp2(std::log2(low) + uniform(random) * (std::log2(high) - std::log2(low)));
  return random() & 1 ? x : -x;
}

/// The neighbours of x, up to 40 doubles away.
void add_neighbours(double x, std::vector<double>& to) {
  double above = x, below = x;
  to.push_back(x);
  for (int i = 0; i < 40; ++i) {
    to.push_back(above = std::nextafter(above, infinity));
    to.push_back(below = std::nextafter(below, -infinity));
  }
}

std::vector<double> arguments() {
  std::mt19937_64 random(1);
  std::vector<double> x;
  for (int i = 0; i < 30000; ++i) {
    x.push_back(any_double(random));
    x.push_back(log_uniform(random, 1e-18, 1e18));
    x.push_back(log_uniform(random, 1e-4, 1e4));
    x.push_back(2.2 * uniform(random) - 1.1);
    x.push_back(20 * uniform(random) - 10);
    x.push_back(1500 * uniform(random) - 750);
    x.push_back(std::ldexp(1.2 * uniform(random), -1022) - std::ldexp(0.6, -1022));
  }
  for (int k = -200; k <= 200; ++k) add_neighbours(k * (pi / 4), x);
  for (int i = 0; i < 2000; ++i) add_neighbours(std::floor(std::fabs(log_uniform(random, 1, 1e9))) * (pi / 2), x);
  // The doubles below 2^30 that are nearest to a multiple of pi/2 (2^-60.5), by continued fractions, and their doubles.
  for (double near = 0x1.6c6cbc45dc8dep5; near < 0x1p31; near *= 2) add_neighbours(near, x), add_neighbours(-near, x);
  for (double near = 0x1.b951f1572eba5p23; near < 0x1p31; near *= 2) add_neighbours(near, x), add_neighbours(-near, x);
  for (double power : {0x1p17, 0x1p18, 0x1p19, 0x1p29, 0x1p30, 0x1p31, 0x1p52, 0x1p53, 0x1p1023}) {
    add_neighbours(power, x);
    add_neighbours(-power, x);
  }
  for (double point : {0.0, 1.0, 0.5, 2.0, 0.625, std::sqrt(0.5), std::sqrt(2.0), 0x1p-1022, 709.782712893384,
                       744.4400719213812, 745.1332191019412, std::log(2.0) / 2, 8.0, 4.0}) {
    add_neighbours(point, x);
    add_neighbours(-point, x);
  }
  while (x.size() % 8 != 0) x.push_back(0.5);
  return x;
}

const std::vector<double> special_values = {0.0,
                                            -0.0,
                                            5e-324,
                                            -5e-324,
                                            1e-310,
                                            -1e-310,
                                            0x1p-1022,
                                            -0x1p-1022,
                                            1e-300,
                                            1e-20,
                                            -1e-20,
                                            0.5,
                                            -0.5,
                                            1.0,
                                            -1.0,
                                            1.0000000000000002,
                                            -1.0000000000000002,
                                            2.0,
                                            3.0,
                                            -3.0,
                                            710.0,
                                            -745.0,
                                            -746.0,
                                            1e5,
                                            1e10,
                                            -1e10,
                                            1e22,
                                            1e300,
                                            std::numeric_limits<double>::max(),
                                            -std::numeric_limits<double>::max(),
                                            infinity,
                                            -infinity,
                                            std::numeric_limits<double>::quiet_NaN()};

/// The bits of a lane, all NaN being the same.
std::uint64_t bits(double x) { return std::isnan(x) ? 0x7ff8000000000000 : std::bit_cast<std::uint64_t>(x); }

}  // namespace

TEST_CASE("pack math: unary functions are within their bound in ulp", "[derive][pack]") {
  const std::vector<double> x = arguments();
  for (const Unary& function : functions) {
    double worst = 0, at = 0;
    for (std::size_t i = 0; i < x.size(); i += Pack::width) {
      const Pack value = function.pack(Pack::load(&x[i]));
      for (int l = 0; l < Pack::width; ++l) {
        const double error = ulps(value[l], function.truth(static_cast<long double>(x[i + l])));
        if (!(error <= worst)) worst = error, at = x[i + l];
      }
    }
    INFO(function.name << "(" << at << ") is wrong by " << worst << " ulp");
    CHECK(worst <= function.bound);
  }
}

TEST_CASE("pack math: special values give what std gives, in every lane, and leave other lanes alone",
          "[derive][pack]") {
  for (const Unary& function : functions) {
    const Pack ordinary = function.pack(Pack(0.3));
    for (double value : special_values) {
      for (int lane = 0; lane < Pack::width; ++lane) {
        Pack x = 0.3;
        x.set(lane, value);
        const Pack y = function.pack(x);
        INFO(function.name << "(" << value << ") gives " << y[lane] << " in lane " << lane);
        CHECK(ulps(y[lane], function.truth(static_cast<long double>(value))) <= function.bound);
        for (int l = 0; l < Pack::width; ++l) {
          if (l != lane) CHECK(bits(y[l]) == bits(ordinary[l]));
        }
      }
    }
  }
}

TEST_CASE("pack math: a lane's bits depend neither on its position nor on the other lanes", "[derive][pack]") {
  std::mt19937_64 random(2);
  for (const Unary& function : functions) {
    for (int trial = 0; trial < 500; ++trial) {
      Pack x = 0.0;
      for (int l = 0; l < Pack::width; ++l) x.set(l, trial % 2 ? any_double(random) : log_uniform(random, 1e-3, 1e3));
      const Pack y = function.pack(x);
      for (int l = 0; l < Pack::width; ++l) {
        const Pack alone = function.pack(Pack(x[l]));
        for (int k = 0; k < Pack::width; ++k) REQUIRE(bits(alone[k]) == bits(y[l]));
      }
    }
  }
}

TEST_CASE("pack math: sincos is sin and cos, bit by bit, and may overwrite its argument", "[derive][pack]") {
  const std::vector<double> x = arguments();
  bool same = true;
  for (std::size_t i = 0; i < x.size(); i += Pack::width) {
    const Pack angle = Pack::load(&x[i]);
    Pack sine = angle, cosine;
    sincos(sine, sine, cosine);
    const Pack expected_sine = sin(angle), expected_cosine = cos(angle);
    for (int l = 0; l < Pack::width; ++l) {
      same = same && bits(sine[l]) == bits(expected_sine[l]) && bits(cosine[l]) == bits(expected_cosine[l]);
    }
  }
  CHECK(same);
}

namespace {

struct Binary {
  std::string name;
  Pack (*pack)(Pack, Pack);
  long double (*truth)(long double, long double);
  double bound;  // ulp
};

#define HELIOTROPE_BINARY(name, bound)                                                                                 \
  Binary {                                                                                                             \
#name, [](Pack a, Pack b) { return name(a, b); }, [](long double a, long double b) { return std::name(a, b); },    \
                                                                                                                 bound \
  }

const std::vector<Binary> binary_functions = {HELIOTROPE_BINARY(atan2, 3), HELIOTROPE_BINARY(hypot, 3),
                                              HELIOTROPE_BINARY(pow, 3),   HELIOTROPE_BINARY(min, 0),
                                              HELIOTROPE_BINARY(max, 0),   HELIOTROPE_BINARY(copysign, 0)};

}  // namespace

TEST_CASE("pack math: binary functions are within their bound in ulp", "[derive][pack]") {
  std::mt19937_64 random(3);
  std::vector<double> a, b;
  for (int i = 0; i < 40000; ++i) {
    a.push_back(any_double(random)), b.push_back(any_double(random));
    a.push_back(log_uniform(random, 0.1, 10)), b.push_back(log_uniform(random, 0.1, 10));
    a.push_back(log_uniform(random, 1e-3, 1e3)), b.push_back(log_uniform(random, 1e-2, 100));
    a.push_back(std::fabs(log_uniform(random, 1e-300, 1e300))), b.push_back(log_uniform(random, 1e-20, 20));
    a.push_back(log_uniform(random, 1e-160, 1e160)), b.push_back(a.back() * (0.9 + 0.2 * uniform(random)));
    a.push_back(1 + log_uniform(random, 1e-16, 0.4)), b.push_back(log_uniform(random, 1, 1e16));
    a.push_back(log_uniform(random, 1e-3, 1e3)), b.push_back(std::floor(40 * uniform(random) - 20));
    a.push_back(std::ldexp(uniform(random), -1022)), b.push_back(log_uniform(random, 1e-3, 2));
  }
  for (const Binary& function : binary_functions) {
    double worst = 0, at_a = 0, at_b = 0;
    for (std::size_t i = 0; i < a.size(); i += Pack::width) {
      const Pack value = function.pack(Pack::load(&a[i]), Pack::load(&b[i]));
      for (int l = 0; l < Pack::width; ++l) {
        const double error = ulps(value[l], function.truth(a[i + l], b[i + l]));
        if (!(error <= worst)) worst = error, at_a = a[i + l], at_b = b[i + l];
      }
    }
    INFO(function.name << "(" << at_a << ", " << at_b << ") is wrong by " << worst << " ulp");
    CHECK(worst <= function.bound);
  }
}

TEST_CASE("pack math: special pairs give what std gives, in every lane, and leave other lanes alone",
          "[derive][pack]") {
  for (const Binary& function : binary_functions) {
    const Pack ordinary = function.pack(Pack(0.3), Pack(0.7));
    for (double first : special_values) {
      for (double second : special_values) {
        for (int lane = 0; lane < Pack::width; ++lane) {
          Pack a = 0.3, b = 0.7;
          a.set(lane, first);
          b.set(lane, second);
          const Pack y = function.pack(a, b);
          bool right = ulps(y[lane], function.truth(first, second)) <= function.bound;
          for (int l = 0; l < Pack::width; ++l) right = right && (l == lane || bits(y[l]) == bits(ordinary[l]));
          if (!right) FAIL_CHECK(function.name << "(" << first << ", " << second << ") gives " << y[lane]);
        }
      }
    }
  }
}

TEST_CASE("pack math: pow mixes with numbers, and small integer exponents are within 3 ulp", "[derive][pack]") {
  std::mt19937_64 random(4);
  for (int trial = 0; trial < 20000; ++trial) {
    const double x = log_uniform(random, 1e-60, 1e60);
    const auto error = [&](Pack got, double base, double exponent) {
      return ulps(got[Pack::width - 1], std::pow(static_cast<long double>(base), static_cast<long double>(exponent)));
    };
    for (int n = -6; n <= 6; ++n) {
      REQUIRE(error(pow(Pack(x), n), x, n) <= 3);
      REQUIRE(error(pow(Pack(x), static_cast<double>(n)), x, n) <= 3);
    }
    REQUIRE(error(pow(Pack(x), 0.5f), x, 0.5) <= 3);
    REQUIRE(error(pow(1.5, Pack(1e-58 * x)), 1.5, 1e-58 * x) <= 3);
    REQUIRE(error(pow(2, Pack(1e-58 * x)), 2, 1e-58 * x) <= 3);
  }
}

TEST_CASE("pack math: isnan and isfinite", "[derive][pack]") {
  for (double value : special_values) {
    Pack x = 1.0;
    x.set(Pack::width - 1, value);
    CHECK(isnan(x)[Pack::width - 1] == std::isnan(value));
    CHECK(isfinite(x)[Pack::width - 1] == std::isfinite(value));
    if (Pack::width > 1) CHECK((!isnan(x)[0] && isfinite(x)[0]));
  }
}

namespace {

/// Everything that a residual may call unqualified, for any scalar.
template <class T>
T everything(const T& x, const T& y) {
  using namespace heliotrope::math;
  const T unit = tanh(x) * 0.5;
  T sum = sin(x) + cos(x) + tan(unit) + asin(unit) + acos(unit) + atan(x) + atan2(y, x) + exp(unit) + erf(x);
  sum += log(abs(x) + 1) + pow(abs(x) + 1.0, y) + pow(x, 2) + sqrt(abs(y)) + cbrt(x) + hypot(x, y) + floor(y);
  sum += select(x < y, x * x, y) + min(x, y) + max(y, x) + min(x, 0.25) + copysign(x, y);
  return sum;
}

}  // namespace

TEST_CASE("pack math: one generic functor serves double and packs", "[derive][pack]") {
  std::mt19937_64 random(5);
  for (int trial = 0; trial < 1000; ++trial) {
    Pack x = 0.0, y = 0.0;
    for (int l = 0; l < Pack::width; ++l) x.set(l, 6 * uniform(random) - 3), y.set(l, 6 * uniform(random) - 3);
    const Pack sum = everything(x, y);
    for (int l = 0; l < Pack::width; ++l)
      REQUIRE(sum[l] == Approx(everything(x[l], y[l])).epsilon(1e-13).margin(1e-13));
  }
  CHECK(heliotrope::math::min(1, 0.5) == 0.5);
  CHECK(heliotrope::math::max(1, 0.5) == 1.0);
}
