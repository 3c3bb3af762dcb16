// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "minimize/objective_run.hpp"
#include "minimize/trust_method.hpp"

namespace heliotrope::detail {

/// The loop that all trust-region methods of objectives share: propose, evaluate, judge, accept or not, record, stop.
///
/// Every proposal is an iteration. Where rounding hides the decrease that is promised, a step is accepted if it
/// shrinks the gradient, else the value has converged [in the spirit of Conn2000, 17.4.2].
class ObjectiveTrustRegion {
 public:
  ObjectiveTrustRegion(ObjectiveRun& run, Iterates& at, TrustMethod& method, ObjectiveSummary& summary)
      : run_(run), at_(at), method_(method), summary_(summary) {}

  /// Runs from the iterates' point; the last, which is the best but for rounding, is written to x.
  void run(std::span<double> x);

 private:
  void iterate();
  void reject(const LinePoint& trial, bool hidden);

  ObjectiveRun& run_;
  Iterates& at_;
  TrustMethod& method_;
  ObjectiveSummary& summary_;
  bool contradicted_ = false;  // by the shortest step at which the value rose: slopes say that it falls
};

}  // namespace heliotrope::detail
