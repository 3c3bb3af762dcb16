// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "heliotrope/problem/problem.hpp"

namespace heliotrope {

/// The cost of a problem and its gradient in the tangent space, without a Jacobian: what gradient methods see.
///
///     g = sum_k rho_k' J_k' W_k' W_k r_k + sum_i grad f_i
///
/// Residuals and derivatives of a few blocks are evaluated and consumed while they are in cache. The rows of black-box
/// functions are the exception: their Jacobian is estimated by colours, and stored.
///
/// Same bits whatever the number of threads: sums run over fixed chunks in a fixed order. One object serves one thread
/// of control at a time. It keeps no reference to the problem; every call is given one of the structure that it was
/// made for. Memory: 8 bytes a residual block and slot, one n-vector, and up to 64 copies of the columns that many
/// residuals share; nothing is allocated after it is made.
class GradientEvaluator {
 public:
  struct Options {
    Derivatives derivatives = Derivatives::automatic;  ///< automatic: each group's own choice
    int threads = 1;
  };

  GradientEvaluator(const Problem& problem, const Options& options);
  ~GradientEvaluator();
  GradientEvaluator(GradientEvaluator&&) noexcept;
  GradientEvaluator& operator=(GradientEvaluator&&) noexcept;

  /// The cost at `values` (problem.num_values() numbers) and its gradient: one number a column, or empty where the cost
  /// alone is wanted. Neither is finite where some residual or term is not. Throws Error where a size differs.
  double evaluate(const Problem& problem, std::span<const double> values, std::span<double> gradient);
  /// The same, given values that have at least 8 spare doubles behind them, which are not copied then.
  double evaluate_in_place(const Problem& problem, const double* values, std::span<double> gradient);

  std::int64_t num_columns() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heliotrope
