// SPDX-License-Identifier: Apache-2.0
// The Jacobian's pattern of a whole bundle adjustment, found without being told.
#include <cmath>
#include <random>
#include <vector>

#include "catch.hpp"
#include "heliotrope/config.hpp"
#include "heliotrope/derive/probe_sparsity.hpp"
#include "heliotrope/derive/trace_sparsity.hpp"
#include "heliotrope/residuals/snavely.hpp"

using namespace heliotrope;

namespace {

/// Cameras of 9 numbers, then points of 3; two rows an observation.
struct Bundle {
  int num_cameras, num_points;
  std::vector<int> camera, point;

  std::int64_t num_variables() const { return 9 * num_cameras + 3 * num_points; }
  std::int64_t num_rows() const { return 2 * static_cast<std::int64_t>(camera.size()); }

  template <class T>
  void operator()(const T* x, T* r) const {
    for (std::size_t k = 0; k < camera.size(); ++k) {
      SnavelyReprojection<double>{1.0, 2.0}(x + 9 * camera[k], x + 9 * num_cameras + 3 * point[k], r + 2 * k);
    }
  }

  SparsityPattern pattern() const {
    SparsityPattern result;
    result.num_rows = num_rows();
    result.num_columns = num_variables();
    for (std::size_t k = 0; k < camera.size(); ++k) {
      for (int row = 0; row < 2; ++row) {
        // A pixel's coordinate depends on the camera but for the other coordinate of the translation only through the
        // radial distortion: on all nine numbers and all three of the point.
        for (int c = 0; c < 9; ++c) result.columns.push_back(9 * camera[k] + c);
        for (int c = 0; c < 3; ++c) result.columns.push_back(9 * num_cameras + 3 * point[k] + c);
        result.row_begin.push_back(result.num_entries());
      }
    }
    return result;
  }
};

}  // namespace

TEST_CASE("sparsity: a bundle adjustment is found by tracing and by probing", "[residuals][sparsity]") {
#ifdef HELIOTROPE_SANITIZED
  const int num_points = 40;
#else
  const int num_points = 600;
#endif
  std::mt19937 random(7);
  Bundle bundle = {12, num_points, {}, {}};
  for (int p = 0; p < bundle.num_points; ++p) {
    for (int c = 0; c < bundle.num_cameras; ++c) {
      if (random() % 3 != 0) continue;
      bundle.camera.push_back(c);
      bundle.point.push_back(p);
    }
  }
  const SparsityPattern expected = bundle.pattern();
  const TracedSparsity traced = trace_sparsity(bundle, bundle.num_variables(), bundle.num_rows());
  CHECK((traced.pattern == expected));
  CHECK_FALSE(traced.is_local);

  std::vector<double> x(bundle.num_variables());
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  for (double& value : x) value = uniform(random);
  for (int c = 0; c < bundle.num_cameras; ++c) {
    x[9 * c + 5] -= 8.0;  // in front of the points
    x[9 * c + 6] = 500.0;
    x[9 * c + 7] = x[9 * c + 8] = 0.1;
  }
  const auto doubles = [&](const double* at, double* r) { bundle(at, r); };
  const ProbedSparsity probed = probe_sparsity(doubles, x, bundle.num_rows());
  INFO(probed.report());
  CHECK((probed.pattern == expected));
  CHECK(probed.is_verified);
  CHECK(probed.num_evaluations < bundle.num_variables());
}
