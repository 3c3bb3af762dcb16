// SPDX-License-Identifier: Apache-2.0
// The Jacobian of one function R^n -> R^m by differences, for functions that no part of this library knows.
//
//     struct Circle { template <class T> void operator()(const T* x, T* r) const { r[0] = x[0] * x[0] + x[1] * x[1]; }
//     }; std::vector<double> jacobian = heliotrope::central_differences(Circle{}, std::array{3.0, 4.0}, 1);   // {6, 8}
//
// Each takes f(x, r) with x an array of n and r one of m, and gives m x n numbers, row-major.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "heliotrope/derive/complex_step.hpp"
#include "heliotrope/derive/difference_steps.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {

/// J_ij = (f_i(x + h_j e_j) - f_i(x)) / h_j with h_j = sqrt(eps) |x_j| (h_j = sqrt(eps) where x_j is near 0).
///
/// n + 1 evaluations in double; truncation and rounding leave about 7 digits.
template <class F>
std::vector<double> forward_differences(const F& f, std::span<const double> x, int m) {
  const std::size_t n = x.size(), rows = static_cast<std::size_t>(m);
  std::vector<double> moved(x.begin(), x.end()), here(rows), ahead(rows), jacobian(rows * n);
  f(static_cast<const double*>(moved.data()), here.data());
  for (std::size_t j = 0; j < n; ++j) {
    moved[j] = x[j] + forward_step(x[j]);
    const double h = moved[j] - x[j];  // the step taken, not the one asked for
    f(static_cast<const double*>(moved.data()), ahead.data());
    for (std::size_t i = 0; i < rows; ++i) jacobian[i * n + j] = (ahead[i] - here[i]) / h;
    moved[j] = x[j];
  }
  return jacobian;
}

/// J_ij = (f_i(x + h_j e_j) - f_i(x - h_j e_j)) / (2 h_j) with h_j = eps^(1/3) |x_j| (or eps^(1/3) where x_j is near
/// 0).
///
/// 2 n evaluations in double; about 10 digits.
template <class F>
std::vector<double> central_differences(const F& f, std::span<const double> x, int m) {
  const std::size_t n = x.size(), rows = static_cast<std::size_t>(m);
  std::vector<double> moved(x.begin(), x.end()), ahead(rows), behind(rows), jacobian(rows * n);
  for (std::size_t j = 0; j < n; ++j) {
    const double above = x[j] + central_step(x[j]), below = x[j] - central_step(x[j]);
    moved[j] = above;
    f(static_cast<const double*>(moved.data()), ahead.data());
    moved[j] = below;
    f(static_cast<const double*>(moved.data()), behind.data());
    for (std::size_t i = 0; i < rows; ++i) jacobian[i * n + j] = (ahead[i] - behind[i]) / (above - below);
    moved[j] = x[j];
  }
  return jacobian;
}

/// J_ij = Im f_i(x + i h e_j) / h with h = 1e-100: exact to rounding [Squire1998].
///
/// n evaluations in ComplexStep; f must be a template, or take ComplexStep.
template <class F>
std::vector<double> complex_step_differences(const F& f, std::span<const double> x, int m) {
  const std::size_t n = x.size(), rows = static_cast<std::size_t>(m);
  std::vector<ComplexStep> moved(x.begin(), x.end()), value(rows);
  std::vector<double> jacobian(rows * n);
  for (std::size_t j = 0; j < n; ++j) {
    moved[j].imag(complex_step_size);
    f(static_cast<const ComplexStep*>(moved.data()), value.data());
    for (std::size_t i = 0; i < rows; ++i) jacobian[i * n + j] = value[i].imag() / complex_step_size;
    moved[j].imag(0.0);
  }
  return jacobian;
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
