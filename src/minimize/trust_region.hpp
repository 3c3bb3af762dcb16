// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "minimize/nonmonotone.hpp"
#include "minimize/step_strategy.hpp"

namespace heliotrope::detail {

/// The loop that all trust-region methods share: propose, judge, accept or reject, record, stop.
///
/// An iteration is flat where the cost falls by less than cost_tolerance of itself (or of 1e-6, if that is more).
/// Then undamped steps follow as long as each shrinks: fast convergence runs to the rounding of the data. Slow valleys,
/// where undamped steps do not shrink, stop at the second flat iteration in a row, unless the undamped model still
/// promises a relative decrease of 1e-3: a plateau, not a minimum.
class TrustRegionLoop {
 public:
  TrustRegionLoop(Workspace& workspace, Problem& problem, StepStrategy& strategy, const MinimizeOptions& options,
                  Summary& summary, Clock::time_point start)
      : w_(workspace), problem_(problem), strategy_(strategy), options_(options), summary_(summary), start_(start) {}

  void run();

 private:
  bool begin();
  bool resume(const Checkpoint& from);
  void save_checkpoint();
  std::vector<double> recent_decreases() const;
  bool begin_anew();
  void iterate();
  void finish_flat(bool within_tolerance);
  void note_decrease(double decrease) { decreases_[num_decreases_++ % decreases_.size()] = decrease; }
  bool nothing_to_come() const;
  bool polish(double last);
  bool take(double next_damping);
  void keep_best(double predicted);
  bool freshen();
  bool observe(const Iteration& iteration);
  void record(double gain_ratio, bool accepted, double damping);
  void check_gradient();
  void stop(Status status);

  Workspace& w_;
  Problem& problem_;
  StepStrategy& strategy_;
  const MinimizeOptions& options_;
  Summary& summary_;
  Clock::time_point start_;
  NonmonotoneJudge judge_;
  bool stopped_ = false;
  int times_anew_ = 0;
  bool changed_ = false;               ///< the observer has changed the cost
  double start_cost_ = 0.0;            ///< that no step may end above
  double seconds_before_ = 0.0;        ///< of the solve that this one goes on from
  double saved_at_ = 0.0;              ///< seconds of the last checkpoint
  int flat_iterations_ = 0;            ///< in a row
  std::array<double, 8> decreases_{};  ///< of the last accepted steps, the last at (num_decreases_ - 1) % 8
  std::size_t num_decreases_ = 0;
};

}  // namespace heliotrope::detail
