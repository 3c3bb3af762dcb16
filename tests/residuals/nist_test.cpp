// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/residuals/nist.hpp"

#include <cmath>
#include <set>
#include <string>

#include "catch.hpp"
#include "datasets.hpp"
#include "derivative_check.hpp"
#include "heliotrope/io/nist.hpp"
#include "heliotrope/io/text_file.hpp"

using namespace heliotrope;

namespace {

template <template <class> class Model>
Model<double> observation(const NistProblem& problem, std::int64_t k) {
  const double* x = problem.x.data() + k * problem.num_predictors;
  if constexpr (requires(Model<double> m) { m.x2; }) {
    return {x[0], x[1], problem.y[k]};
  } else {
    return {x[0], problem.y[k]};
  }
}

}  // namespace

TEST_CASE("nist: every model meets its certified residual sum of squares", "[residuals][nist][paper]") {
  const std::filesystem::path folder = heliotrope_test::datasets() / "nist";
  if (!heliotrope::has_compression() || !std::filesystem::exists(folder)) {
    WARN("skipped: no folder " << folder.string());
    return;
  }
  for (const std::string_view name : nist_names) {
    INFO(name);
    const NistProblem problem = read_nist(folder / (std::string(name) + ".dat.gz"));
    double sum = 0.0;
    const bool found = visit_nist_model(name, [&]<template <class> class Model>() {
      REQUIRE(Model<double>::parameters == problem.num_parameters);
      for (std::int64_t k = 0; k < problem.num_observations(); ++k) {
        double r;
        observation<Model>(problem, k)(problem.certified.data(), &r);
        sum += r * r;
      }
    });
    REQUIRE(found);
    // Lanczos1's sum, 1.4e-25, is below what parameters of 11 digits resolve.
    if (name == "Lanczos1") {
      CHECK(sum < 1e-18);
    } else {
      CHECK(sum == Approx(problem.residual_sum_of_squares).epsilon(1e-9));
    }
  }
}

TEST_CASE("nist: jets of every model agree with complex steps at both starts", "[residuals][nist]") {
  const std::filesystem::path folder = heliotrope_test::datasets() / "nist";
  if (!heliotrope::has_compression() || !std::filesystem::exists(folder)) {
    WARN("skipped: no folder " << folder.string());
    return;
  }
  for (const std::string_view name : nist_names) {
    const NistProblem problem = read_nist(folder / (std::string(name) + ".dat.gz"));
    visit_nist_model(name, [&]<template <class> class Model>() {
      constexpr int n = Model<double>::parameters;
      for (const std::vector<double>* start : {&problem.start1, &problem.certified}) {
        std::array<double, n> b;
        std::copy_n(start->begin(), n, b.begin());
        for (std::int64_t k : {std::int64_t{0}, problem.num_observations() / 2}) {
          const Model<double> model = observation<Model>(problem, k);
          double r;
          model(b.data(), &r);
          if (!std::isfinite(r)) continue;  // Bennett5-like starts may leave a model's domain
          INFO(name << ", observation " << k);
          heliotrope_test::check_jets<1, n>(model, b, 1e-12);
        }
      }
    });
  }
}

TEST_CASE("nist: models by name", "[residuals][nist]") {
  CHECK(std::set<std::string_view>(std::begin(nist_names), std::end(nist_names)).size() == 27);
  for (const std::string_view name : nist_names) {
    int parameters = 0;
    CHECK(visit_nist_model(name, [&]<template <class> class Model>() { parameters = Model<double>::parameters; }));
    CHECK(parameters >= 2);
  }
  CHECK_FALSE(visit_nist_model("Misra1e", []<template <class> class>() {}));
}
