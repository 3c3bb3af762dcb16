// SPDX-License-Identifier: Apache-2.0
// expect: takes its variables as they are: no Prepared
#include "heliotrope/problem/problem.hpp"
struct Double {
  static constexpr int size = 1;
  template <class T>
  static void prepare(const T* x, T* prepared) {
    prepared[0] = 2.0 * x[0];
  }
};
struct Residual {
  using Prepared = heliotrope::Prepare<Double>;
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = x[0];
  }
  template <class T>
  void jacobian(const T*, T* J) const {
    J[0] = T(2.0);
  }
};
void f(heliotrope::Problem& problem, heliotrope::Variable<heliotrope::Euclidean<1>> x) {
  problem.add_residual<1>(Residual{}, x);
}
