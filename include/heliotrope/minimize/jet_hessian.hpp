// SPDX-License-Identifier: Apache-2.0
// Exact second derivatives by jets: of gradients that are templates on their scalar, sparse, and of functions, dense.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "heliotrope/derive/hessian_recovery.hpp"
#include "heliotrope/derive/jet.hpp"
#include "heliotrope/large_vector.hpp"
#include "heliotrope/minimize/second_order.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {

/// An objective whose gradient is a template on its scalar, with its exact sparse Hessian, 8 colours a call, and exact
/// products with vectors, one call each.
///
/// G(std::span<const T> x, std::span<T> gradient) -> T, for T = double, Jet<double, 8> and Jet<double, 1>; with double
/// the gradient may be empty. The pattern must live as long. Memory: num_colors + 20 n-vectors at the first Hessian, 6
/// at the first product, and 32 bytes an entry. Not for use from several threads at once.
template <class G>
class JetHessian {
 public:
  JetHessian(G g, const SparsityPattern& pattern, const Coloring& coloring)
      : g_(std::move(g)), pattern_(&pattern), recovery_(pattern, coloring), colors_(coloring.colors) {}

  SecondOrderObjective view() { return {*this, pattern_, *this, *this}; }
  /// Of products alone.
  SecondOrderObjective products() { return {*this, nullptr, std::nullopt, *this}; }

  double operator()(std::span<const double> x, std::span<double> gradient) { return g_(x, gradient); }

  void operator()(std::span<const double> x, std::span<const double>, std::span<double> values) {
    const std::size_t n = x.size();
    moved_.resize(n);
    gradient_.resize(n);
    columns_.resize(n * static_cast<std::size_t>(recovery_.num_colors()));
    for (int first = 0; first < recovery_.num_colors(); first += strip) {
      const int last = std::min(recovery_.num_colors(), first + strip);
      for (std::size_t j = 0; j < n; ++j) {
        const int color = colors_[j];
        moved_[j] = color >= first && color < last ? Strip::seed(x[j], color - first) : Strip(x[j]);
      }
      g_(std::span<const Strip>(moved_), std::span<Strip>(gradient_));
      for (int color = first; color < last; ++color) {
        double* const column = &columns_[static_cast<std::size_t>(color) * n];
        for (std::size_t i = 0; i < n; ++i) column[i] = gradient_[i].derivative(color - first);
      }
    }
    recovery_.recover(columns_, values);
  }

  void operator()(std::span<const double> x, std::span<const double>, std::span<const double> v,
                  std::span<double> product) {
    along_.resize(x.size());
    slopes_.resize(x.size());
    for (std::size_t j = 0; j < x.size(); ++j) {
      along_[j] = Along(x[j]);
      along_[j].set_derivative(0, v[j]);
    }
    g_(std::span<const Along>(along_), std::span<Along>(slopes_));
    for (std::size_t j = 0; j < x.size(); ++j) product[j] = slopes_[j].derivative(0);
  }

 private:
  static constexpr int strip = 8;
  using Strip = Jet<double, strip>;
  using Along = Jet<double, 1>;

  G g_;
  const SparsityPattern* pattern_;
  HessianRecovery recovery_;
  std::vector<std::int32_t> colors_;
  RawVector<Strip> moved_, gradient_;
  RawVector<Along> along_, slopes_;
  LargeVector<double> columns_;  // [num_colors][n]
};

/// A function that is a template on its scalar, with gradient, dense Hessian and products by jets and jets of jets.
///
/// f(const T* x) -> T. Cost: ceil(n / 8) evaluations in Jet<double, 8> a gradient, ceil(n / 4)^2 / 2 in
/// Jet<Jet<double, 4>, 4> a Hessian, ceil(n / 8) in Jet<Jet<double, 1>, 8> a product: for small n. Memory: n jets of
/// each at its first call, and 4 n^2 bytes for the full pattern. Not for use from several threads at once.
template <class F>
class JetFunction {
 public:
  JetFunction(F f, std::size_t n)
      : f_(f), gradient_(std::move(f)), pattern_(banded_pattern(as_count(n), as_count(n), as_count(n), as_count(n))) {}

  SecondOrderObjective view() { return {gradient_, &pattern_, *this, *this}; }
  SecondOrderObjective products() { return {gradient_, nullptr, std::nullopt, *this}; }

  void operator()(std::span<const double> x, std::span<const double>, std::span<double> values) {
    const std::size_t n = x.size();
    square_.assign(x.begin(), x.end());
    for (std::size_t first = 0; first < n; first += side) {
      for (std::size_t second = 0; second <= first; second += side) {
        // The outer jet's lanes are columns `first` .., those of the jets inside it rows `second` ...
        for (std::size_t l = 0; l < side && second + l < n; ++l) {
          square_[second + l] = Square(Inner::seed(x[second + l], static_cast<int>(l)));
        }
        for (std::size_t l = 0; l < side && first + l < n; ++l) {
          const Inner at = second == first ? Inner::seed(x[first + l], static_cast<int>(l)) : Inner(x[first + l]);
          square_[first + l] = Square::seed(at, static_cast<int>(l));
        }
        const Square at = f_(static_cast<const Square*>(square_.data()));
        for (std::size_t a = 0; a < side && first + a < n; ++a) {
          for (std::size_t b = 0; b < side && second + b < n; ++b) {
            const double entry = at.derivative(static_cast<int>(a)).derivative(static_cast<int>(b));
            values[(first + a) * n + second + b] = values[(second + b) * n + first + a] = entry;
          }
        }
        for (std::size_t l = 0; l < side; ++l) {
          for (const std::size_t j : {first + l, second + l}) {
            if (j < n) square_[j] = Square(Inner(x[j]));
          }
        }
      }
    }
  }

  void operator()(std::span<const double> x, std::span<const double>, std::span<const double> v,
                  std::span<double> product) {
    const auto along = [&](std::size_t j) {
      Along at(x[j]);
      at.set_derivative(0, v[j]);
      return at;
    };
    strip_.resize(x.size());
    for (std::size_t j = 0; j < x.size(); ++j) strip_[j] = Strip(along(j));
    for (std::size_t first = 0; first < x.size(); first += strip) {
      const std::size_t lanes = std::min(strip, x.size() - first);
      for (std::size_t l = 0; l < lanes; ++l) strip_[first + l] = Strip::seed(along(first + l), static_cast<int>(l));
      const Strip at = f_(static_cast<const Strip*>(strip_.data()));
      for (std::size_t l = 0; l < lanes; ++l) {
        product[first + l] = at.derivative(static_cast<int>(l)).derivative(0);
        strip_[first + l] = Strip(along(first + l));
      }
    }
  }

 private:
  static constexpr std::size_t side = 4, strip = 8;
  using Inner = Jet<double, static_cast<int>(side)>;
  using Square = Jet<Inner, static_cast<int>(side)>;
  using Along = Jet<double, 1>;
  using Strip = Jet<Along, static_cast<int>(strip)>;
  static std::int64_t as_count(std::size_t n) { return static_cast<std::int64_t>(n); }

  F f_;
  JetObjective<F> gradient_;
  SparsityPattern pattern_;
  std::vector<Square> square_;
  std::vector<Strip> strip_;
};

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
