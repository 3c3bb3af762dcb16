// SPDX-License-Identifier: Apache-2.0
// expect: needs a size known when compiling
#include "heliotrope/derive/eigen.hpp"
#include "heliotrope/problem/problem.hpp"
template <class S>
struct Residual {
  Eigen::Matrix<S, Eigen::Dynamic, 1> y;
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = x[0] - y(0);
  }
};
void f(heliotrope::Problem& problem, heliotrope::Variable<heliotrope::Euclidean<1>> x, const Residual<double>& r) {
  problem.add_residual<1>(r, x);
}
