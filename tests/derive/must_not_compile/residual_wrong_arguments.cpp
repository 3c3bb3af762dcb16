// SPDX-License-Identifier: Apache-2.0
// expect: a residual type is called as operator
#include "heliotrope/problem/problem.hpp"
void f(heliotrope::Problem& problem, heliotrope::Variable<heliotrope::Euclidean<1>> x) {
  problem.add_residual<1>([](const double* p, double* r) { r[0] = p[0]; }, x, x);
}
