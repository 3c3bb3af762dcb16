// SPDX-License-Identifier: Apache-2.0
// The back-substitution of SchurComplement, with the cost of the candidate in the same sweep.
#include <algorithm>

#include "heliotrope/config.hpp"
#include "heliotrope/parallel.hpp"
#include "schur_state.hpp"

namespace heliotrope {

using namespace linear_detail;

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
        find_places(pack, segment, worker.places.data());
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
          find_places(pack, segment, worker.places.data());
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

}  // namespace heliotrope
