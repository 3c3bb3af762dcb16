// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/loss.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "heliotrope/error.hpp"
#include "loss_formulas.hpp"

namespace heliotrope {

using namespace loss_formulas;

namespace {

/// Beyond this -alpha, u^2 / alpha in the exponent of Barron's loss is below rounding wherever rho' is not zero.
constexpr double barron_limit = 1e18;

/// Whole packs; the tail is a padded pack, so that a value does not depend on where it stands.
template <class F>
void evaluate_packs(const F& rho_of, double factor, const double* s, int n, double* rho, double* rho1, double* rho2) {
  constexpr int width = Pack::width;
  const auto evaluate = [&](const double* in, double* value, double* first, double* second) {
    const Rho r = rho_of(Pack::load(in));
    (factor * r.value).store(value);
    (factor * r.first).store(first);
    (factor * r.second).store(second);
  };
  int i = 0;
  for (; i + width <= n; i += width) evaluate(s + i, rho + i, rho1 + i, rho2 + i);
  if (i == n) return;
  double in[width] = {}, out[3][width];
  std::copy(s + i, s + n, in);
  evaluate(in, out[0], out[1], out[2]);
  std::copy_n(out[0], n - i, rho + i);
  std::copy_n(out[1], n - i, rho1 + i);
  std::copy_n(out[2], n - i, rho2 + i);
}

void expect_positive(const char* what, double value) {
  if (value > 0.0 && std::isfinite(value)) return;
  throw Error(std::string(what) + " must be positive and finite, but is " + std::to_string(value));
}

}  // namespace

Loss::Loss(Kind kind, double scale, double shape) : kind_(kind), scale_(scale), shape_(shape) {
  expect_positive("the scale of a loss", scale);
}

double Loss::factor() const { return parts_ ? factor_ * parts_->first.factor() * parts_->second.factor() : factor_; }

void Loss::evaluate(const double* s, int n, double* rho, double* rho1, double* rho2) const {
  const double a = scale_, shape = shape_;
  const auto packs = [&](const auto& rho_of) { evaluate_packs(rho_of, factor_, s, n, rho, rho1, rho2); };
  switch (kind_) {
    case Kind::trivial:
      return packs([](Pack x) { return rho_trivial(x); });
    case Kind::huber:
      return packs([a](Pack x) { return rho_huber(x, a); });
    case Kind::soft_l1:
      return packs([a](Pack x) { return rho_soft_l1(x, a); });
    case Kind::cauchy:
      return packs([a](Pack x) { return rho_cauchy(x, a); });
    case Kind::tukey:
      return packs([a](Pack x) { return rho_tukey(x, a); });
    case Kind::arctan:
      return packs([a](Pack x) { return rho_arctan(x, a); });
    case Kind::geman_mcclure:
      return packs([a](Pack x) { return rho_geman_mcclure(x, a); });
    case Kind::welsch:
      return packs([a](Pack x) { return rho_welsch(x, a); });
    case Kind::tolerant:
      return packs([a, shape](Pack x) { return rho_tolerant(x, shape, a); });
    case Kind::barron:
      if (shape == 2.0) return packs([](Pack x) { return rho_trivial(x); });
      if (shape < -barron_limit) return packs([a](Pack x) { return rho_barron_limit(x, a); });
      return packs([a, shape](Pack x) { return rho_barron(x, shape, a); });
    case Kind::composed:
      return evaluate_composed(s, n, rho, rho1, rho2);
    case Kind::user:
      break;
  }
  for (int i = 0; i < n; ++i) {
    double out[3];
    (*function_)(s[i], out);
    rho[i] = factor_ * out[0];
    rho1[i] = factor_ * out[1];
    rho2[i] = factor_ * out[2];
  }
}

/// rho' = f'(g) g',  rho'' = f''(g) g'^2 + f'(g) g''.
void Loss::evaluate_composed(const double* s, int n, double* rho, double* rho1, double* rho2) const {
  constexpr int chunk = 32;
  for (int begin = 0; begin < n; begin += chunk) {
    const int count = std::min(chunk, n - begin);
    double g[chunk], g1[chunk], g2[chunk], f[chunk], f1[chunk], f2[chunk];
    parts_->second.evaluate(s + begin, count, g, g1, g2);
    parts_->first.evaluate(g, count, f, f1, f2);
    for (int i = 0; i < count; ++i) {
      rho[begin + i] = factor_ * f[i];
      rho1[begin + i] = factor_ * (f1[i] * g1[i]);
      rho2[begin + i] = factor_ * (f2[i] * g1[i] * g1[i] + f1[i] * g2[i]);
    }
  }
}

bool operator==(const Loss& a, const Loss& b) {
  if (a.kind_ != b.kind_ || a.scale_ != b.scale_ || a.shape_ != b.shape_ || a.factor_ != b.factor_) return false;
  if (a.function_ != b.function_) return false;
  return a.parts_ == b.parts_ || (a.parts_ && b.parts_ && *a.parts_ == *b.parts_);
}

Loss huber(double scale) { return {Loss::Kind::huber, scale}; }
Loss soft_l1(double scale) { return {Loss::Kind::soft_l1, scale}; }
Loss cauchy(double scale) { return {Loss::Kind::cauchy, scale}; }
Loss tukey(double scale) { return {Loss::Kind::tukey, scale}; }
Loss arctan(double scale) { return {Loss::Kind::arctan, scale}; }
Loss geman_mcclure(double scale) { return {Loss::Kind::geman_mcclure, scale}; }
Loss welsch(double scale) { return {Loss::Kind::welsch, scale}; }

Loss tolerant(double a, double b) {
  if (!(a >= 0.0) || !std::isfinite(a)) {
    throw Error("the tolerance a of a tolerant loss must be finite and at least 0, but is " + std::to_string(a));
  }
  expect_positive("the width b of a tolerant loss", b);
  return {Loss::Kind::tolerant, b, a};
}

Loss barron(double alpha, double scale) {
  if (!(alpha <= 2.0)) {
    throw Error(
        "the shape alpha of Barron's loss must be at most 2 (beyond, outliers would count for more than in "
        "least squares), but is " +
        std::to_string(alpha));
  }
  return {Loss::Kind::barron, scale, alpha};
}

Loss composed(Loss f, Loss g) {
  Loss loss(Loss::Kind::composed, 1.0);
  loss.parts_ = std::make_shared<const std::pair<Loss, Loss>>(std::move(f), std::move(g));
  return loss;
}

Loss scaled(double factor, Loss loss) {
  expect_positive("the factor of a scaled loss", factor);
  loss.factor_ *= factor;
  return loss;
}

Loss user_loss(std::function<void(double s, double rho[3])> function) {
  if (!function) throw Error("user_loss: the function is empty");
  Loss loss(Loss::Kind::user, 1.0);
  loss.function_ = std::make_shared<const Loss::Function>(std::move(function));
  return loss;
}

}  // namespace heliotrope
