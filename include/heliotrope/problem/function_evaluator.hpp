// SPDX-License-Identifier: Apache-2.0
// Evaluates a problem's black-box function, and its Jacobian by colours, into the blocks that linear solvers read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "heliotrope/aligned_buffer.hpp"
#include "heliotrope/derive/colored_jacobian.hpp"
#include "heliotrope/derive/schubert_update.hpp"
#include "heliotrope/problem/problem.hpp"

namespace heliotrope::detail {

/// What follows from a function's structure alone. Its *coordinates* are those that differences move: the numbers of
/// Euclidean variables, tangent directions of others.
struct FunctionStructure {
  /// Consecutive variables of one manifold, as the function takes them.
  struct Run {
    const ManifoldOperations* manifold;
    std::int64_t count, first_value, first_input, first_coordinate;
  };
  std::vector<Run> runs;
  bool euclidean = true;  ///< of all runs: then coordinates are inputs
  std::int64_t num_inputs = 0, num_coordinates = 0;
  SparsityPattern pattern;  ///< rows x coordinates; those of fixed variables have no entry
  Coloring coloring;
  LargeVector<std::int64_t> places;       ///< of each entry in the storage of the function's Jacobian
  std::vector<std::int64_t> group_begin;  ///< where that of each of its groups begins, and its size
};

FunctionStructure make_function_structure(const Problem& problem, const FunctionResiduals& function);

/// What black-box functions cost, and where their derivatives could not be had.
struct FunctionCounts {
  std::int64_t evaluations = 0;
  std::int64_t columns_failed = 0;  ///< in all estimates: f was not finite on every side, or no step fits

  FunctionCounts& operator+=(const FunctionCounts& other) {
    evaluations += other.evaluations;
    columns_failed += other.columns_failed;
    return *this;
  }
};

/// Memory for one function's values and Jacobian at one point.
class FunctionEvaluator {
 public:
  /// `bounded`: a problem within whose bounds differences stay, or null.
  FunctionEvaluator(std::shared_ptr<const FunctionResiduals> function, const FunctionStructure& structure,
                    bool jacobian, int threads, const Problem* bounded = nullptr);

  /// r at the problem's numbers; not evaluated again where they are those of the last call.
  void evaluate(const double* values);
  /// r, and the Jacobian before losses.
  void linearise(const double* values);
  /// Takes the problem's typical sizes, where they are others than those of the last call.
  void take_typical(const Problem& problem);
  void restart() { age_ = 0; }
  bool is_updated() const { return age_ > 1; }
  /// Since it was made.
  const FunctionCounts& counts() const { return counts_; }

  /// Rows of blocks [begin, end) of one of the function's groups: [block][row][8].
  void copy_residuals(const ResidualGroup& group, std::int64_t begin, std::int64_t end, double* out) const;
  /// Where the Jacobian of a group (of the problem) is; null without one.
  double* jacobian(std::size_t group);

 private:
  class PointPool;
  void call(std::span<const double> coordinates, std::span<double> r);
  void estimate(std::span<double> values);
  void update();

  std::shared_ptr<const FunctionResiduals> function_;
  const FunctionStructure* structure_;
  std::optional<ColoredDifferences> differences_;
  std::optional<SchubertUpdate> secant_;
  LargeVector<double> typical_;  // [coordinate], 0: not given; empty: none was ever
  LargeVector<double> inputs_, coordinates_, r_;
  bool evaluated_ = false;
  AlignedBuffer jacobian_;
  bool is_finite_ = true;  // r where the Jacobian was taken last: else losses may have left nan where no entry is

  // Between estimates: entries by rows, and the point and r that they hold for.
  LargeVector<double> values_, inputs_before_, r_before_, step_;
  FunctionCounts counts_;
  int age_ = 0;  // linearisations since the estimate, counting it

  std::shared_ptr<PointPool> points_;  // inputs of the evaluations that run at once, where coordinates are none
};

}  // namespace heliotrope::detail
