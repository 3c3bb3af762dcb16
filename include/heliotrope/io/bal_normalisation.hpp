// SPDX-License-Identifier: Apache-2.0
// Where a bundle adjustment scene lies and how large it is, taken out before it is solved.
#pragma once

#include <array>
#include <span>

namespace heliotrope {

/// A move and a scale of a scene that leave every reprojection as it is.
///
///     X' = scale (X - centre),   t' = scale (t + R centre);   so P' = R X' + t' = scale P, and P.xy / P.z stays.
///
/// The choice: the componentwise median of the points goes to 0, the median of |X - median|_1 to 100.
/// Why it matters: a scene's origin and unit are arbitrary, but not to a solver. Far from the origin a rotation of a
/// camera and its translation do nearly the same, the normal equations are ill-conditioned; and damping, which weighs
/// the turning of cameras against their moving, leads to another basin from another origin. Medians, since a few points
/// of a reconstruction are usually nowhere near it. 100 is customary for scenes in the format of [Agarwal2010].
struct BalNormalisation {
  std::array<double, 3> centre = {0.0, 0.0, 0.0};
  double scale = 1.0;

  bool is_identity() const { return *this == BalNormalisation{}; }
  bool operator==(const BalNormalisation&) const = default;
};

/// The normalisation of a scene with these points, [point][3].
/// The identity where there is none: no points, more than half of them the same, or one that is not finite.
/// Cost: O(points). Memory: one number a point.
BalNormalisation find_normalisation(std::span<const double> points);

/// Moves and scales cameras, [camera][9], and points, [point][3], in place.
void normalise(const BalNormalisation& by, std::span<double> cameras, std::span<double> points);

/// The inverse of normalise(), up to rounding.
void denormalise(const BalNormalisation& by, std::span<double> cameras, std::span<double> points);

}  // namespace heliotrope
