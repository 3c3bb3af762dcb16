// SPDX-License-Identifier: Apache-2.0
// The elimination of SchurComplement; notation in elimination_kernels.hpp.
#include <algorithm>

#include "heliotrope/config.hpp"
#include "heliotrope/parallel.hpp"
#include "schur_state.hpp"

namespace heliotrope {

using namespace linear_detail;

bool SchurComplement::Impl::eliminate_pack(TileSource& source, std::int64_t pack, double* to, const Vectors& vectors,
                                           bool fresh, Worker& worker, int number) {
  const EliminationPlan::Pack& description = plan.packs[index(pack)];
  const int P = description.width;
  double lane_costs[block_lanes] = {};
  evaluate_pack(source, Where::present, pack, true, worker, number, lane_costs);
  pack_costs[index(pack)] = 0.0;
  for (double c : lane_costs) pack_costs[index(pack)] += c;

  const auto for_segments = [&](const auto& body) {
    double* tile = worker.tile.data();
    for (auto s = description.segment_begin; s < description.segment_end; ++s) {
      const EliminationPlan::Segment& segment = plan.segments[index(s)];
      const EliminationPlan::Part& part = plan.parts[index(segment.part)];
      const std::int64_t rows = (segment.block_end - segment.block_begin) * part.rows * block_lanes;
      body(segment, part, tile, tile + rows, rows);
      tile += rows * (1 + part.slot_begin.back());
    }
  };

  // Kept derivatives and residuals of each lane by itself; the layout is that of schur_state.hpp.
  const bool is_simple = simple[index(pack)];
  double* after = to + P * (y_size(pack) + block_lanes);
  if (!is_simple)
    for_segments([&](const auto& segment, const auto& part, double* r, double* J, std::int64_t rows) {
      kernels.transpose(view<double>(segment, r, J), after);
      const int kept = part.slot_begin.back() - (segment.slot < 0 ? 0 : part.widths[index(segment.slot)]);
      after += rows * kept;
      for (std::int64_t b = 0; b < segment.block_end - segment.block_begin; ++b) {
        for (int l = 0; l < block_lanes; ++l) {
          for (int m = 0; m < part.rows; ++m) *after++ = r[(b * part.rows + m) * block_lanes + l];
        }
      }
    });
  double* const V = worker.small.data();
  double* const g = V + P * (P + 1) / 2 * block_lanes;
  std::fill_n(V, (P * (P + 1) / 2 + P) * block_lanes, 0.0);
  for_segments([&](const auto& segment, const auto&, double* r, double* J, std::int64_t) {
    if (P > 0) kernels.point_products(view<double>(segment, r, J), P, V, g);
  });
  if (fresh) set_vectors(pack, V, g, vectors);
  if (pack < stored_packs) {  // V of the rounded Jacobian, with which multiply() stays positive semidefinite
    std::fill_n(V, P * (P + 1) / 2 * block_lanes, 0.0);
    for_segments([&](const auto& segment, const auto& part, double*, double* J, std::int64_t rows) {
      const SegmentView<float> stored = stored_view(segment);
      kernels.narrow(J, rows * part.slot_begin.back(), const_cast<float*>(stored.jacobian));
      if (P > 0) kernels.point_products_float(stored, P, V);
    });
  }
  if (P == 0) return true;
  const bool good = factorise_pack(pack, vectors, V);
  if (form == Form::diagonal) std::copy_n(V, P * (P + 1) / 2 * block_lanes, factors.data() + factor_begin[index(pack)]);
  kernels.solve_lower(P, V, g);
  const std::int64_t* const lists = plan.list_begin.data() + pack * block_lanes;
  const std::int64_t record = is_simple ? record_size_of(description) : 0;
  double* const z = to + (is_simple ? record * (lists[block_lanes] - lists[0]) : P * y_size(pack));
  for (int l = 0; l < block_lanes; ++l) {
    for (int p = 0; p < P; ++p) z[l * P + p] = g[p * block_lanes + l];
  }
  if (is_simple) {
    for_segments([&](const auto& segment, const auto& part, double* r, double* J, std::int64_t) {
      double** at = worker.destinations.data();
      for (std::int64_t b = segment.block_begin; b < segment.block_end; ++b) {
        const unsigned used = part.lanes[index(b)];
        for (int l = 0; l < block_lanes; ++l) {
          *at++ = (used >> l & 1) != 0 ? to + record * (lists[l] - lists[0] + b - segment.block_begin) : nullptr;
        }
      }
      kernels.records(view<double>(segment, r, J), 1 - segment.slot, P, V, worker.destinations.data(),
                      worker.scratch.data());
    });
    return good;
  }
  if (description.repeats) std::fill_n(to, P * y_size(pack), 0.0);
  for_segments([&](const auto& segment, const auto&, double* r, double* J, std::int64_t) {
    if (segment.slot < 0) return;
    find_destinations(pack, segment, to, worker);
    kernels.cross(view<double>(segment, r, J), P, V, worker.destinations.data(), description.repeats,
                  worker.scratch.data());
  });
  return good;
}

/// -Y Y' and -Y z of one point.
void SchurComplement::Impl::contribute_point(std::int64_t pack, int lane, const double* Y, const double* z,
                                             Chunk& chunk) {
  const int P = plan.packs[index(pack)].width;
  const std::int64_t point = pack * block_lanes + lane;
  const std::int64_t first = plan.list_begin[index(point)];
  const std::int32_t* const list = plan.list.data() + first;
  const auto length = static_cast<int>(plan.list_begin[index(point) + 1] - first);
  const bool only = form == Form::diagonal;
  const std::uint32_t* const pairs =
      only ? reinterpret_cast<const std::uint32_t*>(list) : pattern.pairs.data() + pattern.pair_begin[index(point)];
  if (uniform_width > 0) {
    kernels.point_update(uniform_width, P, length, Y, pairs, S_of(chunk), only);
    for (int a = 0; a < length; ++a) {
      kernels.right_side_update(uniform_width, P, Y + std::int64_t{a} * uniform_width * P, z,
                                vectors_of(chunk, list[a]) + 2 * round_up_8(plan.kept_width(list[a])));
    }
    return;
  }
  const std::int64_t origin = list_scalar(first);
  for (int a = 0; a < length; ++a) {
    const int w = plan.kept_width(list[a]);
    const double* const Ya = Y + P * (list_scalar(first + a) - origin);
    kernels.right_side_update(w, P, Ya, z, vectors_of(chunk, list[a]) + 2 * round_up_8(plan.kept_width(list[a])));
    for (int c = only ? a : 0; c <= a; ++c) {
      const int v = plan.kept_width(list[c]);
      const std::uint32_t entry = only ? pairs[a] : pairs[packed(a, c)];
      kernels.subtract_product(w, v, P)(w, v, P, Ya, Y + P * (list_scalar(first + c) - origin), block_of(chunk, entry));
    }
  }
}

/// Jk'Jk and Jk'r of one residual.
void SchurComplement::Impl::contribute_residual(std::int64_t pack, int lane, const EliminationPlan::Segment& segment,
                                                std::int64_t block, const double* J, const double* r, Chunk& chunk) {
  const EliminationPlan::Part& part = plan.parts[index(segment.part)];
  const auto slots = static_cast<int>(part.widths.size());
  const std::int64_t point = pack * block_lanes + lane;
  const std::int64_t first = plan.list_begin[index(point)];
  const std::uint16_t* const place = part.place.data() + block * slots * block_lanes + lane;
  const bool only = form == Form::diagonal;
  const double* Js = J;
  for (int s = 0; s < slots; ++s) {
    if (s == segment.slot) continue;
    const int w = part.widths[index(s)];
    const std::uint16_t a = place[s * block_lanes];
    const double* const own = Js;
    Js += w * part.rows;
    if (a == EliminationPlan::no_place) continue;
    const std::int32_t kept = plan.list[index(first + a)];
    kernels.gradient_update(w, part.rows, own, r, vectors_of(chunk, kept), vectors_of(chunk, kept) + round_up_8(w));
    const double* Jt = J;
    for (int t = 0; t < slots; ++t) {
      if (t == segment.slot) continue;
      const int v = part.widths[index(t)];
      const std::uint16_t c = place[t * block_lanes];
      const double* const other = Jt;
      Jt += v * part.rows;
      if (c == EliminationPlan::no_place || c > a || (only && c != a)) continue;
      const std::uint32_t entry = only ? static_cast<std::uint32_t>(kept)
                                       : pattern.pairs[index(pattern.pair_begin[index(point)] + packed(a, c))];
      kernels.add_product(w, v, part.rows)(w, v, part.rows, own, other, block_of(chunk, entry));
      if (c != a || t == s) continue;  // named twice: |Js + Jt|^2
      double* const squares = vectors_of(chunk, kept) + round_up_8(w);
      for (int i = 0; i < w * part.rows; ++i) squares[i % w] += own[i] * other[i];
    }
  }
}

void SchurComplement::Impl::contribute_simple(std::int64_t pack, const double* from, Chunk& chunk) {
  const EliminationPlan::Pack& description = plan.packs[index(pack)];
  const std::int64_t* const lists = plan.list_begin.data() + pack * block_lanes;
  const std::int64_t record = record_size_of(description);
  const double* const z = from + record * (lists[block_lanes] - lists[0]);
  const int rows = plan.parts[index(plan.segments[index(description.segment_begin)].part)].rows;
  const bool only = form == Form::diagonal;
  for (int l = 0; l < description.num_lanes; ++l) {
    const std::int32_t* const list = plan.list.data() + lists[l];
    const std::uint32_t* const pairs = only ? reinterpret_cast<const std::uint32_t*>(list)
                                            : pattern.pairs.data() + pattern.pair_begin[index(pack * block_lanes + l)];
    kernels.record_update(uniform_width, description.width, rows, static_cast<int>(lists[l + 1] - lists[l]), list,
                          from + record * (lists[l] - lists[0]), z + l * description.width, pairs, S_of(chunk),
                          vectors_of(chunk, 0), only);
  }
}

/// What a pack adds to S and to the vectors.
void SchurComplement::Impl::contribute(std::int64_t pack, const double* from, Chunk& chunk) {
  const EliminationPlan::Pack& description = plan.packs[index(pack)];
  const int P = description.width;
  if (simple[index(pack)]) return contribute_simple(pack, from, chunk);
  const std::int64_t origin = list_scalar(plan.list_begin[index(pack * block_lanes)]);
  const double* const z = from + P * y_size(pack);
  const double* const residuals = z + P * block_lanes;
  for (int l = 0; l < description.num_lanes; ++l) {
    const std::int64_t first = plan.list_begin[index(pack * block_lanes + l)];
    const std::int64_t last = plan.list_begin[index(pack * block_lanes + l) + 1];
    if (first == last) continue;
    if (P > 0) contribute_point(pack, l, from + P * (list_scalar(first) - origin), z + l * P, chunk);
    const double* J = residuals;
    for (auto s = description.segment_begin; s < description.segment_end; ++s) {
      const EliminationPlan::Segment& segment = plan.segments[index(s)];
      const EliminationPlan::Part& part = plan.parts[index(segment.part)];
      const int kept = part.slot_begin.back() - (segment.slot < 0 ? 0 : part.widths[index(segment.slot)]);
      const std::int64_t blocks = segment.block_end - segment.block_begin, lane_size = std::int64_t{kept} * part.rows;
      const double* const r = J + blocks * lane_size * block_lanes;
      for (std::int64_t b = 0; b < blocks; ++b) {
        if ((part.lanes[index(segment.block_begin + b)] >> l & 1) == 0) continue;
        contribute_residual(pack, l, segment, segment.block_begin + b, J + (b * block_lanes + l) * lane_size,
                            r + (b * block_lanes + l) * part.rows, chunk);
      }
      J = r + blocks * block_lanes * part.rows;
    }
  }
}

void SchurComplement::Impl::eliminate_chunk(TileSource& source, Chunk& chunk, const Vectors& vectors, bool fresh,
                                            Worker& worker, int number) {
  std::fill_n(S_of(chunk), is_first(chunk) ? S.size() : chunk.S.size(), 0.0);
  std::fill_n(vectors_of(chunk, 0), kept_vectors.size(), 0.0);
  if (!chunk.gathering.batches.empty()) return eliminate_batches(source, chunk, vectors, fresh, worker, number);
  for (std::int64_t pack = chunk.pack_begin; pack < chunk.pack_end; ++pack) {
    pack_failed[index(pack)] = !eliminate_pack(source, pack, worker.pack.data(), vectors, fresh, worker, number);
    contribute(pack, worker.pack.data(), chunk);
  }
}

/// S and the vectors: the first chunk's sums, and the others' in their order.
void SchurComplement::Impl::add_chunks(int threads) {
  if (chunks.size() == 1) return;
  constexpr std::int64_t piece = 256;  // blocks; chosen, not measured
  const std::int64_t entries = pattern.blocks.num_entries();
  const auto begin_of = [&](std::int64_t e) { return uniform_width > 0 ? e * uniform_block : block_offset[index(e)]; };
  parallel_for(threads, (entries + piece - 1) / piece, [&](std::int64_t i) {
    const std::int64_t first = i * piece, last = std::min(entries, first + piece);
    for (auto chunk = chunks.begin() + 1; chunk != chunks.end(); ++chunk) {
      if (form == Form::diagonal) {
        kernels.add(chunk->S.data() + begin_of(first), begin_of(last) - begin_of(first), S.data() + begin_of(first));
        continue;
      }
      auto at = std::lower_bound(chunk->entries.begin(), chunk->entries.end(), static_cast<std::uint32_t>(first));
      for (; at != chunk->entries.end() && *at < last; ++at) {
        kernels.add(block_of(*chunk, static_cast<std::uint32_t>(at - chunk->entries.begin())),
                    begin_of(*at + 1) - begin_of(*at), S.data() + begin_of(*at));
      }
    }
  });
  for (auto chunk = chunks.begin() + 1; chunk != chunks.end(); ++chunk) {
    kernels.add(chunk->vectors.data(), static_cast<std::int64_t>(kept_vectors.size()), kept_vectors.data());
  }
}

bool SchurComplement::eliminate(TileSource& source, double lambda, const Vectors& vectors, bool fresh, int threads) {
  Impl& s = *impl_;
  s.lambda = lambda;
  s.present_source = &source;
  const int num_workers = std::min({threads, static_cast<int>(s.workers.size()), static_cast<int>(s.chunks.size())});
  parallel_for(num_workers, num_workers, [&](std::int64_t w) {
    for (std::size_t c = index(w); c < s.chunks.size(); c += index(num_workers)) {
      s.eliminate_chunk(source, s.chunks[c], vectors, fresh, s.workers[index(w)], static_cast<int>(w));
    }
  });
  s.add_chunks(threads);
  for (std::int64_t k = 0; k < s.plan.num_kept(); ++k) {
    const int w = s.plan.kept_width(k), stride = round_up_8(w);
    const double* const of = s.kept_vectors.data() + s.vector_begin(k);
    for (int c = 0; c < w; ++c) {
      s.right_side.data()[s.plan.kept_begin[index(k)] + c] = of[c] + of[2 * stride + c];
      if (!fresh) continue;
      const std::size_t to = index(first_column(k) + c);
      vectors.gradient[to] = of[c];
      vectors.diagonal[to] = of[stride + c];
      vectors.scale[to] = std::max(vectors.memory * vectors.scale[to], of[stride + c]);
      if (vectors.scale[to] == 0.0) vectors.scale[to] = 1.0;
    }
  }
  return std::find(s.pack_failed.begin(), s.pack_failed.end(), 1) == s.pack_failed.end();
}

}  // namespace heliotrope
