// SPDX-License-Identifier: Apache-2.0
// Test functions by name, with starts and known minima: what minimisers are compared on.
#pragma once

#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace heliotrope {

/// One function of n variables, f(x) = sum_i r_i(x)^2, as an objective.
///
/// Gradients are by jets in strips of 8 variables: ceil(n / 8) evaluations, for n up to some thousand.
struct TestFunction {
  std::string_view name;
  int dimension = 0;   ///< the usual n
  bool fixed = false;  ///< there is no other
  int multiple = 1;    ///< of which n must be one

  double (*evaluate)(std::span<const double> x, std::span<double> gradient) = nullptr;
  void (*write_start)(std::span<double> x) = nullptr;
  /// f at the known minimum; NaN where none is published for that n.
  double (*minimum)(int n) = nullptr;

  double operator()(std::span<const double> x, std::span<double> gradient) const { return evaluate(x, gradient); }
  /// The standard start. Throws Error where the function has no such n; 0: the usual.
  std::vector<double> start(int n = 0) const;
};

/// The set of [More1981] for unconstrained minimisation, in the paper's order.
std::span<const TestFunction> unconstrained_test_functions();

/// Null where there is none of that name.
const TestFunction* find_test_function(std::string_view name);

}  // namespace heliotrope
