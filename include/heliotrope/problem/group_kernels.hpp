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
#include "heliotrope/problem/kernel_lanes.hpp"
#include "heliotrope/problem/preparation.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace kernels {
using namespace ::heliotrope::detail;
using namespace pack_detail;

/// Past this many columns a jet of all of them spills and compiles slowly: differentiate strip by strip.
/// Chosen, not measured.
inline constexpr int max_jet_lanes = 32;
inline constexpr int strip_lanes = 8;

/// One residual type (through Access: how its functor is made for some lanes) with its M rows and its manifolds.
template <class Access, class S, int M, class... Ms>
struct Kernels {
  using Slots = SlotList<Ms...>;
  static constexpr int columns = Slots::columns;
  static constexpr auto slot_indices = std::make_index_sequence<sizeof...(Ms)>{};
  template <class T>
  using Point = std::tuple<std::array<T, Ms::ambient_size>...>;

  using SeenAll = Seen<typename Access::Object, Ms...>;
  template <class T>
  using SeenPoint = typename SeenAll::template Point<T>;

  template <class T, class F>
  static HELIOTROPE_INLINE void call(const F& functor, const Point<T>& x, T* r) {
    // Flattened too: clang inlines into a flattened function only what that function itself calls.
    [&]<std::size_t... I>(std::index_sequence<I...>) HELIOTROPE_LAMBDA HELIOTROPE_FLATTEN {
      SeenAll::template call<T>(functor, {std::get<I>(x).data()...}, r);
    }
    (slot_indices);
  }
  template <class T, class F>
  static HELIOTROPE_INLINE void call_seen(const F& functor, const SeenPoint<T>& x, T* r) {
    [&]<std::size_t... I>(std::index_sequence<I...>) HELIOTROPE_LAMBDA HELIOTROPE_FLATTEN {
      functor(std::get<I>(x).data()..., r);
    }
    (slot_indices);
  }

  static HELIOTROPE_INLINE const std::int64_t* offsets(const KernelArguments& a, std::int64_t block, int lane) {
    return a.offsets + (block - a.offsets_begin) * Slots::count * block_lanes + lane;
  }
  template <std::size_t I>
  static HELIOTROPE_INLINE const std::int64_t* entries(const KernelArguments& a, std::int64_t block, int lane) {
    constexpr std::size_t tables = SeenAll::table(sizeof...(Ms)), table = SeenAll::table(I);
    return a.prepared_offsets + ((block - a.offsets_begin) * tables + table) * block_lanes + lane;
  }

  static HELIOTROPE_INLINE Point<S> load_point(const KernelArguments& a, std::int64_t block, int lane) {
    Point<S> x;
    [&]<std::size_t... I>(std::index_sequence<I...>) HELIOTROPE_LAMBDA {
      (load_variable<Ms::ambient_size>(a.values, offsets(a, block, lane) + I * block_lanes, std::get<I>(x).data()),
       ...);
    }
    (slot_indices);
    return x;
  }

  /// One slot as the functor sees it: from the variables, or from the table of what was prepared.
  template <std::size_t I>
  static HELIOTROPE_INLINE void load_seen_slot(const KernelArguments& a, std::int64_t block, int lane, S* x) {
    using Slot = typename SeenAll::template Slot<I>;
    if constexpr (Slot::prepared) {
      load_variable<Slot::size>(a.tables[SeenAll::table(I)], entries<I>(a, block, lane), x);
    } else {
      load_variable<Slot::size>(a.values, offsets(a, block, lane) + I * block_lanes, x);
    }
  }
  static HELIOTROPE_INLINE SeenPoint<S> load_seen(const KernelArguments& a, std::int64_t block, int lane) {
    SeenPoint<S> x;
    [&]<std::size_t... I>(std::index_sequence<I...>) HELIOTROPE_LAMBDA {
      (load_seen_slot<I>(a, block, lane, std::get<I>(x).data()), ...);
    }
    (slot_indices);
    return x;
  }

  /// Calls body(functor, block, lane, r, J) for every group of lanes, r and J being where its first lane goes.
  template <class Body>
  static HELIOTROPE_INLINE void for_lanes(const KernelArguments& a, Body&& body) {
    for (std::int64_t b = a.begin; b < a.end; ++b) {
      double* r = a.residuals + (b - a.begin) * M * block_lanes;
      double* J = a.jacobian + (b - a.begin) * M * columns * block_lanes;
      const int end = Access::padded ? block_lanes : a.used[b];
      for (int lane = 0; lane < end; lane += lanes_of<S>) {
        auto&& functor = Access::template load<S>(a, b, lane);
        body(functor, b, lane, r + lane, J + lane);
      }
    }
  }

  static HELIOTROPE_FLATTEN void residuals(const KernelArguments& a) {
    for_lanes(a, [&](const auto& functor, std::int64_t block, int lane, double* r, double*) HELIOTROPE_LAMBDA {
      S value[M];
      call_seen<S>(functor, load_seen(a, block, lane), value);
      for (int m = 0; m < M; ++m) store_lanes(r + m * block_lanes, value[m]);
    });
  }

  /// The jets of one slot, as far as its columns fall in the strip of lanes [strip, strip + N).
  template <std::size_t I, int strip, int N>
  static HELIOTROPE_INLINE void seed_slot(const KernelArguments& a, std::int64_t block, int lane, const S* x,
                                          Jet<S, N>* y) {
    using Slot = typename SeenAll::template Slot<I>;
    using Manifold = std::tuple_element_t<I, std::tuple<Ms...>>;
    constexpr int first = Slots::first_column(I), width = Manifold::tangent_size;
    if constexpr (Slot::prepared) {
      const double* table = a.tables[SeenAll::table(I)] + Slot::size;
      const std::int64_t* at = entries<I>(a, block, lane);
      unroll<Slot::size>([&](int k) HELIOTROPE_LAMBDA { y[k] = Jet<S, N>(x[k]); });
      unroll<Slot::size * width>([&](int i) HELIOTROPE_LAMBDA {
        const int k = i / width, column = first + i % width;
        if (Slot::jacobian_is_zero(k, i % width) || column < strip || column >= strip + N) return;
        S derivative;
        load_variable<1>(table + i, at, &derivative);
        y[k].set_derivative(column - strip, derivative);
      });
    } else {
      seed_variable<Manifold, first, strip>(x, y);
    }
  }

  template <int strip, int N, class F>
  static HELIOTROPE_INLINE void differentiate_strip(const KernelArguments& a, const F& functor, std::int64_t block,
                                                    int lane, double* r, double* J) {
    using T = Jet<S, N>;
    const SeenPoint<S> x = load_seen(a, block, lane);
    SeenPoint<T> y;
    [&]<std::size_t... I>(std::index_sequence<I...>) HELIOTROPE_LAMBDA {
      (seed_slot<I, strip, N>(a, block, lane, std::get<I>(x).data(), std::get<I>(y).data()), ...);
    }
    (slot_indices);
    T value[M];
    call_seen<T>(functor, y, value);
    unroll<M>([&](int m) HELIOTROPE_LAMBDA {
      store_lanes(r + m * block_lanes, value[m].value());
      unroll<N>([&](int c) HELIOTROPE_LAMBDA {
        if (strip + c < columns) store_lanes(J + (m * columns + strip + c) * block_lanes, value[m].derivative(c));
      });
    });
  }

  static HELIOTROPE_FLATTEN void autodiff(const KernelArguments& a) {
    for_lanes(a, [&](const auto& functor, std::int64_t block, int lane, double* r, double* J) HELIOTROPE_LAMBDA {
      if constexpr (columns <= max_jet_lanes) {
        differentiate_strip<0, columns>(a, functor, block, lane, r, J);
      } else {
        [&]<std::size_t... I>(std::index_sequence<I...>) HELIOTROPE_LAMBDA {
          (differentiate_strip<static_cast<int>(I) * strip_lanes, strip_lanes>(a, functor, block, lane, r, J), ...);
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

  /// `starts`: [slot][8], from the first lane.
  template <std::size_t I, class F>
  static void difference_slot(const F& functor, const Point<S>& x, const S* center, const KernelArguments& a,
                              const std::int64_t* starts, double* J) {
    using Manifold = std::tuple_element_t<I, std::tuple<Ms...>>;
    const bool central = a.central;
    std::array<S, Manifold::tangent_size> given;
    given.fill(S(0.0));
    if (a.typical != nullptr) load_variable<Manifold::tangent_size>(a.typical, starts + I * block_lanes, given.data());
    for (int j = 0; j < Manifold::tangent_size; ++j) {
      const S at = is_euclidean<Manifold> ? std::get<I>(x)[static_cast<std::size_t>(j)] : S(0.0);
      const S size = given[static_cast<std::size_t>(j)];
      const S step = central ? central_step(at, size) : forward_step(at, size);
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
    for_lanes(a, [&](const auto& functor, std::int64_t block, int lane, double* r, double* J) {
      const Point<S> x = load_point(a, block, lane);
      S center[M];
      call<S>(functor, x, center);
      for (int m = 0; m < M; ++m) store_lanes(r + m * block_lanes, center[m]);
      const std::int64_t* const starts = offsets(a, block, lane);
      [&]<std::size_t... I>(std::index_sequence<I...>) { (difference_slot<I>(functor, x, center, a, starts, J), ...); }
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
    for_lanes(a, [&](const auto& functor, std::int64_t block, int lane, double* r, double* J) {
      const Point<S> x = load_point(a, block, lane);
      [&]<std::size_t... I>(std::index_sequence<I...>) { (complex_slot<I>(functor, x, r, J), ...); }
      (slot_indices);
    });
  }

  static HELIOTROPE_FLATTEN void analytic(const KernelArguments& a) {
    for_lanes(a, [&](const auto& functor, std::int64_t block, int lane, double* r, double* J) HELIOTROPE_LAMBDA {
      const Point<S> x = load_point(a, block, lane);
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

  // ---- preparing -------------------------------------------------------------------------------------------------

  template <std::size_t I>
  static HELIOTROPE_FLATTEN void prepare(const double* values, const std::int64_t* offsets, double* const* entries) {
    using Slot = typename SeenAll::template Slot<I>;
    using Manifold = std::tuple_element_t<I, std::tuple<Ms...>>;
    for (int lane = 0; lane < block_lanes; lane += lanes_of<S>) {
      S x[Manifold::ambient_size], seen[Slot::size];
      load_variable<Manifold::ambient_size>(values, offsets + lane, x);
      Slot::see(static_cast<const S*>(x), seen);
      for (int k = 0; k < Slot::size; ++k) scatter_lanes(seen[k], entries + lane, k);
    }
  }

  template <std::size_t I>
  static HELIOTROPE_FLATTEN void prepare_derivatives(const double* values, const std::int64_t* offsets,
                                                     double* const* entries) {
    using Slot = typename SeenAll::template Slot<I>;
    using Manifold = std::tuple_element_t<I, std::tuple<Ms...>>;
    constexpr int width = Manifold::tangent_size;
    for (int lane = 0; lane < block_lanes; lane += lanes_of<S>) {
      S x[Manifold::ambient_size];
      load_variable<Manifold::ambient_size>(values, offsets + lane, x);
      Jet<S, width> y[Manifold::ambient_size], seen[Slot::size];
      seed_variable<Manifold, 0, 0>(x, y);
      Slot::see(static_cast<const Jet<S, width>*>(y), seen);
      for (int k = 0; k < Slot::size; ++k) {
        scatter_lanes(seen[k].value(), entries + lane, k);
        for (int j = 0; j < width; ++j) {
          scatter_lanes(seen[k].derivative(j), entries + lane, Slot::size + k * width + j);
        }
      }
    }
  }

  /// [prepared slot], at least one element.
  template <bool jets>
  static const PreparedSlot* prepared_slots() {
    static constexpr auto slots = [] {
      std::array<PreparedSlot, sizeof...(Ms)> all{};
      std::size_t count = 0;
      [&]<std::size_t... I>(std::index_sequence<I...>) { (add_prepared<I, jets>(all, count), ...); }
      (slot_indices);
      return all;
    }();
    return slots.data();
  }

 private:
  template <std::size_t I, bool jets>
  static constexpr void add_prepared(std::array<PreparedSlot, sizeof...(Ms)>& all, std::size_t& count) {
    using Slot = typename SeenAll::template Slot<I>;
    if constexpr (Slot::prepared) {
      PreparedSlot& slot = all[count++];
      slot.slot = static_cast<int>(I);
      slot.entry = Slot::entry;
      slot.values = &prepare<I>;
      if constexpr (jets) slot.derivatives = &prepare_derivatives<I>;
    }
  }
};

}  // namespace kernels
}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
