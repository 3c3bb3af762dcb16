// SPDX-License-Identifier: Apache-2.0
// Residual types and small checks that the tests of this folder share.
#pragma once

#include <cmath>
#include <vector>

#include "catch.hpp"
#include "heliotrope/problem/problem.hpp"

namespace heliotrope_test {

/// y - exp(m x + c), vectorised.
template <class S>
struct Exponential {
  S x, y;
  template <class T>
  void operator()(const T* mc, T* r) const {
    using std::exp;
    r[0] = y - exp(mc[0] * x + mc[1]);
  }
};

/// The same, one residual at a time.
struct PlainExponential {
  double x, y;
  template <class T>
  void operator()(const T* mc, T* r) const {
    using std::exp;
    r[0] = y - exp(mc[0] * x + mc[1]);
  }
};

/// The same for doubles only.
struct DoubleExponential {
  double x, y;
  void operator()(const double* mc, double* r) const { r[0] = y - std::exp(mc[0] * x + mc[1]); }
};

/// The same with its own derivatives, wrong by `wrong` in the second.
template <class S>
struct AnalyticExponential {
  S x, y, wrong;
  template <class T>
  void operator()(const T* mc, T* r) const {
    using std::exp;
    r[0] = y - exp(mc[0] * x + mc[1]);
  }
  template <class T>
  void jacobian(const T* mc, T* J) const {
    using std::exp;
    const T e = exp(mc[0] * x + mc[1]);
    J[0] = -x * e;
    J[1] = -e * (1.0 + wrong);
  }
};

template <class R>
std::vector<R> samples(int count) {
  std::vector<R> data;
  for (int i = 0; i < count; ++i) {
    const double x = 0.05 * (i % 50) - 0.4;
    R& sample = data.emplace_back();
    sample.x = x;
    sample.y = std::exp(0.7 * x + 0.2) + 0.01 * std::sin(3.0 * i);
  }
  return data;
}

/// The dense Jacobian, row-major.
inline std::vector<double> dense(const heliotrope::Evaluation& e) {
  const auto& J = e.jacobian;
  const auto rows = J.row_begin.size() - 1, columns = static_cast<std::size_t>(J.num_columns);
  std::vector<double> full(rows * columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (auto k = J.row_begin[i]; k < J.row_begin[i + 1]; ++k) {
      full[i * columns + static_cast<std::size_t>(J.column[static_cast<std::size_t>(k)])] +=
          J.value[static_cast<std::size_t>(k)];
    }
  }
  return full;
}

inline void check_near(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    INFO("entry " << i);
    CHECK(a[i] == Approx(b[i]).epsilon(tolerance).margin(tolerance));
  }
}

}  // namespace heliotrope_test
