// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "minimize/step_strategy.hpp"

namespace heliotrope::detail {

/// The loop that all trust-region methods share: propose, judge, accept or reject, record, stop.
///
/// When the cost stops falling (relative decrease under cost_tolerance), undamped steps follow as long as each is at
/// most a tenth of the one before: quadratic convergence runs to the rounding of the data, slow valleys stop at once.
class TrustRegionLoop {
 public:
  TrustRegionLoop(Workspace& workspace, StepStrategy& strategy, const MinimizeOptions& options, Summary& summary,
                  Clock::time_point start)
      : w_(workspace), strategy_(strategy), options_(options), summary_(summary), start_(start) {}

  void run();

 private:
  bool begin();
  void iterate();
  void polish();
  bool take();
  void record(double gain_ratio, bool accepted, double damping);
  void check_gradient();
  void stop(Status status);

  Workspace& w_;
  StepStrategy& strategy_;
  const MinimizeOptions& options_;
  Summary& summary_;
  Clock::time_point start_;
  bool stopped_ = false;
};

}  // namespace heliotrope::detail
