// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/schur_complement.hpp"

#include <algorithm>

#include "heliotrope/config.hpp"
#include "schur_state.hpp"

namespace heliotrope {

using namespace linear_detail;

namespace {

// Doubles of a batch: with one thread what a second-level cache holds beside the blocks of S in use, with several
// enough work for each between two meetings. Chosen, not measured.
constexpr std::int64_t batch_alone = 1 << 13, batch_shared = 1 << 18;
// Ranges of kept variables a thread, for balance. Chosen, not measured.
constexpr int ranges_a_thread = 4;
// Chunks of multiply(): each has a vector of its own.
constexpr std::int64_t most_chunks = 64, packs_a_chunk = 16;

}  // namespace

SchurComplement::Impl::Impl(const EliminationPlan& plan_, std::span<const std::int64_t> column_begin_, Form form_,
                            int threads)
    : plan(plan_), column_begin(column_begin_.begin(), column_begin_.end()), form(form_), kernels(elimination_kernels()) {
  uniform_width = plan.num_kept() > 0 ? plan.kept_width(0) : 1;
  for (std::int64_t k = 0; k < plan.num_kept(); ++k) {
    if (plan.kept_width(k) != uniform_width) uniform_width = 0;
  }
  if (uniform_width == 0) {
    list_offset.assign(1, 0);
    for (std::int32_t k : plan.list) list_offset.push_back(list_offset.back() + plan.kept_width(k));
  } else {
    uniform_block = schur_block_size(uniform_width, uniform_width);
  }

  if (form == Form::explicit_blocks) {
    pattern = make_schur_pattern(plan, threads);
  } else {
    BlockSymmetricPattern& blocks = pattern.blocks;
    blocks.column_begin = plan.kept_begin;
    blocks.begin.assign(1, 0);
    blocks.offset.assign(1, 0);
    for (std::int64_t k = 0; k < plan.num_kept(); ++k) {
      blocks.row.push_back(k);
      blocks.begin.push_back(k + 1);
      blocks.offset.push_back(blocks.offset.back() + plan.kept_width(k) * (plan.kept_width(k) + 1) / 2);
    }
  }
  std::int64_t size = uniform_block * pattern.blocks.num_entries();
  if (uniform_width == 0) {
    block_offset.assign(1, 0);
    for (std::int64_t j = 0; j < plan.num_kept(); ++j) {
      for (auto e = pattern.blocks.begin[static_cast<std::size_t>(j)]; e < pattern.blocks.begin[static_cast<std::size_t>(j) + 1]; ++e) {
        block_offset.push_back(block_offset.back() +
                               schur_block_size(plan.kept_width(pattern.blocks.row[static_cast<std::size_t>(e)]), plan.kept_width(j)));
      }
    }
    size = block_offset.back();
  }
  S = AlignedBuffer(static_cast<std::size_t>(size));
  const auto columns = static_cast<std::size_t>(plan.num_kept_columns());
  right_side = AlignedBuffer(columns);
  kept_step = AlignedBuffer(columns + static_cast<std::size_t>(plan.max_columns) + kernel_slack);
  vector_offset.assign(1, 0);
  for (std::int64_t k = 0; k < plan.num_kept(); ++k) vector_offset.push_back(vector_offset.back() + round_up_8(plan.kept_width(k)));
  kept_vectors = AlignedBuffer(static_cast<std::size_t>(3 * vector_offset.back() + kernel_slack));
  for (std::int64_t p = 0; p < plan.num_packs(); ++p) simple.push_back(find_simple(p));
  pack_costs.resize(plan.packs.size());
  pack_failed.resize(plan.packs.size());

  pack_begin.assign(1, 0);
  for (std::int64_t p = 0; p < plan.num_packs(); ++p) {
    pack_begin.push_back(pack_begin.back() + pack_size(plan.packs[static_cast<std::size_t>(p)], p));
  }
  if (form == Form::diagonal) {
    for (const auto& part : plan.parts) {
      jacobian.emplace_back(static_cast<std::size_t>(part.num_blocks() * part.rows * part.slot_begin.back() * block_lanes));
    }
    factor_begin.assign(1, 0);
    for (const auto& pack : plan.packs) {
      factor_begin.push_back(factor_begin.back() + std::int64_t{pack.width} * (pack.width + 1) / 2 * block_lanes);
    }
    factors = AlignedBuffer(static_cast<std::size_t>(factor_begin.back()));
    const std::int64_t chunks = std::clamp<std::int64_t>(plan.num_packs() / packs_a_chunk, 1, most_chunks);
    for (std::int64_t c = 0; c <= chunks; ++c) chunk_packs.push_back(plan.num_packs() * c / chunks);
    products = AlignedBuffer(static_cast<std::size_t>(chunks * plan.num_kept_columns()) + kernel_slack);
  }
  make_workers(threads);
  make_batches(threads);
}

std::int64_t SchurComplement::Impl::y_size(std::int64_t pack) const {
  const auto first = static_cast<std::size_t>(pack * block_lanes);
  return list_scalar(plan.list_begin[first + block_lanes]) - list_scalar(plan.list_begin[first]);
}

/// Whether each used lane of block j of the pack's one segment names just the j-th entry of its list.
bool SchurComplement::Impl::find_simple(std::int64_t index) const {
  const EliminationPlan::Pack& pack = plan.packs[static_cast<std::size_t>(index)];
  if (uniform_width == 0 || pack.width == 0 || pack.segment_end != pack.segment_begin + 1) return false;
  const auto& segment = plan.segments[static_cast<std::size_t>(pack.segment_begin)];
  const auto& part = plan.parts[static_cast<std::size_t>(segment.part)];
  if (part.widths.size() != 2) return false;
  for (std::int64_t b = segment.block_begin; b < segment.block_end; ++b) {
    const std::uint32_t* const place = part.place.data() + (2 * b + 1 - segment.slot) * block_lanes;
    for (int l = 0; l < block_lanes; ++l) {
      if ((part.lanes[static_cast<std::size_t>(b)] >> l & 1) != 0 && place[l] != b - segment.block_begin) return false;
    }
  }
  return true;
}

std::int64_t SchurComplement::Impl::record_size_of(const EliminationPlan::Pack& pack) const {
  const auto& segment = plan.segments[static_cast<std::size_t>(pack.segment_begin)];
  return record_size(uniform_width, pack.width, plan.parts[static_cast<std::size_t>(segment.part)].rows);
}

std::int64_t SchurComplement::Impl::pack_size(const EliminationPlan::Pack& pack, std::int64_t index) const {
  if (simple[static_cast<std::size_t>(index)]) {
    const auto* const lists = plan.list_begin.data() + index * block_lanes;
    return ((lists[block_lanes] - lists[0]) * record_size_of(pack) + block_lanes * pack.width + kernel_slack + 7) / 8 * 8;
  }
  std::int64_t size = y_size(index) * pack.width + block_lanes * pack.width;
  for (auto s = pack.segment_begin; s < pack.segment_end; ++s) {
    const auto& segment = plan.segments[static_cast<std::size_t>(s)];
    const auto& part = plan.parts[static_cast<std::size_t>(segment.part)];
    const int kept = part.slot_begin.back() - (segment.slot < 0 ? 0 : part.widths[static_cast<std::size_t>(segment.slot)]);
    size += (segment.block_end - segment.block_begin) * block_lanes * part.rows * (kept + 1);
  }
  return (size + kernel_slack + 7) / 8 * 8;
}

void SchurComplement::Impl::make_batches(int threads) {
  const std::int64_t limit = threads > 1 ? batch_shared : batch_alone;
  batches.clear();
  std::int64_t largest = 0;
  for (std::int64_t begin = 0; begin < plan.num_packs();) {
    std::int64_t end = begin + 1;
    while (end < plan.num_packs() && pack_begin[static_cast<std::size_t>(end) + 1] - pack_begin[static_cast<std::size_t>(begin)] <= limit) ++end;
    largest = std::max(largest, pack_begin[static_cast<std::size_t>(end)] - pack_begin[static_cast<std::size_t>(begin)]);
    batches.push_back({begin, end, {}});
    split_batch(batches.back(), threads > 1 ? ranges_a_thread * threads : 1);
    begin = end;
  }
  buffer = AlignedBuffer(static_cast<std::size_t>(largest + kernel_slack));
}

/// Cuts the kept variables into ranges whose rows of S get about equally many contributions from the batch.
void SchurComplement::Impl::split_batch(Batch& batch, int ranges) {
  const auto n = static_cast<std::int32_t>(plan.num_kept());
  batch.splits.assign(1, 0);
  if (ranges > 1) {
    const auto first = static_cast<std::size_t>(batch.pack_begin * block_lanes);
    const auto last = static_cast<std::size_t>(batch.pack_end * block_lanes);
    std::int32_t low = n, high = 0;
    for (auto e = plan.list_begin[first]; e < plan.list_begin[last]; ++e) {
      low = std::min(low, plan.list[static_cast<std::size_t>(e)]);
      high = std::max(high, plan.list[static_cast<std::size_t>(e)] + 1);
    }
    if (low < high) {
      std::vector<std::int64_t> work(static_cast<std::size_t>(high - low), 0);
      std::int64_t total = 0;
      for (auto i = first; i < last; ++i) {
        for (auto e = plan.list_begin[i]; e < plan.list_begin[i + 1]; ++e) {
          const std::int64_t pairs = form == Form::diagonal ? 1 : e - plan.list_begin[i] + 2;
          work[static_cast<std::size_t>(plan.list[static_cast<std::size_t>(e)] - low)] += pairs;
          total += pairs;
        }
      }
      std::int64_t sum = 0;
      for (std::int32_t k = low; k < high; ++k) {
        sum += work[static_cast<std::size_t>(k - low)];
        const auto cuts = static_cast<std::int64_t>(batch.splits.size());
        if (k + 1 < high && sum * ranges >= total * cuts) batch.splits.push_back(k + 1);
      }
    }
  }
  batch.splits.push_back(n);
}

void SchurComplement::Impl::make_workers(int threads) {
  std::int64_t tile = 0, slots = 0, t = 0;
  for (const auto& pack : plan.packs) {
    std::int64_t size = 0, most_slots = 0, rows = 0;
    for (auto s = pack.segment_begin; s < pack.segment_end; ++s) {
      const auto& segment = plan.segments[static_cast<std::size_t>(s)];
      const auto& part = plan.parts[static_cast<std::size_t>(segment.part)];
      const std::int64_t blocks = segment.block_end - segment.block_begin;
      size += blocks * part.rows * block_lanes * (part.slot_begin.back() + 1);
      rows += blocks * part.rows * block_lanes;
      most_slots = std::max(most_slots, blocks * static_cast<std::int64_t>(part.widths.size()) * block_lanes);
    }
    tile = std::max(tile, size);
    slots = std::max(slots, most_slots);
    t = std::max(t, rows);
  }
  const std::int64_t P = plan.max_width;
  workers.clear();
  for (int w = 0; w < std::max(1, threads); ++w) {
    Worker& worker = workers.emplace_back();
    worker.tile = AlignedBuffer(static_cast<std::size_t>(tile + kernel_slack));
    worker.scratch = AlignedBuffer(static_cast<std::size_t>(((P + plan.max_rows) * plan.max_columns + 2 * plan.max_rows + 8 + t) * block_lanes + kernel_slack));
    worker.small = AlignedBuffer(static_cast<std::size_t>((P * (P + 1) + 4 * P + 8) * block_lanes));
    worker.destinations.resize(static_cast<std::size_t>(slots));
    worker.places.resize(static_cast<std::size_t>(slots));
  }
}

SchurComplement::SchurComplement(const EliminationPlan& plan, std::span<const std::int64_t> column_begin, Form form,
                                 int threads)
    : impl_(std::make_unique<Impl>(plan, column_begin, form, threads)) {}
SchurComplement::~SchurComplement() = default;

double SchurComplement::cost() const { return impl_->sum_costs(); }
const EliminationPlan& SchurComplement::plan() const { return impl_->plan; }
const BlockSymmetricPattern& SchurComplement::pattern() const { return impl_->pattern.blocks; }
std::span<const double> SchurComplement::right_side() const {
  return {impl_->right_side.data(), static_cast<std::size_t>(impl_->plan.num_kept_columns())};
}
std::int64_t SchurComplement::first_column(std::int64_t kept) const {
  return impl_->column_begin[static_cast<std::size_t>(impl_->plan.kept[static_cast<std::size_t>(kept)])];
}

void SchurComplement::write_block(std::int64_t entry, std::int64_t row, std::int64_t column, double* to,
                                  std::int64_t row_step, std::int64_t column_step) const {
  const int h = impl_->plan.kept_width(row), w = impl_->plan.kept_width(column), whole = w / 8 * 8;
  const double* const from = impl_->block_of(static_cast<std::uint32_t>(entry));
  for (int i = 0; i < h; ++i, to += row_step) {
    const int end = row == column ? i + 1 : w;
    const double* const line = from + i * whole;
    for (int j = 0; j < std::min(whole, end); ++j) to[j * column_step] = line[j];
    for (int j = whole; j < end; ++j) to[j * column_step] = from[schur_block_entry(h, w, i, j)];
  }
}

std::int64_t SchurComplement::bytes() const {
  const Impl& s = *impl_;
  const auto of = [](const auto& v) { return static_cast<std::int64_t>(v.size() * sizeof(v.data()[0])); };
  std::int64_t sum = of(s.S) + of(s.buffer) + of(s.factors) + of(s.products) + of(s.pattern.pairs) + of(s.pattern.pair_begin) +
                     of(s.pack_begin) + of(s.pack_costs) + of(s.list_offset) + of(s.plan.list) + of(s.plan.list_begin) +
                     of(s.plan.points) + of(s.plan.segments) + of(s.plan.packs) + of(s.factor_begin);
  for (const auto& j : s.jacobian) sum += of(j);
  for (const auto& part : s.plan.parts) sum += of(part.source) + of(part.lanes) + of(part.place);
  return sum;
}

}  // namespace heliotrope
