// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/linear_costs.hpp"

#include <algorithm>

#include "block_ordering.hpp"
#include "choose_schur.hpp"
#include "heliotrope/config.hpp"
#include "heliotrope/linear/jacobian_export.hpp"
#include "heliotrope/linear/normal_equations.hpp"
#include "scatter_plan.hpp"
#include "schur_pattern.hpp"
#include "solvers.hpp"

namespace heliotrope {

using namespace linear_detail;

namespace {

constexpr double bytes_a_number = sizeof(double);

/// rows (columns^2 + 3 columns) of every residual block: J'J and J'r.
double flops_of_normal_equations(const BlockJacobian& jacobian) {
  double flops = 0.0;
  for (const JacobianPart& part : jacobian.parts) {
    const auto columns = static_cast<double>(part.columns());
    flops += static_cast<double>(part.num_blocks * block_lanes * part.rows) * columns * (columns + 3.0);
  }
  return flops;
}

/// Of J as it is stored: unused lanes and fixed variables included.
double stored_numbers(const BlockJacobian& jacobian) {
  double numbers = 0.0;
  for (const JacobianPart& part : jacobian.parts) {
    numbers += static_cast<double>(part.num_blocks * block_lanes * part.rows) * part.columns();
  }
  return numbers;
}

/// What SchurComplement keeps of the Jacobian at most: 1 GiB, or 60 bytes a residual where that is more.
double kept_jacobian_bytes(const EliminationPlan& plan) {
  return std::max(1073741824.0, 60.0 * static_cast<double>(plan.num_residuals));
}

LinearSolverCost sparse_cholesky_cost(const BlockJacobian& jacobian, double form, double stored) {
  NormalEquations normal;
  normal.analyse(jacobian);
  const SymbolicFactor factor =
      analyse_supernodes(normal.pattern(), block_order(normal.pattern()), most_flops, most_blocks);
  const bool too_large = factor.flops > most_flops;
  const double numbers =
      too_large ? factor.flops : static_cast<double>(normal.pattern().num_values()) + factor.nonzeros;
  return {.type = LinearSolverType::cholesky,
          .flops_form = form,
          .flops_solve = factor.flops,
          .bytes = stored + bytes_a_number * numbers};
}

}  // namespace

std::string_view name(LinearSolverType type) {
  switch (type) {
    case LinearSolverType::automatic:
      return "automatic";
    case LinearSolverType::cholesky:
      return "cholesky";
    case LinearSolverType::cholesky_simplicial:
      return "cholesky_simplicial";
    case LinearSolverType::cholesky_supernodal:
      return "cholesky_supernodal";
    case LinearSolverType::block_cholesky:
      return "block_cholesky";
    case LinearSolverType::eigen_cholesky:
      return "eigen_cholesky";
    case LinearSolverType::dense_cholesky:
      return "dense_cholesky";
    case LinearSolverType::dense_qr:
      return "dense_qr";
    case LinearSolverType::sparse_qr:
      return "sparse_qr";
    case LinearSolverType::conjugate_gradients:
      return "conjugate_gradients";
    case LinearSolverType::streamed:
      return "streamed";
    case LinearSolverType::schur_cholesky:
      return "schur_cholesky";
    case LinearSolverType::schur_dense:
      return "schur_dense";
    case LinearSolverType::schur_pcg:
      return "schur_pcg";
    case LinearSolverType::schur_implicit:
      return "schur_implicit";
  }
  return "";
}

std::vector<LinearSolverCost> predict_costs(const BlockJacobian& jacobian) {
  check_structure(jacobian);
  const auto n = static_cast<double>(jacobian.num_columns());
  const auto rows = static_cast<double>(count_rows(jacobian, ExportedRows::used_lanes));
  const double form = flops_of_normal_equations(jacobian), stored = bytes_a_number * stored_numbers(jacobian);
  const double tall = std::max(rows, n);
  std::vector<LinearSolverCost> costs;
  // Householder's factor of J, then that of [R; sqrt(damping)] [Golub2013, 5.2]; J dense twice, the stack twice.
  costs.push_back({.type = LinearSolverType::dense_qr,
                   .flops_form = 2.0 * n * n * (tall - n / 3.0),
                   .flops_solve = 10.0 / 3.0 * n * n * n,
                   .bytes = stored + bytes_a_number * (rows + 2.0 * tall + 4.0 * n) * n});
  costs.push_back({.type = LinearSolverType::dense_cholesky,
                   .flops_form = form,
                   .flops_solve = n * n * n / 3.0,
                   .bytes = stored + bytes_a_number * n * n});
  costs.push_back(sparse_cholesky_cost(jacobian, form, stored));
  // A product with J and one with J'; five n-vectors and one of residuals.
  costs.push_back({.type = LinearSolverType::conjugate_gradients,
                   .flops_form = 0.0,
                   .flops_solve = 4.0 * static_cast<double>(count_nonzeros(jacobian)),
                   .iterative = true,
                   .bytes = stored + bytes_a_number * (5.0 * n + rows)});
  return costs;
}

SchurPrediction predict_costs(const EliminationPlan& plan, int threads) {
  const double derivatives = count_derivatives(plan);
  // SchurComplement keeps so much of the Jacobian in single precision, and computes the rest again.
  LinearSolverCost implicit{.type = LinearSolverType::schur_implicit,
                            .flops_solve = 4.0 * derivatives,
                            .iterative = true,
                            .bytes = std::min(sizeof(float) * derivatives, kept_jacobian_bytes(plan))};
  SchurPrediction prediction;
  if (is_forming_hopeless(plan)) {
    prediction.reason = explain(plan, nullptr, {});
    prediction.costs.push_back(implicit);
    return prediction;
  }
  const SchurPattern pattern = make_schur_pattern(plan, threads);
  bool dense = false;
  const SymbolicFactor factor = order_reduced(pattern.blocks, dense);
  const SchurCosts seconds = count_costs(plan, pattern.blocks, factor.flops);
  const double form = pair_flops(plan), values = static_cast<double>(pattern.blocks.num_values());
  const double held = bytes_a_number * values + sizeof(std::uint32_t) * static_cast<double>(pattern.pairs.size());
  const auto n = static_cast<double>(plan.num_kept_columns());
  prediction.chosen = cheapest(seconds, assumed_iterations);
  prediction.reason = explain(plan, &pattern.blocks, seconds);
  prediction.costs.push_back({.type = LinearSolverType::schur_cholesky,
                              .flops_form = form,
                              .flops_solve = factor.flops,
                              .bytes = held + bytes_a_number * factor.nonzeros,
                              .seconds = seconds.with_cholesky()});
  prediction.costs.push_back({.type = LinearSolverType::schur_dense,
                              .flops_form = form,
                              .flops_solve = n * n * n / 3.0,
                              .bytes = held + bytes_a_number * n * n});
  prediction.costs.push_back({.type = LinearSolverType::schur_pcg,
                              .flops_form = form,
                              .flops_solve = 4.0 * values,
                              .iterative = true,
                              .bytes = held,
                              .seconds = seconds.with_gradients(assumed_iterations)});
  implicit.seconds = seconds.without_blocks(assumed_iterations);
  prediction.costs.push_back(implicit);
  return prediction;
}

}  // namespace heliotrope
