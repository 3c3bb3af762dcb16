// SPDX-License-Identifier: Apache-2.0
// The sweeps of SchurComplement over packs of points; notation in elimination_kernels.hpp.
#include <algorithm>
#include <type_traits>

#include "heliotrope/config.hpp"
#include "heliotrope/parallel.hpp"
#include "schur_state.hpp"

namespace heliotrope {

using namespace linear_detail;

namespace {

/// A point's damping is at least this part of its largest one: a direction that its residuals do not see stays put.
/// Chosen, not measured.
constexpr double damping_floor = 1e-10;

constexpr std::int64_t packed(std::int64_t i, std::int64_t j) { return i * (i + 1) / 2 + j; }

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace

template <class Real>
SegmentView<Real> SchurComplement::Impl::view(const EliminationPlan::Segment& segment, const double* residuals,
                                              const Real* values) const {
  const EliminationPlan::Part& part = plan.parts[index(segment.part)];
  SegmentView<Real> v;
  v.rows = part.rows;
  v.columns = part.slot_begin.back();
  v.num_slots = static_cast<int>(part.widths.size());
  v.widths = part.widths.data();
  v.slot_begin = part.slot_begin.data();
  v.slot = segment.slot;
  v.num_blocks = segment.block_end - segment.block_begin;
  v.residuals = residuals;
  v.jacobian = values;
  return v;
}

/// A segment with its stored Jacobian.
SegmentView<float> SchurComplement::Impl::stored_view(const EliminationPlan::Segment& segment) {
  const EliminationPlan::Part& part = plan.parts[index(segment.part)];
  const std::int64_t stride = std::int64_t{part.rows} * part.slot_begin.back() * block_lanes;
  return view<float>(segment, nullptr, jacobian[index(segment.part)].data() + segment.block_begin * stride);
}

/// Residuals, and where asked for Jacobians, of a pack's segments into the worker's tile, one segment behind the other:
/// its residuals, its Jacobian.
void SchurComplement::Impl::evaluate_pack(TileSource& source, Where where, std::int64_t pack, bool derivatives,
                                          Worker& worker, int number, double* cost) {
  double* to = worker.tile.data();
  for (auto s = plan.packs[index(pack)].segment_begin; s < plan.packs[index(pack)].segment_end; ++s) {
    const EliminationPlan::Segment& segment = plan.segments[index(s)];
    const EliminationPlan::Part& part = plan.parts[index(segment.part)];
    const std::int64_t rows = (segment.block_end - segment.block_begin) * part.rows * block_lanes;
    source.evaluate(where, segment.part, segment.block_begin, segment.block_end, to, derivatives ? to + rows : nullptr,
                    cost, number);
    if (derivatives) to += rows * (1 + part.slot_begin.back());
  }
}

/// Gradient, diagonal and scale of a pack's points.
void SchurComplement::Impl::set_vectors(std::int64_t pack, const double* V, const double* g, const Vectors& vectors) {
  const int P = plan.packs[index(pack)].width;
  for (int l = 0; l < block_lanes; ++l) {
    const std::int64_t point = plan.points[index(pack * block_lanes + l)];
    if (point < 0) continue;
    for (int p = 0; p < P; ++p) {
      const std::size_t column = index(column_begin[index(point)] + p);
      const double d = V[packed(p, p) * block_lanes + l];
      vectors.gradient[column] = g[p * block_lanes + l];
      vectors.diagonal[column] = d;
      vectors.scale[column] = std::max(vectors.memory * vectors.scale[column], d);
      if (vectors.scale[column] == 0.0) vectors.scale[column] = 1.0;
    }
  }
}

/// Adds the damping to V and factorises it. False: some point's is not positive definite.
bool SchurComplement::Impl::factorise_pack(std::int64_t pack, const Vectors& vectors, double* V) {
  const int P = plan.packs[index(pack)].width;
  for (int l = 0; l < block_lanes; ++l) {
    const std::int64_t point = plan.points[index(pack * block_lanes + l)];
    const double* scale = point < 0 ? nullptr : vectors.scale.data() + column_begin[index(point)];
    double most = 0.0;
    for (int p = 0; p < P && point >= 0; ++p) most = std::max(most, scale[p]);
    for (int p = 0; p < P; ++p) {
      double& v = V[packed(p, p) * block_lanes + l];
      if (point >= 0) v += lambda * std::max(scale[p], damping_floor * most);
      if (v == 0.0) v = 1.0;  // no residual: no step
    }
  }
  return kernels.factorise(P, V) == 0;
}

/// Where Y of each block, slot and lane of a segment goes.
void SchurComplement::Impl::find_destinations(std::int64_t pack, const EliminationPlan::Segment& segment, double* y,
                                              Worker& worker) const {
  const EliminationPlan::Part& part = plan.parts[index(segment.part)];
  const auto slots = static_cast<std::int64_t>(part.widths.size());
  const std::int64_t P = plan.packs[index(pack)].width;
  const std::int64_t* const list_begin = plan.list_begin.data() + pack * block_lanes;
  const std::int64_t origin = list_scalar(list_begin[0]);
  const std::uint16_t* place = part.place.data() + segment.block_begin * slots * block_lanes;
  double** to = worker.destinations.data();
  for (std::int64_t i = 0; i < (segment.block_end - segment.block_begin) * slots; ++i) {
    for (int l = 0; l < block_lanes; ++l, ++place, ++to) {
      *to = *place == EliminationPlan::no_place ? nullptr : y + P * (list_scalar(list_begin[l] + *place) - origin);
    }
  }
}

/// Where the kept columns of each block, slot and lane of a segment are, or no_column().
void SchurComplement::Impl::find_places(std::int64_t pack, const EliminationPlan::Segment& segment,
                                        Worker& worker) const {
  const EliminationPlan::Part& part = plan.parts[index(segment.part)];
  const auto slots = static_cast<std::int64_t>(part.widths.size());
  const std::int64_t* const list_begin = plan.list_begin.data() + pack * block_lanes;
  const std::uint16_t* place = part.place.data() + segment.block_begin * slots * block_lanes;
  const std::int64_t none = no_column();
  std::int64_t* to = worker.places.data();
  for (std::int64_t i = 0; i < (segment.block_end - segment.block_begin) * slots; ++i) {
    for (int l = 0; l < block_lanes; ++l, ++place, ++to) {
      *to =
          *place == EliminationPlan::no_place ? none : plan.kept_begin[index(plan.list[index(list_begin[l] + *place)])];
    }
  }
}

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

void SchurComplement::Impl::contribute_simple(std::int64_t pack, const double* from, Chunk& chunk, std::int32_t begin,
                                              std::int32_t end) {
  const EliminationPlan::Pack& description = plan.packs[index(pack)];
  const std::int64_t* const lists = plan.list_begin.data() + pack * block_lanes;
  const std::int64_t record = record_size_of(description);
  const double* const z = from + record * (lists[block_lanes] - lists[0]);
  const int rows = plan.parts[index(plan.segments[index(description.segment_begin)].part)].rows;
  const bool only = form == Form::diagonal;
  for (int l = 0; l < description.num_lanes; ++l) {
    const std::int32_t* const list = plan.list.data() + lists[l];
    int a_begin = 0, a_end = static_cast<int>(lists[l + 1] - lists[l]);
    while (a_begin < a_end && list[a_begin] < begin) ++a_begin;
    while (a_end > a_begin && list[a_end - 1] >= end) --a_end;
    if (a_begin == a_end) continue;
    const std::uint32_t* const pairs = only ? reinterpret_cast<const std::uint32_t*>(list)
                                            : pattern.pairs.data() + pattern.pair_begin[index(pack * block_lanes + l)];
    kernels.record_update(uniform_width, description.width, rows, a_begin, a_end, list,
                          from + record * (lists[l] - lists[0]), z + l * description.width, pairs, S_of(chunk),
                          vectors_of(chunk, 0), only);
  }
}

/// What a pack adds to S and to the vectors; of a simple pack, to the rows [begin, end).
void SchurComplement::Impl::contribute(std::int64_t pack, const double* from, Chunk& chunk, std::int32_t begin,
                                       std::int32_t end) {
  const EliminationPlan::Pack& description = plan.packs[index(pack)];
  const int P = description.width;
  if (simple[index(pack)]) return contribute_simple(pack, from, chunk, begin, end);
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
  std::fill_n(S_of(chunk), chunks.size() == 1 ? S.size() : chunk.S.size(), 0.0);
  std::fill_n(vectors_of(chunk, 0), kept_vectors.size(), 0.0);
  const auto num_kept = static_cast<std::int32_t>(plan.num_kept());
  const std::int64_t room = chunk.panels.empty() ? 0 : panel_batch;
  for (std::int64_t begin = chunk.pack_begin, end = begin; begin < chunk.pack_end; begin = end) {
    double* to = worker.pack.data();
    do {
      pack_failed[index(end)] = !eliminate_pack(source, end, to, vectors, fresh, worker, number);
      to += pack_size(plan.packs[index(end)], end);
      ++end;
    } while (end < chunk.pack_end && simple[index(end)] && simple[index(begin)] &&
             to - worker.pack.data() + pack_size(plan.packs[index(end)], end) <= room);
    for (std::size_t panel = 0; panel <= chunk.panels.size(); ++panel) {
      const double* from = worker.pack.data();
      const std::int32_t first = panel == 0 ? 0 : chunk.panels[panel - 1];
      const std::int32_t last = panel == chunk.panels.size() ? num_kept : chunk.panels[panel];
      for (std::int64_t p = begin; p < end; ++p) {
        if (panel == 0 || simple[index(p)]) contribute(p, from, chunk, first, last);
        from += pack_size(plan.packs[index(p)], p);
      }
    }
  }
}

/// S and the vectors: the chunks' sums, in their order.
void SchurComplement::Impl::add_chunks(int threads) {
  if (chunks.size() == 1) return;
  constexpr std::int64_t piece = 256;  // blocks; chosen, not measured
  const std::int64_t entries = pattern.blocks.num_entries();
  const auto begin_of = [&](std::int64_t e) { return uniform_width > 0 ? e * uniform_block : block_offset[index(e)]; };
  parallel_for(threads, (entries + piece - 1) / piece, [&](std::int64_t i) {
    const std::int64_t first = i * piece, last = std::min(entries, first + piece);
    std::fill(S.data() + begin_of(first), S.data() + begin_of(last), 0.0);
    for (Chunk& chunk : chunks) {
      if (form == Form::diagonal) {
        kernels.add(chunk.S.data() + begin_of(first), begin_of(last) - begin_of(first), S.data() + begin_of(first));
        continue;
      }
      auto at = std::lower_bound(chunk.entries.begin(), chunk.entries.end(), static_cast<std::uint32_t>(first));
      for (; at != chunk.entries.end() && *at < last; ++at) {
        kernels.add(block_of(chunk, static_cast<std::uint32_t>(at - chunk.entries.begin())),
                    begin_of(*at + 1) - begin_of(*at), S.data() + begin_of(*at));
      }
    }
  });
  std::fill_n(kept_vectors.data(), kept_vectors.size(), 0.0);
  for (const Chunk& chunk : chunks) {
    kernels.add(chunk.vectors.data(), static_cast<std::int64_t>(kept_vectors.size()), kept_vectors.data());
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

double SchurComplement::Impl::sum_costs() const {
  double sum = 0.0;
  for (double c : pack_costs) sum += c;
  return 0.5 * sum;
}

void SchurComplement::Impl::back_substitute_pack(TileSource& source, std::int64_t pack, const Vectors& vectors,
                                                 std::span<double> step, Worker& worker, int number) {
  const EliminationPlan::Pack& description = plan.packs[index(pack)];
  const int P = description.width;
  double lane_costs[block_lanes] = {};
  if (P > 0) {
    double* const V = worker.small.data();
    double* const u = V + P * (P + 1) / 2 * block_lanes;
    std::fill_n(V, (P * (P + 1) / 2 + P) * block_lanes, 0.0);
    double* const t = worker.scratch.data() + kernel_slack;
    if (pack < stored_packs) {
      for (auto s = description.segment_begin; s < description.segment_end; ++s) {
        const EliminationPlan::Segment& segment = plan.segments[index(s)];
        if (segment.slot < 0) continue;
        find_places(pack, segment, worker);
        kernels.back_products_float(stored_view(segment), P, kept_step.data(), worker.places.data(), u, t);
      }
    } else {
      evaluate_pack(source, Where::present, pack, true, worker, number, lane_costs);
      const double* tile = worker.tile.data();
      for (auto s = description.segment_begin; s < description.segment_end; ++s) {
        const EliminationPlan::Segment& segment = plan.segments[index(s)];
        const EliminationPlan::Part& part = plan.parts[index(segment.part)];
        const std::int64_t rows = (segment.block_end - segment.block_begin) * part.rows * block_lanes;
        if (segment.slot >= 0) {
          const auto v = view<double>(segment, tile, tile + rows);
          if (form == Form::explicit_blocks) kernels.point_products(v, P, V, nullptr);
          find_places(pack, segment, worker);
          kernels.back_products(v, P, kept_step.data(), worker.places.data(), u, t);
        }
        tile += rows * (1 + part.slot_begin.back());
      }
      std::fill_n(lane_costs, block_lanes, 0.0);
    }
    if (form == Form::explicit_blocks) {
      factorise_pack(pack, vectors, V);
    } else {
      std::copy_n(factors.data() + factor_begin[index(pack)], P * (P + 1) / 2 * block_lanes, V);
    }
    const std::int64_t* const points = plan.points.data() + pack * block_lanes;
    for (int l = 0; l < block_lanes; ++l) {
      for (int p = 0; p < P && points[l] >= 0; ++p)
        u[p * block_lanes + l] += vectors.gradient[index(column_begin[index(points[l])] + p)];
    }
    kernels.solve_lower(P, V, u);
    kernels.solve_transposed(P, V, u);
    for (int l = 0; l < block_lanes; ++l) {
      for (int p = 0; p < P && points[l] >= 0; ++p)
        step[index(column_begin[index(points[l])] + p)] = -u[p * block_lanes + l];
    }
    source.move(points, block_lanes, step.data());
  }
  evaluate_pack(source, Where::candidate, pack, false, worker, number, lane_costs);
  pack_costs[index(pack)] = 0.0;
  for (double c : lane_costs) pack_costs[index(pack)] += c;
}

double SchurComplement::back_substitute(TileSource& source, const Vectors& vectors, std::span<double> step,
                                        int threads) {
  Impl& s = *impl_;
  for (std::int64_t k = 0; k < s.plan.num_kept(); ++k) {
    std::copy_n(step.data() + first_column(k), s.plan.kept_width(k), s.kept_step.data() + s.plan.kept_begin[index(k)]);
  }
  const std::int64_t packs = s.plan.num_packs();
  const std::int64_t num_workers = std::min<std::int64_t>(threads, static_cast<std::int64_t>(s.workers.size()));
  parallel_for(static_cast<int>(num_workers), num_workers, [&](std::int64_t w) {
    for (std::int64_t p = w; p < packs; p += num_workers) {
      s.back_substitute_pack(source, p, vectors, step, s.workers[index(w)], static_cast<int>(w));
    }
  });
  return s.sum_costs();
}

double SchurComplement::evaluate_cost(TileSource& source, TileSource::Where where, int threads) {
  Impl& s = *impl_;
  const std::int64_t packs = s.plan.num_packs();
  const std::int64_t num_workers = std::min<std::int64_t>(threads, static_cast<std::int64_t>(s.workers.size()));
  parallel_for(static_cast<int>(num_workers), num_workers, [&](std::int64_t w) {
    for (std::int64_t p = w; p < packs; p += num_workers) {
      double lane_costs[block_lanes] = {};
      s.evaluate_pack(source, where, p, false, s.workers[index(w)], static_cast<int>(w), lane_costs);
      s.pack_costs[index(p)] = 0.0;
      for (double c : lane_costs) s.pack_costs[index(p)] += c;
    }
  });
  return s.sum_costs();
}

void SchurComplement::Impl::multiply_pack(std::int64_t pack, const double* x, double* y, Worker& worker, int number) {
  const EliminationPlan::Pack& description = plan.packs[index(pack)];
  const int P = description.width;
  double* const v = worker.small.data();
  std::fill_n(v, std::max(P, 1) * block_lanes, 0.0);
  double no_costs[block_lanes];
  if (pack >= stored_packs) evaluate_pack(*present_source, Where::present, pack, true, worker, number, no_costs);
  const auto for_segments = [&](const auto& body) {
    double* t = worker.pack.data();  // J x, segment by segment
    const double* tile = worker.tile.data();
    for (auto s = description.segment_begin; s < description.segment_end; ++s) {
      const EliminationPlan::Segment& segment = plan.segments[index(s)];
      const EliminationPlan::Part& part = plan.parts[index(segment.part)];
      const std::int64_t rows = (segment.block_end - segment.block_begin) * part.rows * block_lanes;
      find_places(pack, segment, worker);
      if (pack < stored_packs) {
        body(stored_view(segment), t);
      } else {
        body(view<double>(segment, tile, tile + rows), t);
      }
      tile += rows * (1 + part.slot_begin.back());
      t += rows;
    }
  };
  for_segments([&]<class Real>(const SegmentView<Real>& segment, double* t) {
    const auto kernel = [&] {
      if constexpr (std::is_same_v<Real, float>) {
        return kernels.back_products_float;
      } else {
        return kernels.back_products;
      }
    }();
    kernel(segment, segment.slot < 0 ? 0 : P, x, worker.places.data(), v, t);
  });
  if (P > 0) {
    kernels.solve_lower(P, factors.data() + factor_begin[index(pack)], v);
    kernels.solve_transposed(P, factors.data() + factor_begin[index(pack)], v);
  }
  for_segments([&]<class Real>(const SegmentView<Real>& segment, double* t) {
    const auto kernel = [&] {
      if constexpr (std::is_same_v<Real, float>) {
        return kernels.forward_products_float;
      } else {
        return kernels.forward_products;
      }
    }();
    kernel(segment, segment.slot < 0 ? 0 : P, t, v, worker.places.data(), no_column(), y, worker.scratch.data());
  });
}

void SchurComplement::multiply(std::span<const double> x, std::span<double> y, int threads) {
  Impl& s = *impl_;
  std::fill(y.begin(), y.end(), 0.0);
  const BlockSymmetricPattern& blocks = s.pattern.blocks;
  if (s.form == Form::explicit_blocks) {
    for (std::int64_t j = 0; j < s.plan.num_kept(); ++j) {
      const std::int64_t c = s.plan.kept_begin[index(j)];
      for (auto e = blocks.begin[index(j)]; e < blocks.begin[index(j) + 1]; ++e) {
        const std::int64_t i = blocks.row[index(e)], row = s.plan.kept_begin[index(i)];
        const double* const block = s.block_of(static_cast<std::uint32_t>(e));
        if (i == j) {
          s.kernels.multiply_diagonal_block(s.plan.kept_width(j), block, x.data() + c, y.data() + c);
        } else {
          s.kernels.multiply_block(s.plan.kept_width(i), s.plan.kept_width(j), block, x.data() + c, y.data() + row,
                                   x.data() + row, y.data() + c);
        }
      }
    }
    return;
  }
  std::copy(x.begin(), x.end(), s.kept_step.data());
  const std::int64_t n = s.plan.num_kept_columns(), chunks = static_cast<std::int64_t>(s.chunk_packs.size()) - 1;
  const std::int64_t num_workers = std::min<std::int64_t>(threads, static_cast<std::int64_t>(s.workers.size()));
  parallel_for(static_cast<int>(num_workers), num_workers, [&](std::int64_t w) {
    for (std::int64_t c = w; c < chunks; c += num_workers) {
      double* const part = s.products.data() + c * n;
      std::fill_n(part, n, 0.0);
      for (auto p = s.chunk_packs[index(c)]; p < s.chunk_packs[index(c) + 1]; ++p)
        s.multiply_pack(p, s.kept_step.data(), part, s.workers[index(w)], static_cast<int>(w));
    }
  });
  for (std::int64_t c = 0; c < chunks; ++c) {
    const double* const part = s.products.data() + c * n;
    for (std::int64_t i = 0; i < n; ++i) y[index(i)] += part[i];
  }
}

}  // namespace heliotrope
