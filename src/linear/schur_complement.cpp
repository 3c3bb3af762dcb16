// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/schur_complement.hpp"

#include <algorithm>

#include "heliotrope/config.hpp"
#include "heliotrope/parallel.hpp"
#include "schur_state.hpp"

namespace heliotrope {

using namespace linear_detail;

namespace {

// Chunks of an elimination, at most; and how much of its time the sum of their blocks may take.
constexpr std::int64_t most_chunks = 16;
constexpr double share_of_adding = 0.15, seconds_a_residual = 60e-9, seconds_a_pair = 8e-9, seconds_a_number = 2e-9;
// Chosen, not measured; the seconds are bench/elimination's.
// Chunks of multiply(): each has a vector of its own.
constexpr std::int64_t most_product_chunks = 64, packs_a_chunk = 16, most_column_chunks = 16, blocks_a_chunk = 2048;

}  // namespace

SchurComplement::Impl::Impl(const EliminationPlan& plan_, std::span<const std::int64_t> column_begin_, Form form_,
                            SchurPattern pattern_, int threads, double jacobian_bytes)
    : plan(plan_),
      column_begin(column_begin_.begin(), column_begin_.end()),
      form(form_),
      kernels(elimination_kernels()),
      pattern(std::move(pattern_)) {
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

  if (form == Form::diagonal) {
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
      for (auto e = pattern.blocks.begin[static_cast<std::size_t>(j)];
           e < pattern.blocks.begin[static_cast<std::size_t>(j) + 1]; ++e) {
        block_offset.push_back(
            block_offset.back() +
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
  for (std::int64_t k = 0; k < plan.num_kept(); ++k)
    vector_offset.push_back(vector_offset.back() + round_up_8(plan.kept_width(k)));
  kept_vectors = AlignedBuffer(static_cast<std::size_t>(3 * vector_offset.back() + kernel_slack));
  for (std::int64_t p = 0; p < plan.num_packs(); ++p) simple.push_back(find_simple(p));
  pack_costs.resize(plan.packs.size());
  pack_failed.resize(plan.packs.size());

  if (form == Form::diagonal) {
    store_packs(jacobian_bytes);
    factor_begin.assign(1, 0);
    for (const auto& pack : plan.packs) {
      factor_begin.push_back(factor_begin.back() + std::int64_t{pack.width} * (pack.width + 1) / 2 * block_lanes);
    }
    factors = AlignedBuffer(static_cast<std::size_t>(factor_begin.back()));
  }
  cut_products();
  find_entries(threads);
  if (form == Form::explicit_blocks) {
    parallel_for(threads, static_cast<std::int64_t>(chunks.size()),
                 [&](std::int64_t c) { gather_pairs(chunks[static_cast<std::size_t>(c)]); });
  }
  make_workers(threads);
}

/// Takes memory for the Jacobian of as many packs as the budget allows, the first ones.
void SchurComplement::Impl::store_packs(double budget) {
  // Bytes: small problems store all; large ones so much a residual that all they hold stays under 150 bytes each.
  constexpr double always = 1 << 30, a_residual = 60.0;
  if (budget < 0.0) budget = std::max(always, a_residual * static_cast<double>(plan.num_residuals));
  std::vector<std::int64_t> blocks(plan.parts.size(), 0);
  double bytes = 0.0;
  for (const auto& pack : plan.packs) {
    for (auto s = pack.segment_begin; s < pack.segment_end; ++s) {
      const auto& segment = plan.segments[static_cast<std::size_t>(s)];
      const auto& part = plan.parts[static_cast<std::size_t>(segment.part)];
      bytes += static_cast<double>(segment.block_end - segment.block_begin) * part.rows * part.slot_begin.back() *
               block_lanes * sizeof(float);
    }
    if (bytes > budget) break;
    for (auto s = pack.segment_begin; s < pack.segment_end; ++s) {
      const auto& segment = plan.segments[static_cast<std::size_t>(s)];
      blocks[static_cast<std::size_t>(segment.part)] = segment.block_end;
    }
    ++stored_packs;
  }
  for (std::size_t p = 0; p < blocks.size(); ++p) {
    const auto& part = plan.parts[p];
    jacobian.emplace_back(static_cast<std::size_t>(blocks[p] * part.rows * part.slot_begin.back() * block_lanes));
  }
}

/// Cuts the work of products into chunks, by the structure alone.
void SchurComplement::Impl::cut_products() {
  product_cuts.assign(1, 0);
  if (form == Form::diagonal) {
    const std::int64_t chunks = std::clamp<std::int64_t>(plan.num_packs() / packs_a_chunk, 1, most_product_chunks);
    for (std::int64_t c = 1; c <= chunks; ++c) product_cuts.push_back(plan.num_packs() * c / chunks);
  } else {
    const std::int64_t entries = pattern.blocks.num_entries();
    const std::int64_t chunks = std::clamp<std::int64_t>(entries / blocks_a_chunk, 1, most_column_chunks);
    for (std::int64_t j = 0, c = 1; j < plan.num_kept(); ++j) {
      if (c == chunks || pattern.blocks.begin[static_cast<std::size_t>(j) + 1] * chunks < c * entries) continue;
      product_cuts.push_back(j + 1);
      ++c;
    }
    product_cuts.push_back(plan.num_kept());
  }
  const auto chunks = static_cast<std::int64_t>(product_cuts.size()) - 1;
  products = AlignedBuffer(static_cast<std::size_t>(chunks * plan.num_kept_columns()) + kernel_slack);
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
    const std::uint16_t* const place = part.place.data() + (2 * b + 1 - segment.slot) * block_lanes;
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
    return ((lists[block_lanes] - lists[0]) * record_size_of(pack) + block_lanes * pack.width + kernel_slack + 7) / 8 *
           8;
  }
  std::int64_t size = y_size(index) * pack.width + block_lanes * pack.width;
  for (auto s = pack.segment_begin; s < pack.segment_end; ++s) {
    const auto& segment = plan.segments[static_cast<std::size_t>(s)];
    const auto& part = plan.parts[static_cast<std::size_t>(segment.part)];
    const int kept =
        part.slot_begin.back() - (segment.slot < 0 ? 0 : part.widths[static_cast<std::size_t>(segment.slot)]);
    size += (segment.block_end - segment.block_begin) * block_lanes * part.rows * (kept + 1);
  }
  return (size + kernel_slack + 7) / 8 * 8;
}

/// Chunks of about equal work.
void SchurComplement::Impl::cut_chunks(std::int64_t count) {
  const auto work_of = [&](std::int64_t pack) {
    double work = 0.0;
    for (auto i = static_cast<std::size_t>(pack * block_lanes); i < static_cast<std::size_t>((pack + 1) * block_lanes);
         ++i) {
      const auto k = static_cast<double>(plan.list_begin[i + 1] - plan.list_begin[i]);
      work += seconds_a_residual * k + (form == Form::diagonal ? 0.0 : seconds_a_pair * k * (k + 1.0) / 2.0);
    }
    return work;
  };
  double total = 0.0, sum = 0.0;
  for (std::int64_t p = 0; p < plan.num_packs(); ++p) total += work_of(p);
  chunks.clear();
  std::int64_t begin = 0;
  for (std::int64_t p = 0; p < plan.num_packs(); ++p) {
    sum += work_of(p);
    const auto cuts = static_cast<std::int64_t>(chunks.size()) + 1;
    if (p + 1 < plan.num_packs() &&
        (cuts == count || sum * static_cast<double>(count) < total * static_cast<double>(cuts)))
      continue;
    chunks.emplace_back();
    chunks.back().pack_begin = begin;
    chunks.back().pack_end = begin = p + 1;
  }
  if (chunks.empty()) chunks.emplace_back();
}

/// The entries that every `stride`-th pack of a chunk adds to.
void SchurComplement::Impl::find_entries_of(Chunk& chunk, std::int64_t stride) const {
  const auto entries = static_cast<std::size_t>(pattern.blocks.num_entries());
  LargeVector<std::uint8_t> touched(entries, 0);
  for (std::int64_t p = chunk.pack_begin; p < chunk.pack_end; p += stride) {
    const auto last = pattern.pair_begin[static_cast<std::size_t>((p + 1) * block_lanes)];
    for (auto i = pattern.pair_begin[static_cast<std::size_t>(p * block_lanes)]; i < last; ++i) {
      touched[pattern.pairs[static_cast<std::size_t>(i)]] = 1;
    }
  }
  chunk.entries.clear();
  for (std::size_t e = 0; e < entries; ++e) {
    if (touched[e]) chunk.entries.push_back(static_cast<std::uint32_t>(e));
  }
}

/// Seconds that adding the chunks to the first one takes.
double SchurComplement::Impl::seconds_of_adding() const {
  const double mean = static_cast<double>(S.size()) / std::max(1.0, static_cast<double>(pattern.blocks.num_entries()));
  double numbers = static_cast<double>((chunks.size() - 1) * kept_vectors.size());
  for (auto chunk = chunks.begin() + 1; chunk < chunks.end(); ++chunk) {
    numbers +=
        form == Form::diagonal ? static_cast<double>(S.size()) : mean * static_cast<double>(chunk->entries.size());
  }
  return seconds_a_number * numbers;
}

/// As many chunks as adding them up is worth; which blocks each adds to.
void SchurComplement::Impl::find_entries(int threads) {
  constexpr std::int64_t sample = 8;  // packs of which one is looked at first
  const double work = seconds_a_residual * static_cast<double>(plan.list.size()) +
                      (form == Form::diagonal ? 0.0 : seconds_a_pair * static_cast<double>(plan.num_pairs()));
  for (std::int64_t count = form == Form::diagonal ? most_chunks / 2 : most_chunks; count > 1; count /= 2) {
    cut_chunks(count);
    bool pays = true;
    for (const std::int64_t stride : {sample, std::int64_t{1}}) {
      if (form == Form::explicit_blocks && pays) {
        parallel_for(threads, static_cast<std::int64_t>(chunks.size()),
                     [&](std::int64_t c) { find_entries_of(chunks[static_cast<std::size_t>(c)], stride); });
      }
      pays = pays && seconds_of_adding() <= share_of_adding * work;
    }
    if (!pays) continue;
    if (chunks.size() > 1) localise_pairs(threads);
    return;
  }
  cut_chunks(1);
}

/// Makes pairs count in the entries of their chunk, and takes the chunks' memory, but for the first.
void SchurComplement::Impl::localise_pairs(int threads) {
  const auto entries = static_cast<std::size_t>(pattern.blocks.num_entries());
  parallel_for(threads, static_cast<std::int64_t>(chunks.size()) - 1, [&](std::int64_t c) {
    Chunk& chunk = chunks[static_cast<std::size_t>(c) + 1];
    chunk.vectors = AlignedBuffer(kept_vectors.size());
    if (form == Form::diagonal) {
      chunk.offset = block_offset;
      chunk.S = AlignedBuffer(S.size());
      return;
    }
    RawVector<std::uint32_t> local(entries);
    std::int64_t size = 0;
    for (std::size_t i = 0; i < chunk.entries.size(); ++i) {
      const std::uint32_t entry = chunk.entries[i];
      local[entry] = static_cast<std::uint32_t>(i);
      if (uniform_width == 0) {
        chunk.offset.push_back(size);
        size += block_offset[entry + 1] - block_offset[entry];
      } else {
        size += uniform_block;
      }
    }
    chunk.S = AlignedBuffer(static_cast<std::size_t>(size));
    const auto first = pattern.pair_begin[static_cast<std::size_t>(chunk.pack_begin * block_lanes)];
    const auto last = pattern.pair_begin[static_cast<std::size_t>(chunk.pack_end * block_lanes)];
    for (auto i = first; i < last; ++i) {
      std::uint32_t& pair = pattern.pairs[static_cast<std::size_t>(i)];
      pair = local[pair];
    }
  });
}

void SchurComplement::Impl::make_workers(int threads) {
  std::int64_t tile = 0, slots = 0, t = 0, left = 0;
  for (std::int64_t p = 0; p < plan.num_packs(); ++p) {
    const EliminationPlan::Pack& pack = plan.packs[static_cast<std::size_t>(p)];
    left = std::max(left, pack_size(pack, p));
    std::int64_t size = 0, all_slots = 0, rows = 0;
    for (auto s = pack.segment_begin; s < pack.segment_end; ++s) {
      const auto& segment = plan.segments[static_cast<std::size_t>(s)];
      const auto& part = plan.parts[static_cast<std::size_t>(segment.part)];
      const std::int64_t blocks = segment.block_end - segment.block_begin;
      size += blocks * part.rows * block_lanes * (part.slot_begin.back() + 1);
      rows += blocks * part.rows * block_lanes;
      all_slots += blocks * static_cast<std::int64_t>(part.widths.size()) * block_lanes;
    }
    tile = std::max(tile, size);
    slots = std::max(slots, all_slots);
    t = std::max(t, rows);
  }
  const std::int64_t P = plan.max_width;
  std::int64_t longest = 0;
  for (const Chunk& chunk : chunks) {
    const std::int64_t records = chunk.gathering.most_records;
    if (records == 0) continue;
    left = std::max(left, records * record_size_of(plan.packs[static_cast<std::size_t>(chunk.pack_begin)]));
    for (std::int64_t i = chunk.pack_begin * block_lanes; i < chunk.pack_end * block_lanes; ++i) {
      const auto at = static_cast<std::size_t>(i);
      longest = std::max(longest, plan.list_begin[at + 1] - plan.list_begin[at]);
    }
  }
  workers.clear();
  for (int w = 0; w < std::max(1, threads); ++w) {
    Worker& worker = workers.emplace_back();
    worker.pack = AlignedBuffer(static_cast<std::size_t>(left + block_lanes * P + kernel_slack));
    worker.diagonal.resize(static_cast<std::size_t>(longest));
    worker.tile = AlignedBuffer(static_cast<std::size_t>(tile + kernel_slack));
    worker.scratch = AlignedBuffer(static_cast<std::size_t>(
        ((P + plan.max_rows) * plan.max_columns + 2 * plan.max_rows + 8 + t) * block_lanes + kernel_slack));
    worker.small = AlignedBuffer(static_cast<std::size_t>((P * (P + 1) + 4 * P + 8) * block_lanes));
    worker.destinations.resize(static_cast<std::size_t>(slots));
    worker.places.resize(static_cast<std::size_t>(slots));
  }
}

SchurComplement::SchurComplement(const EliminationPlan& plan, std::span<const std::int64_t> column_begin, Form form,
                                 int threads)
    : impl_(std::make_unique<Impl>(plan, column_begin, form,
                                   form == Form::diagonal ? SchurPattern() : make_schur_pattern(plan, threads),
                                   threads)) {}
SchurComplement::SchurComplement(const EliminationPlan& plan, std::span<const std::int64_t> column_begin,
                                 SchurPattern pattern, int threads)
    : impl_(std::make_unique<Impl>(plan, column_begin, Form::explicit_blocks, std::move(pattern), threads)) {}
SchurComplement::SchurComplement(const EliminationPlan& plan, std::span<const std::int64_t> column_begin,
                                 double jacobian_bytes, int threads)
    : impl_(std::make_unique<Impl>(plan, column_begin, Form::diagonal, SchurPattern(), threads, jacobian_bytes)) {}
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
  std::int64_t sum = of(s.S) + of(s.factors) + of(s.products) + of(s.pattern.pairs) + of(s.pattern.pair_begin) +
                     of(s.pack_costs) + of(s.list_offset) + of(s.plan.list) + of(s.plan.list_begin) +
                     of(s.plan.points) + of(s.plan.segments) + of(s.plan.packs) + of(s.factor_begin);
  for (const auto& chunk : s.chunks) sum += of(chunk.S) + of(chunk.vectors) + of(chunk.entries);
  for (const auto& j : s.jacobian) sum += of(j);
  for (const auto& part : s.plan.parts) sum += of(part.source) + of(part.lanes) + of(part.place);
  return sum;
}

}  // namespace heliotrope
