// SPDX-License-Identifier: Apache-2.0
// Reduced systems and steps against dense elimination, for random mixtures of residuals.
#include "heliotrope/linear/schur_complement.hpp"

#include <cstring>
#include <limits>

#include "catch.hpp"
#include "heliotrope/linear/schur_solver.hpp"
#include "random_elimination.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

using Form = SchurComplement::Form;

constexpr LinearSolverType schur_types[] = {LinearSolverType::schur_cholesky, LinearSolverType::schur_dense,
                                            LinearSolverType::schur_pcg, LinearSolverType::schur_implicit};

Eigen::VectorXd vector(std::span<const double> v) {
  return Eigen::Map<const Eigen::VectorXd>(v.data(), static_cast<Eigen::Index>(v.size()));
}

template <class A, class B>
double difference(const A& a, const B& b) {
  return (a - b).norm() / std::max(1e-300, b.norm());
}

EliminationPlan plan_of(const Mixture& mixture) {
  return plan_elimination(elimination_structure(mixture.owned.jacobian), mixture.eliminated);
}

/// 1/2 |r + J step|^2.
double cost_after(const DenseReference& reference, std::span<const double> step) {
  return 0.5 * (reference.r + reference.J * vector(step)).squaredNorm();
}

void check_vectors(const EliminationVectors& v, const DenseReference& reference) {
  CHECK(difference(vector(v.gradient), reference.J.transpose() * reference.r) < 1e-12);
  CHECK(difference(vector(v.diagonal), reference.J.colwise().squaredNorm().transpose()) < 1e-12);
  CHECK(difference(vector(v.scale), vector(expected_scale(reference))) < 1e-12);
}

/// The diagonal blocks of a dense matrix.
Eigen::MatrixXd diagonal_blocks(const EliminationPlan& plan, const Eigen::MatrixXd& S) {
  Eigen::MatrixXd D = Eigen::MatrixXd::Zero(S.rows(), S.cols());
  for (std::int64_t k = 0; k < plan.num_kept(); ++k) {
    const std::int64_t at = plan.kept_begin[k], w = plan.kept_width(k);
    D.block(at, at, w, w) = S.block(at, at, w, w);
  }
  return D;
}

}  // namespace

TEST_CASE("schur: reduced systems of random mixtures equal dense elimination", "[linear][schur]") {
  for_mixtures([](const Mixture& mixture) {
    const BlockJacobian& jacobian = mixture.owned.jacobian;
    const DenseReference reference = dense_reference(jacobian);
    const EliminationPlan plan = plan_of(mixture);
    const std::vector<double> scale = expected_scale(reference);
    SchurComplement schur(plan, jacobian.column_begin, Form::explicit_blocks, 1);
    StoredTiles tiles(jacobian, plan);
    EliminationVectors v(jacobian.num_columns());
    for (const double lambda : {0.5, 0.05, 3.0}) {
      CAPTURE(lambda);
      const bool fresh = lambda == 0.5;
      REQUIRE(schur.eliminate(tiles, lambda, v.view(), fresh, 1));
      const DenseElimination expected(reference, jacobian, mixture.eliminated, lambda, scale);
      const Eigen::MatrixXd S = dense(schur);
      CHECK(difference(S, expected.S) < 1e-12);
      CHECK(difference(vector(schur.right_side()), expected.b) < 1e-12);
      check_vectors(v, reference);
      CHECK(schur.cost() == Approx(0.5 * reference.r.squaredNorm()).epsilon(1e-13));

      std::vector<double> x(static_cast<std::size_t>(plan.num_kept_columns())), y(x.size(), 9.0);
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(1.0 + static_cast<double>(i));
      schur.multiply(x, y, 1);
      CHECK(difference(vector(y), S * vector(x)) < 1e-13);
    }
  });
}

TEST_CASE("schur: back substitution completes the step and evaluates where it leads", "[linear][schur]") {
  for_mixtures([](const Mixture& mixture) {
    for (const Form form : {Form::explicit_blocks, Form::diagonal}) {
      CAPTURE(form == Form::diagonal);
      const double tolerance = form == Form::diagonal ? 1e-5 : 1e-12;
      const BlockJacobian& jacobian = mixture.owned.jacobian;
      const DenseReference reference = dense_reference(jacobian);
      const EliminationPlan plan = plan_of(mixture);
      SchurComplement schur(plan, jacobian.column_begin, form, 1);
      StoredTiles tiles(jacobian, plan);
      EliminationVectors v(jacobian.num_columns());
      REQUIRE(schur.eliminate(tiles, 0.1, v.view(), true, 1));

      // Any step of the kept variables: that of the points minimises the damped model.
      std::vector<double> step(static_cast<std::size_t>(jacobian.num_columns()), 55.0);
      for (std::int64_t k = 0; k < plan.num_kept(); ++k) {
        CHECK(schur.first_column(k) == jacobian.column_begin[plan.kept[k]]);
        for (int c = 0; c < plan.kept_width(k); ++c) step[schur.first_column(k) + c] = std::cos(1.0 * (k + 7 * c));
      }
      tiles.move(plan.kept.data(), plan.num_kept(), step.data());
      const double cost = schur.back_substitute(tiles, v.view(), step, 1);
      const DenseElimination expected(reference, jacobian, mixture.eliminated, 0.1, expected_scale(reference));
      const Eigen::VectorXd s = expected.ordered(step);
      const Eigen::Index k = expected.num_kept, p = s.size() - k;
      const Eigen::VectorXd points = -expected.H.bottomRightCorner(p, p).ldlt().solve(
          expected.g.tail(p) + expected.H.bottomLeftCorner(p, k) * s.head(k));
      CHECK(difference(s.tail(p), points) < tolerance);
      CHECK(tiles.moved() == step);
      CHECK(cost == Approx(cost_after(reference, step)).epsilon(1e-12));
      CHECK(schur.evaluate_cost(tiles, TileSource::Where::candidate, 1) == cost);
      CHECK(schur.evaluate_cost(tiles, TileSource::Where::present, 1) == Approx(0.5 * reference.r.squaredNorm()));
    }
  });
}

TEST_CASE("schur: points by themselves never make the cost worse, and find their minimum", "[linear][schur]") {
  for_mixtures([](const Mixture& mixture) {
    const BlockJacobian& jacobian = mixture.owned.jacobian;
    const DenseReference reference = dense_reference(jacobian);
    const EliminationPlan plan = plan_of(mixture);
    SchurComplement schur(plan, jacobian.column_begin, Form::explicit_blocks, 1);
    StoredTiles tiles(jacobian, plan);
    EliminationVectors v(jacobian.num_columns());
    REQUIRE(schur.eliminate(tiles, 1e-9, v.view(), true, 1));
    std::vector<double> start(static_cast<std::size_t>(jacobian.num_columns()), 0.0);
    for (std::size_t j = 0; j < start.size(); ++j) start[j] = std::cos(1.0 + 3.0 * static_cast<double>(j));

    std::vector<double> step = start;
    tiles.move(plan.kept.data(), plan.num_kept(), step.data());
    tiles.move(plan.points.data(), static_cast<std::int64_t>(plan.points.size()), step.data());
    const double before = schur.evaluate_cost(tiles, TileSource::Where::candidate, 1);
    double cost = schur.settle_points(tiles, v.view(), step, {.may_stay = true}, 1);
    CHECK(tiles.moved() == step);
    CHECK(cost <= before);
    CHECK(cost == Approx(cost_after(reference, step)).epsilon(1e-12));
    for (std::int64_t point : plan.points) {  // each is where it is better off
      if (point < 0) continue;
      std::vector<double> other = step;
      bool stayed = true;
      for (auto j = jacobian.column_begin[point]; j < jacobian.column_begin[point + 1]; ++j) {
        stayed = stayed && step[j] == 0.0;
        if (step[j] != 0.0) CHECK(step[j] == start[j]);
      }
      for (auto j = jacobian.column_begin[point]; j < jacobian.column_begin[point + 1]; ++j)
        other[j] = stayed ? start[j] : 0.0;
      CHECK(cost_after(reference, other) >= cost * (1.0 - 1e-12));
    }

    cost = schur.settle_points(tiles, v.view(), step, {.iterations = 1}, 1);
    CHECK(tiles.moved() == step);
    CHECK(cost == Approx(cost_after(reference, step)).epsilon(1e-12));
    for (std::int64_t point : plan.points) {
      for (auto j = point < 0 ? 0 : jacobian.column_begin[point]; point >= 0 && j < jacobian.column_begin[point + 1];
           ++j) {
        std::vector<double> other = step;
        other[j] += 1e-3;
        CHECK(cost_after(reference, other) >= cost * (1.0 - 1e-9));
        other[j] -= 2e-3;
        CHECK(cost_after(reference, other) >= cost * (1.0 - 1e-9));
      }
    }
  });
}

TEST_CASE("schur: products without S, from derivatives in single precision, stored or not", "[linear][schur]") {
  for_mixtures([](const Mixture& mixture) {
    const BlockJacobian& jacobian = mixture.owned.jacobian;
    const DenseReference reference = dense_reference(jacobian);
    const EliminationPlan plan = plan_of(mixture);
    StoredTiles tiles(jacobian, plan);
    EliminationVectors v(jacobian.num_columns());
    for (const auto& [lambda, bytes] : {std::pair{1.0, 1e9}, {0.1, 1e9}, {0.1, 5e3}, {0.1, 0.0}}) {
      SchurComplement schur(plan, jacobian.column_begin, bytes, 1);
      REQUIRE(schur.eliminate(tiles, lambda, v.view(), lambda == 1.0, 1));
      const DenseElimination expected(reference, jacobian, mixture.eliminated, lambda, expected_scale(reference));
      check_vectors(v, reference);
      CHECK(difference(vector(schur.right_side()), expected.b) < 3e-6);
      CHECK(difference(dense(schur), diagonal_blocks(plan, expected.S)) < 3e-6);
      Eigen::MatrixXd S(expected.S.rows(), expected.S.cols());
      std::vector<double> x(static_cast<std::size_t>(S.rows())), y(x.size());
      for (Eigen::Index c = 0; c < S.cols(); ++c) {
        x.assign(x.size(), 0.0);
        x[c] = 1.0;
        y.assign(y.size(), 9.0);
        schur.multiply(x, y, 1);
        S.col(c) = vector(y);
      }
      CHECK(difference(S, expected.S) < 3e-6);
      CHECK(difference(S, S.transpose()) < 1e-13);  // of the rounded derivatives, exact
    }
  });
}

TEST_CASE("schur: steps of every solver", "[linear][schur]") {
  constexpr double lambdas[] = {0.5, 0.05, 2.0};  // the one prepared for, and others
  for_mixtures([&](const Mixture& mixture) {
    const BlockJacobian& jacobian = mixture.owned.jacobian;
    const DenseReference reference = dense_reference(jacobian);
    std::vector<DenseElimination> systems;
    for (const double lambda : lambdas) {
      systems.emplace_back(reference, jacobian, mixture.eliminated, lambda, expected_scale(reference));
    }
    for (const LinearSolverType type : schur_types) {
      SchurSolver solver(plan_of(mixture), jacobian.column_begin, type, 1);
      CAPTURE(solver.name());
      const bool exact = type == LinearSolverType::schur_cholesky || type == LinearSolverType::schur_dense;
      StoredTiles tiles(jacobian, solver.plan());
      EliminationVectors v(jacobian.num_columns());
      REQUIRE(solver.linearise(tiles, lambdas[0], v.view()));
      check_vectors(v, reference);
      CHECK(solver.cost() == Approx(0.5 * reference.r.squaredNorm()).epsilon(1e-13));
      for (std::size_t i = 0; i < systems.size(); ++i) {
        CAPTURE(lambdas[i]);
        std::vector<double> step(static_cast<std::size_t>(jacobian.num_columns()), 55.0);
        REQUIRE(solver.solve(tiles, lambdas[i], v.view(), step));
        const DenseElimination& expected = systems[i];
        const Eigen::VectorXd s = expected.ordered(step);
        const Eigen::VectorXd slope = expected.g + expected.H * s;  // of the damped model at the step
        const auto model = [&](const Eigen::VectorXd& x) { return expected.g.dot(x) + 0.5 * x.dot(expected.H * x); };
        if (exact) CHECK(difference(s, expected.step) < 1e-12);
        CHECK(model(s) < 0.8 * model(expected.step));
        CHECK(slope.tail(slope.size() - expected.num_kept).norm() <
              (type == LinearSolverType::schur_implicit ? 1e-5 : 1e-12) * expected.g.norm());
        CHECK(solver.candidate_cost() == Approx(cost_after(reference, step)).epsilon(1e-12));
        CHECK(tiles.moved() == step);
        CHECK(solver.evaluate_candidate(tiles) == solver.candidate_cost());
      }
    }
  });
}

TEST_CASE("schur: without points, and with nothing but points", "[linear][schur]") {
  for (const std::uint8_t flag : {0, 1}) {
    // Ten variables of width 2, each with residuals of its own.
    OwnedJacobian owned;
    owned.jacobian.column_begin = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20};
    JacobianPart& part = owned.jacobian.parts.emplace_back();
    part.rows = 3;
    part.widths = {2};
    part.num_blocks = 4;
    for (int i = 0; i < 32; ++i) part.column_blocks.push_back(i % 10);
    std::mt19937 random(1);
    owned.randomise(random);
    const Mixture mixture{std::move(owned), std::vector<std::uint8_t>(10, flag)};
    const DenseReference reference = dense_reference(mixture.owned.jacobian);
    for (const LinearSolverType type : schur_types) {
      SchurSolver solver(plan_of(mixture), mixture.owned.jacobian.column_begin, type, 1);
      CAPTURE(int{flag}, solver.name());
      StoredTiles tiles(mixture.owned.jacobian, solver.plan());
      EliminationVectors v(20);
      REQUIRE(solver.linearise(tiles, 0.5, v.view()));
      std::vector<double> step(20, 55.0);
      REQUIRE(solver.solve(tiles, 0.5, v.view(), step));
      const DenseElimination expected(reference, mixture.owned.jacobian, mixture.eliminated, 0.5,
                                      expected_scale(reference));
      CHECK(difference(expected.ordered(step), expected.step) <
            (type == LinearSolverType::schur_implicit ? 1e-5 : 1e-12));
    }
  }
}

TEST_CASE("schur: derivatives that are not finite are told, and the next ones are solved for",
          "[linear][schur][fault]") {
  for (const bool of_point : {true, false}) {
    Mixture mixture{bundle_jacobian(6, 60, 400, 2), std::vector<std::uint8_t>(6, 0)};
    mixture.eliminated.resize(66, 1);
    const BlockJacobian& jacobian = mixture.owned.jacobian;
    double& entry = mixture.owned.values[0][of_point ? 9 * 8 + 3 : 8 + 3];
    for (const LinearSolverType type : schur_types) {
      SchurSolver solver(plan_of(mixture), jacobian.column_begin, type, 1);
      CAPTURE(of_point, solver.name());
      StoredTiles tiles(jacobian, solver.plan());
      EliminationVectors v(jacobian.num_columns());
      const auto v_was = v;
      std::vector<double> step(static_cast<std::size_t>(jacobian.num_columns()));
      for (const double wrong : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        const double right = std::exchange(entry, wrong);
        const bool good = solver.linearise(tiles, 0.5, v.view()) && solver.solve(tiles, 0.5, v.view(), step);
        CHECK_FALSE(good);
        entry = right;
        v = v_was;
        REQUIRE(solver.linearise(tiles, 0.5, v.view()));
        CHECK(solver.solve(tiles, 0.5, v.view(), step));
      }
    }
  }
}

namespace {

struct Bits {
  std::vector<double> numbers;
  void add(std::span<const double> v) { numbers.insert(numbers.end(), v.begin(), v.end()); }
  void add(double x) { numbers.push_back(x); }
  bool operator==(const Bits& other) const {
    return numbers.size() == other.numbers.size() &&
           std::memcmp(numbers.data(), other.numbers.data(), numbers.size() * sizeof(double)) == 0;
  }
};

Bits elimination_bits(const Mixture& mixture, Form form, int made_for, int threads) {
  const BlockJacobian& jacobian = mixture.owned.jacobian;
  const EliminationPlan plan = plan_of(mixture);
  SchurComplement schur(plan, jacobian.column_begin, form, made_for);
  StoredTiles tiles(jacobian, plan);
  EliminationVectors v(jacobian.num_columns());
  Bits bits;
  for (const double lambda : {0.5, 0.01}) {
    bits.add(schur.eliminate(tiles, lambda, v.view(), lambda == 0.5, threads));
    const BlockSymmetricPattern& pattern = schur.pattern();
    std::vector<double> block;
    for (std::int64_t j = 0; j < pattern.num_block_columns(); ++j) {
      for (auto e = pattern.begin[j]; e < pattern.begin[j + 1]; ++e) {
        const std::int64_t i = pattern.row[e], w = pattern.width(j);
        block.assign(pattern.width(i) * w, 0.0);
        schur.write_block(e, i, j, block.data(), w, 1);
        bits.add(block);
      }
    }
    for (const auto& part : {v.gradient, v.diagonal, v.scale}) bits.add(part);
    bits.add(schur.right_side());
    bits.add(schur.cost());
    std::vector<double> step(v.gradient.size(), 0.125), product(static_cast<std::size_t>(plan.num_kept_columns()));
    tiles.move(plan.kept.data(), plan.num_kept(), step.data());
    bits.add(schur.back_substitute(tiles, v.view(), step, threads));
    bits.add(step);
    schur.multiply(schur.right_side(), product, threads);
    bits.add(product);
  }
  return bits;
}

Bits solver_bits(const Mixture& mixture, LinearSolverType type, int threads) {
  const BlockJacobian& jacobian = mixture.owned.jacobian;
  SchurSolver solver(plan_of(mixture), jacobian.column_begin, type, threads);
  StoredTiles tiles(jacobian, solver.plan());
  EliminationVectors v(jacobian.num_columns());
  Bits bits;
  bits.add(solver.linearise(tiles, 0.5, v.view()));
  std::vector<double> step(v.gradient.size());
  for (const double lambda : {0.5, 0.01}) {
    bits.add(solver.solve(tiles, lambda, v.view(), step));
    bits.add(step);
    bits.add(solver.candidate_cost());
  }
  return bits;
}

}  // namespace

TEST_CASE("schur: same bits for 1, 2 and 3 threads", "[linear][schur][threads]") {
  std::vector<Mixture> cases;
  cases.push_back({bundle_jacobian(25, 4000, 24000, 1), std::vector<std::uint8_t>(25, 0)});  // several batches for all
  cases.back().eliminated.resize(4025, 1);
  cases.push_back(random_mixture({.seed = 5, .num_points = 900, .num_kept = 40, .num_parts = 8, .max_blocks = 200}));
  cases.push_back(
      random_mixture({.seed = 6, .kept_widths = {9}, .num_points = 500, .num_kept = 30, .max_blocks = 100}));
  for (const Mixture& mixture : cases) {
    for (const Form form : {Form::explicit_blocks, Form::diagonal}) {
      const Bits one = elimination_bits(mixture, form, 1, 1);
      for (int threads : {2, 3}) {
        CAPTURE(threads, form == Form::diagonal);
        CHECK(elimination_bits(mixture, form, threads, threads) == one);
      }
      CHECK(elimination_bits(mixture, form, 3, 2) == one);
      CHECK(elimination_bits(mixture, form, 1, 3) == one);
    }
    for (const LinearSolverType type : schur_types) {
      const Bits one = solver_bits(mixture, type, 1);
      for (int threads : {2, 3}) {
        CAPTURE(threads, static_cast<int>(type));
        CHECK(solver_bits(mixture, type, threads) == one);
      }
    }
  }
}
