// SPDX-License-Identifier: Apache-2.0
// expect: members of this residual type cannot be found: .* private
#include "heliotrope/problem/problem.hpp"
template <class S>
class Residual {
 public:
  Residual() = default;
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = x[0] - y_;
  }

 private:
  S y_;
};
void f(heliotrope::Problem& problem, heliotrope::Variable<heliotrope::Euclidean<1>> x, const Residual<double>& r) {
  problem.add_residual<1>(r, x);
}
