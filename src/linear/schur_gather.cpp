// SPDX-License-Identifier: Apache-2.0
// Forming S block by block: what many points add to one block is summed in registers.
#include <algorithm>
#include <numeric>

#include "schur_state.hpp"

namespace heliotrope {

using namespace linear_detail;

namespace {

// Doubles of a batch's records, at most: on 177 cameras that see 28 of 4217 points each half or twice as many are no
// faster. A small S needs fewer, and memory that is touched for the first time is dear.
constexpr std::int64_t most_in_batch = std::int64_t{1} << 19, least_in_batch = std::int64_t{1} << 15;
// Doubles of the records of a group of rows, whose blocks are visited together: half of a second-level cache of 1 MiB.
constexpr std::int64_t group_size = std::int64_t{1} << 16;
constexpr std::int64_t most_records_of_batch = 1 << 16;  // their numbers have 16 bits

}  // namespace

/// Sorts the pairs of a chunk by block, batch by batch, where that saves visits to blocks.
void SchurComplement::Impl::gather_pairs(Chunk& chunk) {
  constexpr double least_meetings = 3.0;  // pairs a visit; chosen, not measured
  if (uniform_width == 0 || chunk.pack_begin == chunk.pack_end) return;
  const EliminationPlan::Pack& like = plan.packs[index(chunk.pack_begin)];
  for (std::int64_t p = chunk.pack_begin; p < chunk.pack_end; ++p) {
    if (!simple[index(p)] || plan.packs[index(p)].width != like.width ||
        record_size_of(plan.packs[index(p)]) != record_size_of(like))
      return;
  }
  const std::int64_t record = record_size_of(like);
  const std::int64_t batch_size = std::clamp(2 * static_cast<std::int64_t>(is_first(chunk) ? S.size() : chunk.S.size()),
                                             least_in_batch, most_in_batch);
  const std::int64_t most = std::min(batch_size / record, most_records_of_batch);
  const auto lists = [&](std::int64_t pack) { return plan.list_begin[index(pack * block_lanes)]; };
  const std::size_t entries =
      is_first(chunk) ? static_cast<std::size_t>(pattern.blocks.num_entries()) : chunk.entries.size();

  std::vector<std::int64_t> ends;
  for (std::int64_t begin = chunk.pack_begin; begin < chunk.pack_end; begin = ends.back()) {
    std::int64_t end = begin + 1;
    while (end < chunk.pack_end && lists(end + 1) - lists(begin) <= most) ++end;
    if (lists(end) - lists(begin) > most_records_of_batch) return;
    ends.push_back(end);
  }
  const auto pair_at = [&](std::int64_t pack) { return pattern.pair_begin[index(pack * block_lanes)]; };
  const auto pairs = static_cast<double>(pair_at(chunk.pack_end) - pair_at(chunk.pack_begin));
  if (pairs < least_meetings * static_cast<double>(ends.size()) * static_cast<double>(entries)) return;

  // Blocks in the order of their visits: by groups of rows, then by columns, then by rows.
  const auto entry_of = [&](std::size_t e) { return is_first(chunk) ? e : std::size_t{chunk.entries[e]}; };
  const std::int64_t groups =
      (std::min(batch_size, record * (lists(chunk.pack_end) - lists(chunk.pack_begin))) + group_size - 1) / group_size;
  const std::int64_t num_kept = plan.num_kept();
  std::vector<std::uint32_t> order(entries), visit(entries);
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return pattern.blocks.row[entry_of(a)] * groups / num_kept < pattern.blocks.row[entry_of(b)] * groups / num_kept;
  });
  for (std::size_t v = 0; v < entries; ++v) visit[order[v]] = static_cast<std::uint32_t>(v);

  Gathering& to = chunk.gathering;
  to.diagonal.assign(index(num_kept), 0);
  std::vector<std::uint32_t> next(entries + 1), sorted;
  for (std::int64_t begin = chunk.pack_begin; const std::int64_t end : ends) {
    const std::int64_t first = lists(begin), pair_begin = pair_at(begin);
    to.most_records = std::max(to.most_records, lists(end) - first);
    std::fill(next.begin(), next.end(), 0);
    const auto for_pairs = [&](const auto& body) {
      const std::uint32_t* pair = pattern.pairs.data() + pair_begin;
      for (auto point = index(begin * block_lanes); point < index(end * block_lanes); ++point) {
        const auto base = static_cast<std::uint32_t>(plan.list_begin[point] - first);
        const auto length = static_cast<std::uint32_t>(plan.list_begin[point + 1] - plan.list_begin[point]);
        for (std::uint32_t a = 0; a < length; ++a) {
          for (std::uint32_t c = 0; c < a; ++c) body(*pair++, (base + a) << 16 | (base + c));
          to.diagonal[index(plan.list[index(plan.list_begin[point] + a)])] = *pair++;
        }
      }
    };
    for_pairs([&](std::uint32_t entry, std::uint32_t) { ++next[visit[entry] + 1]; });
    for (std::size_t v = 0; v < entries; ++v) {
      if (next[v + 1] > 0) to.runs.push_back({order[v], next[v + 1]});
      next[v + 1] += next[v];
    }
    sorted.resize(next[entries]);
    for_pairs([&](std::uint32_t entry, std::uint32_t pair) { sorted[next[visit[entry]]++] = pair; });
    std::copy(sorted.begin(), sorted.end(), pattern.pairs.begin() + pair_begin);
    to.batches.push_back({end, pair_begin, to.runs.size()});
    begin = end;
  }
}

void SchurComplement::Impl::eliminate_batches(TileSource& source, Chunk& chunk, const Vectors& vectors, bool fresh,
                                              Worker& worker, int number) {
  const Gathering& gathering = chunk.gathering;
  const EliminationPlan::Pack& like = plan.packs[index(chunk.pack_begin)];
  const int rows = plan.parts[index(plan.segments[index(like.segment_begin)].part)].rows;
  const std::int64_t record = record_size_of(like);
  std::int64_t pack = chunk.pack_begin;
  std::size_t run = 0;
  for (const Gathering::Batch& batch : gathering.batches) {
    double* to = worker.pack.data();
    for (; pack < batch.pack_end; ++pack) {
      pack_failed[index(pack)] = !eliminate_pack(source, pack, to, vectors, fresh, worker, number);
      const std::int64_t* const lists = plan.list_begin.data() + pack * block_lanes;
      const double* const z = to + record * (lists[block_lanes] - lists[0]);  // the next pack's records go there
      for (int l = 0; l < plan.packs[index(pack)].num_lanes; ++l) {
        const std::int32_t* const list = plan.list.data() + lists[l];
        const auto length = static_cast<int>(lists[l + 1] - lists[l]);
        for (int a = 0; a < length; ++a) worker.diagonal[index(a)] = gathering.diagonal[index(list[a])];
        kernels.record_update(uniform_width, like.width, rows, length, list, to + record * (lists[l] - lists[0]),
                              z + l * like.width, worker.diagonal.data(), S_of(chunk), vectors_of(chunk, 0), true);
      }
      to += record * (lists[block_lanes] - lists[0]);
    }
    const std::uint32_t* pair = pattern.pairs.data() + batch.pair_begin;
    for (; run < batch.run_end; ++run) {
      const auto [entry, count] = gathering.runs[run];
      kernels.gather_update(uniform_width, like.width, record, pair, count, worker.pack.data(),
                            S_of(chunk) + std::int64_t{entry} * uniform_block);
      pair += count;
    }
  }
}

}  // namespace heliotrope
