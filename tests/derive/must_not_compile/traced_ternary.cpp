// SPDX-License-Identifier: Apache-2.0
// expect: write select\(condition, if_true, if_false\), or trace at a point
#include "heliotrope/derive/trace_sparsity.hpp"
struct Branch {
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = x[0] < 0.0 && x[1] > 2.0 ? x[1] : x[0];
  }
};
auto pattern = heliotrope::trace_sparsity(Branch{}, 2, 1);
