// SPDX-License-Identifier: Apache-2.0
// Elementary functions of packs beside std's, nanoseconds a value ("per_value").
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "heliotrope/derive/math.hpp"
#include "heliotrope/derive/pack_math.hpp"

namespace {

using heliotrope::Pack;

constexpr std::size_t count = 1024;

std::vector<double> arguments(double from, double to) {
  std::vector<double> x(count);
  for (std::size_t i = 0; i < count; ++i) x[i] = from + (to - from) * (static_cast<double>(i) + 0.5) / count;
  return x;
}

void report(benchmark::State& state) {
  state.counters["per_value"] = benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(count),
                                                   benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

template <class F>
void packs(benchmark::State& state, double from, double to, F f) {
  const std::vector<double> x = arguments(from, to);
  std::vector<double> y(count);
  for (auto _ : state) {
    for (std::size_t i = 0; i < count; i += Pack::width) f(Pack::load(&x[i])).store(&y[i]);
    benchmark::DoNotOptimize(y.data());
    benchmark::ClobberMemory();
  }
  report(state);
}

template <class F>
void scalars(benchmark::State& state, double from, double to, F f) {
  const std::vector<double> x = arguments(from, to);
  std::vector<double> y(count);
  for (auto _ : state) {
    for (std::size_t i = 0; i < count; ++i) y[i] = f(x[i]);
    benchmark::DoNotOptimize(y.data());
    benchmark::ClobberMemory();
  }
  report(state);
}

template <class T>
T sine_plus_cosine(T x) {
  T s, c;
  if constexpr (std::is_same_v<T, double>) {
    s = std::sin(x), c = std::cos(x);
  } else {
    sincos(x, s, c);
  }
  return s + c;
}

// clang-format off
#define HELIOTROPE_BENCH(name, from, to, call)                                                                   \
  BENCHMARK_CAPTURE(packs, name, from, to, [](Pack x) { using namespace heliotrope::math; return call; });       \
  BENCHMARK_CAPTURE(scalars, name, from, to, [](double x) { using namespace heliotrope::math; return call; });
// clang-format on
HELIOTROPE_BENCH(sqrt, 0.1, 9.0, sqrt(x))
HELIOTROPE_BENCH(sincos, -9.0, 9.0, sine_plus_cosine(x))
HELIOTROPE_BENCH(sin, -9.0, 9.0, sin(x))
HELIOTROPE_BENCH(cos, -9.0, 9.0, cos(x))
HELIOTROPE_BENCH(tan, -9.0, 9.0, tan(x))
HELIOTROPE_BENCH(asin, -1.0, 1.0, asin(x))
HELIOTROPE_BENCH(acos, -1.0, 1.0, acos(x))
HELIOTROPE_BENCH(atan, -9.0, 9.0, atan(x))
HELIOTROPE_BENCH(atan2, -9.0, 9.0, atan2(x, 1.0 - x))
HELIOTROPE_BENCH(exp, -9.0, 9.0, exp(x))
HELIOTROPE_BENCH(log, 0.1, 9.0, log(x))
HELIOTROPE_BENCH(pow, 0.1, 9.0, pow(x, 1.5))
HELIOTROPE_BENCH(cbrt, -9.0, 9.0, cbrt(x))
HELIOTROPE_BENCH(hypot, -9.0, 9.0, hypot(x, 1.0 - x))
HELIOTROPE_BENCH(tanh, -9.0, 9.0, tanh(x))
HELIOTROPE_BENCH(erf, -3.0, 3.0, erf(x))
#undef HELIOTROPE_BENCH

}  // namespace
