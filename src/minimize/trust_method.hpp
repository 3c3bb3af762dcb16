// SPDX-License-Identifier: Apache-2.0
// What a trust-region method knows of an objective and how far it believes it. The loop evaluates, accepts and stops.
#pragma once

#include <memory>

#include "heliotrope/minimize/minimize_objective.hpp"
#include "minimize/iterates.hpp"

namespace heliotrope::detail {

class TrustMethod {
 public:
  virtual ~TrustMethod() = default;
  /// The point has changed; called at the start too.
  virtual void update(const Iterates& at) = 0;
  /// Writes a step into at.next_direction() and measures it. Returns the decrease that the model promises, which is
  /// positive unless no step can be made.
  virtual double propose(Iterates& at) = 0;
  /// The trial point's gradient is there, be the step accepted or not.
  virtual void learn(Iterates&) {}
  /// gain_ratio: actual over promised decrease; minus infinity where the trial is not finite.
  virtual void judge(const Iterates& at, double gain_ratio, bool accepted) = 0;
};

/// Conjugate gradients within a radius.
std::unique_ptr<TrustMethod> make_steihaug(const SecondOrderObjective& f, const ObjectiveOptions& options,
                                           std::int64_t size, ObjectiveSummary& summary);
/// The nearly exact step within a radius.
std::unique_ptr<TrustMethod> make_more_sorensen(const SecondOrderObjective& f, const ObjectiveOptions& options,
                                                ObjectiveSummary& summary);
std::unique_ptr<TrustMethod> make_damped_newton(const SecondOrderObjective& f, const ObjectiveOptions& options,
                                                ObjectiveSummary& summary);
std::unique_ptr<TrustMethod> make_sr1(const ObjectiveOptions& options, std::int64_t size, ObjectiveSummary& summary);

}  // namespace heliotrope::detail
