// SPDX-License-Identifier: Apache-2.0
#include "minimize/residual_curvature.hpp"

#include <limits>

#include "catch.hpp"

using heliotrope::detail::ResidualCurvature;

TEST_CASE("residual curvature: learnt where J'J promises too much, used where it tells better", "[minimize]") {
  // f = g's + 1/2 s'(J'J + S) s with S = diag(4, 0, -1)
  const std::vector<double> step = {0.5, 2.0, 1.0}, expected = {1.0, 2.0, 3.0}, gradient = {3.0, 2.0, 2.0};
  ResidualCurvature s;
  s.resize(3);
  CHECK_FALSE(s.change());
  CHECK_FALSE(s.leave(step, 1.0, 0.95));  // a good model: nothing to learn
  REQUIRE(s.leave(step, 1.0, 0.5));
  s.arrive(step, expected, gradient);
  CHECK(s[0] == 0.0);  // learnt, not used

  CHECK(s.leave(step, 1.0, 0.6));  // with S the promise is 0.5, without 1
  CHECK(s[0] == 4.0);
  CHECK(s[1] == 0.0);
  CHECK(s[2] == 0.0);  // never negative

  CHECK(s.leave(step, 0.5, 0.8));  // in use, 0.5 with S and 1 without
  CHECK(s[0] == 0.0);
  REQUIRE(s.change());
  CHECK(s[0] == 4.0);

  std::vector<double> saved;
  s.save(saved);
  ResidualCurvature again;
  again.resize(3);
  again.restore(saved);
  CHECK(again[0] == 4.0);

  s.reset();
  CHECK(s[0] == 0.0);
  CHECK_FALSE(s.change());
  saved.clear();
  s.save(saved);
  CHECK(saved.empty());
}

TEST_CASE("residual curvature: what is not finite and steps of zero teach nothing", "[minimize][fault]") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> step = {0.0, 1.0, 1.0}, expected = {0.0, 0.0, 0.0}, gradient = {1.0, nan, 2.0};
  ResidualCurvature s;
  s.resize(3);
  REQUIRE(s.leave(step, 1.0, nan));
  s.arrive(step, expected, gradient);
  REQUIRE(s.change());
  CHECK(s[0] == 0.0);
  CHECK(s[1] == 0.0);
  CHECK(s[2] == 2.0);

  ResidualCurvature none;
  CHECK_FALSE(none.leave(step, 1.0, 0.1));
  CHECK(none[2] == 0.0);
}
