// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "heliotrope/problem/kernel.hpp"

namespace heliotrope {

/// What Problem::evaluate computes, and where.
struct EvaluationOptions {
  std::span<const double> values = {};  ///< all variables' numbers; empty: the problem's own
  bool apply_loss = true;               ///< false: plain least squares, as if every loss were trivial
  bool residuals = true;
  bool gradient = false;
  bool jacobian = false;
  Derivatives derivatives = Derivatives::automatic;  ///< automatic: each group's own choice
  int threads = 1;
};

/// Cost, residuals and derivatives at one point. Residuals are in order of addition, group by group; columns are
/// tangent directions of the free variables in order of addition. With losses applied, residuals and Jacobian are
/// those of Triggs' corrected linear least-squares problem, whose gradient is that of the cost. Terms count in cost and
/// gradient alone.
struct Evaluation {
  double cost = 0.0;  ///< 1/2 sum rho(|r|^2) + sum f; not finite where some residual is not
  std::vector<double> residuals;
  std::vector<double> gradient;  ///< [column]

  /// Jacobian in compressed rows: row i has entries row_begin[i] .. row_begin[i + 1].
  struct SparseRows {
    std::int64_t num_columns = 0;
    std::vector<std::int64_t> row_begin;
    std::vector<std::int64_t> column;
    std::vector<double> value;
  } jacobian;
};

}  // namespace heliotrope
