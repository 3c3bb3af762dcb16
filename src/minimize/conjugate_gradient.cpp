// SPDX-License-Identifier: Apache-2.0
// Nonlinear conjugate gradients, d = -g + beta d_old. With y = g - g_old:
//
//     Fletcher-Reeves     beta = g'g / g_old'g_old                                           [Fletcher1964]
//     Polak-Ribiere+      beta = max(0, g'y / g_old'g_old)                         [Polak1969; Gilbert1992]
//     Hestenes-Stiefel+   beta = max(0, g'y / d_old'y)                                       [Hestenes1952]
//     Hager-Zhang         beta = max(h, (y'g - 2 d_old'g y'y / d_old'y) / d_old'y),
//                         h = -1 / (|d_old| min(0.01, |g_old|))                              [Hager2005, 1]
#include <algorithm>
#include <cmath>

#include "minimize/direction.hpp"

namespace heliotrope::detail {

namespace {

/// Successive gradients that are this far from orthogonal end a run [Powell1977]; Hager-Zhang needs no such rule.
constexpr double orthogonality = 0.2;
constexpr double truncation = 0.01;  // [Hager2005, 5]

class ConjugateGradient final : public Direction {
 public:
  explicit ConjugateGradient(ObjectiveMethod method) : method_(method) {}

  void propose(Iterates& at) override {
    if (at.pairs() == 0) return propose_steepest(at);
    double sums[4];
    at.products(1, sums);
    const double yg = sums[0], yy = sums[1], dg = sums[2], dy = sums[3];
    double beta = this->beta(at, yg, yy, dg, dy);
    const bool far_from_orthogonal = std::abs(at.square - yg) >= orthogonality * at.square;
    if (!std::isfinite(beta) || (method_ == ObjectiveMethod::fletcher_reeves && far_from_orthogonal)) beta = 0.0;
    const double nothing = 0.0;
    at.combine(1, {.gamma = 1.0, .on_y = &nothing, .on_d = &beta});
  }

  /// As much first-order change as the last step brought [Nocedal2006, 3.5].
  double first_step(const Iterates& at) const override { return at.step(0) * at.old_slope / at.slope; }

 private:
  double beta(const Iterates& at, double yg, double yy, double dg, double dy) const {
    if (method_ == ObjectiveMethod::fletcher_reeves) return at.square / at.old_square;
    if (method_ == ObjectiveMethod::polak_ribiere) return std::max(0.0, yg / at.old_square);
    if (method_ == ObjectiveMethod::hestenes_stiefel) return std::max(0.0, yg / dy);
    const double least = -1.0 / (std::sqrt(at.old_direction_square) * std::min(truncation, std::sqrt(at.old_square)));
    return std::max(least, (yg - 2.0 * dg * yy / dy) / dy);
  }

  ObjectiveMethod method_;
};

}  // namespace

std::unique_ptr<Direction> make_conjugate_gradient(const ObjectiveOptions& options) {
  return std::make_unique<ConjugateGradient>(options.method);
}

}  // namespace heliotrope::detail
