// SPDX-License-Identifier: Apache-2.0
// Reverse mode: the whole gradient of f(const T* x) -> T for a few times the cost of f, whatever n.
//
//     heliotrope::ReverseTape tape;
//     std::vector<heliotrope::Reverse> x;
//     tape.begin(values, x);                    // x_j are the variables
//     const heliotrope::Reverse y = f(x.data());
//     tape.gradient(y, gradient);
//
// minimize/objective.hpp wraps it: ReverseObjective.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "heliotrope/config.hpp"
#include "heliotrope/derive/math.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {

class Reverse;

/// What was computed, as a list of nodes; node k is a function of two earlier ones, whose partial derivatives it keeps:
///
///     v_k = ... ,   dv_k = da dv_a + db dv_b
///
/// Backwards, each node hands its adjoint on to its two [Griewank2008, 3.2]. Only what joins two numbers is a node:
/// functions of one, and operations with constants, change the slope that a Reverse carries along (see there).
///
/// Memory: 32 bytes a node, in pieces in large pages that grow and are used again; nothing is allocated once they have
/// grown. One tape serves one thread at a time. Throws Error at 2^32 nodes.
class ReverseTape {
 public:
  ReverseTape() = default;
  ReverseTape(const ReverseTape&) = delete;
  ReverseTape& operator=(const ReverseTape&) = delete;

  /// Forgets what was computed; x become the variables 0 .. n - 1 with these values.
  inline void begin(std::span<const double> values, std::vector<Reverse>& x);
  /// The gradient of y by the variables, n numbers. Cost: one pass over the nodes.
  inline void gradient(const Reverse& y, std::span<double> gradient);

  std::int64_t num_nodes() const { return static_cast<std::int64_t>(next_index()) - 1 - num_variables_; }

  /// Adds the node with dv = da dv_a + db dv_b.
  HELIOTROPE_INLINE std::uint32_t push(std::uint32_t a, double da, std::uint32_t b, double db) {
    if (next_ == end_) grow();
    *next_ = {da, db, a, b};
    return static_cast<std::uint32_t>(first_ + static_cast<std::size_t>(next_++ - begin_));
  }

 private:
  struct Node {
    double da, db;
    std::uint32_t a, b;
  };
  static constexpr std::size_t least_piece = 4096;  // nodes

  std::size_t next_index() const { return first_ + static_cast<std::size_t>(next_ - begin_); }

  void take_piece(std::size_t piece) {
    first_ = next_index();
    piece_ = piece;
    begin_ = next_ = pieces_[piece].data();
    end_ = begin_ + pieces_[piece].size();
  }

  __attribute__((noinline)) void grow() {
    const std::size_t next = begin_ == nullptr ? 0 : piece_ + 1;
    if (next == pieces_.size()) {  // as large as all before it
      std::size_t size = least_piece;
      if (next > 0) size = pieces_.back().size() * (next > 1 ? 2 : 1);
      pieces_.emplace_back(size);
    }
    if (next_index() + pieces_[next].size() > std::numeric_limits<std::uint32_t>::max()) {
      throw Error("a tape of reverse mode has 2^32 nodes or more, expected fewer");
    }
    take_piece(next);
  }

  /// Hands the adjoints of nodes [first, last) on, and leaves them zero.
  static void sweep(const Node* nodes, std::size_t first, std::size_t last, double* adjoints) {
    for (std::size_t k = last; k-- > first;) {
      const double adjoint = adjoints[k];
      if (adjoint == 0.0) continue;  // what y does not depend on: its partials may be infinite
      adjoints[k] = 0.0;
      const Node& node = nodes[k - first];
      adjoints[node.a] += node.da * adjoint;
      adjoints[node.b] += node.db * adjoint;
    }
  }

  std::vector<RawVector<Node>> pieces_;
  Node *begin_ = nullptr, *next_ = nullptr, *end_ = nullptr;  // of the piece in use
  std::size_t first_ = 1, piece_ = 0;                         // index of its first node; which it is
  std::int64_t num_variables_ = 0;
  LargeVector<double> adjoints_;  // zero between calls
};

/// A number that remembers how it was computed: v with dv = slope dv_index, index being a node or a variable of the
/// tape, or a constant.
///
/// So chains of functions of one number need no nodes. It mixes with arithmetic constants; comparisons are those of the
/// values. Derivatives that do not exist are taken as jets take them.
class Reverse {
 public:
  Reverse() = default;  // like a double: no value until one is given
  template <class A, class = std::enable_if_t<std::is_arithmetic_v<A>>>
  HELIOTROPE_INLINE Reverse(A constant)
      : value_(static_cast<double>(constant)), slope_(0.0), tape_(nullptr), index_(0) {}

  HELIOTROPE_INLINE double value() const { return value_; }
  HELIOTROPE_INLINE bool is_constant() const { return tape_ == nullptr; }

  /// f(x), given f and f' at x's value.
  static HELIOTROPE_INLINE Reverse chain(const Reverse& x, double f, double df) {
    return {f, df * x.slope_, x.tape_, x.index_};
  }
  /// f(x, y), given f and its two partial derivatives.
  static HELIOTROPE_INLINE Reverse chain(const Reverse& x, const Reverse& y, double f, double dx, double dy) {
    if (y.tape_ == nullptr) return chain(x, f, dx);
    if (x.tape_ == nullptr) return chain(y, f, dy);
    if (x.index_ == y.index_) return {f, dx * x.slope_ + dy * y.slope_, x.tape_, x.index_};
    return {f, 1.0, x.tape_, x.tape_->push(x.index_, dx * x.slope_, y.index_, dy * y.slope_)};
  }

  friend HELIOTROPE_INLINE Reverse operator+(const Reverse& x) { return x; }
  friend HELIOTROPE_INLINE Reverse operator-(const Reverse& x) { return {-x.value_, -x.slope_, x.tape_, x.index_}; }
  friend HELIOTROPE_INLINE Reverse operator+(const Reverse& x, const Reverse& y) {
    return chain(x, y, x.value_ + y.value_, 1.0, 1.0);
  }
  friend HELIOTROPE_INLINE Reverse operator-(const Reverse& x, const Reverse& y) {
    return chain(x, y, x.value_ - y.value_, 1.0, -1.0);
  }
  friend HELIOTROPE_INLINE Reverse operator*(const Reverse& x, const Reverse& y) {
    return chain(x, y, x.value_ * y.value_, y.value_, x.value_);
  }
  friend HELIOTROPE_INLINE Reverse operator/(const Reverse& x, const Reverse& y) {
    const double inverse = 1.0 / y.value_, quotient = x.value_ / y.value_;
    return chain(x, y, quotient, inverse, -quotient * inverse);
  }
  HELIOTROPE_INLINE Reverse& operator+=(const Reverse& b) { return *this = *this + b; }
  HELIOTROPE_INLINE Reverse& operator-=(const Reverse& b) { return *this = *this - b; }
  HELIOTROPE_INLINE Reverse& operator*=(const Reverse& b) { return *this = *this * b; }
  HELIOTROPE_INLINE Reverse& operator/=(const Reverse& b) { return *this = *this / b; }

#define HELIOTROPE_REVERSE_COMPARISON(op) \
  friend HELIOTROPE_INLINE bool operator op(const Reverse& x, const Reverse& y) { return x.value_ op y.value_; }
  HELIOTROPE_REVERSE_COMPARISON(<)
  HELIOTROPE_REVERSE_COMPARISON(<=)
  HELIOTROPE_REVERSE_COMPARISON(>)
  HELIOTROPE_REVERSE_COMPARISON(>=)
  HELIOTROPE_REVERSE_COMPARISON(==)
  HELIOTROPE_REVERSE_COMPARISON(!=)
#undef HELIOTROPE_REVERSE_COMPARISON

  friend bool isnan(const Reverse& x) { return std::isnan(x.value_); }
  friend bool isfinite(const Reverse& x) { return std::isfinite(x.value_); }

  friend Reverse sin(const Reverse& x) { return chain(x, std::sin(x.value_), std::cos(x.value_)); }
  friend Reverse cos(const Reverse& x) { return chain(x, std::cos(x.value_), -std::sin(x.value_)); }
  friend void sincos(const Reverse& x, Reverse& sine, Reverse& cosine) {
    const double s = std::sin(x.value_), c = std::cos(x.value_);
    const Reverse angle = x;  // x may be one of the results
    sine = chain(angle, s, c);
    cosine = chain(angle, c, -s);
  }
  friend Reverse tan(const Reverse& x) {
    const double t = std::tan(x.value_);
    return chain(x, t, 1.0 + t * t);
  }
  friend Reverse asin(const Reverse& x) {
    return chain(x, std::asin(x.value_), 1.0 / std::sqrt((1.0 - x.value_) * (1.0 + x.value_)));
  }
  friend Reverse acos(const Reverse& x) {
    return chain(x, std::acos(x.value_), -1.0 / std::sqrt((1.0 - x.value_) * (1.0 + x.value_)));
  }
  friend Reverse atan(const Reverse& x) { return chain(x, std::atan(x.value_), 1.0 / (1.0 + x.value_ * x.value_)); }
  friend Reverse exp(const Reverse& x) {
    const double e = std::exp(x.value_);
    return chain(x, e, e);
  }
  friend Reverse log(const Reverse& x) { return chain(x, std::log(x.value_), 1.0 / x.value_); }
  friend Reverse sqrt(const Reverse& x) {
    const double root = std::sqrt(x.value_);
    return chain(x, root, 0.5 / root);
  }
  friend Reverse cbrt(const Reverse& x) {
    const double root = std::cbrt(x.value_);
    return chain(x, root, 1.0 / (3.0 * root * root));
  }
  friend Reverse tanh(const Reverse& x) {
    const double t = std::tanh(x.value_);
    return chain(x, t, (1.0 - t) * (1.0 + t));
  }
  friend Reverse erf(const Reverse& x) {
    return chain(x, std::erf(x.value_), 1.1283791670955125739 * std::exp(-x.value_ * x.value_));
  }
  friend Reverse atan2(const Reverse& y, const Reverse& x) {
    const double inverse = 1.0 / (x.value_ * x.value_ + y.value_ * y.value_);
    return chain(y, x, std::atan2(y.value_, x.value_), x.value_ * inverse, -y.value_ * inverse);
  }
  friend Reverse hypot(const Reverse& x, const Reverse& y) {
    const double h = std::hypot(x.value_, y.value_);
    return chain(x, y, h, x.value_ / h, y.value_ / h);
  }
  /// x^y; by y only where it is no constant, so that x may be negative otherwise.
  friend Reverse pow(const Reverse& x, const Reverse& y) {
    const double p = std::pow(x.value_, y.value_);
    const double dx = y.value_ == 0.0 ? 0.0 : y.value_ * std::pow(x.value_, y.value_ - 1.0);
    if (y.is_constant()) return chain(x, p, dx);
    return chain(x, y, p, dx, x.value_ > 0.0 ? p * std::log(x.value_) : 0.0);
  }
  friend HELIOTROPE_INLINE Reverse abs(const Reverse& x) { return x.value_ < 0.0 ? -x : x; }
  friend HELIOTROPE_INLINE Reverse copysign(const Reverse& x, const Reverse& y) {
    return std::signbit(x.value_) == std::signbit(y.value_) ? x : -x;
  }
  friend HELIOTROPE_INLINE Reverse floor(const Reverse& x) { return Reverse(std::floor(x.value_)); }
  friend HELIOTROPE_INLINE Reverse min(const Reverse& x, const Reverse& y) { return y.value_ < x.value_ ? y : x; }
  friend HELIOTROPE_INLINE Reverse max(const Reverse& x, const Reverse& y) { return x.value_ < y.value_ ? y : x; }
  friend HELIOTROPE_INLINE Reverse select(bool condition, const Reverse& x, const Reverse& y) {
    return condition ? x : y;
  }

 private:
  friend class ReverseTape;
  HELIOTROPE_INLINE Reverse(double value, double slope, ReverseTape* tape, std::uint32_t index)
      : value_(value), slope_(slope), tape_(tape), index_(index) {}

  double value_, slope_;
  ReverseTape* tape_;
  std::uint32_t index_;
};

inline void ReverseTape::begin(std::span<const double> values, std::vector<Reverse>& x) {
  if (values.size() >= std::numeric_limits<std::uint32_t>::max()) {
    throw Error("reverse mode of " + std::to_string(values.size()) + " variables; expected fewer than 2^32");
  }
  num_variables_ = std::ssize(values);
  begin_ = next_ = end_ = nullptr;
  first_ = values.size() + 1;  // index 0 belongs to nothing
  x.resize(values.size());
  for (std::size_t j = 0; j < values.size(); ++j) x[j] = {values[j], 1.0, this, static_cast<std::uint32_t>(j + 1)};
}

inline void ReverseTape::gradient(const Reverse& y, std::span<double> gradient) {
  if (std::ssize(gradient) != num_variables_) {
    throw Error("reverse mode of " + std::to_string(num_variables_) + " variables; got a gradient of " +
                std::to_string(gradient.size()));
  }
  if (adjoints_.size() < next_index()) adjoints_.resize(next_index());
  double* const adjoints = adjoints_.data();
  if (!y.is_constant()) adjoints[y.index_] = y.slope_;
  if (begin_ != nullptr) {
    std::size_t last = next_index(), first = first_;
    for (std::size_t p = piece_ + 1; p-- > 0;) {
      sweep(pieces_[p].data(), first, last, adjoints);
      last = first;
      if (p > 0) first -= pieces_[p - 1].size();
    }
  }
  for (std::size_t j = 0; j < gradient.size(); ++j) gradient[j] = std::exchange(adjoints[j + 1], 0.0);
  adjoints[0] = 0.0;
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
