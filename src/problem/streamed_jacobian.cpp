// SPDX-License-Identifier: Apache-2.0
#include "problem/streamed_jacobian.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "heliotrope/aligned_buffer.hpp"
#include "heliotrope/parallel.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "linear/fold_kernels.hpp"
#include "problem/tile.hpp"

namespace heliotrope::detail {

namespace {

using linear_detail::fold_rows;

/// At most so many chunks, of at least so many blocks: enough for 16 threads, and little to fold together afterwards.
/// Chosen, not measured.
constexpr std::int64_t most_chunks = 64, least_blocks = 64;

/// In place of a loop, of which compilers make a call.
void copy_lanes(const double* from, double* to) { std::memcpy(to, from, block_lanes * sizeof(double)); }

}  // namespace

struct StreamedJacobian::Impl {
  struct Chunk {
    std::size_t group;
    std::int64_t begin, end;
    double cost = 0.0;
  };

  /// Where the columns of a group's tiles go.
  struct Group {
    std::int64_t tile = 1;  // blocks
    Kernel derivatives = nullptr;
    bool central = false;
    bool shared = true;                // every residual has the same variables
    std::vector<std::int64_t> column;  // [tile's column]: the problem's, where shared; -1: of a fixed variable
    std::vector<std::uint8_t> again;   // [tile's column]: an earlier one goes to the same
    std::vector<int> uncovered;        // the problem's columns that no tile's column goes to
    PreparedVariables prepared;
    PreparedVariables::Tables tables;
    LargeVector<std::int64_t> prepared_offsets;
  };

  /// What one thread works in.
  struct Worker {
    AlignedBuffer residuals, jacobian, temporary, scratch, rows;
  };

  int threads, n;
  std::shared_ptr<const Structure> structure;
  std::vector<std::int64_t> column_at;  // [value]: first column of the variable that starts there, or -1
  std::vector<Group> groups;
  std::vector<Chunk> chunks;
  std::vector<AlignedBuffer> triangles;  // [chunk]: [row][column][8], then [row][8]
  std::vector<Worker> workers;
  BlockJacobian folded;

  Impl(const Problem& problem, std::shared_ptr<const Structure> of, const Options& options)
      : threads(std::max(1, options.threads)), n(static_cast<int>(problem.num_columns())), structure(std::move(of)) {
    const auto offsets = ProblemAccess::offsets(problem);
    column_at.assign(static_cast<std::size_t>(problem.num_values()), -1);
    for (std::size_t v = 0; v < offsets.size(); ++v) {
      const std::int64_t block = structure->block_column[v];
      if (block < 0) continue;
      column_at[static_cast<std::size_t>(offsets[v])] = structure->column_begin[static_cast<std::size_t>(block)];
    }
    for (const ResidualGroup& group : ProblemAccess::groups(problem)) {
      groups.push_back(make_group(group, problem.num_values(), options.derivatives));
    }
    make_chunks(problem);
    make_workers(problem);
    make_folded();
  }

  Group make_group(const ResidualGroup& of, std::int64_t num_values, Derivatives wanted) const {
    Group group;
    const Derivatives kind = resolve_derivatives(of, wanted, false);
    group.tile = std::max<std::int64_t>(1, fold_rows / of.rows);
    group.derivatives = kernel_for(of, kind);
    group.central = kind == Derivatives::central || kind == Derivatives::coloured;  // the same numbers
    group.prepared = PreparedVariables(of, num_values, kind == Derivatives::autodiff);
    group.tables = group.prepared.make_tables();
    group.prepared_offsets = group.prepared.offsets(of);
    const std::size_t stride = of.slots.size() * block_lanes;
    for (std::size_t i = 0; i < of.offsets.size() && group.shared; ++i) {
      group.shared = of.offsets[i] == of.offsets[i % stride / block_lanes * block_lanes];
    }
    if (group.shared && !of.offsets.empty()) find_columns(of, group);
    return group;
  }

  void find_columns(const ResidualGroup& of, Group& group) const {
    std::vector<std::uint8_t> covered(static_cast<std::size_t>(n), 0);
    for (std::size_t s = 0; s < of.slots.size(); ++s) {
      const std::int64_t first = column_at[static_cast<std::size_t>(of.offsets[s * block_lanes])];
      for (int q = 0; q < of.slots[s].tangent_size; ++q) {
        group.column.push_back(first < 0 ? -1 : first + q);
        group.again.push_back(first >= 0 && std::exchange(covered[static_cast<std::size_t>(first + q)], 1));
      }
    }
    for (int c = 0; c < n; ++c) {
      if (!covered[static_cast<std::size_t>(c)]) group.uncovered.push_back(c);
    }
  }

  void make_chunks(const Problem& problem) {
    const auto& of = ProblemAccess::groups(problem);
    std::int64_t blocks = 0;
    for (const ResidualGroup& group : of) blocks += group.num_blocks();
    const std::int64_t wanted = std::max(least_blocks, (blocks + most_chunks - 1) / most_chunks);
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const std::int64_t size = (wanted + groups[g].tile - 1) / groups[g].tile * groups[g].tile;
      for (std::int64_t begin = 0; begin < of[g].num_blocks(); begin += size) {
        chunks.push_back({g, begin, std::min(begin + size, of[g].num_blocks())});
      }
    }
    for (std::size_t c = 0; c < std::max<std::size_t>(1, chunks.size()); ++c) {
      triangles.emplace_back(static_cast<std::size_t>(n) * static_cast<std::size_t>(n + 1) * block_lanes);
    }
  }

  void make_workers(const Problem& problem) {
    std::size_t residuals = 0, jacobian = 0, rows = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const ResidualGroup& of = ProblemAccess::groups(problem)[g];
      const auto size = static_cast<std::size_t>(groups[g].tile * of.rows * block_lanes);
      residuals = std::max(residuals, size);
      jacobian = std::max(jacobian, size * static_cast<std::size_t>(of.columns));
      rows = std::max(rows, static_cast<std::size_t>(of.rows * block_lanes));
    }
    const auto count =
        std::min<std::size_t>(static_cast<std::size_t>(threads), std::max<std::size_t>(1, chunks.size()));
    for (std::size_t w = 0; w < count; ++w) {
      workers.push_back({AlignedBuffer(residuals), AlignedBuffer(jacobian), AlignedBuffer(rows),
                         AlignedBuffer(structure->scratch_bytes / sizeof(double) + 8),
                         AlignedBuffer(static_cast<std::size_t>(n + 1) * fold_rows * block_lanes)});
    }
  }

  void make_folded() {
    folded.column_begin = structure->column_begin;
    JacobianPart& part = folded.parts.emplace_back();
    part.rows = 1;
    part.num_blocks = n;
    const std::int64_t blocks = folded.num_block_columns();
    for (std::int64_t j = 0; j < blocks; ++j) {
      const auto at = static_cast<std::size_t>(j);
      part.widths.push_back(static_cast<int>(folded.column_begin[at + 1] - folded.column_begin[at]));
    }
    part.column_blocks.resize(static_cast<std::size_t>(n * blocks * block_lanes));
    for (std::size_t i = 0; i < part.column_blocks.size(); ++i) {
      part.column_blocks[i] = static_cast<std::int64_t>(i) / block_lanes % blocks;
    }
    part.jacobian = triangles[0].data();
    part.residuals = triangles[0].data() + std::int64_t{n} * n * block_lanes;
  }

  double evaluate(const Problem& problem, const double* values, bool differentiate) {
    for (Group& group : groups) group.prepared.fill(values, threads, group.tables);
    if (differentiate && chunks.empty()) std::fill_n(triangles[0].data(), triangles[0].size(), 0.0);
    const auto num_workers = static_cast<std::int64_t>(workers.size());
    parallel_for(threads, num_workers, [&](std::int64_t w) {
      for (auto c = static_cast<std::size_t>(w); c < chunks.size(); c += workers.size()) {
        Worker& worker = workers[static_cast<std::size_t>(w)];
        double* const triangle = differentiate ? triangles[c].data() : nullptr;
        if (differentiate) std::fill_n(triangle, triangles[c].size(), 0.0);
        chunks[c].cost = evaluate_chunk(problem, values, chunks[c], worker, triangle);
      }
    });
    double cost = 0.0;
    for (const Chunk& chunk : chunks) cost += chunk.cost;
    for (std::size_t c = 1; differentiate && c < chunks.size(); ++c) fold_triangle(triangles[c].data());
    return cost;
  }

  double evaluate_chunk(const Problem& problem, const double* values, const Chunk& chunk, Worker& worker,
                        double* triangle) const {
    const ResidualGroup& of = ProblemAccess::groups(problem)[chunk.group];
    const Group& group = groups[chunk.group];
    const bool differentiate = triangle != nullptr;
    KernelArguments a = arguments_of(of);
    a.values = values;
    a.residuals = worker.residuals.data();
    a.jacobian = differentiate ? worker.jacobian.data() : nullptr;
    a.scratch = reinterpret_cast<std::byte*>(worker.scratch.data());
    a.central = group.central;
    a.prepared_offsets = group.prepared_offsets.data();
    a.tables = group.tables.addresses.data();
    a.typical = ProblemAccess::typical_at(problem);
    const Kernel kernel = differentiate ? group.derivatives : of.kernels.residuals;
    double lanes[block_lanes] = {};
    for (a.begin = chunk.begin; a.begin < chunk.end; a.begin = a.end) {
      a.end = std::min(a.begin + group.tile, chunk.end);
      kernel(a);
      correct(of, a, ProblemAccess::held(problem), worker.temporary.data(), lanes);
      if (differentiate) fold_tile(of, group, a, worker.rows.data(), triangle);
    }
    double sum = 0.0;
    for (const double lane : lanes) sum += lane;
    return 0.5 * sum;
  }

  /// Unused lanes, held columns, weights and losses of a tile; adds what it costs.
  static void correct(const ResidualGroup& of, const KernelArguments& a, std::span<const std::uint8_t> held,
                      double* temporary, double* lanes) {
    const Loss& loss = of.key.loss;
    const std::int64_t stride = of.rows * block_lanes;
    const bool holds = a.jacobian != nullptr && !held.empty();
    if (!of.key.weighted && loss.is_trivial() && !holds && all_lanes_used(of, a.begin, a.end)) {
      return add_squares((a.end - a.begin) * of.rows, a.residuals, lanes);
    }
    for (std::int64_t b = a.begin; b < a.end; ++b) {
      const std::int64_t at = (b - a.begin) * stride;
      const Tile tile{of.rows, of.columns, a.residuals + at, a.jacobian ? a.jacobian + at * of.columns : nullptr};
      clear_unused_lanes(tile, of.lanes(b));
      if (holds) clear_held_columns(tile, of.slots, of.offsets.data() + b * std::ssize(of.slots) * block_lanes, held);
      if (of.key.weighted) apply_weights(tile, of.weights.data() + b * of.rows * stride, temporary);
      apply_loss(tile, loss, a.jacobian != nullptr, lanes);
    }
  }

  /// Folds the rows of a tile into a triangle a lane, fold_rows at a time.
  void fold_tile(const ResidualGroup& of, const Group& group, const KernelArguments& a, double* rows,
                 double* triangle) const {
    const std::int64_t count = (a.end - a.begin) * of.rows;
    for (std::int64_t begin = 0; begin < count; begin += fold_rows) {
      const std::int64_t end = std::min(count, begin + fold_rows);
      if (end - begin < fold_rows) std::fill_n(rows, std::int64_t{n + 1} * fold_rows * block_lanes, 0.0);
      group.shared ? spread_shared(of, group, a, begin, end, rows) : spread(of, a, begin, end, rows);
      for (std::int64_t i = begin; i < end; ++i) {
        copy_lanes(a.residuals + i * block_lanes, rows + (n * fold_rows + i - begin) * block_lanes);
      }
      fold(triangle, rows);
    }
  }

  void fold(double* triangle, double* rows) const {
    linear_detail::fold_kernels().fold(triangle, triangle + std::int64_t{n} * n * block_lanes, n, rows);
  }

  /// rows[column][row][8] of rows [begin, end) of a tile, where all its lanes have the same columns.
  void spread_shared(const ResidualGroup& of, const Group& group, const KernelArguments& a, std::int64_t begin,
                     std::int64_t end, double* rows) const {
    for (const int c : group.uncovered) std::fill_n(rows + c * fold_rows * block_lanes, fold_rows * block_lanes, 0.0);
    for (std::size_t q = 0; q < group.column.size(); ++q) {
      if (group.column[q] < 0) continue;
      double* to = rows + group.column[q] * fold_rows * block_lanes;
      const double* from = a.jacobian + (begin * of.columns + static_cast<std::int64_t>(q)) * block_lanes;
      for (std::int64_t i = begin; i < end; ++i, to += block_lanes, from += of.columns * block_lanes) {
        if (group.again[q]) {
          for (int l = 0; l < block_lanes; ++l) to[l] += from[l];
        } else {
          copy_lanes(from, to);
        }
      }
    }
  }

  /// The same, lane by lane.
  void spread(const ResidualGroup& of, const KernelArguments& a, std::int64_t begin, std::int64_t end,
              double* rows) const {
    std::fill_n(rows, std::int64_t{n} * fold_rows * block_lanes, 0.0);
    const auto slots = static_cast<std::int64_t>(of.slots.size());
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t* const offsets = of.offsets.data() + (a.begin + i / of.rows) * slots * block_lanes;
      const double* from = a.jacobian + i * of.columns * block_lanes;
      for (std::int64_t s = 0; s < slots; ++s) {
        const int width = of.slots[static_cast<std::size_t>(s)].tangent_size;
        for (int l = 0; l < block_lanes; ++l) {
          const std::int64_t first = column_at[static_cast<std::size_t>(offsets[s * block_lanes + l])];
          if (first < 0) continue;
          for (int q = 0; q < width; ++q) {
            rows[((first + q) * fold_rows + i - begin) * block_lanes + l] += from[q * block_lanes + l];
          }
        }
        from += width * block_lanes;
      }
    }
  }

  /// Folds the triangle of a chunk into the first one's.
  void fold_triangle(const double* from) {
    double* const rows = workers[0].rows.data();
    const double* const rotated = from + std::int64_t{n} * n * block_lanes;
    for (int begin = 0; begin < n; begin += fold_rows) {
      std::fill_n(rows, std::int64_t{n + 1} * fold_rows * block_lanes, 0.0);
      for (int j = begin; j < std::min(n, begin + fold_rows); ++j) {
        for (int c = j; c <= n; ++c) {
          const double* const entry = c < n ? from + (j * n + c) * block_lanes : rotated + j * block_lanes;
          copy_lanes(entry, rows + (c * fold_rows + j - begin) * block_lanes);
        }
      }
      fold(triangles[0].data(), rows);
    }
  }
};

StreamedJacobian::StreamedJacobian(const Problem& problem, std::shared_ptr<const Structure> structure,
                                   const Options& options)
    : impl_(std::make_unique<Impl>(problem, std::move(structure), options)) {}
StreamedJacobian::~StreamedJacobian() = default;

double StreamedJacobian::cost(const Problem& problem, const double* values) {
  return impl_->evaluate(problem, values, false);
}
double StreamedJacobian::linearise(const Problem& problem, const double* values) {
  return impl_->evaluate(problem, values, true);
}
const BlockJacobian& StreamedJacobian::jacobian() const { return impl_->folded; }

}  // namespace heliotrope::detail
