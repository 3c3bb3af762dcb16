// SPDX-License-Identifier: Apache-2.0
#include "minimize/objective_trust_region.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heliotrope::detail {

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr double least_accepted_gain = 1e-4;    // [Nocedal2006, 4.1] allows any below 1/4
constexpr double value_noise = 10.0 * epsilon;  // of f [Conn2000, 17.4.2]
constexpr double no_gain = -std::numeric_limits<double>::infinity();

}  // namespace

void ObjectiveTrustRegion::run(std::span<double> x) {
  if (run_.begin()) {
    method_.update(at_);
    while (!run_.stopped()) iterate();
  }
  run_.conclude();
  const auto best = at_.x();
  std::copy(best.begin(), best.end(), x.begin());
}

void ObjectiveTrustRegion::iterate() {
  const double promised = method_.propose(at_);
  const bool shortest = at_.direction_square <= epsilon * epsilon * at_.x_square;
  if (!(promised > 0.0) || shortest) {
    return run_.stop(contradicted_ ? ObjectiveStatus::line_search_failed : ObjectiveStatus::value_converged);
  }
  const LinePoint trial = run_.evaluate(1.0);
  const bool finite = std::isfinite(trial.value) && std::isfinite(trial.slope);
  const double noise = value_noise * std::abs(at_.value), decrease = at_.value - trial.value;
  const bool hidden = finite && promised <= noise;
  const double gain = !finite ? no_gain : hidden ? 1.0 : decrease / promised;
  const bool shrinks = run_.measure().square < at_.square;
  const bool no_worse = decrease >= -noise && trial.value <= summary_.initial_value;
  const bool accepted = hidden ? shrinks && no_worse : gain >= least_accepted_gain;
  if (finite) method_.learn(at_);
  method_.judge(at_, gain, accepted);
  if (!accepted) return reject(trial, hidden);
  at_.accept(1.0, trial.value, run_.measure());
  contradicted_ = false;
  run_.record_step(1.0);
  if (!run_.stopped()) method_.update(at_);
}

void ObjectiveTrustRegion::reject(const LinePoint& trial, bool hidden) {
  constexpr double significant_rise = 1e-12, kept_slope = 0.5, contradicting_rise = 0.1;  // as LineFunction's
  const double rise = trial.value - at_.value;
  if (rise > significant_rise * std::abs(at_.value)) {
    contradicted_ = trial.slope <= kept_slope * at_.slope && rise >= -contradicting_rise * at_.slope;
  }
  run_.record_rejection();
  if (hidden) run_.stop(ObjectiveStatus::value_converged);
}

}  // namespace heliotrope::detail
