// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/schur_solver.hpp"

#include <algorithm>
#include <cmath>

#include "block_ordering.hpp"
#include "heliotrope/error.hpp"
#include "supernodal_factor.hpp"

namespace heliotrope {

using namespace linear_detail;

/// Solves S x = -b with S the damped reduced matrix.
class SchurSolver::Reduced {
 public:
  virtual ~Reduced() = default;
  virtual bool solve(SchurComplement& schur, std::span<const double> damping, std::span<double> x, int threads) = 0;
  virtual std::string_view name() const = 0;
  virtual std::int64_t num_iterations() const { return 0; }
};

namespace {

class SchurBlocks final : public SymmetricBlocks {
 public:
  explicit SchurBlocks(const SchurComplement& schur) : schur_(schur) {}
  void write(std::int64_t entry, std::int64_t row, std::int64_t column, double* to, std::int64_t row_step,
             std::int64_t column_step) const override {
    schur_.write_block(entry, row, column, to, row_step, column_step);
  }

 private:
  const SchurComplement& schur_;
};

}  // namespace

class SchurSolver::Factor final : public Reduced {
 public:
  explicit Factor(const SchurComplement& schur) { factor_.analyse(schur.pattern(), block_order(schur.pattern())); }
  bool solve(SchurComplement& schur, std::span<const double> damping, std::span<double> x, int threads) override {
    if (!factor_.factorise(schur.pattern(), SchurBlocks(schur), damping, threads)) return false;
    factor_.solve(schur.right_side(), x);
    return true;
  }
  std::string_view name() const override { return "Schur complement, sparse Cholesky"; }

 private:
  SupernodalFactor factor_;
};

/// Preconditioned conjugate gradients [Hestenes1952] with the diagonal blocks of S as preconditioner ("Schur-Jacobi").
class SchurSolver::Gradients final : public Reduced {
 public:
  explicit Gradients(const SchurComplement& schur, bool implicit) : implicit_(implicit) {
    const BlockSymmetricPattern& pattern = schur.pattern();
    for (std::int64_t j = 0; j < pattern.num_block_columns(); ++j) {
      begin_.push_back(static_cast<std::int64_t>(blocks_.size()));
      blocks_.resize(blocks_.size() + static_cast<std::size_t>(pattern.width(j) * pattern.width(j)));
    }
    for (auto* v : {&r_, &z_, &p_, &q_}) v->resize(static_cast<std::size_t>(pattern.num_columns()));
  }

  bool solve(SchurComplement& schur, std::span<const double> damping, std::span<double> x, int threads) override {
    if (!factorise(schur, damping)) return false;
    const std::size_t n = r_.size();
    std::fill(x.begin(), x.end(), 0.0);
    for (std::size_t i = 0; i < n; ++i) r_[i] = -schur.right_side()[i];
    precondition(schur.pattern());
    p_ = z_;
    double rho = dot(r_, z_), model = 0.0;
    for (int k = 1; k <= max_iterations && rho > 0.0; ++k) {
      ++iterations_;
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
      if (k * decrease <= forcing * model) break;
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
  std::int64_t num_iterations() const override { return iterations_; }

 private:
  static constexpr int max_iterations = 500;
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
  std::int64_t iterations_ = 0;
};

SchurSolver::SchurSolver(EliminationPlan plan, std::span<const std::int64_t> column_begin, LinearSolverType type, int threads)
    : plan_(std::make_unique<EliminationPlan>(std::move(plan))), threads_(threads) {
  const bool implicit = type == LinearSolverType::schur_implicit;
  schur_ = std::make_unique<SchurComplement>(
      *plan_, column_begin, implicit ? SchurComplement::Form::diagonal : SchurComplement::Form::explicit_blocks, threads);
  if (implicit || type == LinearSolverType::schur_pcg) {
    reduced_ = std::make_unique<Gradients>(*schur_, implicit);
  } else {
    reduced_ = std::make_unique<Factor>(*schur_);
  }
  kept_damping_.resize(static_cast<std::size_t>(plan_->num_kept_columns()));
  kept_step_.resize(kept_damping_.size());
}
SchurSolver::~SchurSolver() = default;

const EliminationPlan& SchurSolver::plan() const { return *plan_; }
std::string_view SchurSolver::name() const { return reduced_->name(); }
std::int64_t SchurSolver::num_inner_iterations() const { return reduced_->num_iterations(); }
std::int64_t SchurSolver::bytes() const { return schur_->bytes(); }

bool SchurSolver::linearise(TileSource& source, double lambda, const SchurComplement::Vectors& vectors) {
  eliminated_ = schur_->eliminate(source, lambda, vectors, true, threads_);
  lambda_ = lambda;
  cost_ = schur_->cost();
  return std::isfinite(cost_);
}

bool SchurSolver::solve(TileSource& source, double lambda, const SchurComplement::Vectors& vectors, std::span<double> step) {
  if (lambda != lambda_) {
    eliminated_ = schur_->eliminate(source, lambda, vectors, false, threads_);
    lambda_ = lambda;
  }
  if (!eliminated_) return false;
  for (std::int64_t k = 0; k < plan_->num_kept(); ++k) {
    const std::int64_t from = schur_->first_column(k), to = plan_->kept_begin[static_cast<std::size_t>(k)];
    for (std::int64_t c = 0; c < plan_->kept_width(k); ++c) {
      kept_damping_[static_cast<std::size_t>(to + c)] = lambda * vectors.scale[static_cast<std::size_t>(from + c)];
    }
  }
  if (!reduced_->solve(*schur_, kept_damping_, kept_step_, threads_)) return false;
  for (std::int64_t k = 0; k < plan_->num_kept(); ++k) {
    std::copy_n(kept_step_.begin() + plan_->kept_begin[static_cast<std::size_t>(k)], plan_->kept_width(k),
                step.begin() + schur_->first_column(k));
  }
  source.move(plan_->kept.data(), plan_->num_kept(), step.data());
  candidate_cost_ = schur_->back_substitute(source, vectors, step, threads_);
  return std::all_of(step.begin(), step.end(), [](double s) { return std::isfinite(s); });
}

double SchurSolver::evaluate_candidate(TileSource& source) {
  return schur_->evaluate_cost(source, TileSource::Where::candidate, threads_);
}

}  // namespace heliotrope
