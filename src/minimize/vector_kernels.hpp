// SPDX-License-Identifier: Apache-2.0
// Passes over n-vectors, compiled once for every instruction set and chosen at run time.
//
// They are bound by memory: each reads every vector once and does all there is to do with it. Ranges are [begin, end)
// of vectors padded with zeros to a multiple of padding; begin and end are multiples of it. Sums are written, not added
// to.
#pragma once

#include <cstdint>

namespace heliotrope::minimize_detail {

inline constexpr std::int64_t padding = 16;
inline std::int64_t padded(std::int64_t size) { return (size + padding - 1) / padding * padding; }

/// Past steps, newest first: gradients g[0..pairs] and the directions d[0..pairs - 1] that led to them, so that
/// y_i = g[i] - g[i + 1] belongs to d[i].
struct PastView {
  int pairs = 0;
  const double* const* g = nullptr;
  const double* const* d = nullptr;
};

/// What a combination is made of: -gamma g[0] + sum_i on_y[i] y_i + on_d[i] d[i].
struct Coefficients {
  double gamma = 1.0;
  const double* on_y = nullptr;
  const double* on_d = nullptr;
  bool stream = false;  ///< by PairKernels: write past the caches, for vectors that fit into none
};

/// A trial point that a combination d is followed to in the same pass: to = x + step d; none where `to` is null.
struct Trial {
  const double* x = nullptr;
  double step = 0.0;
  double* to = nullptr;
};

/// Quasi-Newton pairs as numbers of their own, newest first, in double (T = double) or single precision. What is stored
/// is a multiple of y and s.
template <class T>
struct PairView {
  int pairs = 0;
  T* const* y = nullptr;
  T* const* s = nullptr;
};

/// Where the newest pair comes from: y[0] = y_scale (g - g_old), s[0] = s_scale d.
struct NewPair {
  const double* g = nullptr;
  const double* g_old = nullptr;
  const double* d = nullptr;
  double y_scale = 1.0, s_scale = 1.0;
};

/// Passes that go with one precision of pairs.
template <class T>
struct PairKernels {
  /// Writes the newest pair.  sums, for each pair as it is stored: y_i'g, y_i'y_0, s_i'g, s_i'y_0
  void (*add)(std::int64_t begin, std::int64_t end, const NewPair& from, const PairView<T>& pairs, double* sums);
  /// to = -gamma g + sum_i on_y[i] y_i + on_d[i] s_i, then the trial point.  sums: as those of combine
  void (*combine)(std::int64_t begin, std::int64_t end, const double* g, const PairView<T>& pairs,
                  const Coefficients& c, double* to, const Trial& trial, double* sums);
};

struct VectorKernels {
  const char* name;

  /// to = x + step d.  sums: to'to
  void (*move)(std::int64_t begin, std::int64_t end, const double* x, const double* d, double step, double* to,
               double* sums);
  /// sums: g'd, g'g, max |g| (of what is not NaN)
  void (*measure)(std::int64_t begin, std::int64_t end, const double* g, const double* d, double* sums);
  /// sums, for each pair: y_i'g, y_i'y_0, d_i'g, d_i'y_0, with g = g[0]
  void (*products)(std::int64_t begin, std::int64_t end, const PastView& past, double* sums);
  /// to = the combination, then the trial point.  sums: to'g, to'to, and the square of the trial point or 0
  void (*combine)(std::int64_t begin, std::int64_t end, const PastView& past, const Coefficients& c, double* to,
                  const Trial& trial, double* sums);

  PairKernels<double> pairs;
  PairKernels<float> single_pairs;
};

/// The fastest set that this processor runs.
const VectorKernels& vector_kernels();

}  // namespace heliotrope::minimize_detail
