// SPDX-License-Identifier: Apache-2.0
// A functor's values and jets against slower, plainer evaluations of the same functor.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "catch.hpp"
#include "heliotrope/derive/complex_step.hpp"
#include "heliotrope/derive/jet.hpp"
#include "heliotrope/derive/pack_math.hpp"

namespace heliotrope_test {

/// f(x, r) with N arguments and M results: jets over double, against complex steps, to `tolerance` relative to the
/// largest derivative.
template <int M, int N, class F>
void check_jets(const F& f, const std::array<double, N>& x, double tolerance = 1e-13) {
  using heliotrope::ComplexStep, heliotrope::Jet;
  Jet<double, N> jets[N], result[M];
  for (int i = 0; i < N; ++i) jets[i] = Jet<double, N>::seed(x[i], i);
  f(jets, result);
  double expected[M][N], values[M], largest = 1.0;
  for (int i = 0; i < N; ++i) {
    ComplexStep z[N], r[M];
    for (int k = 0; k < N; ++k) z[k] = ComplexStep(x[k]);
    z[i].imag(heliotrope::complex_step_size);
    f(z, r);
    for (int m = 0; m < M; ++m) {
      values[m] = r[m].real();
      expected[m][i] = r[m].imag() / heliotrope::complex_step_size;
      largest = std::max(largest, std::abs(expected[m][i]));
    }
  }
  for (int m = 0; m < M; ++m) {
    CHECK(result[m].value() == Approx(values[m]).epsilon(1e-14).margin(1e-14));
    for (int i = 0; i < N; ++i) {
      INFO("result " << m << ", argument " << i);
      CHECK(std::abs(result[m].derivative(i) - expected[m][i]) <= tolerance * largest);
    }
  }
}

/// The same against fourth-order central differences with step h: an independent, coarser truth.
template <int M, int N, class F>
void check_differences(const F& f, const std::array<double, N>& x, double h, double tolerance) {
  using heliotrope::Jet;
  Jet<double, N> jets[N], result[M];
  for (int i = 0; i < N; ++i) jets[i] = Jet<double, N>::seed(x[i], i);
  f(jets, result);
  for (int i = 0; i < N; ++i) {
    const auto at = [&](double step) {
      std::array<double, N> moved = x;
      moved[i] += step;
      std::array<double, M> r;
      f(moved.data(), r.data());
      return r;
    };
    const auto a = at(h), b = at(-h), c = at(2 * h), d = at(-2 * h);
    for (int m = 0; m < M; ++m) {
      const double slope = (8 * (a[m] - b[m]) - (c[m] - d[m])) / (12 * h);
      INFO("result " << m << ", argument " << i);
      CHECK(result[m].derivative(i) == Approx(slope).epsilon(tolerance).margin(tolerance));
    }
  }
}

/// f on a pack of different points, against f on each with doubles; points(lane) gives them.
template <int M, int N, class Scalar, class Packed, class Points>
void check_packs(const Scalar& scalar, const Packed& packed, const Points& points, double tolerance = 1e-13) {
  using heliotrope::Pack;
  double lanes[N][Pack::width];
  for (int l = 0; l < Pack::width; ++l) {
    const std::array<double, N> x = points(l);
    for (int i = 0; i < N; ++i) lanes[i][l] = x[i];
  }
  Pack x[N], r[M];
  for (int i = 0; i < N; ++i) x[i] = Pack::load(lanes[i]);
  packed(x, r);
  for (int l = 0; l < Pack::width; ++l) {
    const std::array<double, N> point = points(l);
    double expected[M];
    scalar(point.data(), expected);
    for (int m = 0; m < M; ++m) {
      INFO("lane " << l << ", result " << m);
      CHECK(r[m][l] == Approx(expected[m]).epsilon(tolerance).margin(tolerance));
    }
  }
}

}  // namespace heliotrope_test
