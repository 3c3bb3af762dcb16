// SPDX-License-Identifier: Apache-2.0
// Conjugate gradients on the damped normal equations, which are never formed [Hestenes1952].
#include <algorithm>
#include <cmath>
#include <vector>

#include "heliotrope/linear/jacobian_operator.hpp"
#include "heliotrope/linear/normal_equations.hpp"
#include "permuted_hessian.hpp"
#include "solvers.hpp"

namespace heliotrope::linear_detail {

namespace {

/// Preconditioned by the diagonal blocks of J'J + diag(damping). A solve ends where an iteration gains less than
/// `forcing` of what all have gained on average [Nash1990].
class NormalGradients final : public LinearSolver {
 public:
  void analyse(const BlockJacobian& jacobian) override {
    products_.analyse(jacobian);
    diagonal_.analyse(jacobian, NormalEquations::Blocks::diagonal);
    factors_.resize(static_cast<std::size_t>(diagonal_.pattern().num_values()));
    const auto n = static_cast<std::size_t>(jacobian.num_columns());
    for (auto* v : {&r_, &z_, &p_, &q_, &damping_}) v->resize(n);
    y_.resize(static_cast<std::size_t>(products_.residual_size()));
  }
  void begin(const std::function<bool()>* stop) override {
    stop_ = stop;
    forcing_ = first_forcing;
  }

  void linearise(const BlockJacobian& jacobian, int threads) override {
    jacobian_ = &jacobian;
    threads_ = threads;
    diagonal_.compute(jacobian, threads);
  }

  bool factorise(std::span<const double> damping, int) override {
    expect_length(damping.size(), diagonal_.pattern().num_columns(), "damping");
    std::copy(damping.begin(), damping.end(), damping_.begin());
    return has_finite_diagonal(diagonal_) && factorise_blocks();
  }

  void solve(std::span<double> step) override { solve_for(diagonal_.gradient(), step); }

  void solve_for(std::span<const double> gradient, std::span<double> x) override {
    expect_length(x.size(), diagonal_.pattern().num_columns(), "step");
    const std::size_t n = r_.size();
    std::fill(x.begin(), x.end(), 0.0);
    for (std::size_t i = 0; i < n; ++i) r_[i] = -gradient[i];
    precondition();
    p_ = z_;
    double rho = dot(r_, z_), model = 0.0;
    for (int k = 1; k <= most_iterations && rho > 0.0; ++k) {
      products_.multiply(*jacobian_, p_, y_, threads_);
      products_.multiply_transposed(*jacobian_, y_, q_, threads_);
      for (std::size_t i = 0; i < n; ++i) q_[i] += damping_[i] * p_[i];
      const double curvature = dot(p_, q_);
      if (!(curvature > 0.0)) return;
      const double alpha = rho / curvature;
      for (std::size_t i = 0; i < n; ++i) x[i] += alpha * p_[i];
      for (std::size_t i = 0; i < n; ++i) r_[i] -= alpha * q_[i];
      const double decrease = 0.5 * alpha * rho;  // of the quadratic model
      model += decrease;
      if (k * decrease <= forcing_ * model || (stop_ && *stop_ && (*stop_)())) return;
      precondition();
      const double next = dot(r_, z_), beta = next / rho;
      rho = next;
      for (std::size_t i = 0; i < n; ++i) p_[i] = z_[i] + beta * p_[i];
    }
  }

  bool is_iterative() const override { return true; }
  double forcing() const override { return forcing_; }
  void set_forcing(double forcing) override { forcing_ = forcing; }
  bool refine() override {
    if (forcing_ <= last_forcing) return false;
    forcing_ *= 1e-3;
    return true;
  }
  std::string_view name() const override { return "conjugate gradients"; }

 private:
  // Chosen, not measured: steps of two digits far from the minimum, of six where the cost is flat.
  static constexpr double first_forcing = 1e-2, last_forcing = 1e-7;
  static constexpr int most_iterations = 2000;

  /// Cholesky factors of the blocks, packed as the blocks are.
  bool factorise_blocks() {
    const BlockSymmetricPattern& pattern = diagonal_.pattern();
    for (std::int64_t j = 0; j < pattern.num_block_columns(); ++j) {
      const double* const H = diagonal_.values().data() + pattern.offset[j];
      double* const L = factors_.data() + pattern.offset[j];
      const auto at = [](std::int64_t a, std::int64_t b) { return a * (a + 1) / 2 + b; };
      for (std::int64_t a = 0; a < pattern.width(j); ++a) {
        for (std::int64_t b = 0; b <= a; ++b) {
          double sum = H[at(a, b)] + (a == b ? damping_[pattern.column_begin[j] + a] : 0.0);
          for (std::int64_t c = 0; c < b; ++c) sum -= L[at(a, c)] * L[at(b, c)];
          if (a == b && !(sum > 0.0)) return false;
          L[at(a, b)] = a == b ? std::sqrt(sum) : sum / L[at(b, b)];
        }
      }
    }
    return true;
  }

  /// z = M^-1 r.
  void precondition() {
    const BlockSymmetricPattern& pattern = diagonal_.pattern();
    for (std::int64_t j = 0; j < pattern.num_block_columns(); ++j) {
      const std::int64_t w = pattern.width(j), first = pattern.column_begin[j];
      const double* const L = factors_.data() + pattern.offset[j];
      const double* const r = r_.data() + first;
      double* const z = z_.data() + first;
      if (w == 1) {
        z[0] = r[0] / (L[0] * L[0]);
        continue;
      }
      const auto at = [](std::int64_t a, std::int64_t b) { return a * (a + 1) / 2 + b; };
      for (std::int64_t a = 0; a < w; ++a) {
        z[a] = r[a];
        for (std::int64_t b = 0; b < a; ++b) z[a] -= L[at(a, b)] * z[b];
        z[a] /= L[at(a, a)];
      }
      for (std::int64_t a = w - 1; a >= 0; --a) {
        for (std::int64_t b = a + 1; b < w; ++b) z[a] -= L[at(b, a)] * z[b];
        z[a] /= L[at(a, a)];
      }
    }
  }

  static double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  }

  JacobianOperator products_;
  NormalEquations diagonal_;  ///< its diagonal blocks, and the gradient
  const BlockJacobian* jacobian_ = nullptr;
  const std::function<bool()>* stop_ = nullptr;
  int threads_ = 1;
  double forcing_ = first_forcing;
  std::vector<double> factors_, r_, z_, p_, q_, damping_, y_;
};

}  // namespace

std::unique_ptr<LinearSolver> make_normal_gradients() { return std::make_unique<NormalGradients>(); }

}  // namespace heliotrope::linear_detail
