// SPDX-License-Identifier: Apache-2.0
// Two ways of differentiating one function, compared entry by entry.
//
//     for (const auto& wrong : heliotrope::check_gradient(MyResidual{}, x, 2)) std::cout << to_string(wrong) << "\n";
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "heliotrope/derive/differences.hpp"
#include "heliotrope/derive/jet.hpp"

namespace heliotrope {

/// An entry of a Jacobian on which two derivatives differ.
struct Disagreement {
  std::int64_t residual = 0;  ///< residual block
  int row = 0;                ///< residual within the block
  int column = 0;             ///< argument
  double a = 0.0;             ///< the derivative that is checked
  double b = 0.0;             ///< the one that it is compared with
  double digits = 0.0;        ///< significant digits that agree
};

/// "residual 3, row 0, column 2: 1.5 and 1.25 agree to 0.8 digits".
std::string to_string(const Disagreement& disagreement);

/// -log10(|a - b| / max(|a|, |b|, scale)): at least 0, at most 17 (equal); 0 where one is not finite.
double agreeing_digits(double a, double b, double scale = 0.0);

/// The entries of two row-major `rows` x `columns` Jacobians that agree to fewer than `digits` digits.
///
/// An entry under 1e-4 of the largest in its row is judged on the scale of 1e-4 of that: what differences say about
/// smaller ones is mostly rounding. `residual` is passed on to the result. Throws Error where a size is wrong.
std::vector<Disagreement> compare_jacobians(std::span<const double> a, std::span<const double> b, int rows, int columns,
                                            double digits = 5.0, std::int64_t residual = 0);

inline namespace HELIOTROPE_ISA {

/// The Jacobian of f(x, r), R^n -> R^m, by jets in strips of 8 lanes: m x n numbers, row-major.
///
/// ceil(n / 8) evaluations in Jet<double, 8>; exact to rounding.
template <class F>
std::vector<double> jet_jacobian(const F& f, std::span<const double> x, int m) {
  constexpr std::size_t strip = 8;
  using T = Jet<double, strip>;
  const std::size_t n = x.size(), rows = static_cast<std::size_t>(m);
  std::vector<T> at(x.begin(), x.end()), value(rows);
  std::vector<double> jacobian(rows * n);
  for (std::size_t first = 0; first < n; first += strip) {
    const std::size_t lanes = n - first < strip ? n - first : strip;
    for (std::size_t l = 0; l < lanes; ++l) at[first + l] = T::seed(x[first + l], static_cast<int>(l));
    f(static_cast<const T*>(at.data()), value.data());
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t l = 0; l < lanes; ++l) jacobian[i * n + first + l] = value[i].derivative(static_cast<int>(l));
    }
    for (std::size_t l = 0; l < lanes; ++l) at[first + l] = T(x[first + l]);
  }
  return jacobian;
}

/// Jets of f(x, r), R^n -> R^m, against central differences at x: where they agree to fewer than `digits` digits.
template <class F>
std::vector<Disagreement> check_gradient(const F& f, std::span<const double> x, int m, double digits = 5.0) {
  return compare_jacobians(jet_jacobian(f, x, m), central_differences(f, x, m), m, static_cast<int>(x.size()), digits);
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
