// SPDX-License-Identifier: Apache-2.0
// The first 19 problems of [More1981], bounds after [Gay1984] for ten of them, as residual problems.
#pragma once

#include <limits>
#include <string_view>
#include <vector>

#include "heliotrope/problem/problem.hpp"
#include "heliotrope/residuals/more_garbow_hillstrom_fits.hpp"

namespace heliotrope_test {

/// A function of heliotrope/residuals as one residual block of M rows (the first of its own).
template <class Function, int M>
struct MghResidual {
  template <class T>
  void operator()(const T* x, T* r) const {
    constexpr int most = 128;
    T all[most];
    Function::evaluate(Function::dimension, x, all);
    for (int i = 0; i < M; ++i) r[i] = all[i];
  }
};

struct MghProblem {
  std::string_view name;
  std::vector<double> start;
  double minimum;  ///< of the sum of squares: the global one
  double other;    ///< that of another minimum that [More1981] lists (finite or at infinity), or nan
  heliotrope::Problem (*make)(const std::vector<double>& start);
  std::vector<double> lower = {}, upper = {};
  double bounded_minimum = std::numeric_limits<double>::quiet_NaN();
};

template <class Function, int M>
heliotrope::Problem make_mgh(const std::vector<double>& start) {
  heliotrope::Problem problem;
  const auto x = problem.add_variable<heliotrope::Euclidean<Function::dimension>>(std::span<const double>(start));
  problem.add_residual<M>(MghResidual<Function, M>{}, x);
  return problem;
}

template <class Function, int M>
MghProblem mgh(double minimum, double other, std::vector<double> lower = {}, std::vector<double> upper = {},
               double bounded = std::numeric_limits<double>::quiet_NaN()) {
  std::vector<double> start(Function::dimension);
  Function::start(Function::dimension, start.data());
  return {Function::name, start, minimum, other, make_mgh<Function, M>, lower, upper, bounded};
}
}  // namespace heliotrope_test
