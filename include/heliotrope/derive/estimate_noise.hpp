// SPDX-License-Identifier: Apache-2.0
// How noisy a computed function is, and which difference step that asks for.
#pragma once

#include <span>

#include "heliotrope/derive/function_ref.hpp"

namespace heliotrope {

enum class NoiseStatus {
  found,
  spacing_too_small,  ///< at least half of neighbouring values are equal: take points 100 times as far apart
  spacing_too_large,  ///< values differ by more than a tenth, or no plateau: 100 times as near
};

struct NoiseEstimate {
  double noise = 0.0;  ///< standard deviation of the values about a smooth function; 0 unless found
  int order = 0;       ///< of the differences that showed it
  NoiseStatus status = NoiseStatus::spacing_too_large;
};

/// ECNoise: the noise in 4 to 32 values of a function at equally spaced points, 7 to 9 as a rule [More2011, 4].
///
/// sigma_k^2 = (k!)^2 / (2k)! mean (Delta^k f)^2 for the first k whose next two sigmas are within a factor of 4 and
/// whose differences change sign. Throws Error for another number of values. Usually right within a factor of 2 to 4.
NoiseEstimate estimate_noise(std::span<const double> values);

/// The same for a function of one number about x: 7 values at `spacing`, which is changed up to 3 times as the status
/// asks. Cost: 7 to 28 evaluations.
NoiseEstimate estimate_noise(FunctionRef<double(double)> f, double x, double spacing);

/// |f''(x)| of a noisy function, well enough for noise_aware_step; 0 where f looks linear [More2012, 4].
///
/// Second differences at noise^(1/4) (times |x|, or 1 where x is 0); where these drown in noise or span too much of f,
/// once more at (noise / |f''|)^(1/4). Cost: 3 to 5 evaluations.
double estimate_curvature(FunctionRef<double(double)> f, double x, double noise);

/// Step of a forward difference of a function with this noise: 8^(1/4) sqrt(noise / |f''|) [More2012, 3].
double noise_aware_step(double noise, double second_derivative);

}  // namespace heliotrope
