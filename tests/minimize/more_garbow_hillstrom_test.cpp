// SPDX-License-Identifier: Apache-2.0
// The first 19 problems of [More1981] from x0, 10 x0 and 100 x0, and ten within bounds.
//
// A run succeeds where the sum of squares f agrees with the known minimum f* to four digits: |f - f*| <= 1e-4 f*, and
// f <= 1e-4 where f* is 0. Other minima that [More1981] lists are counted apart.
#include <cmath>
#include <iostream>

#include "catch.hpp"
#include "heliotrope/minimize/minimize.hpp"
#include "minimize/mgh_problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

namespace mgh_functions = heliotrope::more_garbow_hillstrom;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// Minima within bounds are published ones [Gay1984], but for gulf: that one belongs to other data than [More1981]'s,
/// and L-BFGS-B ends where this does.
const std::vector<MghProblem>& problems() {
  using namespace mgh_functions;
  static const std::vector<MghProblem> all = {
      mgh<ExtendedRosenbrock, 2>(0.0, none),
      mgh<FreudensteinRoth, 2>(0.0, 48.98425),
      mgh<PowellBadlyScaled, 2>(0.0, none, {0, 1}, {1, 9}, 0.15125900e-9),
      mgh<BrownBadlyScaled, 3>(0.0, none, {0, 3e-5}, {1e6, 100}, 784.0),
      mgh<Beale, 3>(0.0, none, {0.6, 0.5}, {10, 100}, 0.0),
      mgh<JennrichSampson, 10>(124.362, none),
      mgh<HelicalValley, 3>(0.0, none, {-100, -1, -1}, {0.8, 1, 1}, 0.99042212),
      mgh<Bard, 15>(8.21487e-3, 17.42869),
      mgh<Gaussian, 15>(1.12793e-8, none, {0.398, 1, -0.5}, {4.2, 2, 0.1}, 1.12793e-8),
      mgh<Meyer, 16>(87.9458, none),
      mgh<Gulf, 99>(0.0, none, {1e-16, 0, 0}, {10, 10, 10}, 5.12168572),
      mgh<Box3d, 3>(0.0, none, {0, 5, 0}, {2, 9.5, 20}, 0.30998153e-5),
      mgh<ExtendedPowellSingular, 4>(0.0, none),
      mgh<Wood, 6>(0.0, none, {-100, -100, -100, -100}, {0, 10, 100, 100}, 1.5567008),
      mgh<KowalikOsborne, 11>(3.07505e-4, 1.02734e-3),
      mgh<BrownDennis, 20>(85822.2, none, {-10, 0, -100, -20}, {100, 15, 0, 0.2}, 0.88860479e5),
      mgh<OsborneOne, 33>(5.46489e-5, none),
      mgh<BiggsExp6, 13>(0.0, 5.65565e-3, {0, 0, 0, 1, 0, 0}, {2, 8, 1, 7, 5, 5}, 0.53209865e-3),
      mgh<OsborneTwo, 65>(4.01377e-2, none)};
  return all;
}

bool reaches(double f, double minimum) {
  return minimum > 0.0 ? std::abs(f - minimum) <= 1e-4 * minimum : minimum == 0.0 && f <= 1e-4;
}

struct Count {
  int global = 0, listed = 0, bounded = 0;  ///< listed: the global or another minimum of [More1981]
};

Count count(const char* what, const MinimizeOptions& options) {
  Count count;
  std::cout << what << ':';
  for (const MghProblem& one : problems()) {
    std::cout << ' ' << one.name << ' ';
    for (const double scale : {1.0, 10.0, 100.0}) {
      std::vector<double> start = one.start;
      for (double& x : start) x *= scale;
      Problem problem = one.make(start);
      const double f = 2.0 * minimize(problem, options).final_cost;
      const bool global = reaches(f, one.minimum), other = reaches(f, one.other);
      count.global += global;
      count.listed += global || other;
      std::cout << (global ? '+' : other ? 'o' : '-');
    }
    if (one.lower.empty()) continue;
    Problem problem = one.make(one.start);
    problem.set_bounds(AnyVariable(0), one.lower, one.upper);
    const bool reached = reaches(2.0 * minimize(problem, options).final_cost, one.bounded_minimum);
    count.bounded += reached;
    std::cout << (reached ? " +" : " -");
    for (std::size_t j = 0; j < one.start.size(); ++j) {
      CHECK(problem.values()[j] >= one.lower[j]);
      CHECK(problem.values()[j] <= one.upper[j]);
    }
  }
  std::cout << "; " << count.global << "/57, listed " << count.listed << "/57, bounded " << count.bounded << "/10\n";
  return count;
}

}  // namespace

TEST_CASE("minimize: the problems of More, Garbow and Hillstrom with default options", "[minimize][paper]") {
  const Count lm = count("levenberg-marquardt", {});
  CHECK(lm.global >= 48);
  CHECK(lm.listed >= 51);
  CHECK(lm.bounded == 10);
}

TEST_CASE("minimize: the same by other methods", "[minimize][dogleg][paper]") {
  const Count plain = count("without acceleration", {.geodesic_acceleration = false});
  CHECK(plain.listed >= 48);
  const Count nonmonotone = count("non-monotone", {.nonmonotone_steps = 5});
  CHECK(nonmonotone.listed >= 42);
  const Count dogleg = count("dogleg", {.method = Method::dogleg});
  CHECK(dogleg.listed >= 42);
  const Count subspace = count("subspace dogleg", {.method = Method::subspace_dogleg});
  CHECK(subspace.listed >= 41);
}
