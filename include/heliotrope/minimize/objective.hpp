// SPDX-License-Identifier: Apache-2.0
// What a smooth objective is: one function that gives a value and, where asked, its gradient.
//
//     const auto sphere = [](std::span<const double> x, std::span<double> gradient) {
//       double value = 0.0;
//       for (std::size_t i = 0; i < x.size(); ++i) value += x[i] * x[i];
//       for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] = 2.0 * x[i];
//       return value;
//     };
//     heliotrope::minimize_objective(sphere, x);
//
// Where there is no gradient, an adapter makes one: ReverseObjective from a function that is a template on its scalar,
// JetObjective for a few variables, DifferencedObjective from values alone. For sums of many small functions a Problem
// with terms is faster (minimize/problem_objective.hpp).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "heliotrope/derive/function_ref.hpp"
#include "heliotrope/derive/jet.hpp"
#include "heliotrope/derive/reverse.hpp"

namespace heliotrope {

/// f(x), and its gradient in `gradient`, which has as many elements as x, or none where the value alone is wanted.
///
/// A view, as FunctionRef: what it was made from must live as long. Numbers that are not finite are an answer: there f
/// is not defined, and minimisers turn back.
using Objective = FunctionRef<double(std::span<const double> x, std::span<double> gradient)>;

/// An objective of values alone, differentiated by central differences with steps of eps^(1/3) max(|x_j|, 1).
///
/// f(std::span<const double> x) -> double. Cost: 2 n + 1 values a gradient, some 10 digits of which are right:
/// gradients of less than 1e-10 |f| / step are noise. Memory: one n-vector, at the first call. Not for use from several
/// threads. Source: [Nocedal2006, 8.1].
template <class F>
class DifferencedObjective {
 public:
  explicit DifferencedObjective(F f) : f_(std::move(f)) {}

  double operator()(std::span<const double> x, std::span<double> gradient) {
    const double value = f_(x);
    if (gradient.empty()) return value;
    moved_.assign(x.begin(), x.end());
    for (std::size_t j = 0; j < x.size(); ++j) {
      const double step = 6.055454e-06 * std::max(std::abs(x[j]), 1.0);  // eps^(1/3)
      const double ahead = x[j] + step, behind = x[j] - step;
      moved_[j] = ahead;
      const double above = f_(std::span<const double>(moved_));
      moved_[j] = behind;
      gradient[j] = (above - f_(std::span<const double>(moved_))) / (ahead - behind);
      moved_[j] = x[j];
    }
    return value;
  }

 private:
  F f_;
  std::vector<double> moved_;
};

inline namespace HELIOTROPE_ISA {

/// An objective that is a template on its scalar, differentiated by jets in strips of 8 variables.
///
/// f(const T* x) -> T, for T = double and Jet<double, 8>. Cost: ceil(n / 8) evaluations in jets a gradient, each some 5
/// of doubles: for small n. Memory: n jets, at the first call. Not for use from several threads at once.
template <class F>
class JetObjective {
 public:
  explicit JetObjective(F f) : f_(std::move(f)) {}

  double operator()(std::span<const double> x, std::span<double> gradient) {
    if (gradient.empty()) return f_(x.data());
    at_.assign(x.begin(), x.end());
    double value = 0.0;
    for (std::size_t first = 0; first < x.size(); first += strip) {
      const std::size_t lanes = std::min(strip, x.size() - first);
      for (std::size_t l = 0; l < lanes; ++l) at_[first + l] = T::seed(x[first + l], static_cast<int>(l));
      const T at = f_(static_cast<const T*>(at_.data()));
      for (std::size_t l = 0; l < lanes; ++l) {
        gradient[first + l] = at.derivative(static_cast<int>(l));
        at_[first + l] = T(x[first + l]);
      }
      value = at.value();
    }
    return value;
  }

 private:
  static constexpr std::size_t strip = 8;
  using T = Jet<double, static_cast<int>(strip)>;
  F f_;
  std::vector<T> at_;
};

/// An objective that is a template on its scalar, differentiated in reverse: for any n.
///
/// f(const T* x) -> T, for T = double and Reverse. Cost: measured on chained sums of 10^3 to 10^6 terms, a gradient
/// takes 2 values where terms are exponentials, sines and logarithms, 12 to 19 (10 ns a term) where they are five
/// multiplications and additions that the processor overlaps. Memory: 32 bytes for each operation on two numbers that
/// are no constants, and n of 40; nothing is allocated once a gradient has been taken, unless f computes more later.
/// Not for use from several threads at once.
template <class F>
class ReverseObjective {
 public:
  explicit ReverseObjective(F f) : f_(std::move(f)) {}

  double operator()(std::span<const double> x, std::span<double> gradient) {
    if (gradient.empty()) return f_(x.data());
    tape_.begin(x, at_);
    const Reverse y = f_(static_cast<const Reverse*>(at_.data()));
    tape_.gradient(y, gradient);
    return y.value();
  }

 private:
  F f_;
  ReverseTape tape_;
  std::vector<Reverse> at_;
};

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
