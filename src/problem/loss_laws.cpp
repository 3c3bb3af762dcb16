// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/loss_laws.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace heliotrope {
namespace {

struct Rho {
  double value, first, second;
};

Rho rho_at(const Loss& loss, double s) {
  Rho rho;
  loss.evaluate(&s, 1, &rho.value, &rho.first, &rho.second);
  return rho;
}

/// |a - b| relative to the larger; differences below `floor` are rounding.
double apart(double a, double b, double floor) {
  const double difference = std::abs(a - b);
  if (difference <= floor) return 0.0;
  return difference / std::max(std::abs(a), std::abs(b));
}

class LossLaws {
 public:
  LossLaws(const Loss& loss, double tolerance) : loss_(loss), tolerance_(tolerance) {}

  void expect(const std::string& law, double s, double error) {
    if (error <= tolerance_) return;  // false for NaN
    for (const std::string& said : broken_) {
      if (said.compare(0, law.size(), law) == 0) return;
    }
    char figures[96];
    std::snprintf(figures, sizeof(figures), ": off by %.3g at s = %.6g", error, s);
    broken_.push_back(law + figures);
  }

  void at_zero() {
    const Rho zero = rho_at(loss_, 0.0);
    expect("rho(0) = 0", 0.0, std::abs(zero.value));
    expect("rho'(0) = " + std::string(loss_.factor() == 1.0 ? "1" : "the factor"), 0.0,
           std::abs(zero.first - loss_.factor()) / loss_.factor());
  }

  void finite(double s, const Rho& rho) {
    expect("rho, rho' and rho'' are finite", s,
           std::isfinite(rho.value) && std::isfinite(rho.first) && std::isfinite(rho.second) ? 0.0 : 1.0);
  }

  void at(double s) {
    const Rho rho = rho_at(loss_, s);
    finite(s, rho);
    expect("rho' >= 0", s, std::max(0.0, -rho.first) / loss_.factor());
    expect("rho'' <= 0", s, std::max(0.0, rho.second) * s / loss_.factor());
    derivatives(s, rho);
  }

  /// Central differences, or one-sided second-order ones where a kink lies within the step.
  void derivatives(double s, const Rho& rho) {
    const double h = 1e-4 * s;
    const Rho a = rho_at(loss_, s - 2 * h), b = rho_at(loss_, s - h), c = rho_at(loss_, s + h),
              d = rho_at(loss_, s + 2 * h);
    const auto best = [&](double claimed, double size, auto part) {
      const double floor = 1e-12 * size / h;
      const double centre = (8 * (part(c) - part(b)) - (part(d) - part(a))) / (12 * h);
      const double left = (3 * part(rho) - 4 * part(b) + part(a)) / (2 * h);
      const double right = -(3 * part(rho) - 4 * part(c) + part(d)) / (2 * h);
      return std::min({apart(claimed, centre, floor), apart(claimed, left, floor), apart(claimed, right, floor)});
    };
    expect("rho' is the derivative of rho", s,
           best(rho.first, std::abs(rho.value), [](const Rho& r) { return r.value; }));
    expect("rho'' is the derivative of rho'", s,
           best(rho.second, std::abs(rho.first), [](const Rho& r) { return r.first; }));
  }

  void not_finite() {
    for (double s : {std::numeric_limits<double>::infinity(), std::nan("")}) {
      expect("rho is not finite where s is not", s, std::isfinite(rho_at(loss_, s).value) ? 1.0 : 0.0);
    }
  }

  void batch(const std::vector<double>& s) {
    const int n = static_cast<int>(s.size());
    std::vector<double> rho(n), rho1(n), rho2(n);
    loss_.evaluate(s.data(), n, rho.data(), rho1.data(), rho2.data());
    for (int i = 0; i < n; ++i) {
      const Rho alone = rho_at(loss_, s[i]);
      const bool same = alone.value == rho[i] && alone.first == rho1[i] && alone.second == rho2[i];
      expect("a batch gives what each value gives alone", s[i], same ? 0.0 : 1.0);
    }
  }

  std::vector<std::string> broken() && { return std::move(broken_); }

 private:
  const Loss& loss_;
  double tolerance_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> check_loss_laws(const Loss& loss, double scale, double tolerance) {
  std::vector<double> s;
  for (double exponent = -3.0; exponent <= 3.0; exponent += 1.0 / 16) {
    const double norm = scale * std::pow(10.0, exponent);
    s.push_back(norm * norm);
  }
  LossLaws laws(loss, tolerance);
  laws.at_zero();
  for (double extreme : {0.0, 1e-300, 1e300}) laws.finite(extreme, rho_at(loss, extreme));
  for (double value : s) laws.at(value);
  laws.not_finite();
  laws.batch(s);
  return std::move(laws).broken();
}

}  // namespace heliotrope
