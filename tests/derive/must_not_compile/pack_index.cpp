// SPDX-License-Identifier: Apache-2.0
// expect: (no match for|no viable overloaded|cannot be used as|array subscript is not an integer|invalid types)
#include "heliotrope/derive/pack.hpp"
double f(const double* table, heliotrope::Pack x) { return table[x]; }
