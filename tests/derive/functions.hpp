// SPDX-License-Identifier: Apache-2.0
// The functions that a residual may call, as generic functors, with points where they are smooth.
#pragma once

#include <cmath>
#include <vector>

#include "heliotrope/derive/complex_step.hpp"
#include "heliotrope/derive/jet.hpp"

namespace heliotrope_test {

/// Calls visit(name, f, points) for every function of one argument.
template <class Visit>
void for_each_unary(const Visit& visit) {
  using namespace heliotrope::math;
  const std::vector<double> all = {-2.3, -0.7, -0.1, 0.2, 0.9, 1.7, 3.1, 12.5};
  const std::vector<double> positive = {0.03, 0.4, 0.9, 1.7, 2.2, 3.1, 12.5, 140.0};
  const std::vector<double> inside = {-0.95, -0.6, -0.3, -0.05, 0.1, 0.44, 0.8, 0.97};
  visit(
      "+x", [](const auto& x) { return +x; }, all);
  visit(
      "-x", [](const auto& x) { return -x; }, all);
  visit(
      "sin", [](const auto& x) { return sin(x); }, all);
  visit(
      "cos", [](const auto& x) { return cos(x); }, all);
  visit(
      "tan", [](const auto& x) { return tan(x); }, inside);
  visit(
      "asin", [](const auto& x) { return asin(x); }, inside);
  visit(
      "acos", [](const auto& x) { return acos(x); }, inside);
  visit(
      "atan", [](const auto& x) { return atan(x); }, all);
  visit(
      "exp", [](const auto& x) { return exp(x); }, all);
  visit(
      "log", [](const auto& x) { return log(x); }, positive);
  visit(
      "sqrt", [](const auto& x) { return sqrt(x); }, positive);
  visit(
      "cbrt", [](const auto& x) { return cbrt(x); }, all);
  visit(
      "abs", [](const auto& x) { return abs(x); }, all);
  visit(
      "tanh", [](const auto& x) { return tanh(x); }, all);
  visit(
      "erf", [](const auto& x) { return erf(x); }, all);
  visit(
      "x^3", [](const auto& x) { return pow(x, 3); }, all);
  visit(
      "x^-1.5", [](const auto& x) { return pow(x, -1.5); }, positive);
  visit(
      "2^x", [](const auto& x) { return pow(2.0, x); }, all);
  visit(
      "atan2(x, 2)", [](const auto& x) { return atan2(x, 2.0); }, all);
  visit(
      "atan2(2, x)", [](const auto& x) { return atan2(2.0, x); }, all);
  visit(
      "hypot(x, 2)", [](const auto& x) { return hypot(x, 2.0); }, all);
  visit(
      "min(x, 0.5)", [](const auto& x) { return min(x, 0.5); }, all);
  visit(
      "max(0.5, x)", [](const auto& x) { return max(0.5, x); }, all);
  visit(
      "x + 2, 2 + x", [](const auto& x) { return (x + 2.5) * (3.5 + x); }, all);
  visit(
      "x - 2, 2 - x", [](const auto& x) { return (x - 2.5) * (3.5 - x); }, all);
  visit(
      "2 x, x 2", [](const auto& x) { return (2.5 * x) - (x * 3.5); }, all);
  visit(
      "2 / x, x / 2", [](const auto& x) { return 2.5 / x + x / 3.5; }, positive);
  visit(
      "with int", [](const auto& x) { return ((2 * x - 1) / 4 + (3 - x) * 5) / (1 + x * x); }, all);
  visit(
      "assigning",
      [](auto x) {
        auto y = x;
        y += 2.0, y -= x * 0.25, y *= x, y /= 3, y *= 2.0, y += 1;
        return y;
      },
      all);
  visit(
      "select", [](const auto& x) { return select(x < 0.5, x * x, 3.0 * x); }, all);
  visit(
      "select, constant", [](const auto& x) { return select(x > 0.5, x * x, 1.5) + select(0.5 < x, -1.0, x); }, all);
  visit(
      "sincos",
      [](const auto& x) {
        auto s = x, c = x;
        sincos(x, s, c);
        return s + 2.0 * c;
      },
      all);
}

/// Calls visit(name, f, xs, ys) for every function of two arguments.
template <class Visit>
void for_each_binary(const Visit& visit) {
  using namespace heliotrope::math;
  const std::vector<double> all = {-2.3, -0.7, -0.1, 0.2, 0.9, 1.7, 3.1, 12.5};
  const std::vector<double> other = {1.1, -0.3, 2.5, -1.6, -0.8, 0.4, 5.5, -7.25};
  const std::vector<double> positive = {0.03, 0.4, 0.9, 1.7, 2.2, 3.1, 5.5, 9.0};
  visit(
      "x + y", [](const auto& x, const auto& y) { return x + y; }, all, other);
  visit(
      "x - y", [](const auto& x, const auto& y) { return x - y; }, all, other);
  visit(
      "x * y", [](const auto& x, const auto& y) { return x * y; }, all, other);
  visit(
      "x / y", [](const auto& x, const auto& y) { return x / y; }, all, other);
  visit(
      "atan2", [](const auto& x, const auto& y) { return atan2(x, y); }, all, other);
  visit(
      "hypot", [](const auto& x, const auto& y) { return hypot(x, y); }, all, other);
  visit(
      "pow", [](const auto& x, const auto& y) { return pow(x, y); }, positive, other);
  visit(
      "min", [](const auto& x, const auto& y) { return min(x, y); }, all, other);
  visit(
      "max", [](const auto& x, const auto& y) { return max(x, y); }, all, other);
  visit(
      "select", [](const auto& x, const auto& y) { return select(x < y, x * y, y / x); }, all, other);
  visit(
      "select <=", [](const auto& x, const auto& y) { return select(x <= y, 2.0 * x, y); }, all, other);
  visit(
      "select >=", [](const auto& x, const auto& y) { return select(x >= y, 2.0 * x, y); }, all, other);
  visit(
      "select >", [](const auto& x, const auto& y) { return select(x > y, 2.0 * x, y); }, all, other);
  visit(
      "select ==", [](const auto& x, const auto& y) { return select(x == y, 2.0 * x, y); }, all, other);
  visit(
      "select !=", [](const auto& x, const auto& y) { return select(x != y, 2.0 * x, y); }, all, other);
}

}  // namespace heliotrope_test
