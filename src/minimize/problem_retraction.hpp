// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "heliotrope/large_vector.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "minimize/retraction.hpp"

namespace heliotrope::detail {

/// How the free variables of a problem move. All memory is taken when it is made.
class ProblemRetraction final : public Retraction {
 public:
  ProblemRetraction(const Problem& problem, int threads);

  /// Whether it does no more than adding vectors: then there is no need of it.
  bool is_addition() const { return addition_; }
  std::int64_t num_values() const override { return num_values_; }
  std::int64_t num_columns() const override { return structure_->column_begin.back(); }
  double plus(const double* x, const double* d, double step, double* to) override;

 private:
  /// Consecutive variables of a run: the unit of work and of summation.
  struct Piece {
    const ManifoldOperations* manifold;
    std::int64_t count, first_value, first_column;
    std::int64_t scratch;  ///< where its step is in scratch_
  };
  double move(const Piece& piece, const double* x, const double* d, double step, double* to);

  std::shared_ptr<const Structure> structure_;
  std::int64_t num_values_;
  int threads_;
  bool addition_;
  std::vector<Piece> pieces_;
  std::vector<double> squares_;  // [piece]
  std::vector<double> scratch_;  // of the pieces that are not Euclidean: one variable's step each
};

}  // namespace heliotrope::detail
