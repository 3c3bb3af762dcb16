// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "heliotrope/linear/elimination_plan.hpp"
#include "heliotrope/linear/normal_equations.hpp"
#include "heliotrope/linear/tile_source.hpp"

namespace heliotrope {

namespace linear_detail {
struct SchurPattern;
}

/// Eliminates the points of a plan from damped normal equations, evaluating as it goes; the Jacobian is never stored
/// (or, where products with S are wanted without S, in single precision).
///
///     [ U  W ] [ dk ]     [ gk ]          S = U + damping - W V^-1 W'       b = gk - W V^-1 gp
///     [ W' V ] [ dp ] = - [ gp ]          S dk = -b,    dp = -V^-1 (gp + W' dk),    V damped
///
/// k: kept variables, p: points. Same bits for any number of threads: batches of packs are evaluated and eliminated in
/// parallel, then every block of S takes their contributions in the order of the points, by one thread.
///
/// Life cycle: construct (structure; allocates everything), then for every point eliminate(), and back_substitute()
/// once the kept variables' step is known.
class SchurComplement final {
 public:
  /// Which blocks of S are formed.
  enum class Form {
    explicit_blocks,  ///< all of them
    diagonal          ///< those on the diagonal; multiply() serves for the rest
  };

  /// The plan must outlive this object. `column_begin`: of all block columns, as the plan was made from.
  /// Cost: explicit: 4 bytes a pair of kept variables of a point, and the blocks of S; diagonal: the Jacobian in single
  /// precision.
  SchurComplement(const EliminationPlan& plan, std::span<const std::int64_t> column_begin, Form form, int threads);
  /// Form::diagonal that keeps at most `jacobian_bytes` of the Jacobian in single precision, and computes the rest
  /// again for every product. Otherwise 1 GiB, or 60 bytes a residual where that is more.
  SchurComplement(const EliminationPlan& plan, std::span<const std::int64_t> column_begin, double jacobian_bytes,
                  int threads);
  /// Form::explicit_blocks with a pattern found before.
  SchurComplement(const EliminationPlan& plan, std::span<const std::int64_t> column_begin,
                  linear_detail::SchurPattern pattern, int threads);
  ~SchurComplement();

  /// One number a column each, of all variables.
  struct Vectors {
    std::span<double> gradient;  ///< out: J'r
    std::span<double> diagonal;  ///< out: diag(J'J)
    std::span<double> scale;     ///< in and out: max(memory * scale, diagonal), 1 where that is 0
    double memory = 0.0;
  };

  /// Evaluates at the present point and eliminates with damping lambda * scale of the points. With `fresh` the vectors
  /// are set; else the scale is used as it is (another lambda at the same point). The damping of the kept variables is
  /// left to whoever factorises. False: the damped V of some point is not positive definite, or not finite.
  bool eliminate(TileSource& source, double lambda, const Vectors& vectors, bool fresh, int threads);
  /// 1/2 sum rho at the present point, of the last elimination.
  double cost() const;

  /// step: in: the kept variables' columns; out: the points' too. Moves the points of the candidate, and returns the
  /// candidate's cost; the kept variables of the candidate have been moved already. Uses the last elimination's
  /// damping.
  double back_substitute(TileSource& source, const Vectors& vectors, std::span<double> step, int threads);

  /// What points do by themselves once the kept variables have moved.
  struct Settling {
    bool may_stay = false;  ///< those that are better off where they were stay there: their part of the step is zero
    int iterations = 0;     ///< then so many damped Newton steps, each taken where it makes the point's cost fall
  };
  /// After back_substitute: changes the points' part of `step` and the candidate. Returns the candidate's cost, which
  /// is no more than before.
  ///
  /// Cost: two evaluations of the residuals for those that may stay; one with derivatives and one without for each
  /// iteration.
  double settle_points(TileSource& source, const Vectors& vectors, std::span<double> step, const Settling& how,
                       int threads);

  /// The cost at the candidate or the present point, as back_substitute would give it.
  double evaluate_cost(TileSource& source, TileSource::Where where, int threads);

  const EliminationPlan& plan() const;
  /// Blocks of S; with Form::diagonal the diagonal ones.
  const BlockSymmetricPattern& pattern() const;
  /// Writes block (row, column), entry `entry` of the pattern, without damping: (i, j) to to[i * row_step + j *
  /// column_step]; on the diagonal the lower triangle.
  void write_block(std::int64_t entry, std::int64_t row, std::int64_t column, double* to, std::int64_t row_step,
                   std::int64_t column_step) const;
  /// b, one number a kept column.
  std::span<const double> right_side() const;
  /// Columns (of all) where the kept variables' columns begin: [kept variable].
  std::int64_t first_column(std::int64_t kept) const;

  /// y = S x without the kept variables' damping, from the stored Jacobian (Form::diagonal), or from the blocks.
  void multiply(std::span<const double> x, std::span<double> y, int threads);

  /// Bytes held, the plan included.
  std::int64_t bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heliotrope
