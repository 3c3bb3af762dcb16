// SPDX-License-Identifier: Apache-2.0
// Products with S: from its blocks, or from the Jacobian of each pack.
#include <algorithm>
#include <type_traits>

#include "heliotrope/config.hpp"
#include "heliotrope/parallel.hpp"
#include "schur_state.hpp"

namespace heliotrope {

using namespace linear_detail;

void SchurComplement::Impl::multiply_pack(std::int64_t pack, const double* x, double* y, Worker& worker, int number) {
  const EliminationPlan::Pack& description = plan.packs[index(pack)];
  const int P = description.width;
  double* const v = worker.small.data();
  std::fill_n(v, std::max(P, 1) * block_lanes, 0.0);
  double no_costs[block_lanes];
  if (pack >= stored_packs) evaluate_pack(*present_source, Where::present, pack, true, worker, number, no_costs);
  std::int64_t* places_end = worker.places.data();
  for (auto s = description.segment_begin; s < description.segment_end; ++s) {
    places_end = find_places(pack, plan.segments[index(s)], places_end);
  }
  const auto for_segments = [&](const auto& body) {
    double* t = worker.pack.data();  // J x, segment by segment
    const double* tile = worker.tile.data();
    const std::int64_t* places = worker.places.data();
    for (auto s = description.segment_begin; s < description.segment_end; ++s) {
      const EliminationPlan::Segment& segment = plan.segments[index(s)];
      const EliminationPlan::Part& part = plan.parts[index(segment.part)];
      const std::int64_t rows = (segment.block_end - segment.block_begin) * part.rows * block_lanes;
      if (pack < stored_packs) {
        body(stored_view(segment), t, places);
      } else {
        body(view<double>(segment, tile, tile + rows), t, places);
      }
      tile += rows * (1 + part.slot_begin.back());
      t += rows;
      places += (segment.block_end - segment.block_begin) * static_cast<std::int64_t>(part.widths.size()) * block_lanes;
    }
  };
  for_segments([&]<class Real>(const SegmentView<Real>& segment, double* t, const std::int64_t* places) {
    const auto kernel = [&] {
      if constexpr (std::is_same_v<Real, float>) {
        return kernels.back_products_float;
      } else {
        return kernels.back_products;
      }
    }();
    kernel(segment, segment.slot < 0 ? 0 : P, x, places, v, t);
  });
  if (P > 0) {
    kernels.solve_lower(P, factors.data() + factor_begin[index(pack)], v);
    kernels.solve_transposed(P, factors.data() + factor_begin[index(pack)], v);
  }
  for_segments([&]<class Real>(const SegmentView<Real>& segment, double* t, const std::int64_t* places) {
    const auto kernel = [&] {
      if constexpr (std::is_same_v<Real, float>) {
        return kernels.forward_products_float;
      } else {
        return kernels.forward_products;
      }
    }();
    kernel(segment, segment.slot < 0 ? 0 : P, t, v, places, no_column(), y, worker.scratch.data());
  });
}

/// y += the product of x with the blocks of columns [begin, end), and with those of their transposes below the
/// diagonal.
void SchurComplement::Impl::multiply_columns(std::int64_t begin, std::int64_t end, const double* x, double* y) const {
  const BlockSymmetricPattern& blocks = pattern.blocks;
  for (std::int64_t j = begin; j < end; ++j) {
    const std::int64_t c = plan.kept_begin[index(j)];
    for (auto e = blocks.begin[index(j)]; e < blocks.begin[index(j) + 1]; ++e) {
      const std::int64_t i = blocks.row[index(e)], row = plan.kept_begin[index(i)];
      const double* const block = block_of(static_cast<std::uint32_t>(e));
      if (i == j) {
        kernels.multiply_diagonal_block(plan.kept_width(j), block, x + c, y + c);
      } else {
        kernels.multiply_block(plan.kept_width(i), plan.kept_width(j), block, x + c, y + row, x + row, y + c);
      }
    }
  }
}

void SchurComplement::multiply(std::span<const double> x, std::span<double> y, int threads) {
  Impl& s = *impl_;
  const std::int64_t n = s.plan.num_kept_columns(), chunks = static_cast<std::int64_t>(s.product_cuts.size()) - 1;
  const std::int64_t num_workers =
      std::min<std::int64_t>({threads, static_cast<std::int64_t>(s.workers.size()), chunks});
  if (s.form == Form::diagonal) std::copy(x.begin(), x.end(), s.kept_step.data());
  parallel_for(static_cast<int>(num_workers), num_workers, [&](std::int64_t w) {
    for (std::int64_t c = w; c < chunks; c += num_workers) {
      double* const part = s.products.data() + c * n;
      std::fill_n(part, n, 0.0);
      const std::int64_t begin = s.product_cuts[index(c)], end = s.product_cuts[index(c) + 1];
      if (s.form == Form::explicit_blocks) {
        s.multiply_columns(begin, end, x.data(), part);
        continue;
      }
      for (std::int64_t p = begin; p < end; ++p)
        s.multiply_pack(p, s.kept_step.data(), part, s.workers[index(w)], static_cast<int>(w));
    }
  });
  std::fill(y.begin(), y.end(), 0.0);
  for (std::int64_t c = 0; c < chunks; ++c) {
    const double* const part = s.products.data() + c * n;
    for (std::int64_t i = 0; i < n; ++i) y[index(i)] += part[i];
  }
}

}  // namespace heliotrope
