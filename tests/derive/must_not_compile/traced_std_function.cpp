// SPDX-License-Identifier: Apache-2.0
// expect: no matching function
#include "heliotrope/derive/trace_sparsity.hpp"
struct Qualified {
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = std::sin(x[0]);
  }
};
auto pattern = heliotrope::trace_sparsity(Qualified{}, 1, 1);
