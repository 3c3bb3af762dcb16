// SPDX-License-Identifier: Apache-2.0
// What a minimiser may be given of second derivatives, and adapters that make it from gradients.
//
//     heliotrope::DifferencedHessian f(gradient, pattern, heliotrope::color_star(pattern));
//     heliotrope::minimize_objective(f.view(), x, {.method = heliotrope::ObjectiveMethod::newton});
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "heliotrope/derive/colored_hessian.hpp"
#include "heliotrope/large_vector.hpp"
#include "heliotrope/minimize/objective.hpp"

namespace heliotrope {

/// An objective with its Hessian, its products with vectors, both or none: views, as Objective.
///
/// Both are asked for at points where value and gradient are finite and known. What they write may not be finite: the
/// identity stands for such a Hessian, and such a product ends the iteration that asked for it.
struct SecondOrderObjective {
  /// Writes the values of both triangles of the Hessian at x, in the order of the pattern's entries.
  using Hessian =
      FunctionRef<void(std::span<const double> x, std::span<const double> gradient, std::span<double> values)>;
  /// Writes the Hessian at x times v, which is not 0.
  using Product = FunctionRef<void(std::span<const double> x, std::span<const double> gradient,
                                   std::span<const double> v, std::span<double> product)>;

  Objective objective;
  const SparsityPattern* pattern = nullptr;  ///< of the Hessian: both triangles, symmetric
  std::optional<Hessian> hessian = {};
  std::optional<Product> product = {};
};

/// A gradient's objective with its sparse Hessian by coloured differences; see ColoredHessian for accuracy and cost.
///
/// Steps are by max(|x_j|, 1), unless options give typical sizes: by |x_j| alone those of small numbers drown in
/// rounding. F: as Objective. The pattern must live as long. Memory: num_colors + 5 n-vectors and 32 bytes an entry.
/// Not for use from several threads at once.
template <class F>
class DifferencedHessian {
 public:
  DifferencedHessian(F f, const SparsityPattern& pattern, const Coloring& coloring, const HessianOptions& options = {})
      : f_(std::move(f)), pattern_(&pattern), hessian_(pattern, coloring, with_sizes(options, pattern)) {}

  SecondOrderObjective view() { return {*this, pattern_, *this, std::nullopt}; }

  double operator()(std::span<const double> x, std::span<double> gradient) { return f_(x, gradient); }
  void operator()(std::span<const double> x, std::span<const double> gradient, std::span<double> values) {
    hessian_.estimate([&](std::span<const double> at, std::span<double> g) { f_(at, g); }, x, gradient, values);
  }

 private:
  static HessianOptions with_sizes(HessianOptions options, const SparsityPattern& pattern) {
    if (options.typical.empty()) options.typical.assign(static_cast<std::size_t>(pattern.num_rows), 1.0);
    return options;
  }

  F f_;
  const SparsityPattern* pattern_;
  ColoredHessian hessian_;
};

/// A gradient's objective with products of its Hessian by differences,
/// H v = (g(x + h v) - g(x)) / h, h = 2 eps^(1/2) (1 + |x|) / |v|: one gradient each, some 7 digits.
///
/// F: as Objective. Memory: one n-vector, at the first product. Source: [Nocedal2006, 8.20].
template <class F>
class DifferencedProduct {
 public:
  explicit DifferencedProduct(F f) : f_(std::move(f)) {}

  SecondOrderObjective view() { return {*this, nullptr, std::nullopt, *this}; }

  double operator()(std::span<const double> x, std::span<double> gradient) { return f_(x, gradient); }
  void operator()(std::span<const double> x, std::span<const double> gradient, std::span<const double> v,
                  std::span<double> product) {
    moved_.resize(x.size());
    double x_square = 0.0, v_square = 0.0;
    for (std::size_t j = 0; j < x.size(); ++j) {
      x_square += x[j] * x[j];
      v_square += v[j] * v[j];
    }
    const double step = 2.9802322387695312e-08 * (1.0 + std::sqrt(x_square)) / std::sqrt(v_square);
    for (std::size_t j = 0; j < x.size(); ++j) moved_[j] = x[j] + step * v[j];
    f_(std::span<const double>(moved_), product);
    for (std::size_t j = 0; j < x.size(); ++j) product[j] = (product[j] - gradient[j]) / step;
  }

 private:
  F f_;
  LargeVector<double> moved_;
};

}  // namespace heliotrope
