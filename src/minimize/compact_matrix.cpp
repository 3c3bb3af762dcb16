// SPDX-License-Identifier: Apache-2.0
#include "minimize/compact_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "minimize/direction.hpp"

namespace heliotrope::detail {

bool SmallSystem::factorise() {
  const std::size_t n = size_;
  for (std::size_t i = 0; i < n; ++i) {
    double most = 0.0;
    for (std::size_t j = 0; j < n; ++j) most = std::max(most, std::abs(values_[i * n + j]));
    scales_[i] = most > 0.0 ? 1.0 / std::sqrt(most) : 1.0;
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) values_[i * n + j] *= scales_[i] * scales_[j];
  }
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i) {
      if (std::abs(values_[i * n + k]) > std::abs(values_[pivot * n + k])) pivot = i;
    }
    pivots_[k] = pivot;
    const double largest = values_[pivot * n + k];
    if (!(std::abs(largest) > 0.0) || !std::isfinite(largest)) return false;
    if (pivot != k) {
      for (std::size_t j = 0; j < n; ++j) std::swap(values_[k * n + j], values_[pivot * n + j]);
    }
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = values_[i * n + k] /= largest;
      for (std::size_t j = k + 1; j < n; ++j) values_[i * n + j] -= factor * values_[k * n + j];
    }
  }
  return true;
}

void SmallSystem::solve(double* b) const {
  const std::size_t n = size_;
  for (std::size_t k = 0; k < n; ++k) b[k] *= scales_[k];
  for (std::size_t k = 0; k < n; ++k) std::swap(b[k], b[pivots_[k]]);  // rows were exchanged whole
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) b[i] -= values_[i * n + j] * b[j];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = i + 1; j < n; ++j) b[i] -= values_[i * n + j] * b[j];
    b[i] /= values_[i * n + i];
  }
  for (std::size_t k = 0; k < n; ++k) b[k] *= scales_[k];
}

namespace {

std::size_t triangle(std::size_t n) { return n * (n + 1) / 2; }

/// Partial sums beside each other, which compilers add as vectors.
constexpr std::int64_t lanes = 8;

double sum_of(const double (&a)[lanes]) { return ((a[0] + a[4]) + (a[1] + a[5])) + ((a[2] + a[6]) + (a[3] + a[7])); }

/// sum f(j) for j in [begin, end)
template <class F>
double sum_over(std::int64_t begin, std::int64_t end, const F& f) {
  double sums[lanes] = {};
  const std::int64_t whole = end - (end - begin) % lanes;
  for (std::int64_t j = begin; j < whole; j += lanes) {
    for (std::int64_t l = 0; l < lanes; ++l) sums[l] += f(j + l);
  }
  for (std::int64_t j = whole; j < end; ++j) sums[0] += f(j);
  return sum_of(sums);
}

}  // namespace

CompactMatrix::CompactMatrix(int memory, std::int64_t size, int threads)
    : memory_(static_cast<std::size_t>(memory)),
      passes_(size, static_cast<int>(triangle(2 * memory_)), threads),
      ss_(memory_ * memory_),
      sy_(memory_ * memory_),
      sums_(std::max<std::size_t>(4, 2 * memory_)),
      products_(triangle(2 * memory_)),
      good_(memory_),
      k_(2 * memory_),
      restricted_(2 * memory_) {
  used_.reserve(memory_);
  steps_.reserve(memory_);
  alphas_.resize(memory_);
}

void CompactMatrix::update(Iterates& at) {
  const auto pairs = static_cast<std::size_t>(at.pairs());
  used_.clear();
  steps_.clear();
  theta_ = pairs == 0 ? 1.0 : theta_;
  if (pairs == 0) return;
  add_products(at, pairs);
  for (std::size_t i = 0; i < pairs; ++i) {
    if (!good_[i]) continue;
    used_.push_back(static_cast<int>(i));
    steps_.push_back(at.step(static_cast<int>(i)));
  }
  write_k(k_.values(size()));
  if (!k_.factorise()) {
    used_.clear();
    steps_.clear();
  }
}

/// Products with the newest pair; older ones move on by an age.
void CompactMatrix::add_products(Iterates& at, std::size_t pairs) {
  for (std::size_t i = pairs - 1; i > 0; --i) {
    for (std::size_t j = pairs - 1; j >= i; --j) {
      ss(i, j) = ss(i - 1, j - 1);
      sy(i, j) = sy(i - 1, j - 1);
    }
    good_[i] = good_[i - 1];
  }
  at.products(1, sums_.data());
  const double yy = sums_[1], curvature = at.step(0) * sums_[3];
  good_[0] = curvature > std::numeric_limits<double>::epsilon() * -at.step(0) * at.old_slope && yy > 0.0;
  if (good_[0]) theta_ = yy / curvature;

  const double* const newest = at.direction(0);
  passes_.run(2 * static_cast<int>(pairs), sums_.data(), [&](std::int64_t begin, std::int64_t end, double* part) {
    for (std::size_t i = 0; i < pairs; ++i) {
      const int age = static_cast<int>(i);
      const double *from = at.gradient(age), *until = at.gradient(age + 1), *d = at.direction(age);
      part[2 * i] = sum_over(begin, end, [&](std::int64_t j) { return (from[j] - until[j]) * newest[j]; });
      part[2 * i + 1] = sum_over(begin, end, [&](std::int64_t j) { return d[j] * newest[j]; });
    }
  });
  for (std::size_t i = 0; i < pairs; ++i) {
    sy(0, i) = at.step(0) * sums_[2 * i];
    ss(0, i) = at.step(0) * at.step(static_cast<int>(i)) * sums_[2 * i + 1];
  }
}

void CompactMatrix::write_k(double* k) {
  const std::size_t half = used_.size(), n = 2 * half;
  std::fill_n(k, n * n, 0.0);
  for (std::size_t a = 0; a < half; ++a) {
    for (std::size_t b = 0; b < half; ++b) {
      const auto i = static_cast<std::size_t>(used_[a]), j = static_cast<std::size_t>(used_[b]);
      if (a == b) k[a * n + a] = -sy(i, i);
      if (i < j) k[(half + a) * n + b] = k[b * n + half + a] = sy(i, j);  // s_i newer than y_j
      k[(half + a) * n + half + b] = theta_ * ss(std::min(i, j), std::max(i, j));
    }
  }
}

void CompactMatrix::row(const Iterates& at, std::int64_t j, double* w) const {
  for (std::size_t a = 0; a < used_.size(); ++a) {
    w[a] = at.gradient(used_[a])[j] - at.gradient(used_[a] + 1)[j];
    w[used_.size() + a] = theta_ * steps_[a] * at.direction(used_[a])[j];
  }
}

void CompactMatrix::transposed(const Iterates& at, const double* v, double* out) {
  const std::size_t half = used_.size();
  passes_.run(static_cast<int>(2 * half), out, [&](std::int64_t begin, std::int64_t end, double* part) {
    for (std::size_t a = 0; a < half; ++a) {
      const double *from = at.gradient(used_[a]), *until = at.gradient(used_[a] + 1), *d = at.direction(used_[a]);
      part[a] = sum_over(begin, end, [&](std::int64_t j) { return (from[j] - until[j]) * v[j]; });
      part[half + a] = theta_ * steps_[a] * sum_over(begin, end, [&](std::int64_t j) { return d[j] * v[j]; });
    }
  });
}

void CompactMatrix::apply_inverse(const Iterates& at, double* v) {
  const std::size_t pairs = used_.size();
  const std::int64_t n = at.size();
  const auto rho = [&](std::size_t a) {
    const auto i = static_cast<std::size_t>(used_[a]);
    return 1.0 / sy(i, i);
  };
  for (std::size_t a = 0; a < pairs; ++a) {  // from the newest
    const double *from = at.gradient(used_[a]), *until = at.gradient(used_[a] + 1), *d = at.direction(used_[a]);
    alphas_[a] = rho(a) * steps_[a] * sum_over(0, n, [&](std::int64_t j) { return d[j] * v[j]; });
    for (std::int64_t j = 0; j < n; ++j) v[j] -= alphas_[a] * (from[j] - until[j]);
  }
  for (std::int64_t j = 0; j < n; ++j) v[j] /= theta_;
  for (std::size_t a = pairs; a-- > 0;) {
    const double *from = at.gradient(used_[a]), *until = at.gradient(used_[a] + 1), *d = at.direction(used_[a]);
    const double sum = sum_over(0, n, [&](std::int64_t j) { return (from[j] - until[j]) * v[j]; });
    const double factor = (alphas_[a] - rho(a) * sum) * steps_[a];
    for (std::int64_t j = 0; j < n; ++j) v[j] += factor * d[j];
  }
}

/// Rows [first, first + count) of W by columns; zeros for variables that are not free, and behind them.
template <std::int64_t block>
void CompactMatrix::gather(const Iterates& at, const char* free, std::int64_t first, std::int64_t count,
                           double (*w)[block]) const {
  const std::size_t half = used_.size();
  double mask[block] = {};
  for (std::int64_t j = 0; j < count; ++j) mask[j] = free[first + j] ? 1.0 : 0.0;
  for (std::size_t a = 0; a < half; ++a) {
    const double *from = at.gradient(used_[a]) + first, *until = at.gradient(used_[a] + 1) + first;
    const double *d = at.direction(used_[a]) + first, on_d = theta_ * steps_[a];
    for (std::int64_t j = 0; j < count; ++j) {
      w[a][j] = mask[j] * (from[j] - until[j]);
      w[half + a][j] = mask[j] * (on_d * d[j]);
    }
    std::fill(w[a] + count, w[a] + block, 0.0);
    std::fill(w[half + a] + count, w[half + a] + block, 0.0);
  }
}

/// v += W c
void CompactMatrix::add(const Iterates& at, const double* c, double* v) {
  const std::size_t half = used_.size();
  passes_.run(0, nullptr, [&](std::int64_t begin, std::int64_t end, double*) {
    for (std::size_t a = 0; a < half; ++a) {
      const double *from = at.gradient(used_[a]), *until = at.gradient(used_[a] + 1), *d = at.direction(used_[a]);
      const double on_y = c[a], on_d = theta_ * steps_[a] * c[half + a];
      for (std::int64_t j = begin; j < std::min(end, at.size()); ++j) v[j] += on_y * (from[j] - until[j]) + on_d * d[j];
    }
  });
}

bool CompactMatrix::restrict_to(const Iterates& at, const char* free) {
  const std::size_t n = size();
  constexpr std::int64_t block = 64;  // rows of W taken together, by columns: chosen, not measured
  passes_.run(static_cast<int>(triangle(n)), products_.data(), [&](std::int64_t begin, std::int64_t end, double* part) {
    std::fill_n(part, triangle(n), 0.0);
    double w[2 * most_bounded_memory][block];
    for (std::int64_t first = begin; first < std::min(end, at.size()); first += block) {
      const std::int64_t count = std::min({block, end - first, at.size() - first});
      gather(at, free, first, count, w);
      double* to = part;
      for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t b = 0; b <= a; ++b) {
          *to++ += sum_over(0, block, [wa = w[a], wb = w[b]](std::int64_t j) { return wa[j] * wb[j]; });
        }
      }
    }
  });
  double* const k = restricted_.values(n);
  write_k(k);
  const double* from = products_.data();
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      const double each = *from++ / theta_;
      k[a * n + b] -= each;
      if (a != b) k[b * n + a] -= each;
    }
  }
  return restricted_.factorise();
}

}  // namespace heliotrope::detail
