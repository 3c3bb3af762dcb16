// SPDX-License-Identifier: Apache-2.0
// expect: (cannot be copied lane by lane|cannot be found)
#include "heliotrope/problem/problem.hpp"
template <class S>
struct Inner {
  S first;
  S rest[3];
};
template <class S>
struct Residual {
  S a;
  Inner<S> inner;
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = x[0] - inner.rest[2];
  }
};
void f(heliotrope::Problem& problem, heliotrope::Variable<heliotrope::Euclidean<1>> x, const Residual<double>& r) {
  problem.add_residual<1>(r, x);
}
