// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/residuals/test_functions.hpp"

#include <algorithm>
#include <cmath>

#include "catch.hpp"
#include "heliotrope/error.hpp"
#include "residuals/gradient_differences.hpp"

using namespace heliotrope;
using heliotrope_test::check_gradient;

namespace {

double value_at(const char* name, std::vector<double> x) {
  const TestFunction* const f = find_test_function(name);
  REQUIRE(f != nullptr);
  return (*f)(x, {});
}

}  // namespace

TEST_CASE("test functions: gradients agree with differences", "[residuals][test_functions]") {
  for (const TestFunction& f : unconstrained_test_functions()) {
    for (const int n : {f.dimension, f.fixed ? f.dimension : 3 * f.multiple * 4}) {
      std::vector<double> x = f.start(n), gradient(x.size());
      for (std::size_t j = 0; j < x.size(); ++j) x[j] += 0.01 * std::cos(static_cast<double>(j));  // off what is smooth
      CHECK(f(x, gradient) == f(x, {}));
      check_gradient(f, x);
    }
  }
}

TEST_CASE("test functions: known values at starts and minima", "[residuals][test_functions][paper]") {
  // Zero at the solutions that [More1981] gives.
  CHECK(value_at("helical-valley", {1.0, 0.0, 0.0}) == 0.0);
  CHECK(value_at("biggs-exp6", {1.0, 10.0, 1.0, 5.0, 4.0, 3.0}) < 1e-28);
  CHECK(value_at("box-3d", {1.0, 10.0, 1.0}) == 0.0);
  CHECK(value_at("powell-badly-scaled", {1.098e-5, 9.106}) < 1e-6);
  CHECK(value_at("variably-dimensioned", std::vector<double>(10, 1.0)) == 0.0);
  CHECK(value_at("brown-badly-scaled", {1e6, 2e-6}) < 1e-28);
  CHECK(value_at("gulf", {50.0, 25.0, 1.5}) < 1e-28);
  CHECK(value_at("trigonometric", std::vector<double>(10, 0.0)) == 0.0);
  CHECK(value_at("extended-rosenbrock", std::vector<double>(6, 1.0)) == 0.0);
  CHECK(value_at("extended-powell-singular", std::vector<double>(8, 0.0)) == 0.0);
  CHECK(value_at("beale", {3.0, 0.5}) == 0.0);
  CHECK(value_at("wood", std::vector<double>(4, 1.0)) == 0.0);
  // By hand, at the starts.
  CHECK(value_at("extended-rosenbrock", {-1.2, 1.0}) == Approx(24.2));
  CHECK(value_at("extended-powell-singular", {3.0, -1.0, 0.0, 1.0}) == Approx(215.0));
  CHECK(value_at("wood", {-3.0, -1.0, -3.0, -1.0}) == Approx(19192.0));
  CHECK(value_at("helical-valley", {-1.0, 0.0, 0.0}) == Approx(2500.0));
  CHECK(value_at("beale", {1.0, 1.0}) == Approx(14.203125));
}

TEST_CASE("test functions: sizes that do not exist are refused", "[residuals][test_functions][fault]") {
  CHECK(find_test_function("no-such-function") == nullptr);
  CHECK_THROWS_WITH(find_test_function("beale")->start(3), Catch::Contains("expected 2"));
  CHECK_THROWS_WITH(find_test_function("extended-powell-singular")->start(6), Catch::Contains("a multiple of 4"));
  CHECK(find_test_function("extended-rosenbrock")->start(1000).size() == 1000);
  CHECK(std::isnan(find_test_function("watson")->minimum(7)));
}
