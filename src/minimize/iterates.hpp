// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "heliotrope/large_vector.hpp"
#include "minimize/bounds.hpp"
#include "minimize/retraction.hpp"
#include "minimize/vector_passes.hpp"

namespace heliotrope::detail {

/// Where a minimiser is, where it came from and where it goes, as n-vectors that are never copied: what is a trial
/// becomes the present, the present the past, by exchanging pointers.
///
/// Ages count from the newest: gradient(0) is that at x, direction(0) the one that led there, and
/// y(i) = gradient(i) - gradient(i + 1) belongs to s(i) = step(i) direction(i). So quasi-Newton pairs take no storage
/// and no pass of their own. Memory: 2 memory + 5 vectors, allocated when made.
///
/// With a retraction x is a point of a manifold, and gradients and directions are in the tangent space where they were
/// made: pairs are carried from there to here as they are.
class Iterates {
 public:
  /// memory: pairs that are kept; threads: for passes over vectors. Within bounds x and trial points are moved into
  /// them, and gradients are measured by P(x - g) - x. A retraction excludes bounds and must live as long.
  Iterates(std::span<const double> x, int memory, int threads, const Bounds& bounds = {},
           Retraction* retraction = nullptr);

  /// Of gradients and directions.
  std::int64_t size() const { return size_; }
  /// Points have at least 16 spare numbers behind them, which are zero.
  std::span<const double> x() const { return {x_, point_size_}; }
  std::span<const double> trial() const { return {trial_, point_size_}; }
  /// Where the objective writes the gradient at the trial point.
  std::span<double> trial_gradient() { return {gradients_[0], static_cast<std::size_t>(size_)}; }
  const double* gradient(int age) const { return gradients_[static_cast<std::size_t>(age) + 1]; }
  const double* direction(int age) const { return directions_[static_cast<std::size_t>(age) + 1]; }
  double step(int age) const { return steps_[static_cast<std::size_t>(age)]; }
  double* next_direction() {
    prepared_step_ = 0.0;
    return directions_[0];
  }
  int pairs() const { return pairs_; }
  /// Of vectors as passes see them.
  std::int64_t padded_size() const { return passes_.size(); }

  /// Sums over the newest `pairs` pairs, 4 each: y_i'g, y_i'y_0, d_i'g, d_i'y_0.
  void products(int pairs, double* sums);
  /// The next direction: -gamma g + sum_i on_y[i] y_i + on_d[i] d_i; its slope and square with it. If the step that
  /// will be tried first is known, the trial point is made in the same pass.
  void combine(int pairs, const minimize_detail::Coefficients& c, double first_step = 0.0);
  /// The same by a pass of the caller's: pass(begin, end, direction, trial, sums) writes the direction, the trial point
  /// where trial.to is not null, and sums: its slope, its square, and the trial point's square.
  template <class Pass>
  void combine_by(double first_step, const Pass& pass) {
    const minimize_detail::Trial trial{x_, first_step, prepares(first_step) ? trial_ : nullptr};
    double sums[3];
    passes_.run(3, sums, [&](std::int64_t begin, std::int64_t end, double* part) {
      pass(begin, end, directions_[0], trial, part);
    });
    slope = sums[0];
    direction_square = sums[1];
    trial_square_ = sums[2];
    prepared_step_ = trial.to != nullptr ? first_step : 0.0;
  }
  /// The next direction was written by somebody else.
  void measure_direction();

  /// trial = x + step * next direction, or where the retraction leads.
  void move(double step);
  /// phi'(step), |g|^2 and max |g| at the trial point, whose gradient was written; square is not finite where an
  /// element of g is not.
  struct Measure {
    double slope = 0.0, square = 0.0, max = 0.0;
  };
  Measure measure_trial();
  /// The start's gradient is the trial gradient; it becomes the present.
  void accept_start(double value, const Measure& at);
  /// The trial point becomes the present.
  void accept(double step, double value, const Measure& at);
  /// No past: the next direction starts anew.
  void forget() { pairs_ = 0; }

  double value = 0.0, old_value = 0.0;
  double square = 0.0, old_square = 0.0;                      ///< |g|^2 at x and before
  double max = 0.0;                                           ///< max |g|
  double slope = 0.0, old_slope = 0.0;                        ///< g'd of the next direction and of the one before
  double direction_square = 0.0, old_direction_square = 0.0;  ///< d'd, likewise
  double x_square = 0.0;                                      ///< |x|^2

 private:
  minimize_detail::PastView past(int pairs) const { return {pairs, gradients_.data() + 1, directions_.data() + 1}; }

  bool prepares(double first_step) const { return first_step > 0.0 && bounds_.empty() && retraction_ == nullptr; }
  Measure measure_projected(const Measure& plain);

  std::int64_t size_;
  std::size_t point_size_;
  Bounds bounds_;
  Retraction* retraction_;
  int pairs_ = 0;
  const minimize_detail::VectorKernels& kernels_;
  VectorPasses passes_;
  RawVector<double> storage_;
  double *x_ = nullptr, *trial_ = nullptr;
  double trial_square_ = 0.0;
  double prepared_step_ = 0.0;       // of the trial point, where combine made it; 0: none
  std::vector<double*> gradients_;   // the trial's, then by age
  std::vector<double*> directions_;  // the next, then by age
  std::vector<double> steps_;        // by age
};

}  // namespace heliotrope::detail
