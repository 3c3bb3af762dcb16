// SPDX-License-Identifier: Apache-2.0
#include "minimize/residual_curvature.hpp"

#include <algorithm>
#include <cmath>

namespace heliotrope::detail {

namespace {

/// Gain ratio of J'J above which S is of no use. At 0.8 one run of [More1981] fewer succeeds; 0.95 changes little.
constexpr double good_gain = 0.9;

/// Square of a coordinate's share of a step that is lost in rounding: y / s would be noise over nothing.
constexpr double rounding = 1e-24;

}  // namespace

void ResidualCurvature::resize(std::size_t n) {
  diagonal_.resize(n);
  reset();
}

void ResidualCurvature::reset() {
  std::fill(diagonal_.begin(), diagonal_.end(), 0.0);
  used_ = known_ = false;
}

bool ResidualCurvature::leave(std::span<const double> step, double predicted, double decrease) {
  if (diagonal_.empty()) return false;
  double part = 0.0;  // what S takes off the promise
  for (std::size_t j = 0; known_ && j < step.size(); ++j) part += 0.5 * diagonal_[j] * step[j] * step[j];
  const double plain = predicted + (used_ ? part : 0.0);
  const bool poor = !(decrease > good_gain * plain);
  used_ = poor && part > 0.0 && std::abs(decrease - (plain - part)) < std::abs(decrease - plain);
  return poor || known_;
}

void ResidualCurvature::arrive(std::span<const double> step, std::span<const double> expected,
                               std::span<const double> gradient, std::span<const double> scale) {
  known_ = true;
  double square = 0.0;
  for (std::size_t j = 0; j < step.size(); ++j) square += scale[j] * step[j] * step[j];
  for (std::size_t j = 0; j < step.size(); ++j) {
    if (!(scale[j] * step[j] * step[j] > rounding * square)) continue;
    const double curvature = (gradient[j] - expected[j]) / step[j];
    if (std::isfinite(curvature)) diagonal_[j] = std::max(0.0, curvature);
  }
}

bool ResidualCurvature::change() {
  if (!known_) return false;
  used_ = !used_;
  return true;
}

void ResidualCurvature::save(std::vector<double>& to) const {
  if (!known_) return;
  to.push_back(used_ ? 1.0 : 0.0);
  to.insert(to.end(), diagonal_.begin(), diagonal_.end());
}

bool ResidualCurvature::restore(std::span<const double> from) {
  reset();
  if (from.empty()) return true;
  if (from.size() != diagonal_.size() + 1 || diagonal_.empty()) return false;
  known_ = true;
  used_ = from[0] != 0.0;
  std::copy(from.begin() + 1, from.end(), diagonal_.begin());
  return true;
}

}  // namespace heliotrope::detail
