// SPDX-License-Identifier: Apache-2.0
// The laws of linear solvers, checked for every solver of the build against a dense reference.
#include "heliotrope/linear/linear_solver.hpp"

#include <Eigen/Cholesky>
#include <atomic>
#include <cstdlib>
#include <new>

#include "catch.hpp"
#include "heliotrope/config.hpp"
#include "heliotrope/error.hpp"
#include "linear/solvers.hpp"
#include "random_jacobian.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

const std::vector<LinearSolverType> all_types = {LinearSolverType::cholesky,
                                                 LinearSolverType::cholesky_simplicial,
                                                 LinearSolverType::cholesky_supernodal,
                                                 LinearSolverType::block_cholesky,
                                                 LinearSolverType::eigen_cholesky,
                                                 LinearSolverType::dense_cholesky,
                                                 LinearSolverType::dense_qr,
                                                 LinearSolverType::sparse_qr};

/// What of them allocates in every factorisation, and says so.
bool allocates(const LinearSolver& solver) { return solver.name() == "sparse QR (Eigen)"; }

/// The solver, or null where this build does not have it.
std::unique_ptr<LinearSolver> make(LinearSolverType type, const BlockJacobian& jacobian) {
  try {
    return make_linear_solver(type, jacobian).solver;
  } catch (const Error&) {
    return nullptr;
  }
}

template <class Body>
void for_solvers(const BlockJacobian& jacobian, const Body& body) {
  int found = 0;
  for (LinearSolverType type : all_types) {
    const auto solver = make(type, jacobian);
    if (!solver) continue;
    ++found;
    INFO(solver->name());
    body(*solver);
  }
  const auto fallback = linear_detail::make_eigen_qr();  // of builds without SPQR
  INFO(fallback->name());
  body(*fallback);
  REQUIRE(found >= 5);
}

std::vector<double> some_damping(std::int64_t n, double scale) {
  std::vector<double> damping(n);
  for (std::int64_t i = 0; i < n; ++i) damping[i] = scale * (1.0 + 0.1 * static_cast<double>(i % 7));
  return damping;
}

Eigen::VectorXd dense_step(const DenseReference& reference, const std::vector<double>& damping) {
  Eigen::MatrixXd H = reference.J.transpose() * reference.J;
  H += Eigen::Map<const Eigen::VectorXd>(damping.data(), H.rows()).asDiagonal();
  return -H.ldlt().solve(reference.J.transpose() * reference.r);
}

double error_of(const std::vector<double>& step, const Eigen::VectorXd& expected) {
  return (Eigen::Map<const Eigen::VectorXd>(step.data(), step.size()) - expected).norm() / expected.norm();
}

std::vector<double> solved(LinearSolver& solver, std::int64_t n) {
  std::vector<double> step(n, 99.0);
  solver.solve(step);
  return step;
}

std::atomic<std::int64_t> allocations{0};

}  // namespace

// Counts what the library allocates. The sanitizers have their own operator new: nothing is counted under them.
#ifndef HELIOTROPE_SANITIZED
[[gnu::noinline]] void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* p = std::malloc(size ? size : 1)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(size ? size : 1);
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
#endif

TEST_CASE("linear: every solver's step equals the dense one", "[linear]") {
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    const OwnedJacobian owned = random_jacobian(seed, 8 + 3 * static_cast<int>(seed), 1 + seed % 4, 15);
    const DenseReference reference = dense_reference(owned.jacobian);
    const std::int64_t n = owned.jacobian.num_columns();
    for_solvers(owned.jacobian, [&](LinearSolver& solver) {
      CAPTURE(seed);
      solver.analyse(owned.jacobian);
      solver.linearise(owned.jacobian, 1);
      for (double scale : {1.0, 0.1, 10.0}) {
        const std::vector<double> damping = some_damping(n, scale);
        REQUIRE(solver.factorise(damping, 1));
        CHECK(error_of(solved(solver, n), dense_step(reference, damping)) < 1e-10);
      }
    });
  }
}

TEST_CASE("linear: bundle adjustment and pose graphs, new values in the same structure", "[linear]") {
  std::mt19937 random(3);
  for (int kind = 0; kind < 3; ++kind) {
    OwnedJacobian owned = kind == 0   ? bundle_jacobian(6, 40, 220, 2)
                          : kind == 1 ? pose_jacobian(30, 6, 20, 2)
                                      : pose_jacobian(50, 3, 120, 2);
    const std::int64_t n = owned.jacobian.num_columns();
    const std::vector<double> damping = some_damping(n, 0.5);
    for_solvers(owned.jacobian, [&](LinearSolver& solver) {
      solver.analyse(owned.jacobian);
      for (int repeat = 0; repeat < 3; ++repeat) {
        owned.randomise(random);
        solver.linearise(owned.jacobian, 2);
        REQUIRE(solver.factorise(damping, 2));
        CHECK(error_of(solved(solver, n), dense_step(dense_reference(owned.jacobian), damping)) < 1e-10);
      }
    });
  }
}

TEST_CASE("linear: another right-hand side is solved with the same factor", "[linear]") {
  OwnedJacobian owned = bundle_jacobian(6, 40, 220, 2);
  const std::int64_t n = owned.jacobian.num_columns();
  const std::vector<double> damping = some_damping(n, 0.5);
  const DenseReference reference = dense_reference(owned.jacobian);
  std::vector<double> gradient(n), solution(n);
  for (std::int64_t i = 0; i < n; ++i) gradient[i] = std::sin(1.0 + static_cast<double>(i));
  Eigen::MatrixXd H = reference.J.transpose() * reference.J;
  H += Eigen::Map<const Eigen::VectorXd>(damping.data(), n).asDiagonal();
  const Eigen::VectorXd expected = -H.ldlt().solve(Eigen::Map<const Eigen::VectorXd>(gradient.data(), n));
  for_solvers(owned.jacobian, [&](LinearSolver& solver) {
    solver.analyse(owned.jacobian);
    solver.linearise(owned.jacobian, 1);
    REQUIRE(solver.factorise(damping, 1));
    solver.solve_for(gradient, solution);
    CHECK(error_of(solution, expected) < 1e-10);
  });
}

TEST_CASE("linear: conjugate gradients approach the dense solution as they are refined", "[linear][truth]") {
  const OwnedJacobian owned = bundle_jacobian(6, 60, 400, 2);
  const std::int64_t n = owned.jacobian.num_columns();
  const std::vector<double> damping = some_damping(n, 0.5);
  const Eigen::VectorXd expected = dense_step(dense_reference(owned.jacobian), damping);
  const auto solver = make(LinearSolverType::conjugate_gradients, owned.jacobian);
  solver->analyse(owned.jacobian);
  solver->begin(nullptr);
  solver->linearise(owned.jacobian, 1);
  REQUIRE(solver->factorise(damping, 1));
  double last = error_of(solved(*solver, n), expected);
  CHECK(last < 0.3);
  while (solver->refine()) {
    const double error = error_of(solved(*solver, n), expected);
    CHECK(error < last);
    last = error;
  }
  CHECK(last < 1e-3);
  CHECK_FALSE(solver->factorise(std::vector<double>(n, -1e3), 1));
}

TEST_CASE("linear: a matrix that is not positive definite is told, and the next one is solved", "[linear]") {
  // Block column 12 is named by no residual: singular without damping.
  OwnedJacobian owned = bundle_jacobian(6, 60, 400, 2);
  owned.jacobian.column_begin.push_back(owned.jacobian.column_begin.back() + 2);
  const std::int64_t n = owned.jacobian.num_columns();
  const DenseReference reference = dense_reference(owned.jacobian);
  for_solvers(owned.jacobian, [&](LinearSolver& solver) {
    solver.analyse(owned.jacobian);
    solver.linearise(owned.jacobian, 1);
    CHECK_FALSE(solver.factorise(std::vector<double>(n, 0.0), 1));
    CHECK_FALSE(solver.factorise(std::vector<double>(n, -1e3), 1));
    const std::vector<double> damping = some_damping(n, 0.5);
    REQUIRE(solver.factorise(damping, 1));
    CHECK(error_of(solved(solver, n), dense_step(reference, damping)) < 1e-10);
  });
}

TEST_CASE("linear: non-finite derivatives are told as not definite", "[linear]") {
  OwnedJacobian owned = bundle_jacobian(6, 60, 400, 2);
  owned.values[0][5] = std::numeric_limits<double>::quiet_NaN();
  const std::int64_t n = owned.jacobian.num_columns();
  for_solvers(owned.jacobian, [&](LinearSolver& solver) {
    solver.analyse(owned.jacobian);
    solver.linearise(owned.jacobian, 1);
    CHECK_FALSE(solver.factorise(some_damping(n, 1.0), 1));
  });
}

TEST_CASE("linear: steps have the same bits for 1 to 4 threads", "[linear][threads]") {
  const OwnedJacobian owned = bundle_jacobian(10, 500, 2400, 4);
  const std::int64_t n = owned.jacobian.num_columns();
  for (LinearSolverType type :
       {LinearSolverType::cholesky, LinearSolverType::cholesky_simplicial, LinearSolverType::cholesky_supernodal,
        LinearSolverType::block_cholesky, LinearSolverType::eigen_cholesky, LinearSolverType::sparse_qr,
        LinearSolverType::conjugate_gradients}) {
    const auto solver = make(type, owned.jacobian);
    if (!solver) continue;
    INFO(solver->name());
    std::vector<double> first;
    for (int threads : {1, 2, 3, 4}) {
      solver->analyse(owned.jacobian);
      solver->linearise(owned.jacobian, threads);
      REQUIRE(solver->factorise(some_damping(n, 0.1), threads));
      const std::vector<double> step = solved(*solver, n);
      if (first.empty()) first = step;
      CHECK(step == first);
    }
  }
}

TEST_CASE("linear: nothing is allocated after the first solve", "[linear][storage]") {
  OwnedJacobian owned = bundle_jacobian(5, 50, 1200, 4);
  std::mt19937 random(3);
  const std::int64_t n = owned.jacobian.num_columns();
  const std::vector<double> damping = some_damping(n, 0.1), other = some_damping(n, 0.3);
  std::vector<double> step(n);
  for_solvers(owned.jacobian, [&](LinearSolver& solver) {
    if (allocates(solver)) return;
    solver.analyse(owned.jacobian);
    solver.linearise(owned.jacobian, 2);
    REQUIRE(solver.factorise(damping, 2));
    solver.solve(step);
    owned.randomise(random);
    const std::int64_t before = allocations.load();
    solver.linearise(owned.jacobian, 2);
    const bool definite = solver.factorise(damping, 2) && solver.factorise(other, 2);
    solver.solve(step);
    const std::int64_t after = allocations.load();
    CHECK(definite);
    CHECK(after == before);
  });
}

TEST_CASE("linear: QR keeps the digits of an ill-conditioned problem", "[linear]") {
  // Columns x^0 .. x^7 on [0, 1]: the condition is 1e5, that of J'J 1e10; r = -J times ones.
  OwnedJacobian owned;
  owned.jacobian.column_begin = {0, 8};
  JacobianPart part;
  part.rows = 1;
  part.widths = {8};
  part.num_blocks = 4;
  part.column_blocks.assign(32, 0);
  owned.jacobian.parts.push_back(part);
  std::mt19937 random(1);
  owned.randomise(random);
  for (int k = 0; k < 32; ++k) {
    double power = 1.0, sum = 0.0;
    for (int c = 0; c < 8; ++c, power *= k / 31.0) {
      owned.values[0][(k / 8 * 8 + c) * 8 + k % 8] = power;
      sum += power;
    }
    owned.residuals[0][k] = -sum;
  }
  const auto error = [&](LinearSolverType type) {
    const auto solver = make(type, owned.jacobian);
    solver->analyse(owned.jacobian);
    solver->linearise(owned.jacobian, 1);
    REQUIRE(solver->factorise(std::vector<double>(8, 0.0), 1));
    return error_of(solved(*solver, 8), Eigen::VectorXd::Ones(8));
  };
  CHECK(error(LinearSolverType::dense_qr) < 1e-10);
  CHECK(error(LinearSolverType::sparse_qr) < 1e-10);
  CHECK(error(LinearSolverType::dense_cholesky) < 1e-4);
  CHECK(error(LinearSolverType::dense_cholesky) > error(LinearSolverType::dense_qr));
}

TEST_CASE("linear: the automatic choice says why", "[linear]") {
  const OwnedJacobian small = bundle_jacobian(2, 10, 20, 1);
  ChosenLinearSolver chosen = make_linear_solver(LinearSolverType::automatic, small.jacobian);
  CHECK(chosen.solver->name() == "dense QR");
  CHECK_THAT(chosen.reason, Catch::Contains("48 columns in 12 blocks"));
  OwnedJacobian filled;
  filled.jacobian.column_begin = {0, 150};
  filled.jacobian.parts.resize(1);
  filled.jacobian.parts[0].rows = 1;
  filled.jacobian.parts[0].widths = {150};
  filled.jacobian.parts[0].num_blocks = 120;
  filled.jacobian.parts[0].column_blocks.assign(120 * 8, 0);
  chosen = make_linear_solver(LinearSolverType::automatic, filled.jacobian);
  CHECK(chosen.solver->name() == "dense Cholesky");
  const OwnedJacobian large = bundle_jacobian(20, 2000, 9000, 1);
  chosen = make_linear_solver(LinearSolverType::automatic, large.jacobian);
  CHECK_THAT(std::string(chosen.solver->name()), Catch::Contains("sparse Cholesky"));
  CHECK_THAT(chosen.reason, Catch::Contains("6180 columns in 2020 blocks"));
}

TEST_CASE("linear: an empty problem has an empty step", "[linear]") {
  BlockJacobian empty;
  empty.column_begin = {0};
  for_solvers(empty, [&](LinearSolver& solver) {
    solver.analyse(empty);
    solver.linearise(empty, 1);
    CHECK(solver.factorise({}, 1));
    solver.solve({});
  });
  CHECK(make_linear_solver(LinearSolverType::automatic, empty).solver != nullptr);
}
