// SPDX-License-Identifier: Apache-2.0
// Compiled once for each HELIOTROPE_KERNEL_TARGET with that target's flags: only raw pointers and what is inlined may
// appear here (see src/linear/block_kernels.cpp).
//
// Vectors are walked in blocks that stay in the second-level cache, one pair after another within a block: a dozen
// vectors are a dozen streams of memory, but no more than four at a time. For 6 pairs of 10^6 numbers products and
// combine take 6.7 and 4.8 ms in blocks of 64, 5.9 and 5.8 of 512, 4.9 and 5.0 of 2048; reading their 13 vectors alone
// takes 3.7 (28 GB/s).
#include "vector_kernels.hpp"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "heliotrope/config.hpp"
#include "heliotrope/derive/pack_vector.hpp"
#include "kernel_target.hpp"

namespace heliotrope::minimize_detail {
namespace {

using pack_detail::multiply_add;
using V = pack_detail::DoubleVector;
constexpr int W = pack_detail::pack_width;
constexpr std::int64_t block = 2048;

HELIOTROPE_INLINE V load(const double* p) {
  V v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
HELIOTROPE_INLINE void store(double* p, V v) { __builtin_memcpy(p, &v, sizeof v); }
HELIOTROPE_INLINE V zero() { return V{}; }
HELIOTROPE_INLINE V same(double c) { return c - V{}; }
HELIOTROPE_INLINE double add_lanes(V v) {
  double sum = v[0];
  for (int l = 1; l < W; ++l) sum += v[l];
  return sum;
}
HELIOTROPE_INLINE V absolute(V v) { return (V)((pack_detail::UintVector)v & ~(std::uint64_t{1} << 63)); }
HELIOTROPE_INLINE V larger(V a, V b) { return pack_detail::blend(a < b, b, a); }

void move(std::int64_t begin, std::int64_t end, const double* x, const double* d, double step, double* to,
          double* sums) {
  const V a = same(step);
  V first = zero(), second = zero();
  for (std::int64_t j = begin; j < end; j += 2 * W) {
    const V u = multiply_add(a, load(d + j), load(x + j)), v = multiply_add(a, load(d + j + W), load(x + j + W));
    store(to + j, u);
    store(to + j + W, v);
    first = multiply_add(u, u, first);
    second = multiply_add(v, v, second);
  }
  sums[0] = add_lanes(first + second);
}

void measure(std::int64_t begin, std::int64_t end, const double* g, const double* d, double* sums) {
  V slope[2] = {}, square[2] = {}, most[2] = {};
  for (std::int64_t j = begin; j < end; j += 2 * W) {
    for (int k = 0; k < 2; ++k) {
      const V u = load(g + j + k * W);
      slope[k] = multiply_add(u, load(d + j + k * W), slope[k]);
      square[k] = multiply_add(u, u, square[k]);
      most[k] = larger(most[k], absolute(u));
    }
  }
  sums[0] = add_lanes(slope[0] + slope[1]);
  sums[1] = add_lanes(square[0] + square[1]);
  const V both = larger(most[0], most[1]);
  sums[2] = both[0];
  for (int l = 1; l < W; ++l) sums[2] = sums[2] < both[l] ? both[l] : sums[2];
}

/// sums += y'g, y'y_0, d'g, d'y_0 of one pair in one block.
HELIOTROPE_INLINE void add_products(std::int64_t begin, std::int64_t end, const double* g0, const double* g1,
                                    const double* from, const double* until, const double* d, double* sums) {
  V yg[2] = {}, yy[2] = {}, dg[2] = {}, dy[2] = {};
  for (std::int64_t j = begin; j < end; j += 2 * W) {
    for (int k = 0; k < 2; ++k) {
      const std::int64_t e = j + k * W;
      const V g = load(g0 + e), newest = g - load(g1 + e), y = load(from + e) - load(until + e), s = load(d + e);
      yg[k] = multiply_add(y, g, yg[k]);
      yy[k] = multiply_add(y, newest, yy[k]);
      dg[k] = multiply_add(s, g, dg[k]);
      dy[k] = multiply_add(s, newest, dy[k]);
    }
  }
  sums[0] += add_lanes(yg[0] + yg[1]);
  sums[1] += add_lanes(yy[0] + yy[1]);
  sums[2] += add_lanes(dg[0] + dg[1]);
  sums[3] += add_lanes(dy[0] + dy[1]);
}

void products(std::int64_t begin, std::int64_t end, const PastView& past, double* sums) {
  for (int k = 0; k < 4 * past.pairs; ++k) sums[k] = 0.0;
  for (std::int64_t b = begin; b < end; b += block) {
    const std::int64_t last = b + block < end ? b + block : end;
    for (int i = 0; i < past.pairs; ++i) {
      add_products(b, last, past.g[0], past.g[1], past.g[i], past.g[i + 1], past.d[i], sums + 4 * i);
    }
  }
}

void combine(std::int64_t begin, std::int64_t end, const PastView& past, const Coefficients& c, double* to,
             const Trial& trial, double* sums) {
  sums[0] = sums[1] = sums[2] = 0.0;
  const V gamma = same(-c.gamma);
  for (std::int64_t b = begin; b < end; b += block) {
    const std::int64_t last = b + block < end ? b + block : end;
    for (std::int64_t j = b; j < last; j += W) store(to + j, gamma * load(past.g[0] + j));
    for (int i = 0; i < past.pairs; ++i) {
      const V on_y = same(c.on_y[i]), on_d = same(c.on_d[i]);
      const double *from = past.g[i], *until = past.g[i + 1], *d = past.d[i];
      for (std::int64_t j = b; j < last; j += W) {
        const V sum = multiply_add(on_y, load(from + j) - load(until + j), load(to + j));
        store(to + j, multiply_add(on_d, load(d + j), sum));
      }
    }
    V slope = zero(), square = zero();
    for (std::int64_t j = b; j < last; j += W) {
      const V v = load(to + j);
      slope = multiply_add(v, load(past.g[0] + j), slope);
      square = multiply_add(v, v, square);
    }
    sums[0] += add_lanes(slope);
    sums[1] += add_lanes(square);
    if (!trial.to) continue;
    double x_square;
    move(b, last, trial.x, to, trial.step, trial.to, &x_square);
    sums[2] += x_square;
  }
}

HELIOTROPE_INLINE V load(const float* p) {
  typedef float F __attribute__((vector_size(W * sizeof(float))));
  F v;
  __builtin_memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, V);
}
HELIOTROPE_INLINE void store(float* p, V v) {
  typedef float F __attribute__((vector_size(W * sizeof(float))));
  const F f = __builtin_convertvector(v, F);
  __builtin_memcpy(p, &f, sizeof f);
}

/// Stores past the caches, what is written once and read much later: without it memory is read before it is written.
/// Addresses are multiples of a vector.
HELIOTROPE_INLINE void stream(double* p, V v) {
#if defined(__AVX512F__)
  _mm512_stream_pd(p, (__m512d)v);
#elif defined(__AVX__)
  _mm256_stream_pd(p, (__m256d)v);
#elif defined(__SSE2__)
  _mm_stream_pd(p, (__m128d)v);
#else
  store(p, v);
#endif
}
HELIOTROPE_INLINE void finish_streams() {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

/// Asks for what the next loop will read, as much of a stream as this loop walks in 2 W numbers: what the processor
/// sees coming ends with a page, of which a block has few.
template <class T>
HELIOTROPE_INLINE void expect(const T* p) {
  constexpr std::int64_t line = 64 / static_cast<std::int64_t>(sizeof(T));
  for (std::int64_t e = 0; e < 2 * W; e += line) __builtin_prefetch(p + e);
}

template <class T, class Expect>
HELIOTROPE_INLINE void add_products(std::int64_t size, const double* g, const T* newest, const T* y, const T* s,
                                    double* sums, const Expect& expect_next) {
  V yg[2] = {}, yy[2] = {}, sg[2] = {}, sy[2] = {};
  for (std::int64_t j = 0; j < size; j += 2 * W) {
    expect_next(j);
    for (int k = 0; k < 2; ++k) {
      const std::int64_t e = j + k * W;
      const V gk = load(g + e), n = load(newest + e), yk = load(y + e), sk = load(s + e);
      yg[k] = multiply_add(yk, gk, yg[k]);
      yy[k] = multiply_add(yk, n, yy[k]);
      sg[k] = multiply_add(sk, gk, sg[k]);
      sy[k] = multiply_add(sk, n, sy[k]);
    }
  }
  sums[0] += add_lanes(yg[0] + yg[1]);
  sums[1] += add_lanes(yy[0] + yy[1]);
  sums[2] += add_lanes(sg[0] + sg[1]);
  sums[3] += add_lanes(sy[0] + sy[1]);
}

template <class T>
void add_pair(std::int64_t begin, std::int64_t end, const NewPair& from, const PairView<T>& pairs, double* sums) {
  for (int k = 0; k < 4 * pairs.pairs; ++k) sums[k] = 0.0;
  const V y_scale = same(from.y_scale), s_scale = same(from.s_scale);
  for (std::int64_t b = begin; b < end; b += block) {
    const std::int64_t size = b + block < end ? block : end - b;
    const double *const g = from.g + b, *const g_old = from.g_old + b, *const d = from.d + b;
    T *const y0 = pairs.y[0] + b, *const s0 = pairs.s[0] + b;
    for (std::int64_t j = 0; j < size; j += W) {
      store(y0 + j, y_scale * (load(g + j) - load(g_old + j)));
      store(s0 + j, s_scale * load(d + j));
    }
    for (int i = 0; i < pairs.pairs; ++i) {
      const T *const y = pairs.y[i] + b, *const s = pairs.s[i] + b;
      if (i + 1 < pairs.pairs) {
        const T *const next_y = pairs.y[i + 1] + b, *const next_s = pairs.s[i + 1] + b;
        add_products(size, g, y0, y, s, sums + 4 * i, [=](std::int64_t j) HELIOTROPE_LAMBDA {
          expect(next_y + j);
          expect(next_s + j);
        });
      } else {
        add_products(size, g, y0, y, s, sums + 4 * i, [=](std::int64_t j) HELIOTROPE_LAMBDA {
          expect(g + block + j);
          expect(g_old + block + j);
          expect(d + block + j);
        });
      }
    }
  }
}

/// to += on_y y + on_s s
template <class T, class Next>
HELIOTROPE_INLINE void add_pair_to(std::int64_t size, const T* y, const T* s, double on_y, double on_s,
                                   const Next* next_y, const Next* next_s, double* to) {
  const V cy = same(on_y), cs = same(on_s);
  for (std::int64_t j = 0; j < size; j += 2 * W) {
    expect(next_y + j);
    expect(next_s + j);
    for (std::int64_t e = j; e < j + 2 * W; e += W) {
      store(to + e, multiply_add(cs, load(s + e), multiply_add(cy, load(y + e), load(to + e))));
    }
  }
}

template <class T, class Put>
HELIOTROPE_INLINE void combine_pairs(std::int64_t begin, std::int64_t end, const double* g, const PairView<T>& pairs,
                                     const Coefficients& c, double* to, const Trial& trial, double* sums,
                                     const Put& put) {
  const V gamma = same(-c.gamma), step = same(trial.step);
  alignas(64) double local[block];
  sums[0] = sums[1] = sums[2] = 0.0;
  for (std::int64_t b = begin; b < end; b += block) {
    const std::int64_t size = b + block < end ? block : end - b;
    for (std::int64_t j = 0; j < size; j += W) store(local + j, gamma * load(g + b + j));
    for (int i = 0; i < pairs.pairs; ++i) {
      const T *const y = pairs.y[i] + b, *const s = pairs.s[i] + b;
      if (i + 1 < pairs.pairs) {
        add_pair_to(size, y, s, c.on_y[i], c.on_d[i], pairs.y[i + 1] + b, pairs.s[i + 1] + b, local);
      } else {
        add_pair_to(size, y, s, c.on_y[i], c.on_d[i], g + b + block, trial.to ? trial.x + b : g + b, local);
      }
    }
    V slope = zero(), square = zero(), x_square = zero();
    for (std::int64_t j = 0; j < size; j += W) {
      const V v = load(local + j);
      slope = multiply_add(v, load(g + b + j), slope);
      square = multiply_add(v, v, square);
      put(to + b + j, v);
      if (!trial.to) continue;
      const V x = multiply_add(step, v, load(trial.x + b + j));
      x_square = multiply_add(x, x, x_square);
      put(trial.to + b + j, x);
    }
    sums[0] += add_lanes(slope);
    sums[1] += add_lanes(square);
    sums[2] += add_lanes(x_square);
  }
}

template <class T>
void combine_pairs(std::int64_t begin, std::int64_t end, const double* g, const PairView<T>& pairs,
                   const Coefficients& c, double* to, const Trial& trial, double* sums) {
  if (!c.stream) {
    const auto put = [](double* p, V v) HELIOTROPE_LAMBDA { store(p, v); };
    return combine_pairs(begin, end, g, pairs, c, to, trial, sums, put);
  }
  const auto put = [](double* p, V v) HELIOTROPE_LAMBDA { stream(p, v); };
  combine_pairs(begin, end, g, pairs, c, to, trial, sums, put);
  finish_streams();
}

}  // namespace

extern const VectorKernels HELIOTROPE_JOIN(vector_kernels_, HELIOTROPE_KERNEL_TARGET);
const VectorKernels HELIOTROPE_JOIN(vector_kernels_, HELIOTROPE_KERNEL_TARGET) = {
    HELIOTROPE_TEXT(HELIOTROPE_KERNEL_TARGET),
    move,
    measure,
    products,
    combine,
    {add_pair<double>, combine_pairs<double>},
    {add_pair<float>, combine_pairs<float>}};

}  // namespace heliotrope::minimize_detail
