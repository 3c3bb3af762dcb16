// SPDX-License-Identifier: Apache-2.0
// expect: members of this residual type cannot be found: it has a base
#include "heliotrope/problem/problem.hpp"
template <class S>
struct Base {
  S offset;
};
template <class S>
struct Residual : Base<S> {
  S y;
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = x[0] - y;
  }
};
void f(heliotrope::Problem& problem, heliotrope::Variable<heliotrope::Euclidean<1>> x, const Residual<double>& r) {
  problem.add_residual<1>(r, x);
}
