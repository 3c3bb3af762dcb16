// SPDX-License-Identifier: Apache-2.0
// Residuals whose sizes are known only at run time.
#include <array>

#include "heliotrope/problem/dynamic_kernels.hpp"
#include "problem/problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

/// r_i = (i + 1) sum_k sum_j sin(x_kj) (j + 1) - i over blocks of any number and size.
struct DynamicSums {
  int rows;
  std::vector<int> sizes;
  template <class T>
  void operator()(const T* const* x, T* r) const {
    using std::sin;
    for (int i = 0; i < rows; ++i) {
      r[i] = T(-static_cast<double>(i));
      for (std::size_t k = 0; k < sizes.size(); ++k) {
        for (int j = 0; j < sizes[k]; ++j) r[i] += sin(x[k][j] * (0.1 * i + 1.0)) * static_cast<double>(j + 1);
      }
    }
  }
};
struct DoubleSums {
  DynamicSums sums;
  void operator()(const double* const* x, double* r) const { sums(x, r); }
};
struct AnalyticSums : DynamicSums {
  void jacobian(const double* const* x, double** J) const {
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < sizes[k]; ++j) {
          J[k][i * sizes[k] + j] = std::cos(x[k][j] * (0.1 * i + 1.0)) * (0.1 * i + 1.0) * (j + 1);
        }
      }
    }
  }
};

std::vector<double> numbers(int count) {
  std::vector<double> x;
  for (int i = 0; i < count; ++i) x.push_back(std::cos(1.0 + i));
  return x;
}

struct DynamicSetting {
  Problem problem;
  std::vector<AnyVariable> variables;
  explicit DynamicSetting(const std::vector<int>& sizes) {
    for (int size : sizes) variables.push_back(problem.add_variable(std::span<const double>(numbers(size))));
  }
};

}  // namespace

TEST_CASE("dynamic: every derivative agrees, strips included", "[problem][dynamic]") {
  for (const auto& sizes : {std::vector<int>{1}, {3, 2}, {8}, {9, 1}, {20, 30, 17, 1}}) {
    INFO(sizes.size() << " blocks, the first of " << sizes[0]);
    const int rows = 3;
    DynamicSetting s(sizes), doubles(sizes), analytic(sizes);
    const DynamicSums sums{rows, sizes};
    s.problem.add_dynamic_residual(rows, sums, s.variables);
    doubles.problem.add_dynamic_residual(rows, DoubleSums{sums}, doubles.variables);
    analytic.problem.add_dynamic_residual(rows, AnalyticSums{sums}, analytic.variables);
    const auto truth = dense(analytic.problem.evaluate({.jacobian = true}));
    check_near(dense(s.problem.evaluate({.jacobian = true})), truth, 1e-13);
    check_near(dense(s.problem.evaluate({.jacobian = true, .derivatives = Derivatives::complex_step})), truth, 1e-13);
    check_near(dense(s.problem.evaluate({.jacobian = true, .derivatives = Derivatives::central})), truth, 1e-7);
    check_near(dense(s.problem.evaluate({.jacobian = true, .derivatives = Derivatives::forward})), truth, 1e-4);
    check_near(dense(doubles.problem.evaluate({.jacobian = true})), truth, 1e-7);
    CHECK(doubles.problem.evaluate().cost == s.problem.evaluate().cost);
    CHECK(analytic.problem.evaluate({.jacobian = true}).residuals == s.problem.evaluate().residuals);
  }
}

TEST_CASE("dynamic: manifolds, and many residuals of one shape", "[problem][dynamic]") {
  Problem problem;
  std::vector<double> values;
  for (int i = 0; i < 11; ++i) {
    const double angle = 0.1 * i;
    for (double v : {1.0, 2.0 * i, 3.0, std::sin(angle), 0.0, 0.0, std::cos(angle)}) values.push_back(v);
  }
  const auto poses = problem.add_variables<SE3>(values);
  for (int i = 0; i < 11; ++i) {
    const std::array<AnyVariable, 2> pair{poses[i], poses[(i + 1) % 11]};
    problem.add_dynamic_residual(2, DynamicSums{2, {7, 7}}, pair);
  }
  CHECK(detail::ProblemAccess::groups(problem).size() == 1);
  CHECK(problem.num_residuals() == 22);
  const auto jets = dense(problem.evaluate({.jacobian = true}));
  check_near(jets, dense(problem.evaluate({.jacobian = true, .derivatives = Derivatives::central})), 1e-7);
  check_near(jets, dense(problem.evaluate({.jacobian = true, .derivatives = Derivatives::complex_step})), 1e-13);
}

TEST_CASE("dynamic: weights and losses", "[problem][dynamic]") {
  DynamicSetting plain({2}), s({2});
  const DynamicSums sums{2, {2}};
  plain.problem.add_dynamic_residual(2, sums, plain.variables);
  const std::vector<double> W{2.0, 1.0, 0.0, 3.0};
  s.problem.add_dynamic_residual(2, sums, s.variables, {.loss = huber(0.1), .sqrt_information = W});
  const auto r = plain.problem.evaluate().residuals;
  const auto weighted = s.problem.evaluate({.apply_loss = false}).residuals;
  CHECK(weighted[0] == Approx(2.0 * r[0] + r[1]));
  CHECK(weighted[1] == Approx(3.0 * r[1]));
  const double norm = std::hypot(weighted[0], weighted[1]);
  CHECK(s.problem.evaluate().cost == Approx(0.5 * (2 * 0.1 * norm - 0.01)));
}

TEST_CASE("dynamic: misuse is told, and nothing is added", "[problem][dynamic]") {
  DynamicSetting s({2});
  const DynamicSums sums{2, {2}};
  CHECK_THROWS_WITH(s.problem.add_dynamic_residual(0, sums, s.variables),
                    "a residual block has at least one residual, not 0");
  CHECK_THROWS_WITH(s.problem.add_dynamic_residual(2, sums, {}), "a residual block needs at least one variable");
  CHECK_THROWS_WITH(s.problem.add_dynamic_residual(3, sums, s.variables),
                    Catch::Contains("never writes residual 2 of the 3 declared"));
  CHECK_THROWS_WITH(s.problem.add_dynamic_residual(1, sums, s.variables),
                    Catch::Contains("writes residual 1, past the 1 declared"));
  const auto past = [](const auto* const* x, auto* r) { r[0] = x[0][0] - x[0][3]; };
  CHECK_THROWS_WITH(s.problem.add_dynamic_residual(1, past, s.variables),
                    Catch::Contains("reads number 3 of variable 0"));
  const std::vector<double> W(3);
  CHECK_THROWS_WITH(s.problem.add_dynamic_residual(2, sums, s.variables, {.sqrt_information = W}),
                    "sqrt_information has 3 numbers; expected 4");
  CHECK_THROWS_WITH(
      s.problem.add_dynamic_residual(2, DoubleSums{sums}, s.variables, {.derivatives = Derivatives::complex_step}),
      Catch::Contains("DoubleSums cannot be differentiated by complex steps"));
  const std::array<AnyVariable, 1> stranger{AnyVariable(4)};
  CHECK_THROWS_WITH(s.problem.add_dynamic_residual(2, sums, stranger), Catch::Contains("variable 4 is not one"));
  CHECK(s.problem.num_residual_blocks() == 0);
  CHECK(s.problem.evaluate().cost == 0.0);
}

namespace {

/// Unit quaternions in the other memory order, w first.
struct QuaternionWxyz {
  static constexpr int ambient_size = 4, tangent_size = 3;
  template <class T>
  static void turn(const T* x, T* y, bool in) {
    for (int i = 0; i < 4; ++i) y[i] = x[in ? (i + 1) % 4 : (i + 3) % 4];
  }
  template <class T>
  static void plus(const T* x, const T* delta, T* y) {
    T a[4], b[4];
    turn(x, a, true);
    UnitQuaternion::plus(a, delta, b);
    turn(b, y, false);
  }
  template <class T>
  static void minus(const T* y, const T* x, T* delta) {
    T a[4], b[4];
    turn(y, a, true);
    turn(x, b, true);
    UnitQuaternion::minus(a, b, delta);
  }
  template <class T>
  static void plus_jacobian(const T* x, T* jacobian) {
    T a[4], own[12];
    turn(x, a, true);
    UnitQuaternion::plus_jacobian(a, own);
    for (int i = 0; i < 12; ++i) jacobian[((i / 3 + 1) % 4) * 3 + i % 3] = own[i];
  }
};

}  // namespace

TEST_CASE("dynamic: manifolds of equal size do not share a group", "[problem][dynamic]") {
  const auto gradient = [](bool with_other) {
    Problem problem;
    const auto other = problem.add_variable<UnitQuaternion>({0.5, 0.5, 0.5, 0.5});
    const auto q = problem.add_variable<QuaternionWxyz>({0.5, 0.5, -0.5, 0.5});
    const DynamicSums sums{1, {4}};
    const std::array<AnyVariable, 1> first{other}, second{q};
    if (with_other) problem.add_dynamic_residual(1, sums, first);
    problem.add_dynamic_residual(1, sums, second);
    const auto g = problem.evaluate({.gradient = true}).gradient;
    return std::vector<double>(g.end() - 3, g.end());
  };
  CHECK(gradient(true) == gradient(false));
}
