// SPDX-License-Identifier: Apache-2.0
// How a trust-region method proposes steps. The loop owns acceptance, termination and bookkeeping.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "minimize/workspace.hpp"

namespace heliotrope::detail {

class StepStrategy {
 public:
  virtual ~StepStrategy() = default;

  /// Forgets the last solve.
  virtual void begin(const MinimizeOptions& options, const Model& model) = 0;

  /// Computes a step and moves the workspace's candidate along it. False: no step could be computed with the present
  /// damping; the loop then calls rejected().
  virtual bool propose(Workspace& w) = 0;
  /// The decrease that the model promised for the step proposed last.
  virtual double predicted_decrease(const Workspace& w) const = 0;
  /// Whether a gain ratio (actual over predicted decrease) is enough.
  virtual bool accepts(double gain_ratio) const = 0;

  virtual void accepted(double gain_ratio) = 0;
  virtual void rejected() = 0;
  /// The loop took steps of its own: what was computed for the last step is gone.
  virtual void interrupted() {}

  /// What the method remembers from step to step, for a Checkpoint.
  virtual std::vector<double> save() const = 0;
  /// After begin(). Throws Error where these are not the numbers of this method.
  virtual void restore(std::span<const double> saved) = 0;

  /// Damping that the next step is likely to be solved with.
  virtual double next_damping() const = 0;
  /// Damping of the last step, or its length.
  virtual double parameter() const = 0;
  /// Whether damping, more than the model, made the last step as short as it is.
  virtual bool holds_back() const { return false; }
  /// Whether smaller steps are still worth a try.
  virtual bool exhausted() const = 0;
};

/// Restores as many numbers as there are, in the order of save(). Throws Error where there are more or fewer.
template <class... Numbers>
void restore_numbers(std::span<const double> saved, Numbers&... numbers) {
  if (saved.size() != sizeof...(numbers)) {
    throw Error("a checkpoint holds " + std::to_string(saved.size()) + " numbers of its method; expected " +
                std::to_string(sizeof...(numbers)));
  }
  std::size_t i = 0;
  ((numbers = static_cast<Numbers>(saved[i++])), ...);
}

std::unique_ptr<StepStrategy> make_levenberg_marquardt();
std::unique_ptr<StepStrategy> make_gauss_newton();
std::unique_ptr<StepStrategy> make_dogleg(bool subspace);

/// The model g's + 1/2 |J s|^2 in the plane of two steps v and n; squares and products of lengths are in the norm of D.
struct PlaneModel {
  double v_square = 0.0, vn = 0.0, n_square = 0.0;
  double v_slope = 0.0, n_slope = 0.0;                              ///< g'v, g'n
  double v_curvature = 0.0, vn_curvature = 0.0, n_curvature = 0.0;  ///< |J v|^2, (J v)'(J n), |J n|^2
};
/// The step v * its own v + n * its own n.
struct Combination {
  double v, n;
};
Combination dogleg_step(const PlaneModel& model, double radius);
Combination subspace_step(const PlaneModel& model, double radius);

}  // namespace heliotrope::detail
