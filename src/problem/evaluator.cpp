// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/evaluator.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <new>
#include <utility>

#include "heliotrope/parallel.hpp"
#include "problem/tile.hpp"

namespace heliotrope {

using detail::ProblemAccess;
using detail::ResidualGroup;
using detail::Structure;

namespace {

/// Seconds since it was made; does not look at the clock where it is off.
class Stopwatch {
 public:
  explicit Stopwatch(bool on) {
    if (on) start_ = std::chrono::steady_clock::now();
  }
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_;
};

}  // namespace

namespace {

/// "residual 0 of block 3 of type T".
std::string name_row(const ResidualGroup& group, std::int64_t k, int row) {
  const bool black_box = group.function >= 0;
  const std::int64_t number = black_box ? group.function_rows[static_cast<std::size_t>(group.position(k))] : k;
  return (group.is_terms() ? "term " : "residual " + std::to_string(row) + " of block ") + std::to_string(number) +
         " of " + (black_box ? "function " : "type ") + group.name;
}

std::int64_t variable_of(const Problem& problem, const ResidualGroup& group, std::int64_t position, std::size_t slot) {
  const auto offsets = ProblemAccess::offsets(problem);
  const std::size_t block = static_cast<std::size_t>(position / block_lanes) * group.slots.size() + slot;
  const std::int64_t at = group.offsets[block * block_lanes + static_cast<std::size_t>(position % block_lanes)];
  return std::lower_bound(offsets.begin(), offsets.end(), at) - offsets.begin();
}

/// A row of a residual: which residual of its group, and where it lies.
struct RowPlace {
  std::int64_t number, block, lane;
  int row;
  std::int64_t position() const { return block * block_lanes + lane; }
};

/// The first answer that is not empty, of find(group's number, group, row) over all rows.
template <class Find>
std::string first_in_rows(const Problem& problem, const Find& find) {
  const auto& groups = ProblemAccess::groups(problem);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (std::int64_t k = 0; k < groups[g].count; ++k) {
      const std::int64_t position = groups[g].position(k);
      for (int m = 0; m < groups[g].rows; ++m) {
        std::string found = find(g, groups[g], RowPlace{k, position / block_lanes, position % block_lanes, m});
        if (!found.empty()) return found;
      }
    }
  }
  return {};
}

const char* not_finite(double x) { return std::isnan(x) ? "nan" : "infinite"; }

}  // namespace

Derivatives detail::resolve_derivatives(const ResidualGroup& group, Derivatives wanted, bool insist) {
  const KernelSet& kernels = group.kernels;
  const auto offered = [&](Derivatives kind) {
    return kind == Derivatives::forward || kind == Derivatives::central || kind == Derivatives::coloured ||
           (kind == Derivatives::autodiff && kernels.autodiff) ||
           (kind == Derivatives::complex_step && kernels.complex_step) ||
           (kind == Derivatives::analytic && kernels.analytic);
  };
  const Derivatives first = insist ? wanted : group.key.derivatives;
  const Derivatives second = insist ? group.key.derivatives : wanted;
  if (offered(first)) return first;
  return offered(second) ? second : kernels.best;
}

Kernel detail::kernel_for(const ResidualGroup& group, Derivatives kind) {
  const KernelSet& kernels = group.kernels;
  switch (kind) {
    case Derivatives::autodiff:
      return kernels.autodiff;
    case Derivatives::complex_step:
      return kernels.complex_step;
    case Derivatives::analytic:
      return kernels.analytic;
    default:
      return kernels.differences;
  }
}

Evaluator::Evaluator(const Problem& problem, const Options& options)
    : options_(options),
      structure_(ProblemAccess::structure(problem)),
      jacobian_(detail::make_jacobian(problem, *structure_)) {
  options_.threads = std::max(1, options_.threads);
  const auto& groups = ProblemAccess::groups(problem);
  const auto functions = ProblemAccess::functions(problem);
  for (std::size_t f = 0; f < functions.size(); ++f) {
    functions_.emplace_back(functions[f], structure_->functions[f], options.jacobian, options_.threads,
                            options.bounded && problem.has_bounds() ? &problem : nullptr);
  }
  std::size_t tile = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const ResidualGroup& group = groups[g];
    const bool by_jets =
        detail::resolve_derivatives(group, options.derivatives, options.insist) == Derivatives::autodiff;
    prepared_.emplace_back(group, problem.num_values(), by_jets && options.jacobian);
    tables_.push_back(prepared_.back().make_tables());
    prepared_offsets_.push_back(prepared_.back().offsets(group));
    const auto rows = static_cast<std::size_t>(group.num_blocks() * group.rows * block_lanes);
    residuals_.emplace_back(rows);
    const bool own_jacobian = options.jacobian && group.function < 0;
    jacobians_.emplace_back(own_jacobian ? rows * static_cast<std::size_t>(group.columns) : 0);
    jacobian_at_.push_back(group.function < 0 ? jacobians_[g].data()
                                              : functions_[static_cast<std::size_t>(group.function)].jacobian(g));
    jacobian_.parts[g].residuals = residuals_[g].data();
    jacobian_.parts[g].jacobian = jacobian_at_[g];
    tile = std::max(tile, static_cast<std::size_t>(group.rows));
    function_of_group_.push_back(group.function);
  }
  for (int w = 0; w < options_.threads; ++w) {
    workspace_.emplace_back(static_cast<std::size_t>(structure_->max_chunk_rows) + 8 + tile * block_lanes +
                            structure_->scratch_bytes / sizeof(double) + 16);
  }
  values_ = AlignedBuffer(static_cast<std::size_t>(problem.num_values()) + block_lanes);
  if (options.jacobian) make_colored(problem);
  chunk_costs_.resize(structure_->chunks.size());
  if (options.timed) chunk_seconds_.resize(structure_->chunks.size());
  if (options.timed) function_seconds_.resize(functions_.size());
}

void Evaluator::make_colored(const Problem& problem) {
  std::vector<bool> colored;
  for (const ResidualGroup& group : ProblemAccess::groups(problem)) {
    colored.push_back(group.function < 0 && detail::resolve_derivatives(group, options_.derivatives, options_.insist) ==
                                                Derivatives::coloured);
  }
  if (std::find(colored.begin(), colored.end(), true) == colored.end()) return;
  colored_ = std::make_unique<detail::ColoredResiduals>(problem, structure_, std::move(colored), options_.threads);
}

double Evaluator::evaluate_chunk(const Problem& problem, const Structure::Chunk& chunk, int worker, bool store,
                                 bool derivatives) {
  const ResidualGroup& group = ProblemAccess::groups(problem)[chunk.group];
  AlignedBuffer& workspace = workspace_[static_cast<std::size_t>(worker)];
  double* temporary = workspace.data() + (structure_->max_chunk_rows + 7) / 8 * 8;
  const Derivatives kind = detail::resolve_derivatives(group, options_.derivatives, options_.insist);
  const bool from_kernel = derivatives && group.function < 0 && kind != Derivatives::coloured;  // else it is there
  const Kernel kernel = from_kernel ? detail::kernel_for(group, kind) : group.kernels.residuals;
  const std::int64_t row_stride = group.rows * block_lanes, jacobian_stride = row_stride * group.columns;
  const std::int64_t num_offsets = std::ssize(group.slots) * block_lanes;
  double* residuals = store ? residuals_[chunk.group].data() + chunk.begin * row_stride : workspace.data();
  double* jacobian = derivatives ? jacobian_at_[chunk.group] + chunk.begin * jacobian_stride : nullptr;

  KernelArguments a = detail::arguments_of(group);
  a.values = values_.data();
  a.scratch = reinterpret_cast<std::byte*>(temporary + row_stride);
  a.central = kind == Derivatives::central;
  a.prepared_offsets = prepared_offsets_[chunk.group].data();
  a.tables = tables_[chunk.group].addresses.data();
  a.typical = ProblemAccess::typical_at(problem);
  const auto add_costs = group.is_terms() ? detail::add_values : detail::add_squares;
  const auto held = ProblemAccess::held(problem);
  const bool holds = derivatives && !held.empty();
  const Loss trivial;
  const Loss& loss = options_.apply_loss ? group.key.loss : trivial;
  double lanes[block_lanes] = {};
  for (a.begin = chunk.begin; a.begin < chunk.end; a.begin = a.end) {
    a.end = std::min(a.begin + detail::tile_blocks, chunk.end);
    a.residuals = residuals + (a.begin - chunk.begin) * row_stride;
    a.jacobian = jacobian ? jacobian + (a.begin - chunk.begin) * jacobian_stride : nullptr;
    if (group.function < 0) {
      kernel(a);
    } else {
      functions_[static_cast<std::size_t>(group.function)].copy_residuals(group, a.begin, a.end, a.residuals);
    }
    const bool whole = detail::all_lanes_used(group, a.begin, a.end);
    if (whole && !group.key.weighted && loss.is_trivial() && !holds) {  // the same sums, in the same order
      add_costs((a.end - a.begin) * group.rows, a.residuals, lanes);
      continue;
    }
    for (std::int64_t b = a.begin; b < a.end; ++b) {
      const detail::Tile tile{group.rows, group.columns, a.residuals + (b - a.begin) * row_stride,
                              jacobian ? a.jacobian + (b - a.begin) * jacobian_stride : nullptr};
      clear_unused_lanes(tile, group.lanes(b));
      if (holds) clear_held_columns(tile, group.slots, group.offsets.data() + b * num_offsets, held);
      if (group.key.weighted) {
        detail::Tile weighted = tile;
        if (!from_kernel) weighted.jacobian = nullptr;
        apply_weights(weighted, group.weights.data() + b * group.rows * row_stride, temporary);
      }
      if (group.is_terms()) {
        add_costs(1, tile.residuals, lanes);
      } else {
        apply_loss(tile, loss, store, lanes);
      }
    }
  }
  double sum = 0.0;
  for (double lane : lanes) sum += lane;
  return group.is_terms() ? sum : 0.5 * sum;
}

double Evaluator::evaluate(const Problem& problem, std::span<const double> values, bool store, bool derivatives) {
  std::copy(values.begin(), values.end(), values_.data());
  for (std::size_t g = 0; g < prepared_.size(); ++g) prepared_[g].fill(values_.data(), options_.threads, tables_[g]);
  if (derivatives && colored_) colored_->fill(problem, values, jacobian_, jacobian_at_);
  for (std::size_t f = 0; f < functions_.size() && options_.functions; ++f) {
    const Stopwatch watch(options_.timed);
    if (derivatives) functions_[f].take_typical(problem);
    derivatives ? functions_[f].linearise(values_.data()) : functions_[f].evaluate(values_.data());
    if (options_.timed) function_seconds_[f] = watch.seconds();
  }
  const auto num_chunks = static_cast<std::int64_t>(structure_->chunks.size());
  const int workers = static_cast<int>(std::min<std::int64_t>(options_.threads, std::max<std::int64_t>(1, num_chunks)));
  parallel_for(workers, workers, [&](std::int64_t worker) {
    for (std::int64_t c = worker; c < num_chunks; c += workers) {
      const auto i = static_cast<std::size_t>(c);
      const Stopwatch watch(options_.timed);
      chunk_costs_[i] = evaluate_chunk(problem, structure_->chunks[i], static_cast<int>(worker), store, derivatives);
      if (options_.timed) chunk_seconds_[i] = watch.seconds();
    }
  });
  double sum = 0.0;
  for (double cost : chunk_costs_) sum += cost;
  return sum;
}

detail::FunctionCounts Evaluator::function_counts() const {
  detail::FunctionCounts sum;
  for (const detail::FunctionEvaluator& function : functions_) sum += function.counts();
  return sum;
}

double Evaluator::group_seconds(std::size_t group) const {
  if (!options_.timed) return 0.0;
  double sum = 0.0, share = 0.0, blocks = 0.0;
  const std::int64_t function = function_of_group_[group];
  for (std::size_t c = 0; c < structure_->chunks.size(); ++c) {
    const Structure::Chunk& chunk = structure_->chunks[c];
    const auto size = static_cast<double>(chunk.end - chunk.begin);
    if (chunk.group == group) sum += chunk_seconds_[c], share += size;
    if (function >= 0 && function_of_group_[chunk.group] == function) blocks += size;
  }
  return blocks > 0.0 ? sum + share / blocks * function_seconds_[static_cast<std::size_t>(function)] : sum;
}

void Evaluator::restart() {
  for (detail::FunctionEvaluator& function : functions_) function.restart();
}
bool Evaluator::is_updated() const {
  return std::any_of(functions_.begin(), functions_.end(), [](const auto& function) { return function.is_updated(); });
}

double Evaluator::cost(const Problem& problem, std::span<const double> values) {
  return evaluate(problem, values, false, false);
}
double Evaluator::residuals(const Problem& problem, std::span<const double> values) {
  return evaluate(problem, values, true, false);
}
double Evaluator::linearise(const Problem& problem, std::span<const double> values) {
  return evaluate(problem, values, true, true);
}

void Evaluator::plus(std::span<const double> values, std::span<const double> step, std::span<double> out) const {
  detail::plus(*structure_, values, step, out);
}

std::string Evaluator::find_non_finite(const Problem& problem, std::span<const double> values) {
  const bool apply_loss = std::exchange(options_.apply_loss, false);  // a loss would turn infinity into nan
  evaluate(problem, values, true, false);
  options_.apply_loss = apply_loss;
  return first_in_rows(problem, [&](std::size_t g, const ResidualGroup& group, const RowPlace& at) -> std::string {
    const double r = residuals_[g].data()[(at.block * group.rows + at.row) * block_lanes + at.lane];
    if (std::isfinite(r)) return {};
    std::string message = name_row(group, at.number, at.row) + " is " + not_finite(r) + "; its variables are";
    for (std::size_t s = 0; s < group.slots.size(); ++s) {
      message += (s == 0 ? " " : ", ") + std::to_string(variable_of(problem, group, at.position(), s));
    }
    return message;
  });
}

std::string Evaluator::find_non_finite_derivative(const Problem& problem, std::span<const double> values) {
  const bool apply_loss = std::exchange(options_.apply_loss, false);
  evaluate(problem, values, true, true);
  options_.apply_loss = apply_loss;
  return first_in_rows(problem, [&](std::size_t g, const ResidualGroup& group, const RowPlace& at) -> std::string {
    const double* const row =
        jacobian_at_[g] + (at.block * group.rows + at.row) * group.columns * block_lanes + at.lane;
    std::int64_t first = 0;
    for (std::size_t s = 0; s < group.slots.size(); first += group.slots[s++].tangent_size) {
      for (int c = 0; c < group.slots[s].tangent_size; ++c) {
        const double derivative = row[(first + c) * block_lanes];
        if (std::isfinite(derivative)) continue;
        return "the derivative of " + name_row(group, at.number, at.row) + " by " +
               detail::name_coordinate(problem, variable_of(problem, group, at.position(), s), c) + " is " +
               not_finite(derivative);
      }
    }
    return {};
  });
}

}  // namespace heliotrope
