// SPDX-License-Identifier: Apache-2.0
#include "minimize/bounded_step.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "heliotrope/problem/problem_access.hpp"
#include "minimize/bounds.hpp"

namespace heliotrope::detail {

namespace {

/// Solutions on faces, each a factorisation, that a step takes at most. Chosen, not measured.
constexpr int most_faces = 6;
/// Decrease along the projected gradient that is enough, and how its length shrinks until it is [Conn2000, 12.2.1].
constexpr double sufficient_decrease = 0.1;
constexpr double path_shrink = 0.25;
constexpr int most_path_points = 40;

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

BoundedStep::BoundedStep(const Problem& problem, const Structure& structure, const BlockJacobian& jacobian,
                         const JacobianOperator& products)
    : reduced_(jacobian) {
  for (const Structure::Run& run : structure.runs) {
    if (run.manifold->euclidean) runs_.push_back(run);
  }
  const auto n = static_cast<std::size_t>(jacobian.num_columns());
  for (auto* v : {&lower_, &upper_}) v->resize(static_cast<std::size_t>(problem.num_values()));
  for (auto* v : {&edge_, &damping_, &gradient_step_}) v->resize(n);
  for (auto* v : {&held_at_x_, &held_}) v->resize(n);
  rows_.resize(static_cast<std::size_t>(products.residual_size()));
  for (JacobianPart& part : reduced_.parts) {
    const auto rows = static_cast<std::size_t>(part.num_blocks * part.rows * block_lanes);
    values_.emplace_back(rows * static_cast<std::size_t>(part.columns()));
    residuals_.emplace_back(rows);
    part.jacobian = values_.back().data();
    part.residuals = residuals_.back().data();
  }
}

void BoundedStep::begin(Workspace& w) {
  const auto lower = ProblemAccess::lower_bounds(*w.problem), upper = ProblemAccess::upper_bounds(*w.problem);
  std::copy(lower.begin(), lower.end(), lower_.begin());
  std::copy(upper.begin(), upper.end(), upper_.begin());
  clipped_ = false;
  const auto held = ProblemAccess::held(*w.problem);  // numbers that stay where they are, bounds or not
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (!held[i]) continue;
    lower_[i] = -infinite;
    upper_[i] = infinite;
  }
  for (const Structure::Run& run : runs_) {
    const auto first = static_cast<std::size_t>(run.first_value);
    for (std::size_t i = first; i < first + static_cast<std::size_t>(run.count * run.manifold->ambient_size); ++i) {
      if (w.x[i] < lower_[i]) w.x[i] = lower_[i];  // nan stays, and is found
      if (w.x[i] > upper_[i]) w.x[i] = upper_[i];
    }
  }
}

void BoundedStep::linearise(Workspace& w, const Tools& tools) {
  std::fill(w.low.begin(), w.low.end(), -infinite);
  std::fill(w.high.begin(), w.high.end(), infinite);
  std::fill(held_at_x_.begin(), held_at_x_.end(), std::uint8_t{0});
  bool any = false;
  for (const Structure::Run& run : runs_) {
    auto i = static_cast<std::size_t>(run.first_value), j = static_cast<std::size_t>(run.first_column);
    for (const std::size_t end = i + static_cast<std::size_t>(run.count * run.manifold->ambient_size); i < end;
         ++i, ++j) {
      w.low[j] = lower_[i] - w.x[i];
      w.high[j] = upper_[i] - w.x[i];
      const bool below = w.x[i] == lower_[i], above = w.x[i] == upper_[i];
      if (!(below && above) && !(below && w.gradient[j] > 0.0) && !(above && w.gradient[j] < 0.0)) continue;
      held_at_x_[j] = any = true;
      w.gradient[j] = w.diagonal[j] = 0.0;
    }
  }
  std::copy(held_at_x_.begin(), held_at_x_.end(), held_.begin());
  on_face_ = false;
  if (any) return give(tools, false);
  tools.linear.linearise(tools.jacobian, tools.threads);
}

/// Gives the solver the Jacobian without held columns; `moved`: with the residuals where the held ones move by edge_.
void BoundedStep::give(const Tools& tools, bool moved) {
  if (moved) tools.products.multiply(tools.jacobian, edge_, rows_, tools.threads);
  std::size_t row = 0;
  for (std::size_t p = 0; p < reduced_.parts.size(); ++p) {
    const JacobianPart &from = tools.jacobian.parts[p], &to = reduced_.parts[p];
    const std::int64_t columns = from.columns();
    double* const J = values_[p].data();
    double* const r = residuals_[p].data();
    std::copy_n(from.jacobian, values_[p].size(), J);
    for (std::size_t i = 0; i < residuals_[p].size(); ++i, ++row) r[i] = from.residuals[i] + (moved ? rows_[row] : 0.0);
    std::size_t at = 0;
    for (std::int64_t b = 0; b < to.num_blocks; ++b) {
      std::int64_t first = 0;
      for (const int width : to.widths) {
        for (int lane = 0; lane < block_lanes; ++lane, ++at) {
          const std::int64_t block = to.column_blocks[at];
          if (block < 0) continue;
          const std::int64_t column = reduced_.column_begin[static_cast<std::size_t>(block)];
          for (int k = 0; k < width; ++k) {
            if (!held_[static_cast<std::size_t>(column + k)]) continue;
            for (int m = 0; m < to.rows; ++m) J[((b * to.rows + m) * columns + first + k) * block_lanes + lane] = 0.0;
          }
        }
        first += width;
      }
    }
  }
  tools.linear.linearise(reduced_, tools.threads);
}

bool BoundedStep::solve(Workspace& w, const Tools& tools, std::span<const double> damping) {
  const auto solved = [&] {
    for (std::size_t j = 0; j < damping_.size(); ++j) damping_[j] = held_[j] ? 1.0 : damping[j];
    if (!tools.linear.factorise(damping_, tools.threads)) return false;
    tools.linear.solve(w.step);
    return std::all_of(w.step.begin(), w.step.end(), [](double s) { return std::isfinite(s); });
  };
  if (on_face_) {
    std::copy(held_at_x_.begin(), held_at_x_.end(), held_.begin());
    give(tools, false);
    on_face_ = false;
  }
  clipped_ = false;
  if (!solved()) return false;
  std::fill(edge_.begin(), edge_.end(), 0.0);
  for (int face = 0; face < most_faces; ++face) {
    // What leaves the bounds stays on them from here on.
    bool left = false;
    for (std::size_t j = 0; j < w.step.size(); ++j) {
      if (held_[j] || (w.step[j] >= w.low[j] && w.step[j] <= w.high[j])) continue;
      held_[j] = left = true;
      edge_[j] = std::clamp(w.step[j], w.low[j], w.high[j]);
    }
    if (!left) break;
    clipped_ = on_face_ = true;
    give(tools, true);
    const bool good = solved();
    for (std::size_t j = 0; j < w.step.size(); ++j) {
      if (!good || held_[j]) w.step[j] = edge_[j];
    }
    if (!good) break;
  }
  if (!clipped_) return true;
  clip(w);
  choose(w, tools, damping, infinite);
  return true;
}

bool BoundedStep::clip(Workspace& w) const {
  bool cut = false;
  for (std::size_t j = 0; j < w.step.size(); ++j) {
    const double inside = held_at_x_[j] ? 0.0 : std::clamp(w.step[j], w.low[j], w.high[j]);
    cut = cut || inside != w.step[j];
    w.step[j] = inside;
  }
  return cut;
}

void BoundedStep::confine(Workspace& w, const Tools& tools, double size) {
  clipped_ = clip(w);
  if (!clipped_) return;
  std::fill(damping_.begin(), damping_.end(), 0.0);
  choose(w, tools, damping_, size);
}

/// The better of w.step and the projected gradient's step, and what the model promises for it.
void BoundedStep::choose(Workspace& w, const Tools& tools, std::span<const double> damping, double size) {
  const double own = model(w, tools, damping, w.step), own_square = square_;
  const double safe = projected_gradient(w, tools, damping, size);
  if (!(own <= safe)) {
    std::copy(gradient_step_.begin(), gradient_step_.end(), w.step.begin());
  } else {
    square_ = own_square;
  }
  predicted_ = -(dot(w.gradient, w.step) + 0.5 * square_);
}

/// m(d); leaves |J d|^2.
double BoundedStep::model(const Workspace& w, const Tools& tools, std::span<const double> damping,
                          std::span<const double> d) {
  tools.products.multiply(tools.jacobian, d, rows_, tools.threads);
  square_ = dot(rows_, rows_);
  double damped = 0.0;
  for (std::size_t j = 0; j < d.size(); ++j) damped += damping[j] * d[j] * d[j];
  return dot(w.gradient, d) + 0.5 * (square_ + damped);
}

/// The path's first point with enough decrease, from the minimiser of m along it were there no bounds; m there.
double BoundedStep::projected_gradient(const Workspace& w, const Tools& tools, std::span<const double> damping,
                                       double size) {
  double slope = 0.0;  // g' D^-1 g
  for (std::size_t j = 0; j < gradient_step_.size(); ++j) {
    gradient_step_[j] = -w.gradient[j] / w.scale[j];
    slope += w.gradient[j] * gradient_step_[j];
  }
  if (slope == 0.0) return square_ = 0.0;
  const double curvature = 2.0 * (model(w, tools, damping, gradient_step_) - slope);
  double t = std::min(curvature > 0.0 ? -slope / curvature : 1.0, size / std::sqrt(-slope));
  for (int k = 0;; ++k, t *= path_shrink) {
    for (std::size_t j = 0; j < gradient_step_.size(); ++j) {
      gradient_step_[j] = std::clamp(-t * w.gradient[j] / w.scale[j], w.low[j], w.high[j]);
    }
    const double value = model(w, tools, damping, gradient_step_);
    if (value <= sufficient_decrease * dot(w.gradient, gradient_step_) || k == most_path_points) return value;
  }
}

void BoundedStep::project(const Workspace& w, double length, std::span<double> candidate) const {
  for (const Structure::Run& run : runs_) {
    auto i = static_cast<std::size_t>(run.first_value), j = static_cast<std::size_t>(run.first_column);
    for (const std::size_t end = i + static_cast<std::size_t>(run.count * run.manifold->ambient_size); i < end;
         ++i, ++j) {
      const bool whole = length == 1.0;
      if (!(candidate[i] > lower_[i]) || (whole && w.step[j] == w.low[j])) candidate[i] = lower_[i];
      if (!(candidate[i] < upper_[i]) || (whole && w.step[j] == w.high[j])) candidate[i] = upper_[i];
    }
  }
}

}  // namespace heliotrope::detail
