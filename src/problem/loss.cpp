// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/loss.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

#include "heliotrope/derive/math.hpp"
#include "heliotrope/derive/pack.hpp"
#include "heliotrope/derive/pack_math.hpp"
#include "heliotrope/error.hpp"

namespace heliotrope {
namespace {

struct Rho {
  Pack value, first, second;
};

Rho rho_trivial(Pack s) { return {s, 1.0, 0.0}; }

Rho rho_huber(Pack s, double a) {
  const double b = a * a;
  const Mask beyond = s > b;
  const Pack safe = select(beyond, s, Pack(b));
  const Pack norm = sqrt(safe);
  const Pack slope = a / norm;
  return {select(beyond, 2.0 * a * norm - b, s), select(beyond, slope, Pack(1.0)),
          select(beyond, -0.5 * slope / safe, Pack(0.0))};
}

Rho rho_soft_l1(Pack s, double a) {
  const double b = a * a;
  const Pack sum = 1.0 + s / b;
  const Pack root = sqrt(sum);
  const Pack slope = 1.0 / root;
  return {2.0 * s / (root + 1.0), slope, -0.5 / b * slope / sum};  // 2 b (root - 1), without cancellation
}

/// log(1 + x) for x >= 0: the rounding error of u = 1 + x cancels in log(u) / (u - 1) [Higham2002, 1.14.1].
Pack log_1_plus(Pack x) {
  const Pack u = 1.0 + x;
  const Pack rounded = u - 1.0;
  const Mask vanishes = rounded == 0.0;
  const Pack safe = select(vanishes, Pack(1.0), rounded);
  return select(vanishes, x, log(u) * (x / safe));
}

Rho rho_cauchy(Pack s, double a) {
  const double b = a * a;
  const Pack u = s / b;
  const Pack slope = 1.0 / (1.0 + u);
  return {b * log_1_plus(u), slope, -slope * slope / b};
}

Rho rho_tukey(Pack s, double a) {
  const double b = a * a;
  const Mask within = s <= b;
  const Pack u = select(within, s / b, Pack(1.0));
  const Pack left = 1.0 - u;
  const Pack nothing = s - s;  // 0, or NaN where s is not finite: an infinite residual is not ignored
  return {b / 3.0 * u * (3.0 - u * (3.0 - u)) + nothing, left * left, -2.0 / b * left};
}

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

constexpr std::array<std::string_view, 5> names = {"trivial", "huber", "soft_l1", "cauchy", "tukey"};

void expect_positive(const char* what, double value) {
  if (value > 0.0 && std::isfinite(value)) return;
  throw Error(std::string(what) + " must be positive and finite, but is " + std::to_string(value));
}

std::string shortest(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof(text), value).ptr};
}

}  // namespace

Loss::Loss(Kind kind, double scale) : kind_(kind), scale_(scale) { expect_positive("the scale of a loss", scale); }

void Loss::evaluate(const double* s, int n, double* rho, double* rho1, double* rho2) const {
  const double a = scale_;
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

std::string Loss::name() const {
  const std::string times = factor_ == 1.0 ? "" : shortest(factor_) + " * ";
  if (kind_ == Kind::user) return times + "user";
  if (kind_ == Kind::trivial) return times + "trivial";
  return times + std::string(names[static_cast<int>(kind_)]) + ":" + shortest(scale_);
}

Loss huber(double scale) { return {Loss::Kind::huber, scale}; }
Loss soft_l1(double scale) { return {Loss::Kind::soft_l1, scale}; }
Loss cauchy(double scale) { return {Loss::Kind::cauchy, scale}; }
Loss tukey(double scale) { return {Loss::Kind::tukey, scale}; }

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

Loss parse_loss(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw Error("no loss is named '" + std::string(name) +
                "': expected trivial, huber, soft_l1, cauchy or tukey, and a scale after a colon, as in huber:1.5");
  }
  double scale = 1.0;
  if (colon != std::string_view::npos) {
    const std::string_view number = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), scale);
    const bool read = error == std::errc() && end == number.data() + number.size();
    if (!read || !(scale > 0.0) || !std::isfinite(scale)) {
      throw Error("the scale of the loss '" + std::string(text) + "' is '" + std::string(number) +
                  "': expected a positive number");
    }
  }
  switch (found - names.begin()) {
    case 1:
      return huber(scale);
    case 2:
      return soft_l1(scale);
    case 3:
      return cauchy(scale);
    case 4:
      return tukey(scale);
    default:
      break;
  }
  if (colon != std::string_view::npos)
    throw Error("the loss 'trivial' has no scale, but '" + std::string(text) + "' gives one");
  return Loss::trivial();
}

}  // namespace heliotrope
