// SPDX-License-Identifier: Apache-2.0
// Trust regions |D^(1/2) s| <= Delta whose steps come from the plane of the scaled gradient v = -D^-1 g and the
// Gauss-Newton step n, J'J n = -g:
//
//     dogleg      from 0 to the model's minimiser along v, and from there to n, as far as the region goes [Powell1970]
//     subspace    the model's minimiser in the part of the plane that is in the region [Byrd1988; Nocedal2006, 4.1]
//
// D is Levenberg-Marquardt's. One factorisation a point, whatever the number of rejected steps. Where J'J is not
// definite the least relative damping of 1e-12, 1e-9, ... that makes it so is used. Delta begins as |D^(1/2) x|, is
// three times the step at least where the gain ratio is over 3/4 and half the step under 1/4 [Nocedal2006, 4.1,
// thresholds].
#include <algorithm>
#include <array>
#include <cmath>

#include "minimize/step_strategy.hpp"

namespace heliotrope::detail {

Combination dogleg_step(const PlaneModel& m, double radius) {
  const double length = std::sqrt(m.v_square), cauchy = m.v_curvature > 0.0 ? -m.v_slope / m.v_curvature : 0.0;
  if (m.n_square <= radius * radius) return {0.0, 1.0};
  if (!(cauchy * length < radius)) return {radius / length, 0.0};
  // |c + t (n - c)| = radius, c = cauchy v
  const double cc = cauchy * cauchy * m.v_square, cn = cauchy * m.vn;
  const double a = m.n_square - 2.0 * cn + cc, b = cn - cc, c = cc - radius * radius;
  const double root = std::sqrt(std::max(0.0, b * b - a * c));
  const double t = std::clamp(b > 0.0 ? -c / (b + root) : (root - b) / a, 0.0, 1.0);
  return {cauchy * (1.0 - t), t};
}

Combination subspace_step(const PlaneModel& m, double radius) {
  if (m.n_square <= radius * radius) return {0.0, 1.0};
  // An orthonormal basis of the plane: e1 along v, n = along e1 + across e2.
  const double length = std::sqrt(m.v_square), along = m.vn / length;
  const double across = std::sqrt(std::max(0.0, m.n_square - along * along));
  if (!(across > 1e-10 * std::sqrt(m.n_square))) return dogleg_step(m, radius);
  const double k = along / length;
  const double B11 = m.v_curvature / m.v_square, c1 = m.v_slope / length, c2 = (m.n_slope - k * m.v_slope) / across;
  const double B12 = (m.vn_curvature - k * m.v_curvature) / (length * across);
  const double B22 =
      std::max(0.0, (m.n_curvature - 2.0 * k * m.vn_curvature + k * k * m.v_curvature) / (across * across));
  // (B + lambda I) p = -c with |p| = radius: Newton's iteration on 1 / |p|, within a bracket [Conn2000, 7.3].
  double low = 0.0, high = std::hypot(c1, c2) / radius, lambda = 0.0, p1 = 0.0, p2 = 0.0;
  for (int i = 0; i < 100; ++i) {
    const double a = B11 + lambda, d = B22 + lambda, det = a * d - B12 * B12;
    double next = 0.5 * (low + high);
    if (det > 0.0) {
      p1 = (B12 * c2 - d * c1) / det;
      p2 = (B12 * c1 - a * c2) / det;
      const double size = std::hypot(p1, p2);
      if (std::abs(size - radius) <= 1e-12 * radius) break;
      (size > radius ? low : high) = lambda;
      const double q = (d * p1 * p1 - 2.0 * B12 * p1 * p2 + a * p2 * p2) / det;  // p'(B + lambda I)^-1 p
      const double newton = lambda + (size - radius) / radius * size * size / q;
      next = newton > low && newton < high ? newton : 0.5 * (low + high);
    } else {
      low = lambda;
    }
    if (next == lambda) break;
    lambda = next;
  }
  const double size = std::hypot(p1, p2);
  if (size > radius) p1 *= radius / size, p2 *= radius / size;
  return {(p1 - k * length * p2 / across) / length, p2 / across};
}

namespace {

class Dogleg final : public StepStrategy {
 public:
  explicit Dogleg(bool subspace) : subspace_(subspace) {}

  void begin(const MinimizeOptions&, const Model&) override {
    radius_ = 0.0;
    fresh_ = true;
    failed_ = false;
  }
  bool propose(Workspace& w) override {
    if (fresh_ && !prepare(w)) return false;
    fresh_ = false;
    const Combination c = subspace_ ? subspace_step(plane_, radius_) : dogleg_step(plane_, radius_);
    for (std::size_t j = 0; j < newton_.size(); ++j) w.step[j] = c.v * gradient_[j] + c.n * newton_[j];
    predicted_ =
        -(c.v * plane_.v_slope + c.n * plane_.n_slope) -
        0.5 * (c.v * c.v * plane_.v_curvature + 2.0 * c.v * c.n * plane_.vn_curvature + c.n * c.n * plane_.n_curvature);
    w.model->confine(w, radius_, predicted_);
    size_ = std::sqrt(w.scaled_square());
    w.try_step();
    return true;
  }
  double predicted_decrease(const Workspace&) const override { return predicted_; }
  bool accepts(double gain_ratio) const override { return gain_ratio > 1e-4; }
  void accepted(double rho) override {
    if (rho > 0.75) radius_ = std::max(radius_, 3.0 * size_);
    if (rho < 0.25) radius_ = 0.5 * size_;
    fresh_ = true;
  }
  void rejected() override { radius_ = 0.5 * std::min(size_, radius_); }
  void interrupted() override { fresh_ = true; }
  std::vector<double> save() const override { return {radius_, size_, static_cast<double>(fresh_)}; }
  void restore(std::span<const double> saved) override { restore_numbers(saved, radius_, size_, fresh_); }
  double next_damping() const override { return 0.0; }
  double parameter() const override { return radius_; }
  bool exhausted() const override { return failed_ || radius_ < 1e-150; }

 private:
  /// v, n and the model in their plane. False: no damping makes J'J definite.
  bool prepare(Workspace& w) {
    failed_ = true;
    for (double lambda = 0.0; failed_ && lambda < 1.0; lambda = lambda == 0.0 ? 1e-12 : lambda * 1e3) {
      failed_ = !(w.solve(lambda) && w.slope() <= 0.0);
    }
    if (failed_) return false;
    newton_.assign(w.step.begin(), w.step.end());
    gradient_.resize(newton_.size());
    plane_ = {};
    for (std::size_t j = 0; j < newton_.size(); ++j) {
      gradient_[j] = -w.gradient[j] / w.scale[j];
      plane_.v_slope += w.gradient[j] * gradient_[j];
      plane_.n_slope += w.gradient[j] * newton_[j];
      plane_.vn += w.scale[j] * gradient_[j] * newton_[j];
      plane_.n_square += w.scale[j] * newton_[j] * newton_[j];
    }
    plane_.v_square = -plane_.v_slope;
    const std::array<double, 3> products = w.model->products(gradient_, newton_);
    plane_.v_curvature = products[0], plane_.vn_curvature = products[1], plane_.n_curvature = products[2];
    if (radius_ == 0.0) radius_ = w.scaled_size();
    if (radius_ == 0.0) radius_ = std::sqrt(plane_.n_square);
    return true;
  }

  bool subspace_, fresh_ = true, failed_ = false;
  double radius_ = 0.0, size_ = 0.0, predicted_ = 0.0;
  PlaneModel plane_;
  LargeVector<double> newton_, gradient_;
};

}  // namespace

std::unique_ptr<StepStrategy> make_dogleg(bool subspace) { return std::make_unique<Dogleg>(subspace); }

}  // namespace heliotrope::detail
