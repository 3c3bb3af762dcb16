// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/check_derivatives.hpp"

#include <sstream>

#include "problem/problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

TEST_CASE("check_derivatives: sound groups pass, whatever they are compared with", "[problem][gradient_check]") {
  Problem problem;
  const auto mc = problem.add_variable({0.3, 0.1});
  problem.add_residuals<1>(samples<Exponential<double>>(11), {.loss = huber(0.1)}, mc);
  problem.add_residuals<1>(samples<PlainExponential>(11), mc);
  problem.add_residuals<1>(samples<AnalyticExponential<double>>(11), {.derivatives = Derivatives::analytic}, mc);
  for (const auto against : {Derivatives::central, Derivatives::forward, Derivatives::complex_step}) {
    const DerivativeReport report = check_derivatives(problem, {.against = against});
    CHECK(report.agrees());
    CHECK(report.num_entries == 66);
    REQUIRE(report.types.size() == 3);
    for (const auto& type : report.types) CHECK((type.compared && type.num_entries == 22));
    CHECK(report.not_compared.empty());
    CHECK(report.least_digits > (against == Derivatives::forward ? 5.0 : 7.0));
  }
}

TEST_CASE("check_derivatives: a wrong formula is named to the coordinate", "[problem][gradient_check]") {
  Problem problem;
  problem.add_variable({0.0, 0.0, 0.0});
  const auto mc = problem.add_variable({0.3, 0.1});
  auto data = samples<AnalyticExponential<double>>(20);
  data[13].wrong = 1e-3;
  data[17].wrong = 0.5;
  problem.add_residuals<1>(data, {.derivatives = Derivatives::analytic, .name = "decay"}, mc);
  const DerivativeReport report = check_derivatives(problem);
  CHECK(report.num_disagreements == 2);
  REQUIRE(report.disagreements.size() == 2);
  const auto& worst = report.disagreements[0];
  CHECK(worst.type == "decay");
  CHECK(worst.residual == 17);
  CHECK(worst.row == 0);
  CHECK(worst.slot == 0);
  CHECK(worst.variable == 1);
  CHECK(worst.coordinate == 1);
  CHECK(worst.own == Approx(1.5 * worst.other).epsilon(1e-6));
  CHECK(worst.digits == report.least_digits);
  REQUIRE(report.types.size() == 1);
  CHECK(report.types[0].type == "decay");
  CHECK(report.types[0].own == Derivatives::analytic);
  CHECK(report.types[0].other == Derivatives::central);
  CHECK(report.types[0].num_disagreements == 2);
  CHECK(report.types[0].worst.residual == 17);
  CHECK(report.types[0].relative_error() == Approx(1.0 / 3.0).epsilon(1e-6));
  CHECK(report.disagreements[1].residual == 13);
  CHECK(report.disagreements[1].digits == Approx(3.0).margin(0.1));
  CHECK(check_derivatives(problem, {.most_listed = 1}).disagreements.size() == 1);
  CHECK(check_derivatives(problem, {.digits = 0.9}).num_disagreements == 1);
  std::ostringstream out;
  out << report;
  CHECK_THAT(out.str(),
             Catch::Contains("residual 17 of type decay, row 0, by variable 1 (slot 0), coordinate 1: own") &&
                 Catch::Contains("2 of 40 derivatives disagree"));
}

TEST_CASE("check_derivatives: a differenced group has nothing to compare with its like", "[problem][gradient_check]") {
  Problem problem;
  const auto mc = problem.add_variable({0.3, 0.1});
  problem.add_residuals<1>(samples<DoubleExponential>(3), {.name = "black box"}, mc);
  CHECK(check_derivatives(problem).not_compared == std::vector<std::string>{"black box"});
  CHECK(check_derivatives(problem, {.against = Derivatives::forward}).num_entries == 6);
}

TEST_CASE("check_derivatives: disabled residuals are left out, and said to be", "[problem][gradient_check]") {
  Problem problem;
  const auto mc = problem.add_variable({0.3, 0.1});
  auto data = samples<AnalyticExponential<double>>(5);
  data[1].wrong = data[3].wrong = 0.5;
  const Residuals residuals = problem.add_residuals<1>(data, mc);
  CHECK(check_derivatives(problem).num_disagreements == 2);
  problem.disable(residuals[1]);
  problem.disable(residuals[3]);
  const DerivativeReport report = check_derivatives(problem);
  CHECK(report.agrees());
  CHECK(report.num_entries == 6);
  CHECK(report.num_disabled == 2);
  CHECK(report.types[0].num_residual_blocks == 3);
  CHECK(report.types[0].num_disabled == 2);
  std::ostringstream out;
  out << report;
  CHECK_THAT(out.str(), Catch::Contains("2 residuals are disabled and not compared"));
}

TEST_CASE("check_derivatives: slots, fixed variables and manifolds", "[problem][gradient_check]") {
  struct Wrong {
    void operator()(const double* pose, const double* p, double* r) const {
      r[0] = pose[1] * p[0], r[1] = p[1] * pose[6];
    }
    void jacobian(const double*, const double* p, double* by_pose, double* by_p) const {
      for (int i = 0; i < 12; ++i) by_pose[i] = 0.0;
      by_pose[1] = p[0];
      for (int i = 0; i < 4; ++i) by_p[i] = 0.0;
      by_p[0] = 2.0;
      by_p[3] = -1.0;  // wrong: pose[6] is 1
    }
  };
  Problem problem;
  const auto pose = problem.add_variable<SE3>({1, 2, 3, 0, 0, 0, 1});
  const auto p = problem.add_variable({5.0, 6.0});
  problem.fix(p);
  problem.add_residual<2>(Wrong{}, pose, p);
  const auto report = check_derivatives(problem);
  REQUIRE(report.num_disagreements == 1);
  CHECK(report.disagreements[0].variable == 1);
  CHECK(report.disagreements[0].slot == 1);
  CHECK(report.disagreements[0].row == 1);
  CHECK(report.disagreements[0].coordinate == 1);
}
