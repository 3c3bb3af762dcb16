// SPDX-License-Identifier: Apache-2.0
// Kernels of residuals whose sizes are known only at run time: one residual at a time, derivatives in strips of 8
// lanes, all memory from the scratch that the group asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include "heliotrope/derive/complex_step.hpp"
#include "heliotrope/derive/difference_steps.hpp"
#include "heliotrope/derive/jet.hpp"
#include "heliotrope/problem/kernel.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace kernels {
using namespace ::heliotrope::detail;
using namespace pack_detail;

inline constexpr int dynamic_strip = 8;

/// Hands out arrays from the scratch of one call.
class ScratchAllocator {
 public:
  explicit ScratchAllocator(std::byte* from) : next_(from) {}
  template <class T>
  T* take(int count) {
    T* array = reinterpret_cast<T*>(next_);
    for (int i = 0; i < count; ++i) new (array + i) T();
    next_ += (sizeof(T) * static_cast<std::size_t>(count) + 63) / 64 * 64;
    return array;
  }

 private:
  std::byte* next_;
};

inline std::size_t dynamic_scratch_bytes(int rows, const std::vector<Slot>& slots) {
  std::size_t numbers = static_cast<std::size_t>(rows) * 2, jacobians = 0, tangents = 0;
  for (const Slot& slot : slots) {
    numbers += static_cast<std::size_t>(slot.ambient_size);
    tangents += static_cast<std::size_t>(slot.tangent_size);
    jacobians += static_cast<std::size_t>(slot.ambient_size) * static_cast<std::size_t>(slot.tangent_size);
  }
  const std::size_t arrays = 64 * (8 + slots.size());
  return numbers * (sizeof(Jet<double, dynamic_strip>) + 4 * sizeof(double)) + jacobians * sizeof(double) +
         tangents * 2 * sizeof(double) + static_cast<std::size_t>(rows) * tangents * sizeof(double) +
         slots.size() * 4 * sizeof(void*) + 4 * arrays;
}

/// One residual's variables, and its place in the output.
template <class F>
struct DynamicCall {
  const KernelArguments& a;
  const F& functor;
  const std::int64_t* offsets;
  double* r;
  double* J;

  const double* block(int slot) const { return a.values + offsets[slot * block_lanes]; }
  void store(int row, int column, double slope) const { J[(row * a.columns + column) * block_lanes] = slope; }
};

template <class F, class Body>
void for_dynamic(const KernelArguments& a, Body&& body) {
  const F* functors = static_cast<const F*>(a.objects);
  for (std::int64_t b = a.begin; b < a.end; ++b) {
    for (int lane = 0; lane < a.used[b]; ++lane) {
      body(DynamicCall<F>{a, functors[b * block_lanes + lane],
                          a.offsets + (b - a.offsets_begin) * a.num_slots * block_lanes + lane,
                          a.residuals + (b - a.begin) * a.rows * block_lanes + lane,
                          a.jacobian + (b - a.begin) * a.rows * a.columns * block_lanes + lane});
    }
  }
}

template <class F>
void dynamic_residuals(const KernelArguments& a) {
  for_dynamic<F>(a, [&](const DynamicCall<F>& call) {
    ScratchAllocator scratch(a.scratch);
    auto** x = scratch.take<const double*>(a.num_slots);
    double* value = scratch.take<double>(a.rows);
    for (int s = 0; s < a.num_slots; ++s) x[s] = call.block(s);
    call.functor(x, value);
    for (int m = 0; m < a.rows; ++m) call.r[m * block_lanes] = value[m];
  });
}

/// x with a direction of its tangent space as a row of scalars T: T is a strip of jets or a complex step.
template <class F, class T, class Seed, class Store>
void dynamic_forward(const KernelArguments& a, int strip, const Seed& seed, const Store& store) {
  for_dynamic<F>(a, [&](const DynamicCall<F>& call) {
    for (int first = 0; first < a.columns; first += strip) {
      ScratchAllocator scratch(a.scratch);
      auto** x = scratch.take<const T*>(a.num_slots);
      T* value = scratch.take<T>(a.rows);
      for (int s = 0, column = 0; s < a.num_slots; column += a.slots[s++].tangent_size) {
        const Slot& slot = a.slots[s];
        T* y = scratch.take<T>(slot.ambient_size);
        double* jacobian = nullptr;
        if (!slot.manifold->euclidean) {
          jacobian = scratch.take<double>(slot.ambient_size * slot.tangent_size);
          slot.manifold->plus_jacobian(call.block(s), jacobian);
        }
        for (int k = 0; k < slot.ambient_size; ++k) {
          y[k] = T(call.block(s)[k]);
          for (int j = 0; j < slot.tangent_size; ++j) {
            const double slope = jacobian ? jacobian[k * slot.tangent_size + j] : double(k == j);
            const int lane = column + j - first;
            if (slope != 0.0 && lane >= 0 && lane < strip) seed(y[k], lane, slope);
          }
        }
        x[s] = y;
      }
      call.functor(x, value);
      for (int m = 0; m < a.rows; ++m) store(call, m, first, value[m]);
    }
  });
}

template <class F>
void dynamic_autodiff(const KernelArguments& a) {
  using T = Jet<double, dynamic_strip>;
  dynamic_forward<F, T>(
      a, dynamic_strip, [](T& x, int lane, double slope) { x.set_derivative(lane, slope); },
      [&](const DynamicCall<F>& call, int m, int first, const T& value) {
        call.r[m * block_lanes] = value.value();
        for (int c = 0; c < dynamic_strip && first + c < a.columns; ++c) call.store(m, first + c, value.derivative(c));
      });
}

template <class F>
void dynamic_complex_step(const KernelArguments& a) {
  dynamic_forward<F, ComplexStep>(
      a, 1, [](ComplexStep& x, int, double slope) { x.imag(slope * complex_step_size); },
      [&](const DynamicCall<F>& call, int m, int first, const ComplexStep& value) {
        call.r[m * block_lanes] = value.real();
        call.store(m, first, value.imag() / complex_step_size);
      });
}

template <class F>
void dynamic_differences(const KernelArguments& a) {
  for_dynamic<F>(a, [&](const DynamicCall<F>& call) {
    ScratchAllocator scratch(a.scratch);
    auto** x = scratch.take<const double*>(a.num_slots);
    double* ahead = scratch.take<double>(a.rows);
    double* behind = scratch.take<double>(a.rows);
    for (int s = 0; s < a.num_slots; ++s) x[s] = call.block(s);
    call.functor(x, behind);
    for (int m = 0; m < a.rows; ++m) call.r[m * block_lanes] = behind[m];
    for (int s = 0, first = 0; s < a.num_slots; first += a.slots[s++].tangent_size) {
      const Slot& slot = a.slots[s];
      ScratchAllocator inner = scratch;
      double* moved = inner.take<double>(slot.ambient_size);
      double* delta = inner.take<double>(slot.tangent_size);
      const auto move = [&](int j, double step) {
        for (int k = 0; k < slot.ambient_size; ++k) moved[k] = call.block(s)[k];
        if (slot.manifold->euclidean) {
          moved[j] += step;
          return moved[j];
        }
        delta[j] = step;
        slot.manifold->plus(call.block(s), delta, moved);
        delta[j] = 0.0;
        return step;
      };
      x[s] = moved;
      for (int j = 0; j < slot.tangent_size; ++j) {
        const double at = slot.manifold->euclidean ? call.block(s)[j] : 0.0;
        const double given = a.typical != nullptr ? a.typical[call.offsets[s * block_lanes] + j] : 0.0;
        const double step = a.central ? central_step(at, given) : forward_step(at, given);
        const double above = move(j, step);
        call.functor(x, ahead);
        const double below = a.central ? move(j, -step) : at;
        if (a.central) call.functor(x, behind);
        for (int m = 0; m < a.rows; ++m) {
          const double base = a.central ? behind[m] : call.r[m * block_lanes];
          call.store(m, first + j, (ahead[m] - base) / (above - below));
        }
      }
      x[s] = call.block(s);
    }
  });
}

/// The functor's own jacobian(blocks, J): J[slot] is row-major rows x tangent size.
template <class F>
void dynamic_analytic(const KernelArguments& a) {
  dynamic_residuals<F>(a);
  for_dynamic<F>(a, [&](const DynamicCall<F>& call) {
    ScratchAllocator scratch(a.scratch);
    auto** x = scratch.take<const double*>(a.num_slots);
    auto** J = scratch.take<double*>(a.num_slots);
    for (int s = 0; s < a.num_slots; ++s) {
      x[s] = call.block(s);
      J[s] = scratch.take<double>(a.rows * a.slots[s].tangent_size);
    }
    call.functor.jacobian(x, J);
    for (int s = 0, first = 0; s < a.num_slots; first += a.slots[s++].tangent_size) {
      const int width = a.slots[s].tangent_size;
      for (int m = 0; m < a.rows; ++m) {
        for (int j = 0; j < width; ++j) call.store(m, first + j, J[s][m * width + j]);
      }
    }
  });
}

template <class F, class T>
concept DynamicCallable = requires(const F& f, const T* const* x, T* r) {
  f(x, r);
};

template <class F>
KernelSet make_dynamic_kernels() {
  static_assert(DynamicCallable<F, double>,
                "a run-time sized residual is called as operator()(const T* const* blocks, T* residual) const");
  KernelSet set{
      .residuals = &dynamic_residuals<F>, .differences = &dynamic_differences<F>, .best = Derivatives::central};
  if constexpr (DynamicCallable<F, Jet<double, dynamic_strip>>) {
    set.autodiff = &dynamic_autodiff<F>;
    set.best = Derivatives::autodiff;
  }
  if constexpr (DynamicCallable<F, ComplexStep>) set.complex_step = &dynamic_complex_step<F>;
  if constexpr (requires(const F& f, const double* const* x, double** J) { f.jacobian(x, J); }) {
    set.analytic = &dynamic_analytic<F>;
    set.best = Derivatives::analytic;
  }
  return set;
}

}  // namespace kernels
}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
