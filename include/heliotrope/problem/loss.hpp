// SPDX-License-Identifier: Apache-2.0
// Loss: how much of a residual block's squared norm counts.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace heliotrope {

/// A loss rho(s) of a residual block's squared norm s = |r|^2: the block adds rho(s) / 2 to the cost.
///
/// rho(0) = 0, rho'(0) = 1 (times the factor of `scaled`), rho' >= 0. With a the scale and b = a^2:
///
///     trivial        s
///     huber          s where s <= b,  2 a sqrt(s) - b beyond                 grows like |r|
///     soft_l1        2 b (sqrt(1 + s / b) - 1)                               huber, smooth
///     cauchy         b log(1 + s / b)                                        grows like log |r|
///     arctan         b atan(s / b)                                           at most b pi / 2
///     geman_mcclure  s / (1 + s / b)                                         at most b
///     welsch         b (1 - exp(-s / b))                                     at most b, reached at once
///     tukey          b / 3 (1 - (1 - s / b)^3) where s <= b,  b / 3 beyond   ignores what lies beyond a
///     barron         2 b k / alpha ((1 + s / (b k))^(alpha / 2) - 1),        all of these between alpha = 2, least
///                    k = 2 - alpha                                           squares, and alpha = -infinity
///     tolerant       B log((1 + exp((s - A) / B)) / (1 + exp(-A / B)))       ignores what lies below sqrt(A)
///
/// barron is soft_l1 at alpha = 1; 2 b log(1 + s / (2 b)) at 0, cauchy of scale sqrt(2) a; geman_mcclure of scale 2 a
/// at -2; welsch of scale sqrt(2) a at -infinity [Barron2019]. tolerant is another kind of thing: A and B are in units
/// of s, rho'(0) = 1 / (1 + exp(A / B)) and rho rises ever faster, to s - A: of the laws in loss_laws.hpp it keeps all
/// but rho'(0) = 1 and concavity. (The losses called TolerantLoss and ArctanLoss by Ceres are tolerant(A, B) and
/// arctan(sqrt(a)).)
///
/// A small value, cheap to copy; may be used from several threads at once (a user's function must then allow it).
class Loss {
 public:
  /// rho(s) = s.
  static Loss trivial() { return {}; }
  Loss() = default;

  bool is_trivial() const { return kind_ == Kind::trivial && factor_ == 1.0; }
  /// What rho is multiplied by (`scaled`), the factors of composed losses included; also rho'(0), but for tolerant.
  double factor() const;
  /// For people: "huber:1.5", "0.5 * cauchy:2", "huber:1(cauchy:2)", "user"; without a factor, parse_loss reads it.
  std::string name() const;

  /// rho, rho' and rho'' at n values of s >= 0 (each array: n values; outputs may not overlap inputs).
  ///
  /// A value of s that is not finite gives a rho that is not finite. One call of the user's function a value for
  /// user_loss, none otherwise.
  void evaluate(const double* s, int n, double* rho, double* rho1, double* rho2) const;

  /// The same kind, numbers and factor; of composed losses, the same two; for user_loss, a copy of the same Loss.
  friend bool operator==(const Loss& a, const Loss& b);

 private:
  enum class Kind {
    trivial,
    huber,
    soft_l1,
    cauchy,
    tukey,
    arctan,
    geman_mcclure,
    welsch,
    tolerant,
    barron,
    composed,
    user
  };
  using Function = std::function<void(double s, double rho[3])>;

  Loss(Kind kind, double scale, double shape = 0.0);
  void evaluate_composed(const double* s, int n, double* rho, double* rho1, double* rho2) const;

  friend Loss huber(double scale);
  friend Loss soft_l1(double scale);
  friend Loss cauchy(double scale);
  friend Loss tukey(double scale);
  friend Loss arctan(double scale);
  friend Loss geman_mcclure(double scale);
  friend Loss welsch(double scale);
  friend Loss tolerant(double a, double b);
  friend Loss barron(double alpha, double scale);
  friend Loss composed(Loss f, Loss g);
  friend Loss scaled(double factor, Loss loss);
  friend Loss user_loss(std::function<void(double s, double rho[3])> function);

  Kind kind_ = Kind::trivial;
  double scale_ = 1.0;  // B of tolerant
  double shape_ = 0.0;  // A of tolerant, alpha of barron
  double factor_ = 1.0;
  std::shared_ptr<const Function> function_;
  std::shared_ptr<const std::pair<Loss, Loss>> parts_;  // f and g of composed
};

/// The losses by name; scale: the norm |r| past which a residual counts as an outlier. Throws Error unless it is
/// positive and finite.
Loss huber(double scale);
Loss soft_l1(double scale);
Loss cauchy(double scale);
Loss tukey(double scale);
Loss arctan(double scale);
Loss geman_mcclure(double scale);
Loss welsch(double scale);

/// Ignores squared norms well below a; from there to b beyond it passes to s - a. Throws Error unless a is finite and
/// not negative, and b positive and finite. Every residual adds to the cost with a rho' of at least 1 / (1 + exp(a /
/// b)).
Loss tolerant(double a, double b);

/// The general loss of [Barron2019, 1], its values and derivatives right to rounding near alpha = 2, 0 and -infinity
/// too. Throws Error where alpha is over 2, or the scale not positive and finite.
Loss barron(double alpha, double scale);

/// rho(s) = f(g(s)): what g leaves of an outlier is judged by f. Two losses that each keep the laws make one that does.
Loss composed(Loss f, Loss g);

/// factor * loss; factors multiply. Throws Error unless the factor is positive and finite.
Loss scaled(double factor, Loss loss);

/// A loss of the user's own: function(s, rho) sets rho[0..2] to rho, rho' and rho'' at s. check_loss_laws tells
/// whether it is a loss that a solver can use. Make it once and pass copies: residuals added with separately made user
/// losses cannot share a group. Throws Error where the function is empty.
Loss user_loss(std::function<void(double s, double rho[3])> function);

/// The loss that a text names: NAME[:SCALE] ("huber:1.5", "cauchy", "trivial"; the scale is 1 unless said),
/// "barron:ALPHA[,SCALE]" (ALPHA may be -inf), "tolerant:A,B", or "F(G)" for composed(F, G).
/// Throws Error with the names there are, or what is wrong with the numbers.
Loss parse_loss(std::string_view text);

}  // namespace heliotrope
