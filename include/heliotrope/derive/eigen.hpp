// SPDX-License-Identifier: Apache-2.0
// Eigen's fixed-size types over packs, jets and complex steps, for functors that are written with them. Include it
// beside heliotrope.hpp; nothing else of this library includes it.
//
//     template <class S> struct PointToPoint {
//       Eigen::Matrix<S, 3, 1> target;
//       template <class T> void operator()(const T* rotation, const T* point, T* residual) const {
//         const Eigen::Map<const Eigen::Matrix<T, 3, 3>> R(rotation);
//         const Eigen::Map<const Eigen::Matrix<T, 3, 1>> p(point);
//         Eigen::Map<Eigen::Matrix<T, 3, 1>> r(residual);
//         r = R * p - target;
//       }
//     };
//
// What works for every T: Map, sums, products (of matrices, and with S, double), coefficient-wise functions, dot,
// cross, squaredNorm, sum, transpose, block, cast<T>() of constants, determinants and inverses of 2 x 2 and 3 x 3, and
// the product, conjugate and rotation of quaternions. What compares inside does not for packs, and says so: norm()
// works, normalized(), stableNorm(), minCoeff(), isApprox(), pivoting decompositions do not. Write x /
// sqrt(x.squaredNorm()).
#pragma once

#include <Eigen/Core>
#include <type_traits>

#include "heliotrope/derive/complex_step.hpp"
#include "heliotrope/derive/jet.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace pack_detail {

/// What Eigen asks of a real scalar; numbers that have no meaning for T are double's.
template <class T>
struct EigenTraits {
  using Real = T;
  using NonInteger = T;
  using Nested = T;
  using Literal = double;
  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = 0,
    ReadCost = 1,
    AddCost = 2,
    MulCost = 4,
    HasFloatingPoint = 1
  };
  static T epsilon() { return T(Eigen::NumTraits<double>::epsilon()); }
  static T dummy_precision() { return T(Eigen::NumTraits<double>::dummy_precision()); }
  static T highest() { return T(Eigen::NumTraits<double>::highest()); }
  static T lowest() { return T(Eigen::NumTraits<double>::lowest()); }
  static T infinity() { return T(Eigen::NumTraits<double>::infinity()); }
  static T quiet_NaN() { return T(Eigen::NumTraits<double>::quiet_NaN()); }
  static int digits10() { return Eigen::NumTraits<double>::digits10(); }
};

}  // namespace pack_detail
}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope

namespace Eigen {

template <>
struct NumTraits<heliotrope::Pack> : heliotrope::pack_detail::EigenTraits<heliotrope::Pack> {};
template <>
struct NumTraits<heliotrope::ComplexStep> : heliotrope::pack_detail::EigenTraits<heliotrope::ComplexStep> {};
template <class S, int N>
struct NumTraits<heliotrope::Jet<S, N>> : heliotrope::pack_detail::EigenTraits<heliotrope::Jet<S, N>> {};

// T with double, and a jet with its own scalar.
template <class Operation>
struct ScalarBinaryOpTraits<heliotrope::Pack, double, Operation> {
  using ReturnType = heliotrope::Pack;
};
template <class Operation>
struct ScalarBinaryOpTraits<double, heliotrope::Pack, Operation> {
  using ReturnType = heliotrope::Pack;
};
template <class Operation>
struct ScalarBinaryOpTraits<heliotrope::ComplexStep, double, Operation> {
  using ReturnType = heliotrope::ComplexStep;
};
template <class Operation>
struct ScalarBinaryOpTraits<double, heliotrope::ComplexStep, Operation> {
  using ReturnType = heliotrope::ComplexStep;
};
template <class S, int N, class Operation>
struct ScalarBinaryOpTraits<heliotrope::Jet<S, N>, S, Operation> {
  using ReturnType = heliotrope::Jet<S, N>;
};
template <class S, int N, class Operation>
struct ScalarBinaryOpTraits<S, heliotrope::Jet<S, N>, Operation> {
  using ReturnType = heliotrope::Jet<S, N>;
};
template <class S, int N, class Operation>
requires(!std::is_same_v<S, double>) struct ScalarBinaryOpTraits<heliotrope::Jet<S, N>, double, Operation> {
  using ReturnType = heliotrope::Jet<S, N>;
};
template <class S, int N, class Operation>
requires(!std::is_same_v<S, double>) struct ScalarBinaryOpTraits<double, heliotrope::Jet<S, N>, Operation> {
  using ReturnType = heliotrope::Jet<S, N>;
};

}  // namespace Eigen
