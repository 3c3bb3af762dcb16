// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "preconditioners.hpp"
#include "reduced_solver.hpp"

namespace heliotrope::linear_detail {

namespace {

/// Preconditioned conjugate gradients [Hestenes1952], ended where the model gains little [Nash1990].
class ReducedGradients final : public ReducedSolver {
 public:
  ReducedGradients(const SchurComplement& schur, bool implicit)
      : implicit_(implicit), preconditioner_(implicit ? make_schur_jacobi(schur) : make_cluster_jacobi(schur)) {
    for (auto* v : {&r_, &z_, &p_, &q_}) v->resize(static_cast<std::size_t>(schur.pattern().num_columns()));
  }

  bool solve(SchurComplement& schur, std::span<const double> damping, std::span<double> x, const Limits& limits,
             int threads) override {
    if (!preconditioner_->factorise(schur, damping, threads)) return false;
    const std::size_t n = r_.size();
    std::fill(x.begin(), x.end(), 0.0);
    for (std::size_t i = 0; i < n; ++i) r_[i] = -schur.right_side()[i];
    preconditioner_->apply(r_, z_);
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
      // The quadratic model's value falls by alpha rho / 2 an iteration.
      const double decrease = 0.5 * alpha * rho;
      model += decrease;
      if (k * decrease <= forcing * model || (limits.stop != nullptr && (*limits.stop)())) break;
      preconditioner_->apply(r_, z_);
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

  bool implicit_;
  std::unique_ptr<Preconditioner> preconditioner_;
  std::vector<double> r_, z_, p_, q_;
  int iterations_ = 0;
};

}  // namespace

std::unique_ptr<ReducedSolver> make_reduced_gradients(const SchurComplement& schur, bool implicit) {
  return std::make_unique<ReducedGradients>(schur, implicit);
}

}  // namespace heliotrope::linear_detail
