// SPDX-License-Identifier: Apache-2.0
// What the sweeps of SchurComplement share: one pack evaluated, damped and factorised, and where its numbers go.
#include <algorithm>

#include "heliotrope/config.hpp"
#include "heliotrope/parallel.hpp"
#include "schur_state.hpp"

namespace heliotrope {

using namespace linear_detail;

namespace {

/// A point's damping is at least this part of its largest one: a direction that its residuals do not see stays put.
/// Chosen, not measured.
constexpr double damping_floor = 1e-10;

}  // namespace

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

/// Where the kept columns of each block, slot and lane of a segment are, or no_column(); the end of what it wrote.
std::int64_t* SchurComplement::Impl::find_places(std::int64_t pack, const EliminationPlan::Segment& segment,
                                                 std::int64_t* to) const {
  const EliminationPlan::Part& part = plan.parts[index(segment.part)];
  const auto slots = static_cast<std::int64_t>(part.widths.size());
  const std::int64_t* const list_begin = plan.list_begin.data() + pack * block_lanes;
  const std::uint16_t* place = part.place.data() + segment.block_begin * slots * block_lanes;
  const std::int64_t none = no_column();
  for (std::int64_t i = 0; i < (segment.block_end - segment.block_begin) * slots; ++i) {
    for (int l = 0; l < block_lanes; ++l, ++place, ++to) {
      *to =
          *place == EliminationPlan::no_place ? none : plan.kept_begin[index(plan.list[index(list_begin[l] + *place)])];
    }
  }
  return to;
}

double SchurComplement::Impl::sum_costs() const {
  double sum = 0.0;
  for (double c : pack_costs) sum += c;
  return 0.5 * sum;
}

}  // namespace heliotrope
