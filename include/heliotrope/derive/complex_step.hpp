// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <complex>
#include <type_traits>

namespace heliotrope {

/// Imaginary step: its square vanishes beside any real part of interest, so that Im f(x + ih) / h has no
/// truncation and no cancellation [Squire1998].
inline constexpr double complex_step_size = 1e-100;

/// A complex number for differentiation by complex step: arithmetic and analytic functions are complex ones,
/// comparisons and branches (abs, min, max, select) follow the real part, as they do in real arithmetic.
class ComplexStep {
 public:
  ComplexStep() = default;
  template <class A, class = std::enable_if_t<std::is_arithmetic_v<A>>>
  ComplexStep(A real) : z_(static_cast<double>(real), 0.0) {}
  explicit ComplexStep(std::complex<double> z) : z_(z) {}

  double real() const { return z_.real(); }
  double imag() const { return z_.imag(); }
  void imag(double value) { z_.imag(value); }

  ComplexStep& operator+=(const ComplexStep& b) {
    z_ += b.z_;
    return *this;
  }
  ComplexStep& operator-=(const ComplexStep& b) {
    z_ -= b.z_;
    return *this;
  }
  ComplexStep& operator*=(const ComplexStep& b) { return *this = *this * b; }
  ComplexStep& operator/=(const ComplexStep& b) { return *this = *this / b; }

  friend ComplexStep operator+(const ComplexStep& a) { return a; }
  friend ComplexStep operator-(const ComplexStep& a) { return ComplexStep(-a.z_); }
  friend ComplexStep operator+(const ComplexStep& a, const ComplexStep& b) { return ComplexStep(a.z_ + b.z_); }
  friend ComplexStep operator-(const ComplexStep& a, const ComplexStep& b) { return ComplexStep(a.z_ - b.z_); }
  friend ComplexStep operator*(const ComplexStep& a, const ComplexStep& b) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
  }
  friend ComplexStep operator/(const ComplexStep& a, const ComplexStep& b) {
    // The imaginary parts are perturbations: |b|^2 is the square of the real part.
    const double quotient = a.real() / b.real();
    return {quotient, (a.imag() - quotient * b.imag()) / b.real()};
  }

  friend bool operator<(const ComplexStep& a, const ComplexStep& b) { return a.real() < b.real(); }
  friend bool operator<=(const ComplexStep& a, const ComplexStep& b) { return a.real() <= b.real(); }
  friend bool operator>(const ComplexStep& a, const ComplexStep& b) { return a.real() > b.real(); }
  friend bool operator>=(const ComplexStep& a, const ComplexStep& b) { return a.real() >= b.real(); }
  friend bool operator==(const ComplexStep& a, const ComplexStep& b) { return a.real() == b.real(); }
  friend bool operator!=(const ComplexStep& a, const ComplexStep& b) { return a.real() != b.real(); }

  // Each function is continued analytically to first order in the imaginary part, which at 1e-100 is exact in
  // double precision: f(a + ib) = f(a) + i f'(a) b.
  friend ComplexStep sin(const ComplexStep& z) { return z.follow(std::sin(z.real()), std::cos(z.real())); }
  friend ComplexStep cos(const ComplexStep& z) { return z.follow(std::cos(z.real()), -std::sin(z.real())); }
  friend void sincos(ComplexStep z, ComplexStep& s, ComplexStep& c) { s = sin(z), c = cos(z); }
  friend ComplexStep tan(const ComplexStep& z) {
    const double t = std::tan(z.real());
    return z.follow(t, 1.0 + t * t);
  }
  friend ComplexStep asin(const ComplexStep& z) {
    return z.follow(std::asin(z.real()), 1.0 / std::sqrt((1.0 - z.real()) * (1.0 + z.real())));
  }
  friend ComplexStep acos(const ComplexStep& z) {
    return z.follow(std::acos(z.real()), -1.0 / std::sqrt((1.0 - z.real()) * (1.0 + z.real())));
  }
  friend ComplexStep atan(const ComplexStep& z) {
    return z.follow(std::atan(z.real()), 1.0 / (1.0 + z.real() * z.real()));
  }
  friend ComplexStep exp(const ComplexStep& z) {
    const double e = std::exp(z.real());
    return z.follow(e, e);
  }
  friend ComplexStep log(const ComplexStep& z) { return z.follow(std::log(z.real()), 1.0 / z.real()); }
  friend ComplexStep sqrt(const ComplexStep& z) {
    const double root = std::sqrt(z.real());
    return z.follow(root, 0.5 / root);
  }
  friend ComplexStep cbrt(const ComplexStep& z) {
    const double root = std::cbrt(z.real());
    return z.follow(root, 1.0 / (3.0 * root * root));
  }
  friend ComplexStep tanh(const ComplexStep& z) {
    const double t = std::tanh(z.real());
    return z.follow(t, (1.0 - t) * (1.0 + t));
  }
  friend ComplexStep erf(const ComplexStep& z) {
    return z.follow(std::erf(z.real()), 1.1283791670955125739 * std::exp(-z.real() * z.real()));
  }
  friend ComplexStep abs(const ComplexStep& z) { return z.real() < 0.0 ? -z : z; }
  friend ComplexStep min(const ComplexStep& a, const ComplexStep& b) { return b < a ? b : a; }
  friend ComplexStep max(const ComplexStep& a, const ComplexStep& b) { return a < b ? b : a; }
  friend ComplexStep floor(const ComplexStep& z) { return ComplexStep(std::floor(z.real())); }
  friend ComplexStep copysign(const ComplexStep& a, const ComplexStep& b) {
    return std::signbit(a.real()) == std::signbit(b.real()) ? a : -a;
  }
  friend bool isnan(const ComplexStep& z) { return std::isnan(z.real()); }
  friend bool isfinite(const ComplexStep& z) { return std::isfinite(z.real()); }
  friend ComplexStep atan2(const ComplexStep& y, const ComplexStep& x) {
    const double square = x.real() * x.real() + y.real() * y.real();
    return {std::atan2(y.real(), x.real()), (x.real() * y.imag() - y.real() * x.imag()) / square};
  }
  friend ComplexStep hypot(const ComplexStep& x, const ComplexStep& y) {
    const double h = std::hypot(x.real(), y.real());
    return {h, (x.real() * x.imag() + y.real() * y.imag()) / h};
  }
  friend ComplexStep pow(const ComplexStep& x, const ComplexStep& y) {
    const double p = std::pow(x.real(), y.real());
    double slope = y.real() == 0.0 ? 0.0 : y.real() * std::pow(x.real(), y.real() - 1.0) * x.imag();
    if (y.imag() != 0.0 && x.real() > 0.0) slope += p * std::log(x.real()) * y.imag();
    return {p, slope};
  }
  friend ComplexStep select(bool condition, const ComplexStep& a, const ComplexStep& b) { return condition ? a : b; }

 private:
  ComplexStep(double real, double imag) : z_(real, imag) {}
  ComplexStep follow(double f, double df) const { return {f, df * z_.imag()}; }

  std::complex<double> z_;
};

}  // namespace heliotrope
