// SPDX-License-Identifier: Apache-2.0
// Test functions by name, with starts and known minima: what minimisers are compared on.
#pragma once

#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace heliotrope {

/// One function of n variables as an objective.
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

/// The set of [More1981] for unconstrained minimisation, in the paper's order: sums of squares.
///
/// Gradients are by jets in strips of 8 variables, ceil(n / 8) evaluations, for n up to some thousand; of those that
/// are large test functions as well, they cost O(n).
std::span<const TestFunction> unconstrained_test_functions();

/// Functions of any n whose gradients cost O(n) (large_test_functions.hpp, chained_test_functions.hpp, dixon_maany.hpp,
/// logistic_regression.hpp); the usual n is 1000 or nearly so.
std::span<const TestFunction> large_test_functions();

/// Both, each name once: what the command line lists.
std::span<const TestFunction> test_functions();

/// Null where there is none of that name.
const TestFunction* find_test_function(std::string_view name);

}  // namespace heliotrope
