// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/arranged_problem.hpp"

#include <algorithm>

#include "heliotrope/parallel.hpp"
#include "problem/tile.hpp"

namespace heliotrope::detail {

namespace {

// Blocks that one task arranges. Chosen, not measured.
constexpr std::int64_t piece_blocks = 4096;

/// Calls body(begin, end) for pieces of [0, count).
template <class Body>
void for_pieces(int threads, std::int64_t count, const Body& body) {
  parallel_for(threads, (count + piece_blocks - 1) / piece_blocks,
               [&](std::int64_t piece) { body(piece * piece_blocks, std::min(count, (piece + 1) * piece_blocks)); });
}

}  // namespace

EliminationStructure elimination_structure(const Problem& problem, const Structure& of, int threads) {
  EliminationStructure structure;
  structure.column_begin = of.column_begin;
  LargeVector<std::int32_t> column_of(static_cast<std::size_t>(problem.num_values()), -1);
  const auto offsets = ProblemAccess::offsets(problem);
  for (std::size_t v = 0; v < offsets.size(); ++v) {
    column_of[static_cast<std::size_t>(offsets[v])] = static_cast<std::int32_t>(of.block_column[v]);
  }
  for (const ResidualGroup& group : ProblemAccess::groups(problem)) {
    ResidualStructure& part = structure.parts.emplace_back();
    part.rows = group.rows;
    for (const Slot& slot : group.slots) part.widths.push_back(slot.tangent_size);
    part.used = group.used;
    part.kinds = group.objects->kinds();
    part.columns.resize(group.offsets.size());
    const auto stride = static_cast<std::int64_t>(group.slots.size()) * block_lanes;
    for_pieces(threads, group.num_blocks(), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t b = begin; b < end; ++b) {
        for (std::int64_t i = b * stride; i < (b + 1) * stride; ++i) {
          const bool used = i % block_lanes < group.used[static_cast<std::size_t>(b)];
          const std::int64_t offset = group.offsets[static_cast<std::size_t>(i)];
          part.columns[static_cast<std::size_t>(i)] = used ? column_of[static_cast<std::size_t>(offset)] : -1;
        }
      }
    });
  }
  check_elimination_size(structure);
  return structure;
}

ArrangedProblem::ArrangedProblem(const Problem& problem, std::shared_ptr<const Structure> structure,
                                 const EliminationPlan& plan, const Options& options)
    : plan_(plan),
      structure_(std::move(structure)),
      threads_(options.threads),
      data_version_(ProblemAccess::data_version(problem)) {
  if (problem.num_values() >= std::int64_t{1} << 32)
    throw Error("elimination: the problem has 2^32 numbers or more, expected fewer");
  const auto columns = static_cast<std::size_t>(structure_->column_begin.size() - 1);
  first_value_.resize(columns);
  manifolds_.resize(columns);
  for (std::size_t r = 0, j = 0; r < structure_->runs.size(); ++r) {
    const Structure::Run& run = structure_->runs[r];
    for (std::int64_t i = 0; i < run.count; ++i, ++j) {
      first_value_[j] = run.first_value + i * run.manifold->ambient_size;
      manifolds_[j] = run.manifold;
    }
  }
  copy_coordinates(problem);
  const auto& groups = ProblemAccess::groups(problem);
  std::size_t rows = 0, slots = 0, prepared = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    Group& group = groups_.emplace_back();
    const Derivatives kind = resolve_derivatives(groups[g], options.derivatives, false);
    group.derivatives = kernel_for(groups[g], kind);
    group.central = kind == Derivatives::central || kind == Derivatives::coloured;  // the same numbers
    arrange(groups[g], plan.parts[g], group);
    if (groups[g].kernels.num_prepared > 0) arrange_prepared(groups[g], problem.num_values(), group);
    rows = std::max(rows, static_cast<std::size_t>(group.rows));
    slots = std::max(slots, group.slots.size());
    prepared = std::max(prepared, static_cast<std::size_t>(groups[g].kernels.num_prepared));
  }
  for (int w = 0; w < std::max(1, options.threads); ++w) {
    workspace_.emplace_back(rows * block_lanes + structure_->scratch_bytes / sizeof(double) + 16);
    tile_offsets_.emplace_back(static_cast<std::size_t>(plan.max_pack_blocks) * slots * block_lanes);
    tile_entries_.emplace_back(static_cast<std::size_t>(plan.max_pack_blocks) * prepared * block_lanes);
  }
}

void ArrangedProblem::arrange(const ResidualGroup& from, const EliminationPlan::Part& part, Group& to) const {
  to.rows = from.rows;
  to.columns = from.columns;
  to.num_scalars = from.num_scalars;
  to.weighted = from.key.weighted;
  to.loss = from.key.loss;
  to.residuals = from.kernels.residuals;
  to.slots = from.slots;
  const std::size_t num_slots = from.slots.size();
  to.offsets.resize(part.source.size() * num_slots);
  to.used.resize(part.lanes.size());
  for_pieces(threads_, part.num_blocks(), [&](std::int64_t begin, std::int64_t end) {
    for (auto b = static_cast<std::size_t>(begin); b < static_cast<std::size_t>(end); ++b) {
      for (std::size_t l = 0; l < block_lanes; ++l) {
        const std::size_t source = part.source[b * block_lanes + l];
        const std::int64_t* offsets =
            from.offsets.data() + source / block_lanes * num_slots * block_lanes + source % block_lanes;
        for (std::size_t s = 0; s < num_slots; ++s) {
          to.offsets[(b * num_slots + s) * block_lanes + l] = static_cast<std::uint32_t>(offsets[s * block_lanes]);
        }
      }
      std::uint8_t used = block_lanes;
      while (used > 0 && (part.lanes[b] >> (used - 1) & 1) == 0) --used;
      to.used[b] = used;
    }
  });
  copy_data(from, part, to);
  copy_lanes(from, part, to);
}

void ArrangedProblem::arrange_prepared(const ResidualGroup& from, std::int64_t num_values, Group& to) const {
  to.prepared = PreparedVariables(from, num_values, to.derivatives == from.kernels.autodiff);
  to.present = to.prepared.make_tables();
  to.candidate = to.prepared.make_tables();
  const auto slots = static_cast<std::int64_t>(to.slots.size()), prepared = to.prepared.num_slots();
  to.entries.resize(to.used.size() * static_cast<std::size_t>(prepared * block_lanes));
  for_pieces(threads_, static_cast<std::int64_t>(to.used.size()), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin * prepared * block_lanes; i < end * prepared * block_lanes; ++i) {
      const std::int64_t b = i / (prepared * block_lanes), p = i / block_lanes % prepared, l = i % block_lanes;
      const std::uint32_t offset =
          to.offsets[static_cast<std::size_t>((b * slots + to.prepared.slot(p)) * block_lanes + l)];
      to.entries[static_cast<std::size_t>(i)] = static_cast<std::uint32_t>(to.prepared.entry_of(p, offset));
    }
  });
}

void ArrangedProblem::set_points(const double* present, double* candidate) {
  present_ = present, candidate_ = candidate;
  for (Group& group : groups_) {
    group.prepared.fill(present, threads_, group.present);
    group.prepared.fill(present, threads_, group.candidate);  // variables that do not move are prepared all the same
  }
}

void ArrangedProblem::copy_data(const ResidualGroup& from, const EliminationPlan::Part& part, Group& to) const {
  const auto rearrange = [&](const LargeVector<double>& source, std::size_t width, RawVector<double>& target) {
    target.resize(part.source.size() * width);
    for_pieces(threads_, part.num_blocks(), [&](std::int64_t begin, std::int64_t end) {
      for (auto b = static_cast<std::size_t>(begin); b < static_cast<std::size_t>(end); ++b) {
        double* const block = target.data() + b * width * block_lanes;
        for (std::size_t l = 0; l < block_lanes; ++l) {
          const std::size_t at = part.source[b * block_lanes + l];
          const double* const lane = source.data() + at / block_lanes * width * block_lanes + at % block_lanes;
          for (std::size_t i = 0; i < width; ++i) block[i * block_lanes + l] = lane[i * block_lanes];
        }
      }
    });
  };
  rearrange(from.data, static_cast<std::size_t>(from.num_scalars), to.data);
  if (to.weighted) rearrange(from.weights, static_cast<std::size_t>(from.rows * from.rows), to.weights);
  if (from.one_object_each) {
    to.objects = from.objects->rearranged(part.source);
  } else if (from.objects->size() > 1) {
    std::vector<std::uint32_t> blocks;
    for (std::size_t b = 0; b < part.lanes.size(); ++b) blocks.push_back(part.source[b * block_lanes] / block_lanes);
    to.objects = from.objects->rearranged(blocks);
  } else if (from.objects->size() == 1 && !from.objects->kinds().empty()) {
    to.objects = from.objects->rearranged(std::vector<std::uint32_t>(part.lanes.size(), 0));
  } else {
    to.objects = from.objects->clone();
  }
}

void ArrangedProblem::refresh(const Problem& problem) {
  if (ProblemAccess::data_version(problem) == data_version_) return;
  const auto& groups = ProblemAccess::groups(problem);
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    if (groups[g].all_data_version > data_version_) {
      copy_data(groups[g], plan_.parts[g], groups_[g]);
    } else {
      copy_changes(groups[g], plan_.parts[g], groups_[g]);
    }
    copy_lanes(groups[g], plan_.parts[g], groups_[g]);
    groups_[g].loss = groups[g].key.loss;
  }
  copy_coordinates(problem);
  data_version_ = ProblemAccess::data_version(problem);
}

void ArrangedProblem::copy_coordinates(const Problem& problem) {
  const auto held = ProblemAccess::held(problem);
  held_.assign(held.begin(), held.end());
  const auto typical = ProblemAccess::typical(problem);
  typical_.assign(typical.begin(), typical.end());
}

/// Of a group of which some data changed, the lanes from blocks that hold some of these.
void ArrangedProblem::copy_changes(const ResidualGroup& from, const EliminationPlan::Part& part, Group& to) const {
  if (std::none_of(from.changed.begin(), from.changed.end(), [&](std::uint64_t v) { return v > data_version_; }))
    return;
  if (from.one_object_each) return copy_data(from, part, to);
  const auto width = static_cast<std::size_t>(from.num_scalars);
  for_pieces(threads_, part.num_blocks(), [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin * block_lanes); i < static_cast<std::size_t>(end * block_lanes); ++i) {
      const std::size_t at = part.source[i];
      if (from.changed[at / block_lanes] <= data_version_) continue;
      const double* const lane = from.data.data() + at / block_lanes * width * block_lanes + at % block_lanes;
      double* const own = to.data.data() + i / block_lanes * width * block_lanes + i % block_lanes;
      for (std::size_t k = 0; k < width; ++k) own[k * block_lanes] = lane[k * block_lanes];
    }
  });
}

void ArrangedProblem::copy_lanes(const ResidualGroup& from, const EliminationPlan::Part& part, Group& to) const {
  if (from.num_left_out == 0) return to.lanes.clear();
  to.lanes = part.lanes;
  for_pieces(threads_, part.num_blocks(), [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin * block_lanes); i < static_cast<std::size_t>(end * block_lanes); ++i) {
      const auto bit = static_cast<std::uint8_t>(1u << i % block_lanes);
      std::uint8_t& lanes = to.lanes[i / block_lanes];
      if ((lanes & bit) != 0 && !from.counts(part.source[i])) lanes = static_cast<std::uint8_t>(lanes & ~bit);
    }
  });
}

void ArrangedProblem::evaluate(Where where, int part, std::int64_t begin, std::int64_t end, double* residuals,
                               double* jacobian, double* cost, int worker) {
  const auto p = static_cast<std::size_t>(part), w = static_cast<std::size_t>(worker);
  const Group& group = groups_[p];
  const auto num_slots = static_cast<std::int64_t>(group.slots.size());
  const std::uint32_t* const offsets = group.offsets.data() + begin * num_slots * block_lanes;
  std::int64_t* const tile_offsets = tile_offsets_[w].data();
  for (std::int64_t i = 0; i < (end - begin) * num_slots * block_lanes; ++i) tile_offsets[i] = offsets[i];
  const std::int64_t num_prepared = group.prepared.num_slots();
  std::int64_t* const tile_entries = tile_entries_[w].data();
  for (std::int64_t i = 0; i < (end - begin) * num_prepared * block_lanes; ++i) {
    tile_entries[i] = group.entries[static_cast<std::size_t>(begin * num_prepared * block_lanes + i)];
  }
  double* const temporary = workspace_[w].data();
  const std::int64_t row_stride = group.rows * block_lanes;
  const KernelArguments a{.values = where == Where::present ? present_ : candidate_,
                          .offsets = tile_offsets,
                          .data = group.data.data(),
                          .objects = group.objects->data(),
                          .used = group.used.data(),
                          .slots = group.slots.data(),
                          .num_slots = static_cast<int>(num_slots),
                          .rows = group.rows,
                          .columns = group.columns,
                          .begin = begin,
                          .end = end,
                          .residuals = residuals,
                          .jacobian = jacobian,
                          .scratch = reinterpret_cast<std::byte*>(temporary + (row_stride + 7) / 8 * 8),
                          .central = group.central,
                          .offsets_begin = begin,
                          .prepared_offsets = tile_entries,
                          .tables = (where == Where::present ? group.present : group.candidate).addresses.data(),
                          .typical = typical_.empty() ? nullptr : typical_.data()};
  (jacobian != nullptr ? group.derivatives : group.residuals)(a);
  const LargeVector<std::uint8_t>& lanes = group.lanes.empty() ? plan_.parts[p].lanes : group.lanes;
  for (std::int64_t b = begin; b < end; ++b) {
    const Tile tile{group.rows, group.columns, residuals + (b - begin) * row_stride,
                    jacobian != nullptr ? jacobian + (b - begin) * row_stride * group.columns : nullptr};
    clear_unused_lanes(tile, lanes[static_cast<std::size_t>(b)]);
    if (jacobian != nullptr && !held_.empty()) {
      clear_held_columns(tile, group.slots, tile_offsets + (b - begin) * num_slots * block_lanes, held_);
    }
    if (group.weighted) apply_weights(tile, group.weights.data() + b * group.rows * row_stride, temporary);
    apply_loss(tile, group.loss, jacobian != nullptr, cost);
  }
}

void ArrangedProblem::move(const std::int64_t* block_columns, std::int64_t count, const double* step) {
  for (std::int64_t i = 0; i < count; ++i) {
    if (block_columns[i] < 0) continue;
    const auto j = static_cast<std::size_t>(block_columns[i]);
    const ManifoldOperations& manifold = *manifolds_[j];
    const double* const delta = step + structure_->column_begin[j];
    const double* const from = present_ + first_value_[j];
    double* const to = candidate_ + first_value_[j];
    if (manifold.euclidean) {
      for (int k = 0; k < manifold.ambient_size; ++k) to[k] = from[k] + delta[k];
    } else {
      manifold.plus(from, delta, to);
    }
    for (Group& group : groups_) group.prepared.refill(candidate_, first_value_[j], group.candidate);
  }
}

std::int64_t ArrangedProblem::bytes() const {
  std::size_t sum = first_value_.size() * 16;
  for (const Group& g : groups_) {
    sum += g.data.size() * 8 + (g.offsets.size() + g.entries.size()) * 4 + g.used.size() + g.weights.size() * 8;
  }
  return static_cast<std::int64_t>(sum);
}

}  // namespace heliotrope::detail
