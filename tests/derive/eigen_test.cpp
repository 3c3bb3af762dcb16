// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/eigen.hpp"

#include <Eigen/Geometry>
#include <array>
#include <random>

#include "catch.hpp"
#include "heliotrope/derive/differences.hpp"
#include "heliotrope/derive/gradient_check.hpp"

using namespace heliotrope;

namespace {

template <class T>
using Vector3 = Eigen::Matrix<T, 3, 1>;

/// Data as a residual type would hold it, over S; arguments over T: 9 of a matrix, 3 of a vector, 4 of a quaternion.
template <class S>
struct Mixture {
  Vector3<S> target;
  Eigen::Matrix<S, 2, 3> weights;

  static constexpr int arguments = 16, results = 24;

  template <class T>
  void operator()(const T* x, T* r) const {
    using std::sqrt;
    const Eigen::Map<const Eigen::Matrix<T, 3, 3>> R(x);
    const Eigen::Map<const Vector3<T>> p(x + 9);
    const Eigen::Map<const Eigen::Quaternion<T>> q(x + 12);
    Eigen::Map<Eigen::Matrix<T, results, 1>> out(r);

    const Vector3<T> moved = R * p - target;
    out.template segment<3>(0) = moved;
    out(3) = sqrt(moved.squaredNorm());
    out(4) = moved.norm();
    out.template segment<3>(5) = moved.cross(p);
    out(8) = moved.dot(p) + p.dot(target);
    out.template segment<2>(9) = weights * moved;
    out.template segment<3>(11) = (q * q.conjugate() * q).toRotationMatrix() * p;
    out.template segment<3>(14) = (q * p) * 0.5 + 2.0 * target.template cast<T>();
    out.template segment<3>(17) = moved / sqrt(moved.squaredNorm());
    const Vector3<double> axis(0.5, -1.0, 2.0);
    out(20) = p.dot(axis) + (axis.transpose() * R * p)(0, 0);
    out(21) = R.determinant() + p.array().square().sum();
    out(22) = (R.inverse() * p)(1);
    const Eigen::Matrix<T, 4, 1> four = p.homogeneous() - Eigen::Matrix<T, 4, 1>::Constant(T(0.25));
    out(23) = four.sum() + (R.transpose() * R).trace();
  }
};

std::array<double, 16> point(unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  std::array<double, 16> x;
  for (double& v : x) v = uniform(random);
  for (std::size_t i : {0u, 4u, 8u}) x[i] += 3.0;
  return x;
}
Mixture<double> mixture(double shift) {
  Mixture<double> m;
  m.target << 0.3 + shift, -0.2, 1.1;
  m.weights << 1.0, 2.0 - shift, 3.0, -1.0, 0.5, 0.25;
  return m;
}

}  // namespace

TEST_CASE("eigen: functors written with Eigen work for double, jets and complex steps", "[derive][eigen]") {
  const auto f = mixture(0.0);
  const auto x = point(1);
  const auto jets = jet_jacobian(f, x, f.results);
  CHECK(compare_jacobians(jets, complex_step_differences(f, x, f.results), f.results, f.arguments, 11.0).empty());
  CHECK(compare_jacobians(jets, central_differences(f, x, f.results), f.results, f.arguments, 6.0).empty());
  double nonzero = 0;
  for (double slope : jets) nonzero += slope != 0.0;
  CHECK(nonzero > 100);
}

TEST_CASE("eigen: matrices of packs and of jets of packs agree with those of doubles", "[derive][eigen]") {
  using T = Jet<Pack, 16>;
  Mixture<Pack> packed;
  Pack x[16];
  for (int l = 0; l < Pack::width; ++l) {
    const auto m = mixture(0.1 * l);
    for (int i = 0; i < 3; ++i) packed.target.data()[i].set(l, m.target.data()[i]);
    for (int i = 0; i < 6; ++i) packed.weights.data()[i].set(l, m.weights.data()[i]);
    const auto at = point(static_cast<unsigned>(l));
    for (std::size_t i = 0; i < 16; ++i) x[i].set(l, at[i]);
  }
  Pack value[Mixture<Pack>::results];
  packed(static_cast<const Pack*>(x), value);
  T jets[16], result[Mixture<Pack>::results];
  for (int i = 0; i < 16; ++i) jets[i] = T::seed(x[i], i);
  packed(static_cast<const T*>(jets), result);

  for (int l = 0; l < Pack::width; ++l) {
    const auto m = mixture(0.1 * l);
    const auto at = point(static_cast<unsigned>(l));
    double expected[Mixture<double>::results];
    m(at.data(), expected);
    const auto jacobian = jet_jacobian(m, at, m.results);
    for (int i = 0; i < m.results; ++i) {
      INFO("lane " << l << ", result " << i);
      CHECK(value[i][l] == Approx(expected[i]).epsilon(1e-12).margin(1e-13));
      CHECK(result[i].value()[l] == Approx(expected[i]).epsilon(1e-12).margin(1e-13));
      for (int j = 0; j < 16; ++j) {
        CHECK(result[i].derivative(j)[l] ==
              Approx(jacobian[static_cast<std::size_t>(i * 16 + j)]).epsilon(1e-11).margin(1e-12));
      }
    }
  }
}
