// SPDX-License-Identifier: Apache-2.0
// expect: a variable whose size is known only at run time goes into add_dynamic_residual
#include "heliotrope/problem/problem.hpp"
void f(heliotrope::Problem& problem, heliotrope::Variable<heliotrope::Euclidean<heliotrope::dynamic_size>> x) {
  problem.add_residual<1>([](const double* p, double* r) { r[0] = p[0]; }, x);
}
