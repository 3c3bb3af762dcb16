// SPDX-License-Identifier: Apache-2.0
// Where a difference formula puts its points, and with which weights it adds them up.
//
//     f'(x) = sum_k w_k (f(x + d_k) - f(x)) + O(d^P),    w_k = 1/d_k prod_{l != k} d_l / (d_l - d_k)
//
// (the derivative at 0 of Lagrange's polynomial through 0, d_1, ..., d_P). The weights are those of the offsets taken,
// whatever rounding or a bound made of them.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "heliotrope/derive/colored_jacobian.hpp"

namespace heliotrope::detail {

/// Nodes in units of the step.
struct StencilShape {
  std::array<double, 4> nodes;
  double up, down;  // how far they reach to either side
};

/// The shapes of a method, in the order of preference: its own, then those that lean away from a bound.
struct StencilShapes {
  std::array<StencilShape, 5> shapes;
  int count;
  int num_points;
  int order;            // of the truncation error: O(h^order)
  double step;          // relative: eps^(1 / (order + 1))
  double noise_factor;  // sum of the squares of all weights (f(x)'s too) of the first shape at h = 1
};

inline const StencilShapes& shapes_of(DifferenceMethod method) {
  static constexpr StencilShape up1{{1}, 1, 0}, down1{{-1}, 0, 1};
  static constexpr StencilShape both{{1, -1}, 1, 1}, up2{{1, 2}, 2, 0}, down2{{-1, -2}, 0, 2};
  static constexpr StencilShapes forward{{up1, down1}, 2, 1, 1, 1.4901161193847656e-08, 2.0};
  static constexpr StencilShapes backward{{down1, up1}, 2, 1, 1, 1.4901161193847656e-08, 2.0};
  static constexpr StencilShapes central{{both, up2, down2}, 3, 2, 2, 6.0554544523933429e-06, 0.5};
  static constexpr StencilShapes fourth{
      {StencilShape{{1, -1, 2, -2}, 2, 2}, StencilShape{{-1, 1, 2, 3}, 3, 1}, StencilShape{{1, -1, -2, -3}, 1, 3},
       StencilShape{{1, 2, 3, 4}, 4, 0}, StencilShape{{-1, -2, -3, -4}, 0, 4}},
      5,
      4,
      4,
      7.4009597974140505e-04,
      130.0 / 144.0};
  switch (method) {
    case DifferenceMethod::backward:
      return backward;
    case DifferenceMethod::central:
      return central;
    case DifferenceMethod::fourth_order:
      return fourth;
    default:
      return forward;
  }
}

/// Chooses among the shapes, from `preferred` on and around, the first that takes the whole step h within [lower,
/// upper], or else the one that takes the largest; writes offsets d[num_points], all 0 where there is no room.
/// Returns whether the preferred shape was taken with the whole step.
inline bool place_points(const StencilShapes& all, int preferred, double x, double h, double lower, double upper,
                         double* d) {
  const double room_up = upper - x, room_down = x - lower;
  int best = preferred;
  double best_step = -1.0;
  for (int s = 0; s < all.count && best_step < h; ++s) {
    const int index = (preferred + s) % all.count;
    const StencilShape& shape = all.shapes[index];
    double step = h;
    if (shape.up * step > room_up) step = room_up / shape.up;
    if (shape.down * step > room_down) step = room_down / shape.down;
    if (step > best_step) best = index, best_step = step;
  }
  const StencilShape& shape = all.shapes[best];
  for (int k = 0; k < all.num_points; ++k) {
    d[k] = std::clamp(x + shape.nodes[k] * best_step, lower, upper) - x;
    if (x + d[k] > upper || x + d[k] < lower) d[k] = std::nextafter(d[k], 0.0);
  }
  for (int k = 0; k < all.num_points; ++k) {
    bool useful = d[k] != 0.0;
    for (int l = 0; l < k; ++l) useful = useful && d[l] != d[k];
    if (!useful) {
      std::fill(d, d + all.num_points, 0.0);
      break;
    }
  }
  return best == preferred && best_step >= h;
}

template <int P>
inline void weights_of(const double* d, double* w) {
  if constexpr (P == 1) {
    w[0] = 1.0 / d[0];
  } else {
    for (int k = 0; k < P; ++k) {
      w[k] = 1.0 / d[k];
      for (int l = 0; l < P; ++l) {
        if (l != k) w[k] *= d[l] / (d[l] - d[k]);
      }
    }
  }
}

}  // namespace heliotrope::detail
