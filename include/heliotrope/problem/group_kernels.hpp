// SPDX-License-Identifier: Apache-2.0
// The kernels of a residual group whose sizes are known when compiling: residuals, and residuals with their
// Jacobian by jets, by differences, by complex steps, or by the type's own formula.
//
// S is the scalar that the kernel works in: Pack (several residuals at once) or double (one at a time). A kernel
// that calls the user's operator() is flattened: the structural mask of jets vanishes only when all is inlined.
#pragma once

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "heliotrope/derive/complex_step.hpp"
#include "heliotrope/derive/difference_steps.hpp"
#include "heliotrope/derive/jet.hpp"
#include "heliotrope/problem/kernel.hpp"
#include "heliotrope/problem/manifolds.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace kernels {
using namespace ::heliotrope::detail;
using namespace pack_detail;

/// Past this many columns a jet of all of them spills and compiles slowly: differentiate strip by strip.
/// Chosen, not measured.
inline constexpr int max_jet_lanes = 32;
inline constexpr int strip_lanes = 8;

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

/// One residual type (through Access: how its functor is made for some lanes) with its M rows and its manifolds.
template <class Access, class S, int M, class... Ms>
struct Kernels {
  using Slots = SlotList<Ms...>;
  static constexpr int columns = Slots::columns;
  static constexpr auto slot_indices = std::make_index_sequence<sizeof...(Ms)>{};
  template <class T>
  using Point = std::tuple<std::array<T, Ms::ambient_size>...>;

  template <class T, class F>
  static HELIOTROPE_INLINE void call(const F& functor, const Point<T>& x, T* r) {
    // Flattened too: clang inlines into a flattened function only what that function itself calls.
    [&]<std::size_t... I>(std::index_sequence<I...>) HELIOTROPE_LAMBDA HELIOTROPE_FLATTEN {
      functor(std::get<I>(x).data()..., r);
    }
    (slot_indices);
  }

  static HELIOTROPE_INLINE Point<S> load_point(const KernelArguments& a, std::int64_t block, int lane) {
    Point<S> x;
    const std::int64_t* offsets = a.offsets + (block - a.offsets_begin) * Slots::count * block_lanes + lane;
    [&]<std::size_t... I>(std::index_sequence<I...>) HELIOTROPE_LAMBDA {
      (load_variable<Ms::ambient_size>(a.values, offsets + I * block_lanes, std::get<I>(x).data()), ...);
    }
    (slot_indices);
    return x;
  }

  /// Calls body(functor, point, r, J) for every group of lanes, r and J being where its first lane goes.
  template <class Body>
  static HELIOTROPE_INLINE void for_lanes(const KernelArguments& a, Body&& body) {
    for (std::int64_t b = a.begin; b < a.end; ++b) {
      double* r = a.residuals + (b - a.begin) * M * block_lanes;
      double* J = a.jacobian + (b - a.begin) * M * columns * block_lanes;
      const int end = Access::padded ? block_lanes : a.used[b];
      for (int lane = 0; lane < end; lane += lanes_of<S>) {
        auto&& functor = Access::template load<S>(a, b, lane);
        body(functor, load_point(a, b, lane), r + lane, J + lane);
      }
    }
  }

  static HELIOTROPE_FLATTEN void residuals(const KernelArguments& a) {
    for_lanes(a, [](const auto& functor, const Point<S>& x, double* r, double*) HELIOTROPE_LAMBDA {
      S value[M];
      call<S>(functor, x, value);
      for (int m = 0; m < M; ++m) store_lanes(r + m * block_lanes, value[m]);
    });
  }

  template <int strip, int N, class F>
  static HELIOTROPE_INLINE void differentiate_strip(const F& functor, const Point<S>& x, double* r, double* J) {
    using T = Jet<S, N>;
    Point<T> y;
    [&]<std::size_t... I>(std::index_sequence<I...>) HELIOTROPE_LAMBDA {
      (seed_variable<Ms, Slots::first_column(I), strip>(std::get<I>(x).data(), std::get<I>(y).data()), ...);
    }
    (slot_indices);
    T value[M];
    call<T>(functor, y, value);
    unroll<M>([&](int m) HELIOTROPE_LAMBDA {
      store_lanes(r + m * block_lanes, value[m].value());
      unroll<N>([&](int c) HELIOTROPE_LAMBDA {
        if (strip + c < columns) store_lanes(J + (m * columns + strip + c) * block_lanes, value[m].derivative(c));
      });
    });
  }

  static HELIOTROPE_FLATTEN void autodiff(const KernelArguments& a) {
    for_lanes(a, [](const auto& functor, const Point<S>& x, double* r, double* J) HELIOTROPE_LAMBDA {
      if constexpr (columns <= max_jet_lanes) {
        differentiate_strip<0, columns>(functor, x, r, J);
      } else {
        [&]<std::size_t... I>(std::index_sequence<I...>) HELIOTROPE_LAMBDA {
          (differentiate_strip<static_cast<int>(I) * strip_lanes, strip_lanes>(functor, x, r, J), ...);
        }
        (std::make_index_sequence<(columns + strip_lanes - 1) / strip_lanes>{});
      }
    });
  }

  /// Moves slot I of x along its tangent direction j by `step`.
  template <std::size_t I>
  static HELIOTROPE_INLINE Point<S> moved(const Point<S>& x, int j, S step) {
    using Manifold = std::tuple_element_t<I, std::tuple<Ms...>>;
    Point<S> y = x;
    auto& block = std::get<I>(y);
    if constexpr (is_euclidean<Manifold>) {
      block[static_cast<std::size_t>(j)] = block[static_cast<std::size_t>(j)] + step;
    } else {
      S delta[Manifold::tangent_size];
      for (int k = 0; k < Manifold::tangent_size; ++k) delta[k] = k == j ? step : S(0.0);
      Manifold::plus(std::get<I>(x).data(), delta, block.data());
    }
    return y;
  }

  template <std::size_t I, class F>
  static void difference_slot(const F& functor, const Point<S>& x, const S* center, bool central, double* J) {
    using Manifold = std::tuple_element_t<I, std::tuple<Ms...>>;
    for (int j = 0; j < Manifold::tangent_size; ++j) {
      const S at = is_euclidean<Manifold> ? std::get<I>(x)[static_cast<std::size_t>(j)] : S(0.0);
      const S step = central ? central_step(at) : forward_step(at);
      S ahead[M], behind[M];
      call<S>(functor, moved<I>(x, j, step), ahead);
      if (central) call<S>(functor, moved<I>(x, j, -step), behind);
      const S width = central ? (at + step) - (at - step) : (at + step) - at;
      for (int m = 0; m < M; ++m) {
        const S slope = (ahead[m] - (central ? behind[m] : center[m])) / width;
        store_lanes(J + (m * columns + Slots::first_column(I) + j) * block_lanes, slope);
      }
    }
  }

  static void differences(const KernelArguments& a) {
    for_lanes(a, [&](const auto& functor, const Point<S>& x, double* r, double* J) {
      S center[M];
      call<S>(functor, x, center);
      for (int m = 0; m < M; ++m) store_lanes(r + m * block_lanes, center[m]);
      [&]<std::size_t... I>(std::index_sequence<I...>) { (difference_slot<I>(functor, x, center, a.central, J), ...); }
      (slot_indices);
    });
  }

  template <std::size_t I, class F>
  static void complex_slot(const F& functor, const Point<S>& x, double* r, double* J) {
    using Manifold = std::tuple_element_t<I, std::tuple<Ms...>>;
    double jacobian[Manifold::ambient_size * Manifold::tangent_size];
    if constexpr (!is_euclidean<Manifold>) Manifold::plus_jacobian(std::get<I>(x).data(), jacobian);
    for (int j = 0; j < Manifold::tangent_size; ++j) {
      Point<ComplexStep> y;
      [&]<std::size_t... K>(std::index_sequence<K...>) {
        (std::copy(std::get<K>(x).begin(), std::get<K>(x).end(), std::get<K>(y).begin()), ...);
      }
      (slot_indices);
      for (int k = 0; k < Manifold::ambient_size; ++k) {
        const double direction = is_euclidean<Manifold> ? double(k == j) : jacobian[k * Manifold::tangent_size + j];
        std::get<I>(y)[static_cast<std::size_t>(k)].imag(direction * complex_step_size);
      }
      ComplexStep value[M];
      call<ComplexStep>(functor, y, value);
      for (int m = 0; m < M; ++m) {
        r[m * block_lanes] = value[m].real();
        J[(m * columns + Slots::first_column(I) + j) * block_lanes] = value[m].imag() / complex_step_size;
      }
    }
  }

  static void complex_step(const KernelArguments& a) requires std::is_same_v<S, double> {
    for_lanes(a, [](const auto& functor, const Point<S>& x, double* r, double* J) {
      [&]<std::size_t... I>(std::index_sequence<I...>) { (complex_slot<I>(functor, x, r, J), ...); }
      (slot_indices);
    });
  }

  static HELIOTROPE_FLATTEN void analytic(const KernelArguments& a) {
    for_lanes(a, [](const auto& functor, const Point<S>& x, double* r, double* J) HELIOTROPE_LAMBDA {
      S value[M];
      call<S>(functor, x, value);
      for (int m = 0; m < M; ++m) store_lanes(r + m * block_lanes, value[m]);
      std::tuple<std::array<S, M * Ms::tangent_size>...> own;
      [&]<std::size_t... I>(std::index_sequence<I...>) HELIOTROPE_LAMBDA {
        functor.jacobian(std::get<I>(x).data()..., std::get<I>(own).data()...);
        ((store_slot<I>(std::get<I>(own).data(), J)), ...);
      }
      (slot_indices);
    });
  }

  template <std::size_t I>
  static HELIOTROPE_INLINE void store_slot(const S* own, double* J) {
    constexpr int width = Slots::tangent[I], first = Slots::first_column(I);
    for (int m = 0; m < M; ++m) {
      for (int j = 0; j < width; ++j) store_lanes(J + (m * columns + first + j) * block_lanes, own[m * width + j]);
    }
  }
};

}  // namespace kernels
}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
