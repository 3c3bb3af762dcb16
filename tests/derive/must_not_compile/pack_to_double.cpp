// SPDX-License-Identifier: Apache-2.0
// expect: (cannot convert|no viable conversion).*(Pack|double)
#include "heliotrope/derive/pack.hpp"
double f(heliotrope::Pack x) {
  double y = x;
  return y;
}
