// SPDX-License-Identifier: Apache-2.0
// expect: say how many residuals a block has
#include "heliotrope/problem/problem.hpp"
void f(heliotrope::Problem& problem, heliotrope::Variable<heliotrope::Euclidean<1>> x) {
  problem.add_residual([](const double* p, double* r) { r[0] = p[0]; }, x);
}
