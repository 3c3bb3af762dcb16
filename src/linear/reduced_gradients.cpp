// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "reduced_solver.hpp"

namespace heliotrope::linear_detail {

namespace {

/// Preconditioned conjugate gradients [Hestenes1952] with the diagonal blocks of S as preconditioner ("Schur-Jacobi").
class ReducedGradients final : public ReducedSolver {
 public:
  ReducedGradients(const SchurComplement& schur, bool implicit) : implicit_(implicit) {
    const BlockSymmetricPattern& pattern = schur.pattern();
    for (std::int64_t j = 0; j < pattern.num_block_columns(); ++j) {
      begin_.push_back(static_cast<std::int64_t>(blocks_.size()));
      blocks_.resize(blocks_.size() + static_cast<std::size_t>(pattern.width(j) * pattern.width(j)));
    }
    for (auto* v : {&r_, &z_, &p_, &q_}) v->resize(static_cast<std::size_t>(pattern.num_columns()));
  }

  bool solve(SchurComplement& schur, std::span<const double> damping, std::span<double> x, const Limits& limits,
             int threads) override {
    if (!factorise(schur, damping)) return false;
    const std::size_t n = r_.size();
    std::fill(x.begin(), x.end(), 0.0);
    for (std::size_t i = 0; i < n; ++i) r_[i] = -schur.right_side()[i];
    precondition(schur.pattern());
    p_ = z_;
    double rho = dot(r_, z_), model = 0.0;
    iterations_ = 0;
    for (int k = 1; k <= limits.iterations && rho > 0.0; ++k) {
      iterations_ = k;
      schur.multiply(p_, q_, threads);
      for (std::size_t i = 0; i < n; ++i) q_[i] += damping[i] * p_[i];
      const double curvature = dot(p_, q_);
      if (!(curvature > 0.0)) return std::isfinite(curvature) && k > 1;
      const double alpha = rho / curvature;
      for (std::size_t i = 0; i < n; ++i) x[i] += alpha * p_[i];
      for (std::size_t i = 0; i < n; ++i) r_[i] -= alpha * q_[i];
      // The quadratic model's value falls by alpha rho / 2 an iteration [Nash1990].
      const double decrease = 0.5 * alpha * rho;
      model += decrease;
      if (k * decrease <= forcing * model || (limits.stop != nullptr && (*limits.stop)())) break;
      precondition(schur.pattern());
      const double next = dot(r_, z_);
      const double beta = next / rho;
      rho = next;
      for (std::size_t i = 0; i < n; ++i) p_[i] = z_[i] + beta * p_[i];
    }
    return true;
  }
  std::string_view name() const override {
    return implicit_ ? "Schur complement, implicit, conjugate gradients" : "Schur complement, conjugate gradients";
  }
  int last_iterations() const override { return iterations_; }

 private:
  static constexpr double forcing = 0.1;

  static double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  }

  /// Cholesky factors of the diagonal blocks, row-major.
  bool factorise(const SchurComplement& schur, std::span<const double> damping) {
    const BlockSymmetricPattern& pattern = schur.pattern();
    for (std::int64_t j = 0; j < pattern.num_block_columns(); ++j) {
      const std::int64_t w = pattern.width(j);
      double* const L = blocks_.data() + begin_[static_cast<std::size_t>(j)];
      schur.write_block(pattern.begin[static_cast<std::size_t>(j)], j, j, L, w, 1);
      for (std::int64_t a = 0; a < w; ++a) {
        L[a * w + a] += damping[static_cast<std::size_t>(pattern.column_begin[static_cast<std::size_t>(j)] + a)];
        for (std::int64_t b = 0; b <= a; ++b) {
          double sum = L[a * w + b];
          for (std::int64_t c = 0; c < b; ++c) sum -= L[a * w + c] * L[b * w + c];
          if (a == b && !(sum > 0.0)) return false;
          L[a * w + b] = a == b ? std::sqrt(sum) : sum / L[b * w + b];
        }
      }
    }
    return true;
  }

  /// z = M^-1 r.
  void precondition(const BlockSymmetricPattern& pattern) {
    z_ = r_;
    for (std::int64_t j = 0; j < pattern.num_block_columns(); ++j) {
      const std::int64_t w = pattern.width(j);
      const double* const L = blocks_.data() + begin_[static_cast<std::size_t>(j)];
      double* const z = z_.data() + pattern.column_begin[static_cast<std::size_t>(j)];
      for (std::int64_t a = 0; a < w; ++a) {
        for (std::int64_t b = 0; b < a; ++b) z[a] -= L[a * w + b] * z[b];
        z[a] /= L[a * w + a];
      }
      for (std::int64_t a = w - 1; a >= 0; --a) {
        for (std::int64_t b = a + 1; b < w; ++b) z[a] -= L[b * w + a] * z[b];
        z[a] /= L[a * w + a];
      }
    }
  }

  bool implicit_;
  std::vector<std::int64_t> begin_;
  std::vector<double> blocks_, r_, z_, p_, q_;
  int iterations_ = 0;
};

}  // namespace

std::unique_ptr<ReducedSolver> make_reduced_gradients(const SchurComplement& schur, bool implicit) {
  return std::make_unique<ReducedGradients>(schur, implicit);
}

}  // namespace heliotrope::linear_detail
