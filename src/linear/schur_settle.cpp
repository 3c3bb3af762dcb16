// SPDX-License-Identifier: Apache-2.0
// Points by themselves, once the kept variables have moved; notation in elimination_kernels.hpp.
#include <algorithm>
#include <cmath>

#include "heliotrope/config.hpp"
#include "heliotrope/parallel.hpp"
#include "schur_state.hpp"

namespace heliotrope {

using namespace linear_detail;

/// The points of one pack at the candidate: their part of the step, and their cost.
struct SchurComplement::Impl::PackOfPoints {
  Impl& s;
  TileSource& source;
  std::int64_t pack;
  std::span<double> step;
  Worker& worker;
  int number;
  int P = s.plan.packs[index(pack)].width;
  const std::int64_t* points = s.plan.points.data() + pack * block_lanes;
  double costs[block_lanes] = {};  ///< [lane]

  double& step_of(int lane, int p) const { return step[index(s.column_begin[index(points[lane])] + p)]; }
  void move() const { source.move(points, block_lanes, step.data()); }
  void evaluate(double* lane_costs) const {
    std::fill_n(lane_costs, block_lanes, 0.0);
    s.evaluate_pack(source, Where::candidate, pack, false, worker, number, lane_costs);
  }

  /// Moves by the step minus `back` ([lane][P]), and back again those whose cost does not fall.
  void try_back(const double* back) {
    double moved[block_lanes];
    for (int l = 0; l < block_lanes; ++l) {
      for (int p = 0; p < P && points[l] >= 0; ++p) step_of(l, p) -= back[l * P + p];
    }
    move();
    evaluate(moved);
    bool all = true;
    for (int l = 0; l < block_lanes; ++l) {
      if (moved[l] < costs[l] || !std::isfinite(costs[l])) {
        costs[l] = moved[l];
      } else {
        all = false;
        for (int p = 0; p < P && points[l] >= 0; ++p) step_of(l, p) += back[l * P + p];
      }
    }
    if (!all) move();
  }

  /// (V + damping)^-1 g of each point at the candidate, [lane][P]; sets the costs.
  void newton_step(const Vectors& vectors, double* delta) {
    double* const V = worker.small.data();
    double* const g = V + P * (P + 1) / 2 * block_lanes;
    std::fill_n(V, (P * (P + 1) / 2 + P) * block_lanes, 0.0);
    std::fill_n(costs, block_lanes, 0.0);
    s.evaluate_pack(source, Where::candidate, pack, true, worker, number, costs);
    const double* tile = worker.tile.data();
    for (auto i = s.plan.packs[index(pack)].segment_begin; i < s.plan.packs[index(pack)].segment_end; ++i) {
      const EliminationPlan::Segment& segment = s.plan.segments[index(i)];
      const EliminationPlan::Part& part = s.plan.parts[index(segment.part)];
      const std::int64_t rows = (segment.block_end - segment.block_begin) * part.rows * block_lanes;
      s.kernels.point_products(s.view<double>(segment, tile, tile + rows), P, V, g);
      tile += rows * (1 + part.slot_begin.back());
    }
    s.factorise_pack(pack, vectors, V);
    s.kernels.solve_lower(P, V, g);
    s.kernels.solve_transposed(P, V, g);
    for (int l = 0; l < block_lanes; ++l) {
      for (int p = 0; p < P; ++p) delta[l * P + p] = g[p * block_lanes + l];
    }
  }
};

void SchurComplement::Impl::settle_pack(TileSource& source, std::int64_t pack, const Vectors& vectors,
                                        std::span<double> step, const Settling& how, Worker& worker, int number) {
  PackOfPoints points{*this, source, pack, step, worker, number};
  const int P = points.P;
  double* const back = worker.small.data() + (P * (P + 1) / 2 + P) * block_lanes;  // [lane][P]
  if (P == 0 || how.may_stay || how.iterations == 0) points.evaluate(points.costs);
  if (P > 0 && how.may_stay) {
    for (int l = 0; l < block_lanes; ++l) {
      for (int p = 0; p < P; ++p) back[l * P + p] = points.points[l] < 0 ? 0.0 : points.step_of(l, p);
    }
    points.try_back(back);
  }
  for (int i = 0; P > 0 && i < how.iterations; ++i) {
    points.newton_step(vectors, back);
    points.try_back(back);
  }
  pack_costs[index(pack)] = 0.0;
  for (double c : points.costs) pack_costs[index(pack)] += c;
}

double SchurComplement::settle_points(TileSource& source, const Vectors& vectors, std::span<double> step,
                                      const Settling& how, int threads) {
  Impl& s = *impl_;
  const std::int64_t packs = s.plan.num_packs();
  const std::int64_t num_workers = std::min<std::int64_t>(threads, static_cast<std::int64_t>(s.workers.size()));
  parallel_for(static_cast<int>(num_workers), num_workers, [&](std::int64_t w) {
    for (std::int64_t p = w; p < packs; p += num_workers)
      s.settle_pack(source, p, vectors, step, how, s.workers[index(w)], static_cast<int>(w));
  });
  return s.sum_costs();
}

}  // namespace heliotrope
