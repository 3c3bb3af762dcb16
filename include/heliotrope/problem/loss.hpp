// SPDX-License-Identifier: Apache-2.0
// Loss: how much of a residual block's squared norm counts.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace heliotrope {

/// A loss rho(s) of a residual block's squared norm s = |r|^2: the block adds rho(s) / 2 to the cost.
///
/// rho(0) = 0, rho'(0) = 1 (times the factor of `scaled`), rho' >= 0. With a the scale and b = a^2:
///
///     trivial    s
///     huber      s where s <= b,  2 a sqrt(s) - b beyond                 grows like |r|
///     soft_l1    2 b (sqrt(1 + s / b) - 1)                               huber, smooth
///     cauchy     b log(1 + s / b)                                        grows like log |r|
///     tukey      b / 3 (1 - (1 - s / b)^3) where s <= b,  b / 3 beyond   ignores what lies beyond a
///
/// A small value, cheap to copy; may be used from several threads at once (a user's function must then allow it).
class Loss {
 public:
  /// rho(s) = s.
  static Loss trivial() { return {}; }
  Loss() = default;

  bool is_trivial() const { return kind_ == Kind::trivial && factor_ == 1.0; }
  /// What rho is multiplied by (`scaled`); also rho'(0).
  double factor() const { return factor_; }
  /// For people: "huber:1.5", "0.5 * cauchy:2", "user"; without a factor, parse_loss reads it.
  std::string name() const;

  /// rho, rho' and rho'' at n values of s >= 0 (each array: n values; outputs may not overlap inputs).
  ///
  /// A value of s that is not finite gives a rho that is not finite. One call of the user's function a value for
  /// user_loss, none otherwise.
  void evaluate(const double* s, int n, double* rho, double* rho1, double* rho2) const;

  /// The same kind, scale and factor; for user_loss, a copy of the same Loss.
  friend bool operator==(const Loss&, const Loss&) = default;

 private:
  enum class Kind { trivial, huber, soft_l1, cauchy, tukey, user };
  using Function = std::function<void(double s, double rho[3])>;

  Loss(Kind kind, double scale);

  friend Loss huber(double scale);
  friend Loss soft_l1(double scale);
  friend Loss cauchy(double scale);
  friend Loss tukey(double scale);
  friend Loss scaled(double factor, Loss loss);
  friend Loss user_loss(std::function<void(double s, double rho[3])> function);

  Kind kind_ = Kind::trivial;
  double scale_ = 1.0;
  double factor_ = 1.0;
  std::shared_ptr<const Function> function_;
};

/// The losses by name; scale: the norm |r| past which a residual counts as an outlier. Throws Error unless it is
/// positive and finite.
Loss huber(double scale);
Loss soft_l1(double scale);
Loss cauchy(double scale);
Loss tukey(double scale);

/// factor * loss; factors multiply. Throws Error unless the factor is positive and finite.
Loss scaled(double factor, Loss loss);

/// A loss of the user's own: function(s, rho) sets rho[0..2] to rho, rho' and rho'' at s. check_loss_laws tells
/// whether it is a loss that a solver can use. Make it once and pass copies: residuals added with separately made user
/// losses cannot share a group. Throws Error where the function is empty.
Loss user_loss(std::function<void(double s, double rho[3])> function);

/// The loss that a text NAME[:SCALE] names: "huber:1.5", "cauchy", "trivial"; the scale is 1 unless said.
/// Throws Error with the names there are, or what is wrong with the scale.
Loss parse_loss(std::string_view text);

}  // namespace heliotrope
