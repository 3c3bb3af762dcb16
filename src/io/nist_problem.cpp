// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/problems.hpp"
#include "heliotrope/residuals/nist.hpp"
#include "io/shipped_types.hpp"

namespace heliotrope {

Problem make_problem(const NistProblem& data, int start, const ResidualOptions& options) {
  if (start != 1 && start != 2) throw Error("NIST data sets have starts 1 and 2, not " + std::to_string(start));
  Problem problem;
  const bool known = visit_nist_model(data.name, [&]<template <class> class Model>() {
    using R = Model<double>;
    if (data.num_parameters != R::parameters) {
      throw Error("data set " + data.name + " has " + std::to_string(data.num_parameters) +
                  " parameters; its model takes " + std::to_string(R::parameters));
    }
    const auto b = problem.add_variable<Euclidean<R::parameters>>(start == 1 ? data.start1 : data.start2);
    constexpr int predictors = requires(double x) { R{x, x, x}; }
    ? 2 : 1;
    if (data.num_predictors != predictors) {
      throw Error("data set " + data.name + " has " + std::to_string(data.num_predictors) +
                  " predictors; its model takes " + std::to_string(predictors));
    }
    std::vector<R> residuals(data.y.size());
    for (std::size_t k = 0; k < residuals.size(); ++k) {
      const double* x = data.x.data() + k * static_cast<std::size_t>(data.num_predictors);
      if constexpr (requires { R{x[0], x[1], data.y[k]}; }) {
        residuals[k] = R{x[0], x[1], data.y[k]};
      } else {
        residuals[k] = R{x[0], data.y[k]};
      }
    }
    problem.add_residuals(residuals, options, b);
  });
  if (!known) throw Error("no model ships for a NIST data set named " + data.name);
  return problem;
}

void detail::append_nist_types(std::vector<ShippedType>& types) {
  for (const std::string_view name : nist_names) {
    visit_nist_model(name, [&]<template <class> class Model>() {
      using R = Model<double>;
      types.push_back(shipped_type<R, OwnKernels, Euclidean<R::parameters>>("nist-" + std::string(name)));
    });
  }
}

}  // namespace heliotrope
