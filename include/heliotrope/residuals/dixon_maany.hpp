// SPDX-License-Identifier: Apache-2.0
// The family of test functions of [Dixon1988], DIXMAANA to DIXMAANL of [Bongartz1995]: with n = 3 m,
//
//     f(x) = 1 + sum_(i <= n) alpha (i / n)^k1 x_i^2 + sum_(i < n) beta x_i^2 (x_(i + 1) + x_(i + 1)^2)^2
//              + sum_(i <= 2 m) gamma x_i^2 x_(i + m)^4 + sum_(i <= m) delta (i / n)^k4 x_i x_(i + 2 m)
//
// from x = (2, .., 2). The minimum is 1, at 0. Functions of one line of the table below differ in the weights beta,
// gamma, delta; the lines in how the weights grow with i: condition numbers of some 1, n and n^2.
#pragma once

#include "heliotrope/residuals/large_test_functions.hpp"

namespace heliotrope::large_functions {

template <char Letter>
struct DixonMaany : Large<3> {
  static constexpr int column = (Letter - 'a') % 4, line = (Letter - 'a') / 4;
  static constexpr char text[] = {'d', 'i', 'x', 'm', 'a', 'a', 'n', '-', Letter};
  static constexpr std::string_view name{text, sizeof text};
  static constexpr double beta = column == 0 ? 0.0 : column == 1 ? 0.0625 : column == 2 ? 0.125 : 0.26;
  static constexpr double gamma = column == 0 ? 0.125 : beta, delta = gamma;

  static void start(int n, double* x) { repeat(n, x, {2.0}); }
  static double minimum(int) { return 1.0; }
  template <class S>
  static HELIOTROPE_INLINE S weight(const S& k, double over_n) {
    const S share = (k + 1.0) * over_n;
    return line == 0 ? S(1.0) : line == 1 ? share : share * share;
  }
  template <class Sum>
  static void state(std::int64_t n, Sum& sum) {
    const std::int64_t m = n / 3;
    const double over_n = 1.0 / static_cast<double>(n);
    sum.add(1.0);
    sum.add(n, slots(1, 0),
            [=](const auto& k, const auto* x) HELIOTROPE_LAMBDA { return weight(k, over_n) * x[0] * x[0]; });
    if constexpr (beta > 0.0) {
      sum.add(
          n - 1, slots(1, 0, 1), HELIOTROPE_TERM(k, x) { return beta * square(x[0] * (x[1] + x[1] * x[1])); });
    }
    sum.add(
        2 * m, slots(1, 0, m), HELIOTROPE_TERM(k, x) { return gamma * square(x[0] * x[1] * x[1]); });
    sum.add(m, slots(1, 0, 2 * m),
            [=](const auto& k, const auto* x) HELIOTROPE_LAMBDA { return delta * weight(k, over_n) * x[0] * x[1]; });
  }
};

}  // namespace heliotrope::large_functions
