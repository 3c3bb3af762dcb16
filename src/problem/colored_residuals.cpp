// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/colored_residuals.hpp"

#include <algorithm>

#include "heliotrope/derive/coloring.hpp"
#include "heliotrope/derive/difference_steps.hpp"
#include "heliotrope/parallel.hpp"
#include "heliotrope/problem/evaluator.hpp"

namespace heliotrope::detail {

namespace {

constexpr std::int64_t blocks_a_task = 256;  // chosen, not measured

/// The block column of a lane and slot, or -1 where an earlier slot of the residual names the same.
std::int64_t first_naming(const JacobianPart& part, std::int64_t block, std::size_t slot, int lane) {
  const std::int64_t* const at = part.column_blocks.data() + block * std::ssize(part.widths) * block_lanes + lane;
  const std::int64_t column = at[slot * block_lanes];
  for (std::size_t s = 0; s < slot && column >= 0; ++s) {
    if (at[s * block_lanes] == column) return -1;
  }
  return column;
}

/// Residual blocks x block columns.
SparsityPattern pattern_of(const BlockJacobian& jacobian, const std::vector<bool>& colored) {
  SparsityPattern pattern;
  pattern.num_columns = jacobian.num_block_columns();
  for (std::size_t g = 0; g < jacobian.parts.size(); ++g) {
    if (!colored[g]) continue;
    const JacobianPart& part = jacobian.parts[g];
    for (std::int64_t b = 0; b < part.num_blocks; ++b) {
      for (int l = 0; l < block_lanes; ++l) {
        const auto first = static_cast<std::ptrdiff_t>(pattern.columns.size());
        for (std::size_t s = 0; s < part.widths.size(); ++s) {
          const std::int64_t column = first_naming(part, b, s, l);
          if (column >= 0) pattern.columns.push_back(static_cast<std::int32_t>(column));
        }
        if (first == std::ssize(pattern.columns)) continue;
        std::sort(pattern.columns.begin() + first, pattern.columns.end());
        pattern.row_begin.push_back(pattern.num_entries());
      }
    }
  }
  pattern.num_rows = std::ssize(pattern.row_begin) - 1;
  return pattern;
}

}  // namespace

ColoredResiduals::ColoredResiduals(const Problem& problem, std::shared_ptr<const Structure> structure,
                                   std::vector<bool> colored, int threads)
    : structure_(std::move(structure)),
      colored_(std::move(colored)),
      threads_(threads),
      probe_(std::make_unique<Evaluator>(
          problem,
          Evaluator::Options{.apply_loss = false, .jacobian = false, .threads = threads, .functions = false})) {
  color(probe_->jacobian());
  step_.assign(static_cast<std::size_t>(probe_->num_columns()), 0.0);
  moved_.resize(static_cast<std::size_t>(problem.num_values()));
  distance_.resize(color_.size());
}
ColoredResiduals::~ColoredResiduals() = default;

void ColoredResiduals::color(const BlockJacobian& shape) {
  const SparsityPattern pattern = pattern_of(shape, colored_);
  Coloring coloring = color_columns(pattern, {.order = ColoringOrder::best});
  color_ = std::move(coloring.colors);
  width_.assign(static_cast<std::size_t>(coloring.num_colors), 0);
  for (std::size_t b = 0; b < color_.size(); ++b) {
    if (color_[b] < 0) continue;
    int& width = width_[static_cast<std::size_t>(color_[b])];
    width = std::max(width, static_cast<int>(shape.column_begin[b + 1] - shape.column_begin[b]));
  }
}

/// Steps of a colour's variables along one of their directions, and the distances between the points that they lead to.
void ColoredResiduals::place_steps(const Problem& problem, std::span<const double> values, int color, int direction) {
  const double* const typical = ProblemAccess::typical_at(problem);
  std::fill(step_.begin(), step_.end(), 0.0);
  std::size_t b = 0;
  for (const Structure::Run& run : structure_->runs) {
    const int ambient = run.manifold->ambient_size, tangent = run.manifold->tangent_size;
    for (std::int64_t i = 0; i < run.count; ++i, ++b) {
      if (color_[b] != color || direction >= tangent) continue;
      const double at = run.manifold->euclidean ? values[run.first_value + i * ambient + direction] : 0.0;
      const double given = typical != nullptr ? typical[run.first_value + i * ambient + direction] : 0.0;
      const double step = central_step(at, given);
      step_[static_cast<std::size_t>(run.first_column + i * tangent + direction)] = step;
      distance_[b] = (at + step) - (at - step);
    }
  }
}

/// Calls store(group, index into its residuals, index into its Jacobian, block column) where the colour moves a
/// residual.
template <class Store>
void ColoredResiduals::for_each_entry(const BlockJacobian& shape, int color, int direction, const Store& store) const {
  for (std::size_t g = 0; g < shape.parts.size(); ++g) {
    if (!colored_[g]) continue;
    const JacobianPart& part = shape.parts[g];
    const std::int64_t columns = part.columns();
    const std::int64_t tasks = (part.num_blocks + blocks_a_task - 1) / blocks_a_task;
    parallel_for(threads_, tasks, [&](std::int64_t task) {
      const std::int64_t end = std::min(part.num_blocks, (task + 1) * blocks_a_task);
      for (std::int64_t block = task * blocks_a_task; block < end; ++block) {
        std::int64_t first = direction;
        for (std::size_t s = 0; s < part.widths.size(); first += part.widths[s++]) {
          if (direction >= part.widths[s]) continue;
          for (int l = 0; l < block_lanes; ++l) {
            const std::int64_t column = first_naming(part, block, s, l);
            if (column < 0 || color_[static_cast<std::size_t>(column)] != color) continue;
            for (int m = 0; m < part.rows; ++m) {
              const std::int64_t row = block * part.rows + m;
              store(g, row * block_lanes + l, (row * columns + first) * block_lanes + l, column);
            }
          }
        }
      }
    });
  }
}

void ColoredResiduals::fill(const Problem& problem, std::span<const double> values, const BlockJacobian& shape,
                            std::span<double* const> jacobians) {
  for (std::size_t g = 0; g < shape.parts.size(); ++g) {  // losses were applied to what was there
    const JacobianPart& part = shape.parts[g];
    if (colored_[g]) std::fill_n(jacobians[g], part.num_blocks * part.rows * part.columns() * block_lanes, 0.0);
  }
  for (int color = 0; color < num_colors(); ++color) {
    for (int direction = 0; direction < width_[static_cast<std::size_t>(color)]; ++direction) {
      place_steps(problem, values, color, direction);
      const auto residuals = [&](std::size_t g) { return probe_->jacobian().parts[g].residuals; };
      probe_->plus(values, step_, moved_);
      probe_->residuals(problem, moved_);
      for_each_entry(shape, color, direction, [&](std::size_t g, std::int64_t r, std::int64_t at, std::int64_t) {
        jacobians[g][at] = residuals(g)[r];
      });
      for (double& step : step_) step = -step;
      probe_->plus(values, step_, moved_);
      probe_->residuals(problem, moved_);
      for_each_entry(shape, color, direction, [&](std::size_t g, std::int64_t r, std::int64_t at, std::int64_t column) {
        jacobians[g][at] = (jacobians[g][at] - residuals(g)[r]) / distance_[static_cast<std::size_t>(column)];
      });
    }
  }
}

}  // namespace heliotrope::detail
