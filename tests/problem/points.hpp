// SPDX-License-Identifier: Apache-2.0
// Random points on the manifolds that ship.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "heliotrope/problem/manifolds.hpp"
#include "problem/joined.hpp"

namespace heliotrope_test {

inline std::vector<double> unit(std::vector<double> q) {
  double square = 0.0;
  for (double value : q) square += value * value;
  for (double& value : q) value /= std::sqrt(square);
  return q;
}

/// Scales x[begin] ... x[begin + count - 1] to unit length.
inline void make_unit(std::vector<double>& x, int begin, int count) {
  double square = 0.0;
  for (int i = begin; i < begin + count; ++i) square += x[i] * x[i];
  for (int i = begin; i < begin + count; ++i) x[i] /= std::sqrt(square);
}

template <class M>
struct Bring {
  static void onto(std::vector<double>&, int) {}
};
template <>
struct Bring<heliotrope::UnitQuaternion> {
  static void onto(std::vector<double>& x, int begin) { make_unit(x, begin, 4); }
};
template <>
struct Bring<heliotrope::UnitQuaternionWxyz> : Bring<heliotrope::UnitQuaternion> {};
template <>
struct Bring<heliotrope::SO2> {
  static void onto(std::vector<double>& x, int begin) { make_unit(x, begin, 2); }
};
template <>
struct Bring<heliotrope::SE2> {
  static void onto(std::vector<double>& x, int begin) { x[begin + 2] = std::remainder(3.0 * x[begin + 2], 6.28); }
};
template <>
struct Bring<heliotrope::SE3> {
  static void onto(std::vector<double>& x, int begin) {
    make_unit(x, begin + 3, 4);
    for (int i = begin; i < begin + 3; ++i) x[i] *= 30.0;
  }
};
template <>
struct Bring<heliotrope::Sim3> {
  static void onto(std::vector<double>& x, int begin) {
    make_unit(x, begin + 3, 4);
    x[begin + 7] = std::exp(x[begin + 7]);
  }
};
template <>
struct Bring<heliotrope::AngleAxis> {  // |a| from 0 to pi
  static void onto(std::vector<double>& x, int begin) {
    const double length = std::hypot(x[begin], x[begin + 1], x[begin + 2]);
    for (int i = begin; i < begin + 3; ++i) x[i] *= std::remainder(length, 6.28) / length;
  }
};
template <int N>
struct Bring<heliotrope::UnitSphere<N>> {
  static void onto(std::vector<double>& x, int begin) { make_unit(x, begin, N); }
};
template <int N>
struct Bring<heliotrope::StraightLine<N>> {
  static void onto(std::vector<double>& x, int begin) { make_unit(x, begin + N, N); }
};
template <class M, int... held>
struct Bring<heliotrope::Subset<M, held...>> : Bring<M> {};
template <class... Ms>
struct Bring<heliotrope::Product<Ms...>> {
  static void onto(std::vector<double>& x, int begin) { ((Bring<Ms>::onto(x, begin), begin += Ms::ambient_size), ...); }
};

/// A random point of M: normally distributed numbers, brought onto it.
template <class M>
std::vector<double> random_point(std::mt19937& random) {
  std::normal_distribution<double> normal;
  std::vector<double> x(M::ambient_size);
  for (double& value : x) value = normal(random);
  Bring<M>::onto(x, 0);
  return x;
}

}  // namespace heliotrope_test
