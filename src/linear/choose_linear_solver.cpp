// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "block_ordering.hpp"
#include "heliotrope/config.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/linear/jacobian_export.hpp"
#include "heliotrope/linear/linear_solver.hpp"
#include "heliotrope/linear/normal_equations.hpp"
#include "scatter_plan.hpp"
#include "solvers.hpp"

namespace heliotrope {

using namespace linear_detail;

namespace linear_detail {

void expect_length(std::size_t found, std::int64_t expected, const char* what) {
  if (static_cast<std::int64_t>(found) == expected) return;
  throw Error(std::string(what) + ": found " + std::to_string(found) + " numbers, expected " +
              std::to_string(expected));
}

}  // namespace linear_detail

namespace {

// Orthogonal transformations keep digits that normal equations lose, and cost 2 rows columns^2 flops where the latter
// take half. Up to these sizes a QR takes under about 20 ms, so digits are worth more. Chosen, not measured.
constexpr std::int64_t qr_columns = 100;
constexpr double qr_work = 2e7;  // rows columns^2; minimize/streamed_model.cpp takes over there

// A dense factorisation of at most this many columns, where at least this part of J'J is not zero. Chosen, not
// measured.
constexpr std::int64_t dense_columns = 1500;
constexpr double dense_density = 0.5;

/// The part of the n x n scalars of J'J that lie in blocks which some residual fills. Only for few block columns: takes
/// one bit a pair of them.
double density(const BlockJacobian& jacobian) {
  const std::int64_t n = jacobian.num_block_columns();
  std::vector<bool> joined(n * n);
  for (std::int64_t j = 0; j < n; ++j) joined[j * n + j] = true;
  for (const JacobianPart& part : jacobian.parts) {
    const auto slots = static_cast<std::int64_t>(part.widths.size());
    for (std::int64_t block = 0; block < part.num_blocks; ++block) {
      const std::int64_t* columns = part.column_blocks.data() + block * slots * block_lanes;
      for (std::int64_t s = 0; s < slots; ++s) {
        for (std::int64_t t = 0; t < slots * block_lanes; ++t) {
          const std::int64_t i = columns[s * block_lanes + t % block_lanes], j = columns[t];
          if (i >= 0 && j >= 0) joined[i * n + j] = true;
        }
      }
    }
  }
  double filled = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto height = static_cast<double>(jacobian.column_begin[i + 1] - jacobian.column_begin[i]);
    for (std::int64_t j = 0; j < n; ++j) {
      if (joined[i * n + j])
        filled += height * static_cast<double>(jacobian.column_begin[j + 1] - jacobian.column_begin[j]);
    }
  }
  const double columns = static_cast<double>(jacobian.num_columns());
  return columns > 0 ? filled / (columns * columns) : 1.0;
}

std::string percent(double part) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3g %%", 100.0 * part);
  return text;
}

struct Choice {
  LinearSolverType type;
  std::string reason;
};

/// Sparse Cholesky, or what takes its place where the factor is too large.
ChosenLinearSolver choose_sparse(const BlockJacobian& jacobian, std::string reason) {
  NormalEquations normal;
  normal.analyse(jacobian);
  SymbolicFactor symbolic =
      analyse_supernodes(normal.pattern(), block_order(normal.pattern()), most_flops, most_blocks);
  if (symbolic.flops <= most_flops) {
    return {make_block_cholesky(std::move(normal), std::move(symbolic)), LinearSolverType::cholesky, reason};
  }
  return {make_normal_gradients(), LinearSolverType::conjugate_gradients,
          "conjugate gradients, because a Cholesky factor would be too large: more than 10^12 "
          "flops or 2 10^8 blocks (" +
              reason + ")"};
}

Choice choose(const BlockJacobian& jacobian) {
  const std::int64_t columns = jacobian.num_columns(), blocks = jacobian.num_block_columns();
  const std::int64_t rows = count_rows(jacobian, ExportedRows::used_lanes);
  const std::string size = std::to_string(rows) + " residuals, " + std::to_string(columns) + " columns in " +
                           std::to_string(blocks) + " blocks";
  if (columns <= qr_columns && static_cast<double>(rows * columns * columns) <= qr_work) {
    return {LinearSolverType::dense_qr, "dense QR, because the problem is small (" + size +
                                            ") and QR does not square the condition of the Jacobian"};
  }
  std::string fill;
  if (columns <= dense_columns) {
    const double part = density(jacobian);
    fill = ", " + percent(part) + " of J'J not zero";
    if (part > dense_density) {
      return {LinearSolverType::dense_cholesky, "dense Cholesky, because J'J is mostly filled (" + size + fill + ")"};
    }
  }
  const double entries = static_cast<double>(rows) * static_cast<double>(columns);
  const double part = entries > 0 ? static_cast<double>(count_nonzeros(jacobian)) / entries : 0.0;
  return {LinearSolverType::cholesky, "sparse Cholesky, because the problem is large and sparse (" + size + ", " +
                                          percent(part) + " of J not zero" + fill + ")"};
}

std::unique_ptr<LinearSolver> make(LinearSolverType type) {
  switch (type) {
    // Measured, one core, AVX-512, a factorisation in ms, blocks / CHOLMOD supernodal: problem-49-7776 23 / 99,
    // problem-16-22106 32 / 247, sphere2500 29 / 68, torus3D 95 / 133, city10000 25 / 58, manhattan 1.3 / 17.
    case LinearSolverType::cholesky:
      return make_block_cholesky();
#if HELIOTROPE_HAS_SUITESPARSE
    case LinearSolverType::cholesky_simplicial:
      return make_cholmod_cholesky(FactorStorage::simplicial);
#else
    case LinearSolverType::cholesky_simplicial:
      throw Error("linear solver cholesky_simplicial: this build has no CHOLMOD");
#endif
#if HELIOTROPE_HAS_CHOLMOD_SUPERNODAL
    case LinearSolverType::cholesky_supernodal:
      return make_cholmod_cholesky(FactorStorage::supernodal);
#else
    case LinearSolverType::cholesky_supernodal:
      throw Error("linear solver cholesky_supernodal: this build does not have CHOLMOD's supernodal module");
#endif
    case LinearSolverType::block_cholesky:
      return make_block_cholesky();
    case LinearSolverType::eigen_cholesky:
      return make_eigen_cholesky();
    case LinearSolverType::dense_cholesky:
      return make_dense_cholesky();
    case LinearSolverType::dense_qr:
      return make_dense_qr();
    case LinearSolverType::sparse_qr:
#if HELIOTROPE_HAS_SPQR
      return make_spqr();
#else
      return make_eigen_qr();
#endif
    case LinearSolverType::conjugate_gradients:
      return make_normal_gradients();
    case LinearSolverType::streamed:
      throw Error("linear solver: streamed takes no stored Jacobian; expected minimize");
    case LinearSolverType::schur_cholesky:
    case LinearSolverType::schur_dense:
    case LinearSolverType::schur_pcg:
    case LinearSolverType::schur_implicit:
      throw Error("linear solver: the schur types take no stored Jacobian; expected SchurSolver, or minimize");
    case LinearSolverType::automatic:
      break;
  }
  throw Error("linear solver: found type number " + std::to_string(static_cast<int>(type)) +
              ", expected one of LinearSolverType");
}

}  // namespace

ChosenLinearSolver make_linear_solver(LinearSolverType type, const BlockJacobian& jacobian) {
  if (type != LinearSolverType::automatic) return {make(type), type, "as asked for"};
  check_structure(jacobian);
  Choice choice = choose(jacobian);
  if (choice.type == LinearSolverType::cholesky) return choose_sparse(jacobian, std::move(choice.reason));
  return {make(choice.type), choice.type, std::move(choice.reason)};
}

}  // namespace heliotrope
