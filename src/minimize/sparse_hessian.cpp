// SPDX-License-Identifier: Apache-2.0
#include "minimize/sparse_hessian.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "heliotrope/parallel.hpp"
#include "minimize/stage_timer.hpp"

namespace heliotrope::detail {

SparseHessian::SparseHessian(const SecondOrderObjective& f, Use use, int threads, ObjectiveSummary& summary)
    : f_(f), pattern_(f.pattern), threads_(threads), summary_(summary) {
  if (use == Use::factors) {
    const StageTimer timer(summary_.seconds_linear);
    factor_.analyse(*pattern_);
  }
  values_.resize(static_cast<std::size_t>(pattern_->num_entries()));
}

void SparseHessian::evaluate(const Iterates& at) {
  {
    const StageTimer timer(summary_.seconds_function);
    (*f_.hessian)(at.x(), {at.gradient(0), size()}, values_);
  }
  ++summary_.hessians;
  const bool finite = measure();
  is_identity_ = !finite || largest_ == 0.0;
  if (!is_identity_) return;
  if (!finite) ++summary_.hessians_not_finite;
  std::fill(values_.begin(), values_.end(), 0.0);
  least_diagonal_ = least_eigenvalue_ = most_eigenvalue_ = largest_ = 1.0;
}

bool SparseHessian::measure() {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  least_diagonal_ = least_eigenvalue_ = infinite;
  most_eigenvalue_ = -infinite;
  largest_ = 0.0;
  for (std::int64_t i = 0; i < pattern_->num_rows; ++i) {
    double diagonal = 0.0, off = 0.0;
    for (std::int64_t k = pattern_->row_begin[i]; k < pattern_->row_begin[i + 1]; ++k) {
      const double value = values_[static_cast<std::size_t>(k)];
      largest_ = std::max(largest_, std::abs(value));
      if (pattern_->columns[k] == i) {
        diagonal = value;
      } else {
        off += std::abs(value);
      }
    }
    if (!std::isfinite(diagonal) || !std::isfinite(off)) return false;
    least_diagonal_ = std::min(least_diagonal_, diagonal);
    least_eigenvalue_ = std::min(least_eigenvalue_, diagonal - off);
    most_eigenvalue_ = std::max(most_eigenvalue_, diagonal + off);
  }
  return true;
}

void SparseHessian::multiply(const double* v, double* to) const {
  constexpr std::int64_t piece = 4096;
  const std::int64_t n = pattern_->num_rows;
  ++summary_.products;
  if (is_identity_) {
    std::copy_n(v, n, to);
    return;
  }
  parallel_for(threads_, (n + piece - 1) / piece, [&](std::int64_t p) {
    for (std::int64_t i = p * piece; i < std::min(n, (p + 1) * piece); ++i) {
      double sum = 0.0;
      for (std::int64_t k = pattern_->row_begin[i]; k < pattern_->row_begin[i + 1]; ++k) {
        sum += values_[static_cast<std::size_t>(k)] * v[pattern_->columns[k]];
      }
      to[i] = sum;
    }
  });
}

bool SparseHessian::factorise(double shift) {
  const StageTimer timer(summary_.seconds_linear);
  ++summary_.factorizations;
  return factor_.factorise(values_, is_identity_ ? shift + 1.0 : shift);
}

double factorise_shifted(SparseHessian& hessian, double shift, double* v) {
  constexpr int trials = 60;
  constexpr double least = 1e-8;  // of the largest entry: eps^(1/2)
  constexpr double growth = 4.0;  // where nothing better is known; chosen, not measured
  if (!(hessian.least_diagonal() + shift > 0.0)) {
    shift = std::max(-2.0 * hessian.least_diagonal(), least * hessian.largest());
  }
  for (int k = 0; k < trials && std::isfinite(shift); ++k) {
    if (hessian.factorise(shift)) return shift;
    const double curvature = hessian.failing_curvature(v);
    const double shown = curvature <= 0.0 ? 2.0 * (shift - curvature) : 0.0;
    shift = std::max({shown, growth * shift, least * hessian.largest()});
  }
  return std::numeric_limits<double>::infinity();
}

HessianProduct::HessianProduct(const SecondOrderObjective& f, int threads, ObjectiveSummary& summary)
    : f_(f), summary_(summary) {
  if (f.hessian) values_.emplace(f, SparseHessian::Use::products, threads, summary);
}

void HessianProduct::update(const Iterates& at) {
  if (values_) values_->evaluate(at);
}

void HessianProduct::multiply(const Iterates& at, const double* v, double* to) {
  if (values_) return values_->multiply(v, to);
  const StageTimer timer(summary_.seconds_function);
  ++summary_.products;
  const auto n = static_cast<std::size_t>(at.size());
  (*f_.product)(at.x(), {at.gradient(0), n}, {v, n}, {to, n});
}

void SparseHessian::solve(const double* b, double* x) {
  const StageTimer timer(summary_.seconds_linear);
  factor_.solve({b, size()}, {x, size()});
}

}  // namespace heliotrope::detail
