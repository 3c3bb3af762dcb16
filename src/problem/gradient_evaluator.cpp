// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/gradient_evaluator.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "heliotrope/parallel.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "linear/block_kernels.hpp"
#include "linear/scatter_plan.hpp"
#include "problem/tile.hpp"

namespace heliotrope {

using detail::ProblemAccess;
using detail::ResidualGroup;
using linear_detail::Chunk;
using linear_detail::PartView;
using linear_detail::ScatterPlan;

namespace {

/// Numbers of a tile that stay in the first-level cache; a tile of at least one block is smaller where it can be.
constexpr std::int64_t tile_numbers = 2048;

std::int64_t blocks_of_tile(const ResidualGroup& group) {
  const std::int64_t each = std::int64_t{group.rows} * (group.columns + 2) * block_lanes;
  return std::clamp<std::int64_t>(tile_numbers / each, 1, detail::tile_blocks);
}

}  // namespace

struct GradientEvaluator::Impl {
  /// What is known of a group beside the problem's own arrays.
  struct Group {
    std::int64_t tile = 1;  // blocks
    Kernel derivatives = nullptr;
    bool central = false;
    std::vector<int> widths, slot_begin;
    detail::PreparedVariables prepared;
    detail::PreparedVariables::Tables tables;
    LargeVector<std::int64_t> prepared_offsets;
  };

  /// What one thread works in.
  struct Worker {
    AlignedBuffer residuals, jacobian, temporary, scratch;
  };

  int threads;
  std::shared_ptr<const detail::Structure> structure;
  std::vector<Group> groups;
  std::vector<detail::FunctionEvaluator> functions;
  std::vector<Chunk> chunks;
  std::vector<LargeVector<std::int64_t>> codes;  // [group][block][slot][8]: where a lane's slot adds to the sums
  ScatterPlan plan;
  LargeVector<double> sums;
  std::vector<double> chunk_costs;
  std::vector<Worker> workers;
  AlignedBuffer values, ones;
  std::int64_t num_columns = 0;

  Impl(const Problem& problem, const Options& options)
      : threads(std::max(1, options.threads)), structure(ProblemAccess::structure(problem)) {
    const auto of_problem = ProblemAccess::functions(problem);
    for (std::size_t f = 0; f < of_problem.size(); ++f) {
      functions.emplace_back(of_problem[f], structure->functions[f], true, threads);
    }
    for (const ResidualGroup& group : ProblemAccess::groups(problem)) {
      groups.push_back(make_group(group, problem.num_values(), options.derivatives));
    }
    plan_sums(problem);
    make_workers(problem);
    values = AlignedBuffer(static_cast<std::size_t>(problem.num_values()) + block_lanes);
  }

  static Group make_group(const ResidualGroup& of, std::int64_t num_values, Derivatives wanted) {
    Group group;
    const Derivatives kind = detail::resolve_derivatives(of, wanted, false);
    group.tile = blocks_of_tile(of);
    group.derivatives = detail::kernel_for(of, kind);
    group.central = kind == Derivatives::central || kind == Derivatives::coloured;  // the same numbers
    int column = 0;
    for (const Slot& slot : of.slots) {
      group.widths.push_back(slot.tangent_size);
      group.slot_begin.push_back(std::exchange(column, column + slot.tangent_size));
    }
    group.prepared = detail::PreparedVariables(of, num_values, kind == Derivatives::autodiff);
    group.tables = group.prepared.make_tables();
    group.prepared_offsets = group.prepared.offsets(of);
    return group;
  }

  void plan_sums(const Problem& problem) {
    const BlockJacobian shape = detail::make_jacobian(problem, *structure);
    num_columns = shape.num_columns();
    chunks = linear_detail::make_chunks(shape);
    std::vector<std::int64_t> per_block;
    for (const JacobianPart& part : shape.parts) {
      codes.push_back(linear_detail::slot_codes(part));
      per_block.push_back(std::ssize(part.widths) * block_lanes);
    }
    plan.analyse(shape.column_begin, chunks, codes, per_block);
    sums.resize(static_cast<std::size_t>(plan.buffer_size()));
    chunk_costs.resize(chunks.size());
  }

  void make_workers(const Problem& problem) {
    std::size_t residuals = 0, jacobian = 0, rows = 0, terms = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const ResidualGroup& of = ProblemAccess::groups(problem)[g];
      const auto size = static_cast<std::size_t>(groups[g].tile * of.rows * block_lanes);
      residuals = std::max(residuals, size);
      if (of.function < 0) jacobian = std::max(jacobian, size * static_cast<std::size_t>(of.columns));
      if (of.is_terms()) terms = std::max(terms, size);
      rows = std::max(rows, static_cast<std::size_t>(of.rows * block_lanes));
    }
    const auto count =
        std::min<std::size_t>(static_cast<std::size_t>(threads), std::max<std::size_t>(1, chunks.size()));
    for (std::size_t w = 0; w < count; ++w) {
      workers.push_back({AlignedBuffer(residuals), AlignedBuffer(jacobian), AlignedBuffer(rows),
                         AlignedBuffer(structure->scratch_bytes / sizeof(double) + 8)});
    }
    ones = AlignedBuffer(terms);
    std::fill_n(ones.data(), terms, 1.0);
  }

  double evaluate(const Problem& problem, const double* at, std::span<double> gradient) {
    const bool differentiate = !gradient.empty();
    for (Group& group : groups) group.prepared.fill(at, threads, group.tables);
    for (detail::FunctionEvaluator& function : functions) {
      function.restart();  // gradients are never of a Jacobian that was updated only
      if (differentiate) function.take_typical(problem);
      differentiate ? function.linearise(at) : function.evaluate(at);
    }
    if (differentiate) plan.clear(sums, threads);
    const auto num_workers = static_cast<std::int64_t>(workers.size());
    parallel_for(threads, num_workers, [&](std::int64_t w) {
      for (auto c = static_cast<std::size_t>(w); c < chunks.size(); c += workers.size()) {
        chunk_costs[c] = evaluate_chunk(problem, at, chunks[c], workers[static_cast<std::size_t>(w)], differentiate);
      }
    });
    double cost = 0.0;
    for (const double part : chunk_costs) cost += part;
    if (!differentiate) return cost;
    plan.reduce(sums, threads);
    std::copy_n(sums.begin(), num_columns, gradient.begin());
    clear_held(ProblemAccess::held(problem), gradient);
    return cost;
  }

  void clear_held(std::span<const std::uint8_t> held, std::span<double> gradient) const {
    if (held.empty()) return;
    for (const detail::Structure::Run& run : structure->runs) {
      const int tangent = run.manifold->tangent_size;
      for (std::int64_t i = 0; i < run.count * tangent; ++i) {
        const std::int64_t at = run.first_value + i / tangent * run.manifold->ambient_size + i % tangent;
        if (held[static_cast<std::size_t>(at)] != 0) gradient[static_cast<std::size_t>(run.first_column + i)] = 0.0;
      }
    }
  }

  double evaluate_chunk(const Problem& problem, const double* at, const Chunk& chunk, Worker& worker,
                        bool differentiate) {
    const auto g = static_cast<std::size_t>(chunk.part);
    const ResidualGroup& of = ProblemAccess::groups(problem)[g];
    const Group& group = groups[g];
    const bool from_kernel = of.function < 0;
    const std::int64_t per_block = std::ssize(of.slots) * block_lanes;
    KernelArguments a = detail::arguments_of(of);
    a.values = at;
    a.residuals = worker.residuals.data();
    a.jacobian = worker.jacobian.data();
    a.scratch = reinterpret_cast<std::byte*>(worker.scratch.data());
    a.central = group.central;
    a.prepared_offsets = group.prepared_offsets.data();
    a.tables = group.tables.addresses.data();
    a.typical = ProblemAccess::typical_at(problem);
    PartView view = {.rows = of.rows,
                     .columns = of.columns,
                     .num_slots = static_cast<int>(of.slots.size()),
                     .widths = group.widths.data(),
                     .slot_begin = group.slot_begin.data()};
    const Kernel kernel = differentiate ? group.derivatives : of.kernels.residuals;
    const auto& kernels = linear_detail::block_kernels();
    double lanes[block_lanes] = {};
    for (a.begin = chunk.begin; a.begin < chunk.end; a.begin = a.end) {
      a.end = std::min(a.begin + group.tile, chunk.end);
      view.jacobian = a.jacobian;
      if (from_kernel) {
        kernel(a);
      } else {
        detail::FunctionEvaluator& function = functions[static_cast<std::size_t>(of.function)];
        function.copy_residuals(of, a.begin, a.end, a.residuals);
        view.jacobian = function.jacobian(g) + a.begin * of.rows * of.columns * block_lanes;
      }
      weigh(of, a, worker.temporary.data(), differentiate, lanes);
      if (!differentiate) continue;
      const double* const slopes = of.is_terms() ? ones.data() : a.residuals;
      kernels.multiply_transposed(view, 0, a.end - a.begin, codes[g].data() + a.begin * per_block, slopes, sums.data(),
                                  nullptr);
    }
    double sum = 0.0;
    for (const double lane : lanes) sum += lane;
    return of.is_terms() ? sum : 0.5 * sum;
  }

  /// Adds what a tile's residuals cost and, where they will be multiplied with J', replaces them by the derivative of
  /// the cost by what the kernel computed: rho' W'W r.
  static void weigh(const ResidualGroup& of, const KernelArguments& a, double* temporary, bool differentiate,
                    double* lanes) {
    const std::int64_t stride = of.rows * block_lanes;
    const bool out = differentiate && of.num_left_out > 0;  // 0 times a derivative that is not finite is no zero
    if (!detail::all_lanes_used(of, a.begin, a.end)) {
      for (std::int64_t b = a.begin; b < a.end; ++b) {
        double* const jacobian = out ? a.jacobian + (b - a.begin) * stride * of.columns : nullptr;
        detail::clear_unused_lanes({of.rows, of.columns, a.residuals + (b - a.begin) * stride, jacobian}, of.lanes(b));
      }
    }
    if (of.is_terms()) return detail::add_values((a.end - a.begin) * of.rows, a.residuals, lanes);
    const Loss& loss = of.key.loss;
    if (!of.key.weighted && loss.is_trivial()) {
      return detail::add_squares((a.end - a.begin) * of.rows, a.residuals, lanes);
    }
    for (std::int64_t b = a.begin; b < a.end; ++b) {
      double* const r = a.residuals + (b - a.begin) * stride;
      const double* const weights = of.key.weighted ? of.weights.data() + b * of.rows * stride : nullptr;
      if (weights != nullptr) detail::apply_weights({of.rows, of.columns, r, nullptr}, weights, temporary);
      double s[block_lanes] = {}, rho[block_lanes], rho1[block_lanes], rho2[block_lanes];
      detail::add_squares(of.rows, r, s);
      loss.evaluate(s, block_lanes, rho, rho1, rho2);
      for (int l = 0; l < block_lanes; ++l) lanes[l] += rho[l];
      if (!differentiate) continue;
      for (std::int64_t i = 0; i < stride; ++i) r[i] *= rho1[i % block_lanes];
      if (weights != nullptr) detail::apply_transposed_weights(of.rows, weights, r, temporary);
    }
  }
};

GradientEvaluator::GradientEvaluator(const Problem& problem, const Options& options)
    : impl_(std::make_unique<Impl>(problem, options)) {}
GradientEvaluator::~GradientEvaluator() = default;
GradientEvaluator::GradientEvaluator(GradientEvaluator&&) noexcept = default;
GradientEvaluator& GradientEvaluator::operator=(GradientEvaluator&&) noexcept = default;

std::int64_t GradientEvaluator::num_columns() const { return impl_->num_columns; }

double GradientEvaluator::evaluate(const Problem& problem, std::span<const double> values, std::span<double> gradient) {
  if (static_cast<std::int64_t>(values.size()) != problem.num_values()) {
    throw Error("the problem has " + std::to_string(problem.num_values()) + " numbers in all; got " +
                std::to_string(values.size()));
  }
  std::copy(values.begin(), values.end(), impl_->values.data());
  return evaluate_in_place(problem, impl_->values.data(), gradient);
}

double GradientEvaluator::evaluate_in_place(const Problem& problem, const double* values, std::span<double> gradient) {
  if (!gradient.empty() && static_cast<std::int64_t>(gradient.size()) != impl_->num_columns) {
    throw Error("the problem has " + std::to_string(impl_->num_columns) + " columns; got a gradient of " +
                std::to_string(gradient.size()));
  }
  return impl_->evaluate(problem, values, gradient);
}

}  // namespace heliotrope
