// SPDX-License-Identifier: Apache-2.0
// A problem of everything that a gradient is made of, and its gradient by differences of the cost.
#pragma once

#include <cmath>
#include <vector>

#include "heliotrope/derive/math.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "heliotrope/problem/gradient_evaluator.hpp"
#include "heliotrope/problem/problem.hpp"

namespace heliotrope_test {

/// exp(a x) - c a: what the negative log-likelihood of a count is made of.
template <class S>
struct PoissonTerm {
  S x, count;
  template <class T>
  void operator()(const T* ab, T* value) const {
    using namespace heliotrope::math;
    const T rate = ab[0] * x + ab[1];
    value[0] = exp(rate) - count * rate;
  }
};

/// A coupling of a pose and a point.
template <class S>
struct PosePoint {
  S u, v;
  template <class T>
  void operator()(const T* pose, const T* point, T* r) const {
    r[0] = pose[0] + pose[1] * point[0] - u;
    r[1] = pose[2] * point[1] + pose[5] * point[0] - v;
  }
};

/// The sine of the third angle, three times.
struct Sine {
  static constexpr int size = 2;
  template <class T>
  static void prepare(const T* x, T* prepared) {
    using namespace heliotrope::math;
    prepared[0] = sin(x[0]);
    prepared[1] = x[1] * x[0];
  }
};
template <class S>
struct PreparedTerm {
  using Prepared = heliotrope::Prepare<Sine>;
  S c;
  template <class T>
  void operator()(const T* seen, const T* other, T* value) const {
    value[0] = seen[0] * other[0] + c * seen[1] * seen[1];
  }
};

/// Poses, points and pairs; residuals with losses and weights, terms of every make, and fixed variables among all.
inline heliotrope::Problem mixture(bool with_function) {
  using namespace heliotrope;
  Problem problem;
  std::vector<double> poses, points, pairs;
  for (int i = 0; i < 5; ++i) {
    const double q[4] = {0.1 * i, 0.2, -0.1, 1.0};
    const double norm = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    for (int k = 0; k < 3; ++k) poses.push_back(0.3 * k - 0.1 * i);
    for (const double e : q) poses.push_back(e / norm);
  }
  for (int i = 0; i < 60; ++i) points.push_back(std::sin(1.7 * i));
  for (int i = 0; i < 50; ++i) pairs.push_back(0.3 * std::cos(2.1 * i));
  const auto of_poses = problem.add_variables<SE3>(poses);
  const auto of_points = problem.add_variables<3>(points);
  const auto of_pairs = problem.add_variables<2>(pairs);
  problem.fix(of_poses[1]);
  problem.fix(of_points[4]);

  std::vector<int> from, to;
  for (int i = 0; i < 20; ++i) from.push_back(i % 5), to.push_back(i);
  std::vector<PosePoint<double>> seen(20);
  for (int i = 0; i < 20; ++i) seen[static_cast<std::size_t>(i)] = {0.1 * i, i % 7 == 0 ? 4.0 : 0.2};
  const std::vector<double> weights{1.5, 0.4, -0.3, 0.8};
  const auto add_seen = [&](const ResidualOptions& options) {
    problem.add_residuals<2>(seen, options, of_poses[std::span<const int>(from)], of_points[std::span<const int>(to)]);
  };
  add_seen({});
  add_seen({.loss = huber(0.5), .sqrt_information = weights});
  add_seen({.loss = scaled(0.5, cauchy(0.7)), .derivatives = Derivatives::central});

  std::vector<PoissonTerm<double>> counts;
  for (int i = 0; i < 25; ++i) counts.push_back({0.1 * i - 1.0, static_cast<double>(i % 4)});
  std::vector<int> each(25), next(24), first(24);
  for (int i = 0; i < 25; ++i) each[static_cast<std::size_t>(i)] = i;
  for (int i = 0; i < 24; ++i) first[static_cast<std::size_t>(i)] = i, next[static_cast<std::size_t>(i)] = i + 1;
  problem.add_terms(counts, of_pairs[std::span<const int>(each)]);
  problem.add_terms(counts, {.derivatives = Derivatives::complex_step, .name = "complex"}, of_pairs[3]);
  problem.add_terms(std::vector<PreparedTerm<double>>(24, {0.3}), of_pairs[std::span<const int>(first)],
                    of_pairs[std::span<const int>(next)]);
  const std::vector<double> x{0.5, 1.5, 2.5}, y{1.0, 2.0, 0.5};
  problem.add_terms(
      columns(x, y), [](auto a, auto b, const auto* p, auto* value) { value[0] = a * p[0] * p[0] + b * p[1]; },
      of_pairs[7]);
  problem.add_term([](const auto* pose, auto* value) { value[0] = pose[3] * pose[0] + pose[1] * pose[1]; },
                   of_poses[2]);
  problem.add_term([](const auto* a, const auto* b, auto* value) { value[0] = a[0] * b[1] - b[0]; }, of_pairs[2],
                   of_pairs[2]);  // one variable twice
  problem.add_dynamic_term([](const auto* const* p, auto* value) { value[0] = p[0][0] * p[1][1] * p[1][1]; },
                           std::vector<AnyVariable>{of_pairs[1], of_poses[3]});
  if (with_function) {
    const auto rows = [](const auto* p, auto* r) {
      for (int i = 0; i < 6; ++i) r[i] = p[2 * i] * p[2 * i + 1] - 0.1 * i + p[0];
    };
    problem.add_function(6, rows, {of_pairs[8], of_pairs[9], of_pairs[10], of_pairs[11], of_pairs[12], of_pairs[13]},
                         {.loss = huber(0.2)});
  }
  return problem;
}

/// Central differences of the cost along every column.
inline std::vector<double> differenced_gradient(const heliotrope::Problem& problem) {
  heliotrope::Evaluator evaluator(problem, {.jacobian = false});
  const auto columns = static_cast<std::size_t>(evaluator.num_columns());
  std::vector<double> step(columns), moved(problem.values().size()), gradient(columns);
  constexpr double h = 1e-5;
  const auto cost = [&](std::size_t j, double by) {
    step[j] = by;
    evaluator.plus(problem.values(), step, moved);
    step[j] = 0.0;
    return evaluator.cost(problem, moved);
  };
  for (std::size_t j = 0; j < columns; ++j) {
    gradient[j] = (8.0 * (cost(j, h) - cost(j, -h)) - (cost(j, 2 * h) - cost(j, -2 * h))) / (12.0 * h);
  }
  return gradient;
}

}  // namespace heliotrope_test
