// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/rank_report.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <utility>

#include "catch.hpp"
#include "heliotrope/io/generate.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/problem/add_residuals.hpp"

using namespace heliotrope;

namespace {

/// How many pivots elimination of a dense matrix finds, the largest remaining entry each time.
std::int64_t rank_by_elimination(Eigen::MatrixXd J) {
  for (Eigen::Index k = 0; k < std::min(J.rows(), J.cols()); ++k) {
    Eigen::Index row = k, column = k;
    double greatest = 0.0;
    for (Eigen::Index c = k; c < J.cols(); ++c) {
      const double* const entries = &J(0, c);
      for (Eigen::Index r = k; r < J.rows(); ++r) {
        if (std::abs(entries[r]) > greatest) greatest = std::abs(entries[r]), row = r, column = c;
      }
    }
    if (greatest <= 1e-10) return k;
    J.row(k).swap(J.row(row));
    J.col(k).swap(J.col(column));
    for (Eigen::Index c = k + 1; c < J.cols(); ++c) {
      const double factor = J(k, c) / J(k, k);
      if (factor == 0.0) continue;
      const double* const pivot = &J(0, k);
      double* const to = &J(0, c);
      for (Eigen::Index r = k; r < J.rows(); ++r) to[r] -= factor * pivot[r];
    }
  }
  return std::min(J.rows(), J.cols());
}

/// The rank of J with unit columns.
std::int64_t dense_rank(const Problem& problem) {
  const Evaluation at = problem.evaluate({.jacobian = true});
  const auto rows = static_cast<Eigen::Index>(at.jacobian.row_begin.size()) - 1;
  Eigen::MatrixXd J = Eigen::MatrixXd::Zero(rows, at.jacobian.num_columns);
  for (Eigen::Index i = 0; i < rows; ++i) {
    for (std::int64_t k = at.jacobian.row_begin[i]; k < at.jacobian.row_begin[i + 1]; ++k) {
      J(i, at.jacobian.column[k]) += at.jacobian.value[k];
    }
  }
  for (Eigen::Index c = 0; c < J.cols(); ++c) {
    if (J.col(c).norm() > 0) J.col(c).normalize();
  }
  return rank_by_elimination(std::move(J));
}

/// What holds for every report.
void check_counts(const Problem& problem, const RankReport& report) {
  INFO(rank_lines(report));
  CHECK(report.num_columns == problem.num_columns());
  std::int64_t lost = 0;
  for (const DependentDirections& entry : report.dependent) {
    lost += entry.dimension;
    CHECK(!entry.sentence.empty());
    CHECK(!entry.coordinates.empty());
    CHECK(entry.num_coordinates >= std::ssize(entry.coordinates));
  }
  CHECK(report.rank + lost == report.num_columns);
}

/// r = A x - b for any number of variables; of one scalar each where they are parameters of a curve.
struct Linear {
  std::vector<double> a;  ///< [row][number], numbers of all variables one after another
  std::vector<int> sizes;
  int rows;
  template <class T>
  void operator()(const T* const* x, T* r) const {
    std::size_t at = 0;
    for (int i = 0; i < rows; ++i) {
      r[i] = T(-1.0);
      for (std::size_t k = 0; k < sizes.size(); ++k) {
        for (int j = 0; j < sizes[k]; ++j) r[i] += a[at++] * x[k][j];
      }
    }
  }
};

/// y = a b t + c + q^2, which no data tell a and b of, nor which way to turn q at 0.
struct Curve {
  double t, y;
  template <class T>
  void operator()(const T* a, const T* b, const T* cq, T* r) const {
    r[0] = a[0] * b[0] * t + cq[0] + cq[1] * cq[1] - y;
  }
};

/// A relative similarity: minus(a^-1 b, measured).
struct RelativeSim3 {
  std::array<double, 8> measured;
  template <class T>
  void operator()(const T* const* x, T* r) const {
    const T *a = x[0], *b = x[1];
    T relative[8], known[8];
    const T inverse = 1.0 / a[7];
    const T move[3] = {inverse * (b[0] - a[0]), inverse * (b[1] - a[1]), inverse * (b[2] - a[2])};
    quaternion_rotate_inverse(a + 3, move, relative);
    quaternion_between(a + 3, b + 3, relative + 3);
    relative[7] = inverse * b[7];
    for (int i = 0; i < 8; ++i) known[i] = T(measured[static_cast<std::size_t>(i)]);
    Sim3::minus(relative, known, r);
  }
};

Problem unfixed(const PoseGraphGeneration& options) {
  PoseGraphProblem graph = make_problem(generate_pose_graph(options));
  for (std::int64_t v = 0; v < graph.problem.num_variables(); ++v) graph.problem.release(AnyVariable(v));
  return graph.problem;
}

Problem curve(double a, double b, double c, double q) {
  Problem problem;
  const auto va = problem.add_variable({a}), vb = problem.add_variable({b});
  const auto vc = problem.add_variable({c, q});
  for (int k = 0; k < 6; ++k) problem.add_residual<1>(Curve{0.5 * k, 1.0}, va, vb, vc);
  return problem;
}

}  // namespace

TEST_CASE("rank: pose graphs without a fixed pose have a gauge", "[inspect][rank]") {
  // Planar and spatial; few columns by dense QR, many by sparse.
  for (const auto& [structure, poses, gauge] : {std::tuple{PoseGraphStructure::manhattan, 12, 3},
                                                {PoseGraphStructure::sphere, 20, 6},
                                                {PoseGraphStructure::manhattan, 150, 3},
                                                {PoseGraphStructure::sphere, 80, 6}}) {
    const Problem problem = unfixed({.structure = structure, .num_poses = poses});
    const RankReport report = find_rank_deficiency(problem);
    check_counts(problem, report);
    REQUIRE(report.dependent.size() == 1);
    const DependentDirections& entry = report.dependent[0];
    CHECK(entry.reason == RankReason::gauge);
    CHECK(entry.dimension == gauge);
    CHECK(entry.num_variables == poses);
    CHECK(std::ssize(entry.coordinates) == gauge);
    CHECK(entry.sentence.find("gauge: variable") == 0);
    CHECK(report.rank == dense_rank(problem));
  }
}

TEST_CASE("rank: a graph with a fixed pose is full", "[inspect][rank]") {
  const PoseGraphProblem graph = make_problem(generate_pose_graph({.num_poses = 30}));
  const RankReport report = find_rank_deficiency(graph.problem);
  CHECK(report.is_full());
  CHECK(report.message == "the Jacobian has rank 174 of 174 columns");
  CHECK(rank_lines(report) == report.message + "\n");
}

TEST_CASE("rank: similarities have seven directions", "[inspect][rank]") {
  std::mt19937 random(1);
  std::normal_distribution<double> normal(0.0, 0.2);
  const auto point = [&] {
    std::vector<double> x = {0, 0, 0, 0, 0, 0, 1, 1}, y(8), delta(7);
    for (double& value : delta) value = normal(random);
    Sim3::plus(x.data(), delta.data(), y.data());
    return y;
  };
  Problem problem;
  std::vector<Variable<Sim3>> poses;
  for (int k = 0; k < 5; ++k) poses.push_back(problem.add_variable<Sim3>(std::span<const double>(point())));
  for (int k = 0; k < 5; ++k) {
    const std::vector<double> measured = point();
    RelativeSim3 edge;
    std::copy(measured.begin(), measured.end(), edge.measured.begin());
    const AnyVariable ends[] = {poses[static_cast<std::size_t>(k)], poses[static_cast<std::size_t>((k + 1) % 5)]};
    problem.add_dynamic_residual(7, edge, ends);
  }
  const RankReport report = find_rank_deficiency(problem);
  check_counts(problem, report);
  REQUIRE(report.dependent.size() == 1);
  CHECK(report.dependent[0].reason == RankReason::gauge);
  CHECK(report.dependent[0].dimension == 7);
}

TEST_CASE("rank: a scene of cameras and points has seven directions", "[inspect][rank]") {
  for (const auto& [cameras, points] : {std::pair{4, 30}, {6, 120}}) {
    const BalProblem scene =
        make_problem(generate_bal({.num_cameras = cameras, .num_points = points, .mean_track = 4.0}));
    const RankReport report = find_rank_deficiency(scene.problem);
    check_counts(scene.problem, report);
    REQUIRE(report.dependent.size() == 1);
    CHECK(report.dependent[0].reason == RankReason::gauge);
    CHECK(report.dependent[0].dimension == 7);
    CHECK(report.dependent[0].num_variables == cameras + points);
    CHECK(report.rank == dense_rank(scene.problem));
  }
}

TEST_CASE("rank: variables whose residuals are all disabled are told so", "[inspect][rank]") {
  Problem problem = curve(2.0, 3.0, 0.0, 0.5);
  const auto out = problem.add_variable({1.0, 2.0});
  const auto both = [](auto d, const auto* v, auto* r) { r[0] = v[0] - d, r[1] = v[1]; };
  const Residuals residuals = problem.add_residuals<2>(columns(std::vector<double>{1.0, 2.0}), both, out);
  const std::size_t before = find_rank_deficiency(problem).dependent.size();
  problem.disable(residuals[0]);
  CHECK(find_rank_deficiency(problem).dependent.size() == before);
  problem.disable(residuals[1]);
  const RankReport report = find_rank_deficiency(problem);
  REQUIRE(report.dependent.size() == before + 1);
  const auto at = std::find_if(report.dependent.begin(), report.dependent.end(),
                               [](const auto& entry) { return entry.reason == RankReason::disabled; });
  REQUIRE(at != report.dependent.end());
  CHECK(at->sentence == "variable 3 (Euclidean): its residuals are disabled");
  CHECK(at->dimension == 2);
}

TEST_CASE("rank: untouched variables, zero derivatives and products are named", "[inspect][rank]") {
  Problem problem = curve(2.0, 3.0, 0.0, 0.0);
  const auto idle = problem.add_variable<SE3>({0, 0, 0, 0, 0, 0, 1});
  const RankReport report = find_rank_deficiency(problem);
  check_counts(problem, report);
  REQUIRE(report.dependent.size() == 3);
  CHECK(report.dependent[0].reason == RankReason::zero_derivatives);
  CHECK(report.dependent[0].sentence == "variable 2 (Euclidean), coordinate 1: its derivatives are zero here");
  CHECK(report.dependent[1].reason == RankReason::no_residual);
  CHECK(report.dependent[1].dimension == 6);
  CHECK(report.dependent[1].sentence == "variable 3 (SE3): no residual touches it");
  const DependentDirections& product = report.dependent[2];
  CHECK(product.reason == RankReason::combination);
  REQUIRE(product.coordinates.size() == 2);
  CHECK(product.coordinates[0].variable == 0);  // a moves by 1, b by -b / a
  CHECK(product.coordinates[1].variable == 1);
  CHECK(product.coordinates[1].weight == Approx(-1.5));
  CHECK(report.rank == 2);
  CHECK(rank_lines(report).find("the Jacobian has rank 2 of 10 columns\n") == 0);

  problem.fix(idle);
  CHECK(find_rank_deficiency(problem).dependent.size() == 2);
  CHECK(find_rank_deficiency(curve(2.0, 3.0, 0.0, 0.5)).rank == 2);  // c and q are one number to the data
}

TEST_CASE("rank: combinations within one variable", "[inspect][rank]") {
  Problem problem;
  const auto x = problem.add_variable({1.0, 2.0, 3.0});
  const AnyVariable variables[] = {x};
  problem.add_dynamic_residual(4, Linear{{1, 1, 0, 2, 2, 1, -1, -1, 3, 0, 0, 1}, {3}, 4}, variables);
  const RankReport report = find_rank_deficiency(problem);
  check_counts(problem, report);
  REQUIRE(report.dependent.size() == 1);
  CHECK(report.dependent[0].num_coordinates == 2);
  CHECK(report.dependent[0].num_variables == 1);
  CHECK(report.dependent[0].coordinates[1].weight == Approx(-1.0));
  CHECK(report.rank == 2);
}

TEST_CASE("rank: the rank of random problems is that of dense elimination", "[inspect][rank][truth]") {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    const std::vector<int> sizes = {1, 3, 2, 1, 4};
    const int rows = 3 + static_cast<int>(seed), rank = 1 + static_cast<int>(seed % 9);
    Eigen::MatrixXd left(rows, rank), right(rank, 11);
    for (double& value : left.reshaped()) value = normal(random);
    for (double& value : right.reshaped()) value = normal(random);
    for (Eigen::Index c = 0; c < 11; ++c) right.col(c) *= std::pow(10.0, static_cast<double>(c % 5) - 2.0);
    const Eigen::MatrixXd A = left.lazyProduct(right);
    Linear linear{{}, sizes, rows};
    for (int i = 0; i < rows; ++i) linear.a.insert(linear.a.end(), A.row(i).begin(), A.row(i).end());
    Problem problem;
    std::vector<AnyVariable> variables;
    for (int size : sizes)
      variables.push_back(problem.add_variable(std::span(linear.a).first(static_cast<std::size_t>(size))));
    problem.add_dynamic_residual(rows, linear, variables);
    const RankReport report = find_rank_deficiency(problem);
    check_counts(problem, report);
    CHECK(report.complete);
    CHECK(report.rank == std::min(rows, rank));
    CHECK(report.rank == dense_rank(problem));
  }
}

TEST_CASE("rank: more directions than are sought, and none that can be", "[inspect][rank][fault]") {
  Problem pairs;
  for (int k = 0; k < 9; ++k) {
    const AnyVariable ends[] = {pairs.add_variable({1.0}), pairs.add_variable({1.0})};
    pairs.add_dynamic_residual(1, Linear{{1.0, 0.5 + k}, {1, 1}, 1}, ends);
  }
  const RankReport all = find_rank_deficiency(pairs);
  check_counts(pairs, all);
  CHECK(all.rank == 9);
  for (const DependentDirections& entry : all.dependent) {
    CHECK(entry.num_variables == 2);
    CHECK(entry.coordinates[1].variable / 2 == entry.coordinates[0].variable / 2);
  }
  const RankReport some = find_rank_deficiency(pairs, {.max_directions = 4});
  CHECK_FALSE(some.complete);
  CHECK(some.rank == 14);
  CHECK(some.message == "the Jacobian has rank at most 14 of 18 columns");

  Problem broken;
  const AnyVariable only[] = {broken.add_variable({1.0})};
  broken.add_dynamic_residual(1, Linear{{std::numeric_limits<double>::quiet_NaN()}, {1}, 1}, only);
  const RankReport unknown = find_rank_deficiency(broken);
  CHECK_FALSE(unknown.complete);
  CHECK(unknown.message.find("not finite") != std::string::npos);

  CHECK(find_rank_deficiency(Problem()).is_full());
}
