// SPDX-License-Identifier: Apache-2.0
// Sparse Hessians from gradients by star or acyclic colourings: differences, or exact by jets.
//
//     heliotrope::ColoredHessian hessian(pattern, heliotrope::color_star(pattern));
//     hessian.estimate(gradient, x, gradient_at_x, values);       // any void(span<const double>, span<double>)
//     hessian.exact(gradient, x, values);                         // a gradient that is a template on its scalar
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "heliotrope/derive/function_ref.hpp"
#include "heliotrope/derive/hessian_recovery.hpp"
#include "heliotrope/derive/jet.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope {

/// Arrays are empty or have one number a variable; see DifferenceOptions.
struct HessianOptions {
  bool central = false;        ///< two gradients a colour and some 10 digits, rather than one and 7
  double relative_step = 0.0;  ///< 0: eps^(1/2) forward, eps^(1/3) central
  std::vector<double> typical = {};
  std::vector<double> lower = {};
  std::vector<double> upper = {};
};

/// Estimates one sparse Hessian again and again; all allocations in the constructor, but for exact's first call.
///
/// values are those of both triangles in the order of the pattern's entries (rows and columns are the same).
/// With steps D = diag(d), products g(x + sum_c d_j e_j) - g(x) of row i times d_i are those of D H D, which is
/// symmetric too: recovered by substitution like any other, then scaled back. *Bounds* are never crossed: forward turns
/// backward or shrinks; central shrinks to the nearer bound, and within 1/8 of a step of it takes one side (first
/// order, for that variable). A variable without room gets zeros and is counted.
/// *Accuracy.* Substitution adds the errors of products along the trees that an acyclic colouring leaves: on a band of
/// a million rows the worst entry by central differences is 1.5e-6 off, where a star colouring stays under 1e-7. Prefer
/// stars with differences.
///
/// Memory: num_colors * n numbers. Not for use from several threads at once. Source: [Powell1979; Coleman1984;
/// Gebremedhin2007].
class ColoredHessian final {
 public:
  using Gradient = FunctionRef<void(std::span<const double> x, std::span<double> gradient)>;

  ColoredHessian(const SparsityPattern& pattern, const Coloring& coloring, const HessianOptions& options = {});

  /// Calls g once (central: twice) a colour. Returns how many variables had no room to move. Throws Error where x is
  /// not finite or not within bounds.
  std::int64_t estimate(Gradient g, std::span<const double> x, std::span<const double> g_at_x,
                        std::span<double> values);

  /// Exact, 8 colours a call: g(std::span<const Jet<double, 8>> x, std::span<Jet<double, 8>> gradient).
  template <class G>
  void exact(G&& g, std::span<const double> x, std::span<double> values) {
    exact_in<Jet<double, 8>>(g, x, values);
  }

  const HessianRecovery& recovery() const { return recovery_; }

 private:
  template <class Scalar, class G>
  void exact_in(G& g, std::span<const double> x, std::span<double> values) {
    const std::size_t n = x.size();
    if (static_cast<std::int64_t>(n) != recovery_.size()) {
      throw Error("ColoredHessian got " + std::to_string(n) + " variables; expected " +
                  std::to_string(recovery_.size()));
    }
    RawVector<Scalar> moved(n), gradient(n);
    for (int first = 0; first < recovery_.num_colors(); first += Scalar::num_lanes) {
      const int last = std::min(recovery_.num_colors(), first + Scalar::num_lanes);
      for (std::size_t j = 0; j < n; ++j) {
        const int lane = colors_[j] - first;
        moved[j] = colors_[j] >= first && colors_[j] < last ? Scalar::seed(x[j], lane) : Scalar(x[j]);
      }
      g(std::span<const Scalar>(moved), std::span<Scalar>(gradient));
      for (int color = first; color < last; ++color) {
        double* const product = &products_[static_cast<std::size_t>(color) * n];
        for (std::size_t i = 0; i < n; ++i) product[i] = gradient[i].derivative(color - first);
      }
    }
    recovery_.recover(products_, values);
  }
  void place(std::span<const double> x);

  HessianRecovery recovery_;
  SparsityPattern pattern_;
  std::vector<std::int32_t> colors_;
  HessianOptions options_;
  LargeVector<double> products_;        // [num_colors][n]
  LargeVector<double> moved_, back_;    // [n]
  LargeVector<double> ahead_, behind_;  // offsets [n]; behind is not positive times ahead, 0 unless central
};

}  // namespace heliotrope
