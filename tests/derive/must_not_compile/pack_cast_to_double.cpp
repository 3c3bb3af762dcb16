// SPDX-License-Identifier: Apache-2.0
// expect: (invalid .?static_cast|cannot convert|no viable conversion|invalid cast|static_cast from)
#include "heliotrope/derive/pack.hpp"
double f(heliotrope::Pack x) { return static_cast<double>(x); }
