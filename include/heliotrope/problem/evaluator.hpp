// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "heliotrope/aligned_buffer.hpp"
#include "heliotrope/linear/block_jacobian.hpp"
#include "heliotrope/problem/colored_residuals.hpp"
#include "heliotrope/problem/function_evaluator.hpp"
#include "heliotrope/problem/prepared_variables.hpp"
#include "heliotrope/problem/problem.hpp"

namespace heliotrope {

namespace detail {

/// What follows from a problem's structure alone: columns, and the work cut into chunks. Shared and never changed.
struct Structure {
  /// Blocks [begin, end) of one group: the unit of work and of summation, whatever the number of threads.
  struct Chunk {
    std::size_t group;
    std::int64_t begin, end;
  };
  /// A run of consecutive free variables of one manifold.
  struct Run {
    const ManifoldOperations* manifold;
    std::int64_t count;
    std::int64_t first_value;
    std::int64_t first_column;
  };

  LargeVector<std::int64_t> block_column;  ///< [variable]: block column, or -1 where fixed
  std::vector<Run> runs;
  std::vector<std::int64_t> column_begin;  ///< first column of each block column, and the total
  std::vector<Chunk> chunks;
  std::vector<FunctionStructure> functions;
  int max_chunk_rows = 0;         ///< most doubles that the residuals of a chunk take
  std::size_t scratch_bytes = 0;  ///< most scratch that a kernel takes
};

std::shared_ptr<const Structure> make_structure(const Problem& problem);
/// The Jacobian's block structure, without values.
BlockJacobian make_jacobian(const Problem& problem, const Structure& structure);

/// out = plus(values, step) for every free variable, the others as they are.
void plus(const Structure& structure, std::span<const double> values, std::span<const double> step,
          std::span<double> out);

/// How a group is differentiated, never automatic: by its own choice if it made one, else as wanted, else (where that
/// is not offered or not said) as suits its type best. With `insist` what is wanted comes before the group's choice.
Derivatives resolve_derivatives(const ResidualGroup& group, Derivatives wanted, bool insist);

/// The kernel that computes residuals and Jacobian in a way that is not automatic.
Kernel kernel_for(const ResidualGroup& group, Derivatives kind);

}  // namespace detail

/// Evaluates a problem again and again: cost, residuals, Jacobian, in memory allocated once.
///
/// Same bits whatever the number of threads: sums run over fixed chunks in a fixed order. One object serves one
/// thread of control at a time. It keeps no reference to the problem; every call is given one of the structure that
/// it was made for.
class Evaluator {
 public:
  struct Options {
    bool apply_loss = true;
    bool jacobian = true;                              ///< false: no memory for derivatives
    Derivatives derivatives = Derivatives::automatic;  ///< automatic: each group's own choice
    int threads = 1;
    bool insist = false;    ///< `derivatives` comes before a group's own choice
    bool bounded = false;   ///< differences of black-box functions stay within the bounds, as points then must
    bool functions = true;  ///< false: residuals of black-box functions stay zero
    bool timed = false;     ///< group_seconds() is wanted
  };

  Evaluator(const Problem& problem, const Options& options);

  /// 1/2 sum rho(|r|^2) + sum f at `values` (problem.num_values() numbers); not finite where some residual is not.
  double cost(const Problem& problem, std::span<const double> values);

  /// The same, and residuals and Jacobian into jacobian(): with losses applied, those of the corrected problem. A term
  /// is a row of its own there, whose residual is its value.
  double linearise(const Problem& problem, std::span<const double> values);

  /// values moved by `step` (one number a column): out = plus(values, step) for free variables.
  void plus(std::span<const double> values, std::span<const double> step, std::span<double> out) const;

  /// Residuals only, as linearise would leave them in jacobian().
  double residuals(const Problem& problem, std::span<const double> values);

  /// Names the first residual that is not finite at `values`, and its variables; empty where all are.
  std::string find_non_finite(const Problem& problem, std::span<const double> values);

  /// The same of derivatives before losses, with the coordinate; for an evaluator with a Jacobian, which it overwrites.
  std::string find_non_finite_derivative(const Problem& problem, std::span<const double> values);

  /// Begins anew: the next Jacobian is estimated, whatever was known of functions that are updated between estimates.
  void restart();
  /// Whether the last Jacobian was updated rather than computed; restart() and linearise() make it fresh.
  bool is_updated() const;
  /// Of the black-box functions, since this was made.
  detail::FunctionCounts function_counts() const;

  /// What the last evaluation took for one group, over all threads; its share of a black-box function's by blocks.
  /// Coloured residuals count where they are copied only. 0 unless timed.
  double group_seconds(std::size_t group) const;

  const BlockJacobian& jacobian() const { return jacobian_; }
  std::int64_t num_columns() const { return jacobian_.num_columns(); }
  const std::shared_ptr<const detail::Structure>& structure() const { return structure_; }
  const Options& options() const { return options_; }

 private:
  double evaluate(const Problem& problem, std::span<const double> values, bool store, bool derivatives);
  double evaluate_chunk(const Problem& problem, const detail::Structure::Chunk& chunk, int worker, bool store,
                        bool derivatives);
  void make_colored(const Problem& problem);

  Options options_;
  std::shared_ptr<const detail::Structure> structure_;
  BlockJacobian jacobian_;
  std::vector<AlignedBuffer> residuals_;  ///< [group]
  std::vector<AlignedBuffer> jacobians_;  ///< [group]
  std::vector<double*> jacobian_at_;      ///< [group]: in jacobians_, or a function's
  std::vector<detail::FunctionEvaluator> functions_;
  std::unique_ptr<detail::ColoredResiduals> colored_;        ///< where some group is differentiated by colours
  std::vector<AlignedBuffer> workspace_;                     ///< [worker]: a chunk's residuals and a kernel's scratch
  std::vector<detail::PreparedVariables> prepared_;          ///< [group]
  std::vector<detail::PreparedVariables::Tables> tables_;    ///< [group]
  std::vector<LargeVector<std::int64_t>> prepared_offsets_;  ///< [group]: [block][prepared slot][8]
  AlignedBuffer values_;  ///< the point, with the spare doubles that kernels may read
  std::vector<double> chunk_costs_;
  std::vector<std::int64_t> function_of_group_;           ///< [group]: or -1
  std::vector<double> chunk_seconds_, function_seconds_;  ///< where timed
};

}  // namespace heliotrope
