// SPDX-License-Identifier: Apache-2.0
// expect: write select\(condition, if_true, if_false\), or trace at a point
#include "heliotrope/derive/trace_sparsity.hpp"
struct Branch {
  template <class T>
  void operator()(const T* x, T* r) const {
    if (x[0] < 0.0) r[0] = x[1];
  }
};
auto pattern = heliotrope::trace_sparsity(Branch{}, 2, 1);
