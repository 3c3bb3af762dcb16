// SPDX-License-Identifier: Apache-2.0
// The trust-region loop between solves: checkpoints, and a cost that the observer has changed.
#include <algorithm>
#include <cmath>

#include "minimize/trust_region.hpp"
#include "minimize/without_effect.hpp"
#include "shortest_text.hpp"

namespace heliotrope::detail {

namespace {

/// What two solves must agree in for one to go on from the other.
std::array<std::int64_t, 8> about(const Problem& problem, const MinimizeOptions& options) {
  return {problem.num_values(),
          problem.num_columns(),
          problem.num_residuals(),
          static_cast<std::int64_t>(options.method),
          static_cast<std::int64_t>(options.damping),
          static_cast<std::int64_t>(options.linear),
          static_cast<std::int64_t>(options.derivatives),
          options.point_iterations};
}

/// Throws where a point is outside the bounds of numbers that may move.
void check_bounds(const Problem& problem, std::span<const double> values) {
  if (!problem.has_bounds()) return;
  const auto lower = ProblemAccess::lower_bounds(problem), upper = ProblemAccess::upper_bounds(problem);
  const auto offsets = ProblemAccess::offsets(problem);
  for (std::size_t v = 0; v < offsets.size(); ++v) {
    const AnyVariable variable(static_cast<std::int64_t>(v));
    const ManifoldOperations& manifold = ProblemAccess::manifold(problem, variable.index());
    if (!manifold.euclidean || problem.is_fixed(variable)) continue;
    for (int c = 0; c < manifold.ambient_size; ++c) {
      const auto i = static_cast<std::size_t>(offsets[v] + c);
      if ((values[i] >= lower[i] && values[i] <= upper[i]) || problem.is_held(variable, c)) continue;
      throw Error("the checkpoint is of other bounds: " + name_coordinate(problem, variable.index(), c) + " is " +
                  shortest_text(values[i]) + " there, expected " + shortest_text(lower[i]) + " to " +
                  shortest_text(upper[i]));
    }
  }
}

}  // namespace

std::vector<double> TrustRegionLoop::recent_decreases() const {
  std::vector<double> recent;
  for (std::size_t k = num_decreases_ - std::min(num_decreases_, decreases_.size()); k < num_decreases_; ++k) {
    recent.push_back(decreases_[k % decreases_.size()]);
  }
  return recent;
}

/// The state right after linearising an accepted point, from which resume() comes to the same bits.
void TrustRegionLoop::save_checkpoint() {
  if (!options_.checkpoint || w_.model->is_updated()) return;
  const double now = seconds_since(start_);
  if (now - saved_at_ < options_.checkpoint_seconds) return;
  saved_at_ = now;
  Checkpoint checkpoint{.values = {w_.point().begin(), w_.point().end()},
                        .scale = {w_.scale.begin(), w_.scale.end()},
                        .cost = w_.cost,
                        .linearised_cost = w_.at_x,
                        .initial_cost = summary_.initial_cost,
                        .start_cost = start_cost_,
                        .flat_iterations = flat_iterations_,
                        .decreases = recent_decreases(),
                        .iterations = summary_.iterations,
                        .strategy = strategy_.save(),
                        .model = {},
                        .model_text = {},
                        .about = about(problem_, options_)};
  w_.model->save(checkpoint);
  options_.checkpoint(checkpoint);
}

bool TrustRegionLoop::resume(const Checkpoint& from) {
  if (from.about != about(problem_, options_)) {
    throw Error("the checkpoint is of another problem or of other options (method, damping, linear solver, ...)");
  }
  if (from.values.size() != w_.point().size() || from.scale.size() != w_.scale.size() || from.iterations.empty()) {
    throw Error("the checkpoint has " + std::to_string(from.values.size()) + " numbers and " +
                std::to_string(from.scale.size()) + " columns; expected " + std::to_string(w_.point().size()) +
                " and " + std::to_string(w_.scale.size()));
  }
  check_bounds(problem_, from.values);
  std::copy(from.values.begin(), from.values.end(), w_.x.begin());
  std::copy(from.values.begin(), from.values.end(), w_.candidate.begin());
  std::copy(from.scale.begin(), from.scale.end(), w_.scale.begin());
  strategy_.restore(from.strategy);
  w_.model->restore(from);
  w_.memory = 1.0;  // the scale is that of this point
  const bool finite = w_.linearise(strategy_.next_damping());
  w_.memory = scale_memory;
  constexpr double same = 1e-9;  // other data differ by more, other instruction sets by less
  if (!finite || !(std::abs(w_.at_x - from.linearised_cost) <= same * std::abs(from.linearised_cost))) {
    throw Error("the checkpoint is of another problem: the cost at its point is " +
                shortest_text(from.linearised_cost) + " there and " + shortest_text(w_.at_x) + " here");
  }
  w_.cost = from.cost;
  summary_.initial_cost = from.initial_cost;
  start_cost_ = from.start_cost;
  summary_.final_cost = from.cost;
  summary_.iterations = from.iterations;
  flat_iterations_ = static_cast<int>(from.flat_iterations);
  for (const double decrease : from.decreases) decreases_[num_decreases_++ % decreases_.size()] = decrease;
  judge_.begin(w_.cost, 0);
  seconds_before_ = from.iterations.back().seconds;
  return true;
}

/// Where the observer has changed the cost: the same point, linearised anew. False: nothing has changed.
bool TrustRegionLoop::begin_anew() {
  if (!changed_) return false;
  changed_ = false;
  ++times_anew_;
  w_.model->refresh(w_);
  if (!w_.linearise(strategy_.next_damping())) {
    stop(Status::linear_failure);
    summary_.message += blame_point(w_, options_.derivatives);
  }
  w_.cost = start_cost_ = summary_.final_cost = w_.at_x;
  flat_iterations_ = 0;
  num_decreases_ = 0;
  judge_.begin(w_.cost, options_.nonmonotone_steps);
  if (options_.nonmonotone_steps > 0) w_.best = w_.x;
  strategy_.interrupted();
  return true;
}

}  // namespace heliotrope::detail
