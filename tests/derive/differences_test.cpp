// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/differences.hpp"

#include <array>
#include <cmath>

#include "catch.hpp"

using namespace heliotrope;

namespace {

struct Curve {
  template <class T>
  void operator()(const T* x, T* r) const {
    using std::exp, std::sin;
    r[0] = exp(x[0]) * x[1];
    r[1] = sin(x[1] / x[2]);
  }
};

std::array<double, 6> exact(const std::array<double, 3>& x) {
  const double c = std::cos(x[1] / x[2]);
  return {std::exp(x[0]) * x[1], std::exp(x[0]), 0.0, 0.0, c / x[2], -c * x[1] / (x[2] * x[2])};
}

/// Worst error of an entry, relative to the largest of the truth.
double error(const std::vector<double>& got, const std::array<double, 6>& truth) {
  REQUIRE(got.size() == truth.size());
  double worst = 0.0, size = 0.0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    worst = std::max(worst, std::abs(got[i] - truth[i]));
    size = std::max(size, std::abs(truth[i]));
  }
  return worst / size;
}

}  // namespace

TEST_CASE("differences: row-major, and as accurate as promised", "[derive][differences]") {
  const std::array<double, 3> x{0.7, -1.3, 2.1};
  CHECK(error(forward_differences(Curve{}, x, 2), exact(x)) < 1e-7);
  CHECK(error(forward_differences(Curve{}, x, 2), exact(x)) > 1e-12);  // it is a difference
  CHECK(error(central_differences(Curve{}, x, 2), exact(x)) < 1e-9);
  CHECK(error(complex_step_differences(Curve{}, x, 2), exact(x)) < 1e-15);
}

TEST_CASE("differences: steps follow the size of each coordinate", "[derive][differences]") {
  const auto square = [](const double* x, double* r) { r[0] = x[0] * x[0]; };
  for (double at : {1e-6, 1.0, 1e8, -1e30}) {
    INFO(at);
    CHECK(central_differences(square, std::array{at}, 1)[0] == Approx(2 * at).epsilon(1e-9));
    CHECK(forward_differences(square, std::array{at}, 1)[0] == Approx(2 * at).epsilon(1e-6));
  }
  CHECK(std::abs(central_differences(square, std::array{0.0}, 1)[0]) < 1e-15);
}

TEST_CASE("differences: a function of doubles only", "[derive][differences]") {
  const auto f = [](const double* x, double* r) { r[0] = 3.0 * x[0] - x[1], r[1] = x[1]; };
  const auto j = central_differences(f, std::array{1.0, 2.0}, 2);
  CHECK(j[0] == Approx(3.0));
  CHECK(j[1] == Approx(-1.0));
  CHECK(j[2] == 0.0);
  CHECK(j[3] == Approx(1.0));
  CHECK(central_differences(f, std::span<const double>{}, 0).empty());
}
