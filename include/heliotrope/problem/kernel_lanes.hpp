// SPDX-License-Identifier: Apache-2.0
// How the kernels of a residual group get numbers into lanes and jets, and out again.
#pragma once

#include <array>

#include "heliotrope/derive/jet.hpp"
#include "heliotrope/problem/kernel.hpp"
#include "heliotrope/problem/manifolds.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace kernels {
using namespace ::heliotrope::detail;
using namespace pack_detail;

/// Structural zeros of a manifold's plus-Jacobian, where it declares them: derivative lanes that are never computed.
template <class M>
HELIOTROPE_INLINE constexpr bool plus_jacobian_is_zero(int row, int column) {
  if constexpr (requires { M::plus_jacobian_is_zero(row, column); }) {
    return M::plus_jacobian_is_zero(row, column);
  } else {
    return false;
  }
}

template <class S>
inline constexpr int lanes_of = std::is_same_v<S, Pack> ? Pack::width : 1;

template <class S>
HELIOTROPE_INLINE S load_lanes(const double* from) {
  if constexpr (std::is_same_v<S, Pack>) {
    return Pack::load(from);
  } else {
    return *from;
  }
}
HELIOTROPE_INLINE void store_lanes(double* to, Pack value) { value.store(to); }
HELIOTROPE_INLINE void store_lanes(double* to, double value) { *to = value; }

/// to[l][k] = lane l of value.
HELIOTROPE_INLINE void scatter_lanes(double value, double* const* to, int k) { to[0][k] = value; }
HELIOTROPE_INLINE void scatter_lanes(Pack value, double* const* to, int k) {
  double lanes[Pack::width];
  value.store(lanes);
  for (int l = 0; l < Pack::width; ++l) to[l][k] = lanes[l];
}

/// The numbers of one variable for each lane: x[k] has lane l equal to values[offsets[l] + k]. Loads and transposes of
/// whole blocks were measured to be no faster.
template <int N, class S>
HELIOTROPE_INLINE void load_variable(const double* values, const std::int64_t* offsets, S* x) {
  if constexpr (std::is_same_v<S, double>) {
    for (int k = 0; k < N; ++k) x[k] = values[offsets[0] + k];
  } else {
    unroll<N>([&](int k) HELIOTROPE_LAMBDA {
      double lanes[Pack::width];
      unroll<Pack::width>([&](int l) HELIOTROPE_LAMBDA { lanes[l] = values[offsets[l] + k]; });
      x[k] = Pack::load(lanes);
    });
  }
}

template <class... Ms>
struct SlotList {
  static constexpr int count = sizeof...(Ms);
  static constexpr int columns = (0 + ... + Ms::tangent_size);
  static constexpr std::array<int, sizeof...(Ms)> ambient{Ms::ambient_size...};
  static constexpr std::array<int, sizeof...(Ms)> tangent{Ms::tangent_size...};
  static constexpr int first_column(int slot) {
    int sum = 0;
    for (int k = 0; k < slot; ++k) sum += tangent[static_cast<std::size_t>(k)];
    return sum;
  }
};

/// Seeds the jets of one variable with its tangent directions, columns `first` and up, as far as they fall in
/// the strip of lanes [strip, strip + N).
template <class M, int first, int strip, class S, int N>
HELIOTROPE_INLINE void seed_variable(const S* x, Jet<S, N>* y) {
  unroll<M::ambient_size>([&](int k) HELIOTROPE_LAMBDA { y[k] = Jet<S, N>(x[k]); });
  if constexpr (is_euclidean<M>) {
    unroll<M::ambient_size>([&](int k) HELIOTROPE_LAMBDA {
      if (first + k >= strip && first + k < strip + N) y[k].set_derivative(first + k - strip, S(1.0));
    });
  } else {
    S jacobian[M::ambient_size * M::tangent_size];
    M::plus_jacobian(x, jacobian);
    unroll<M::ambient_size * M::tangent_size>([&](int i) HELIOTROPE_LAMBDA {
      const int k = i / M::tangent_size, column = first + i % M::tangent_size;
      if (plus_jacobian_is_zero<M>(k, i % M::tangent_size)) return;
      if (column >= strip && column < strip + N) y[k].set_derivative(column - strip, jacobian[i]);
    });
  }
}

}  // namespace kernels
}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
