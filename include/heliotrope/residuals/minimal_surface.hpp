// SPDX-License-Identifier: Apache-2.0
// The minimal surface over a rectangle with given heights on its boundary: a large smooth objective with a sparse
// Hessian [Averick1992, 4.3].
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "heliotrope/derive/coloring.hpp"
#include "heliotrope/derive/math.hpp"
#include "heliotrope/derive/sparsity_pattern.hpp"
#include "heliotrope/error.hpp"

namespace heliotrope {

/// The area of a surface of triangles over a grid, as a function of the heights of its nx x ny interior nodes.
///
/// Node (i, j), at ((i + 1) h_x, (j + 1) h_y) within the unit square, is variable i + nx j; h = 1 / (n + 1). Each cell
/// of the grid is halved by the diagonal from its lower right corner, and a triangle with slopes p, q has the area
///
///     h_x h_y / 2 (1 + p^2 + q^2)^(1/2)
///
/// A function of any scalar, with its gradient: operator()(x, gradient), the gradient empty or as long as x; see
/// JetHessian. The Hessian has 7 entries a row. Cost: two square roots a node. Convex.
class MinimalSurface {
 public:
  /// Heights of the boundary: a function of (u, v) in the unit square. Errors: nx or ny less than 1.
  MinimalSurface(std::int64_t nx, std::int64_t ny, const std::function<double(double u, double v)>& height)
      : nx_(nx), ny_(ny), hx_(1.0 / static_cast<double>(nx + 1)), hy_(1.0 / static_cast<double>(ny + 1)) {
    if (nx < 1 || ny < 1) {
      throw Error("a minimal surface over " + std::to_string(nx) + " x " + std::to_string(ny) +
                  " nodes; expected at least one each way");
    }
    for (std::int64_t i = -1; i <= nx; ++i) {
      bottom_.push_back(height(hx_ * static_cast<double>(i + 1), 0.0));
      top_.push_back(height(hx_ * static_cast<double>(i + 1), 1.0));
    }
    for (std::int64_t j = 0; j < ny; ++j) {
      left_.push_back(height(0.0, hy_ * static_cast<double>(j + 1)));
      right_.push_back(height(1.0, hy_ * static_cast<double>(j + 1)));
    }
  }

  std::int64_t size() const { return nx_ * ny_; }

  /// The mean of both linear interpolations between opposite sides [Averick1992].
  std::vector<double> start() const {
    std::vector<double> x;
    x.reserve(static_cast<std::size_t>(size()));
    for (std::int64_t j = 0; j < ny_; ++j) {
      for (std::int64_t i = 0; i < nx_; ++i) {
        const double u = hx_ * static_cast<double>(i + 1), v = hy_ * static_cast<double>(j + 1);
        const auto k = static_cast<std::size_t>(i) + 1, l = static_cast<std::size_t>(j);
        x.push_back(0.5 * ((1.0 - u) * left_[l] + u * right_[l] + (1.0 - v) * bottom_[k] + v * top_[k]));
      }
    }
    return x;
  }

  /// Of the Hessian: neighbours along the axes and along the diagonals that halve cells.
  SparsityPattern pattern() const {
    SparsityPattern pattern{size(), size(), {0}, {}};
    pattern.row_begin.reserve(static_cast<std::size_t>(size()) + 1);
    pattern.columns.reserve(7 * static_cast<std::size_t>(size()));
    for (std::int64_t j = 0; j < ny_; ++j) {
      for (std::int64_t i = 0; i < nx_; ++i) {
        const auto add = [&](std::int64_t k, std::int64_t l) {
          if (k < 0 || k >= nx_ || l < 0 || l >= ny_) return;
          pattern.columns.push_back(static_cast<std::int32_t>(k + nx_ * l));
        };
        add(i, j - 1), add(i + 1, j - 1), add(i - 1, j), add(i, j), add(i + 1, j), add(i - 1, j + 1), add(i, j + 1);
        pattern.row_begin.push_back(pattern.num_entries());
      }
    }
    return pattern;
  }

  /// (i + 3 j) mod 7: a node and its six neighbours have seven colours.
  Coloring coloring() const {
    Coloring coloring{std::vector<std::int32_t>(static_cast<std::size_t>(size())), 7};
    for (std::int64_t k = 0; k < size(); ++k) {
      coloring.colors[static_cast<std::size_t>(k)] = static_cast<std::int32_t>((k % nx_ + 3 * (k / nx_)) % 7);
    }
    return coloring;
  }

  template <class T>
  T operator()(std::span<const T> x, std::span<T> gradient) const {
    std::fill(gradient.begin(), gradient.end(), T(0.0));
    T sum = T(0.0);
    for (std::int64_t j = -1; j < ny_; ++j) {
      T row = T(0.0);
      for (std::int64_t i = -1; i < nx_; i += strip) {
        row = row + add_cells(x, gradient, i, j, std::min(strip, nx_ - i));
      }
      sum = sum + row;
    }
    return (0.5 * hx_ * hy_) * sum;
  }

 private:
  static constexpr std::int64_t strip = 64;

  /// The sum of (1 + p^2 + q^2)^(1/2) of the triangles of cells (first, j) .. (first + count - 1, j), named by their
  /// lower left nodes; adds to the gradient.
  template <class T>
  T add_cells(std::span<const T> x, std::span<T> gradient, std::int64_t first, std::int64_t j,
              std::int64_t count) const {
    using namespace heliotrope::math;
    T low[strip + 1], up[strip + 1], area[strip];
    load(x, first, j, count + 1, low);
    load(x, first, j + 1, count + 1, up);
    const double to_p = 1.0 / hx_, to_q = 1.0 / hy_;
    if (gradient.empty()) {
      for (std::int64_t k = 0; k < count; ++k) {
        const T p = to_p * (low[k + 1] - low[k]), q = to_q * (up[k] - low[k]);
        const T r = to_p * (up[k + 1] - up[k]), s = to_q * (up[k + 1] - low[k + 1]);
        area[k] = sqrt(1.0 + (p * p + q * q)) + sqrt(1.0 + (r * r + s * s));
      }
      return total(area, count);
    }
    const double by_p = 0.5 * hy_, by_q = 0.5 * hx_;  // of the area by a difference of heights
    T p_flux[strip], q_flux[strip], r_flux[strip], s_flux[strip];
    for (std::int64_t k = 0; k < count; ++k) {
      const T p = to_p * (low[k + 1] - low[k]), q = to_q * (up[k] - low[k]);
      const T r = to_p * (up[k + 1] - up[k]), s = to_q * (up[k + 1] - low[k + 1]);
      const T below = sqrt(1.0 + (p * p + q * q)), above = sqrt(1.0 + (r * r + s * s));
      const T of_below = 1.0 / below, of_above = 1.0 / above;
      area[k] = below + above;
      p_flux[k] = by_p * (p * of_below);
      q_flux[k] = by_q * (q * of_below);
      r_flux[k] = by_p * (r * of_above);
      s_flux[k] = by_q * (s * of_above);
    }
    for (std::int64_t k = 0; k <= count; ++k) low[k] = up[k] = T(0.0);
    for (std::int64_t k = 0; k < count; ++k) {
      low[k] = -(p_flux[k] + q_flux[k]);
      up[k] = q_flux[k] - r_flux[k];
    }
    for (std::int64_t k = 0; k < count; ++k) {
      low[k + 1] = low[k + 1] + (p_flux[k] - s_flux[k]);
      up[k + 1] = up[k + 1] + (r_flux[k] + s_flux[k]);
    }
    add(low, first, j, count + 1, gradient);
    add(up, first, j + 1, count + 1, gradient);
    return total(area, count);
  }

  template <class T>
  static T total(const T* area, std::int64_t count) {
    T sum = T(0.0);
    for (std::int64_t k = 0; k < count; ++k) sum = sum + area[k];
    return sum;
  }

  /// Heights of nodes (first, j) ...
  template <class T>
  void load(std::span<const T> x, std::int64_t first, std::int64_t j, std::int64_t count, T* to) const {
    for (std::int64_t k = 0; k < count; ++k) {
      const std::int64_t i = first + k;
      const auto side = static_cast<std::size_t>(i + 1), line = static_cast<std::size_t>(j);
      if (j < 0 || j == ny_) {
        to[k] = T(j < 0 ? bottom_[side] : top_[side]);
      } else if (i < 0 || i == nx_) {
        to[k] = T(i < 0 ? left_[line] : right_[line]);
      } else {
        to[k] = x[static_cast<std::size_t>(i + nx_ * j)];
      }
    }
  }
  template <class T>
  void add(const T* from, std::int64_t first, std::int64_t j, std::int64_t count, std::span<T> gradient) const {
    if (j < 0 || j == ny_) return;
    T* const to = gradient.data() + nx_ * j;
    for (std::int64_t k = std::max<std::int64_t>(0, -first); k < count && first + k < nx_; ++k) {
      to[first + k] = to[first + k] + from[k];
    }
  }

  std::int64_t nx_, ny_;
  double hx_, hy_;
  std::vector<double> bottom_, top_, left_, right_;  // corners in the first two
};

/// Enneper's surface over the square of side 1 around the origin, as a function on the unit square: a boundary whose
/// minimal surface is known. With x = a + a b^2 - a^3 / 3, y = -b - a^2 b + b^3 / 3 its height is a^2 - b^2
/// [Averick1992, 4.3].
inline double enneper_height(double u, double v) {
  const double x = u - 0.5, y = v - 0.5;
  double a = x, b = -y;
  for (int k = 0; k < 20; ++k) {  // Newton's method for a, b
    const double f = a + a * b * b - a * a * a / 3.0 - x, g = -b - a * a * b + b * b * b / 3.0 - y;
    const double faa = 1.0 + b * b - a * a, fab = 2.0 * a * b, gbb = -1.0 - a * a + b * b;
    const double determinant = faa * gbb + fab * fab;
    a -= (gbb * f - fab * g) / determinant;
    b -= (faa * g + fab * f) / determinant;
  }
  return a * a - b * b;
}

}  // namespace heliotrope
