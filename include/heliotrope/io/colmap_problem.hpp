// SPDX-License-Identifier: Apache-2.0
// COLMAP's models as problems, and the answer back.
#pragma once

#include <string>
#include <vector>

#include "heliotrope/io/bal_normalisation.hpp"
#include "heliotrope/io/colmap.hpp"
#include "heliotrope/problem/problem.hpp"

namespace heliotrope {

/// Which intrinsics of the cameras are free; what is not is held at the file's values.
enum class FreeIntrinsics {
  none,
  focal,                 ///< the focal lengths
  focal_and_distortion,  ///< all but the principal point, as COLMAP's own bundle adjustment does
  all
};

/// The variables of one camera.
struct ColmapCameraVariables {
  AnyVariable focal, principal_point;
  AnyVariable distortion;  ///< of a pinhole camera zeros, held
};

/// Bundle adjustment of a model: ColmapReprojection residuals, one for each keypoint that has a point.
///
/// The problem's numbers are those of the normalised model (find_normalisation): same residuals and cost, other
/// translations and points. Poses are SE3 variables, camera from world: t, then the quaternion x y z w.
/// Gauge: the first image that sees a point keeps its pose; the scale of the model is left to the minimiser's damping.
struct ColmapProblem {
  Problem problem;
  Variables<SE3> poses;                        // [image]
  Variables<Euclidean<3>> points;              // [point]
  std::vector<ColmapCameraVariables> cameras;  // [camera]
  BalNormalisation normalisation;
  std::string note;  ///< what is held, in a sentence
};
struct ColmapProblemOptions {
  FreeIntrinsics intrinsics = FreeIntrinsics::focal_and_distortion;
  bool normalise = true;  ///< false: the problem's numbers are the model's own
};
/// Throws Error where the model's arrays do not fit each other.
ColmapProblem make_problem(const ColmapModel& model, const ResidualOptions& options = {},
                           const ColmapProblemOptions& colmap_options = {});

/// Writes the problem's values into the model that it was made from, in the model's own units, and the mean distances
/// of the points that are seen: quaternions have length 1, poses that were held are as they were up to rounding.
void store_values(const ColmapProblem& from, ColmapModel& model);

}  // namespace heliotrope
