// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/loss_correction.hpp"

#include "heliotrope/config.hpp"
#include "heliotrope/derive/pack.hpp"
#include "heliotrope/derive/pack_math.hpp"

namespace heliotrope {
namespace {

struct Correction {
  Pack residual_scale;  // sqrt(rho') / (1 - alpha)
  Pack jacobian_scale;  // sqrt(rho')
  Pack rank_one;        // sqrt(rho') alpha / s
};

Correction correction(Pack s, Pack rho1, Pack rho2) {
  const Mask counts = rho1 > 0.0;
  const Pack slope = select(counts, rho1, Pack(0.0));
  const Pack curvature = 1.0 + 2.0 * s * (rho2 / select(counts, slope, Pack(1.0)));
  const Mask second_order = counts & (s > 0.0) & (curvature >= triggs_minimal_curvature);
  const Pack one_minus_alpha = sqrt(select(second_order, curvature, Pack(1.0)));
  const Pack root = sqrt(slope);
  return {root / one_minus_alpha, root, root * (1.0 - one_minus_alpha) / select(second_order, s, Pack(1.0))};
}

/// One pack of the 8 lanes; the pointers are to its first lane.
void correct_pack(int rows, int columns, const double* rho1, const double* rho2, double* residuals, double* jacobian) {
  Pack s = 0.0;
  for (int i = 0; i < rows; ++i) {
    const Pack r = Pack::load(residuals + i * block_lanes);
    s += r * r;
  }
  const Correction c = correction(s, Pack::load(rho1), Pack::load(rho2));
  for (int j = 0; j < columns; ++j) {
    double* column = jacobian + j * block_lanes;  // its row i is i * stride further
    const int stride = columns * block_lanes;
    Pack along = 0.0;
    for (int i = 0; i < rows; ++i) along += Pack::load(residuals + i * block_lanes) * Pack::load(column + i * stride);
    along *= c.rank_one;
    for (int i = 0; i < rows; ++i) {
      const Pack r = Pack::load(residuals + i * block_lanes);
      (c.jacobian_scale * Pack::load(column + i * stride) - along * r).store(column + i * stride);
    }
  }
  for (int i = 0; i < rows; ++i) {
    (c.residual_scale * Pack::load(residuals + i * block_lanes)).store(residuals + i * block_lanes);
  }
}

}  // namespace

void correct_for_loss(int rows, int columns, const double* rho1, const double* rho2, double* residuals,
                      double* jacobian) {
  if (jacobian == nullptr) columns = 0;
  for (int lane = 0; lane < block_lanes; lane += Pack::width) {
    correct_pack(rows, columns, rho1 + lane, rho2 + lane, residuals + lane, columns > 0 ? jacobian + lane : nullptr);
  }
}

}  // namespace heliotrope
