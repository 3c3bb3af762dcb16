// SPDX-License-Identifier: Apache-2.0
// A curve of 10 parameters through millions of points, as each contender solves it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace stream {

inline constexpr int num_parameters = 10;
using Parameters = std::array<double, num_parameters>;

/// p0 exp(-((t - p1) / p2)^2) + p3 exp(-((t - p4) / p5)^2) + p6 exp(-p7 t) + p8 + p9 t
template <class T, class S>
inline __attribute__((always_inline)) T curve(const T* p, const S& t) {
  using std::exp;
  const T u = (t - p[1]) / p[2], v = (t - p[4]) / p[5];
  return p[0] * exp(-(u * u)) + p[3] * exp(-(v * v)) + p[6] * exp(-p[7] * t) + p[8] + p[9] * t;
}

inline constexpr Parameters truth{4.0, 3.0, 0.8, 2.5, 6.5, 1.2, 3.0, 0.5, 1.0, 0.05};
inline constexpr Parameters start{3.0, 3.4, 1.0, 2.0, 6.0, 1.0, 2.0, 0.7, 0.5, 0.0};

struct Points {
  std::vector<double> t, y;
};
Points make_points(std::int64_t count);

struct Outcome {
  double cost = 0.0, seconds_setup = 0.0, seconds = 0.0, peak_bytes = 0.0;
  int iterations = 0;
};

Outcome solve_with_heliotrope(std::int64_t count, int threads);
/// solver: dense_normal_cholesky, dense_qr or cgnr.
Outcome solve_with_ceres(std::int64_t count, int threads, const std::string& solver);

}  // namespace stream
