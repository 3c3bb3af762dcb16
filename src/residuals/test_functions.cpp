// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/residuals/test_functions.hpp"

// GCC cannot see that a jet's lanes are written wherever its mask says that they are, once sums run in loops.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <algorithm>
#include <string>

#include "heliotrope/derive/jet.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/residuals/large_test_function_table.hpp"
#include "heliotrope/residuals/more_garbow_hillstrom.hpp"

namespace heliotrope {

namespace {

namespace mgh = more_garbow_hillstrom;

/// f = sum r_i^2, gradient = 2 sum r_i grad r_i.
template <class F>
double evaluate(std::span<const double> x, std::span<double> gradient) {
  constexpr int strip = 8;
  using T = Jet<double, strip>;
  const int n = static_cast<int>(x.size()), m = F::residuals(n);
  std::vector<double> r(static_cast<std::size_t>(m));
  F::evaluate(n, x.data(), r.data());
  double value = 0.0;
  for (const double each : r) value += each * each;
  if (gradient.empty()) return value;

  std::vector<T> at(x.begin(), x.end()), moved(static_cast<std::size_t>(m));
  for (std::size_t first = 0; first < x.size(); first += strip) {
    const std::size_t lanes = std::min<std::size_t>(strip, x.size() - first);
    for (std::size_t l = 0; l < lanes; ++l) at[first + l] = T::seed(x[first + l], static_cast<int>(l));
    F::evaluate(n, static_cast<const T*>(at.data()), moved.data());
    for (std::size_t l = 0; l < lanes; ++l) {
      double sum = 0.0;
      for (const T& each : moved) sum += 2.0 * each.value() * each.derivative(static_cast<int>(l));
      gradient[first + l] = sum;
      at[first + l] = T(x[first + l]);
    }
  }
  return value;
}

template <class F>
constexpr TestFunction entry() {
  return {F::name,
          F::dimension,
          F::fixed,
          F::multiple,
          &evaluate<F>,
          [](std::span<double> x) { F::start(static_cast<int>(x.size()), x.data()); },
          [](int n) { return F::minimum(n); }};
}

/// The same function with its gradient in O(n).
template <class F, class Large>
constexpr TestFunction fast_entry() {
  TestFunction made = entry<F>();
  made.evaluate = large_functions::test_function<Large>().evaluate;
  return made;
}

constexpr TestFunction small[] = {entry<mgh::HelicalValley>(),
                                  entry<mgh::BiggsExp6>(),
                                  entry<mgh::Gaussian>(),
                                  entry<mgh::PowellBadlyScaled>(),
                                  entry<mgh::Box3d>(),
                                  entry<mgh::VariablyDimensioned>(),
                                  entry<mgh::Watson>(),
                                  fast_entry<mgh::PenaltyOne, large_functions::PenaltyOne>(),
                                  entry<mgh::PenaltyTwo>(),
                                  entry<mgh::BrownBadlyScaled>(),
                                  entry<mgh::BrownDennis>(),
                                  entry<mgh::Gulf>(),
                                  fast_entry<mgh::Trigonometric, large_functions::Trigonometric>(),
                                  fast_entry<mgh::ExtendedRosenbrock, large_functions::ExtendedRosenbrock>(),
                                  fast_entry<mgh::ExtendedPowellSingular, large_functions::ExtendedPowellSingular>(),
                                  entry<mgh::Beale>(),
                                  entry<mgh::Wood>(),
                                  entry<mgh::Chebyquad>()};

}  // namespace

std::vector<double> TestFunction::start(int n) const {
  if (n == 0) n = dimension;
  if (n < 1 || (fixed && n != dimension) || n % multiple != 0) {
    throw Error(std::string(name) + " of " + std::to_string(n) + " variables; expected " +
                (fixed ? std::to_string(dimension) : "a multiple of " + std::to_string(multiple)));
  }
  std::vector<double> x(static_cast<std::size_t>(n));
  write_start(x);
  return x;
}

std::span<const TestFunction> unconstrained_test_functions() { return small; }

std::span<const TestFunction> large_test_functions() { return large_functions::table; }

std::span<const TestFunction> test_functions() {
  static const std::vector<TestFunction> all = [] {
    std::vector<TestFunction> both(std::begin(small), std::end(small));
    for (const TestFunction& f : large_functions::table) {
      if (std::none_of(std::begin(small), std::end(small), [&](const auto& g) { return g.name == f.name; })) {
        both.push_back(f);
      }
    }
    return both;
  }();
  return all;
}

const TestFunction* find_test_function(std::string_view name) {
  const auto all = test_functions();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace heliotrope

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
