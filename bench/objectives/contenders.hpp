// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cmath>
#include <span>
#include <string>

#include "heliotrope/residuals/test_functions.hpp"

namespace objectives {

struct Settings {
  int memory = 6;
  double tolerance = 1e-5;  ///< of max |g_j|
  int max_evaluations = 5000;
  int threads = 1;          ///< of Heliotrope outside the function
  std::string search = {};  ///< of Heliotrope; empty: its default
  double first_step = 0.0;  ///< of Heliotrope, the length of the first trial; 0: its default
};

/// A test function that counts its calls and times them.
class Counted {
 public:
  explicit Counted(const heliotrope::TestFunction& f) : f_(&f) {}

  double operator()(std::span<const double> x, std::span<double> gradient) {
    const auto before = std::chrono::steady_clock::now();
    const double value = (*f_)(x, gradient);
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
    ++evaluations;
    return value;
  }
  const heliotrope::TestFunction& function() const { return *f_; }

  int evaluations = 0;
  double seconds = 0.0;  ///< within the function, and within what a contender was made to do beside it

 private:
  const heliotrope::TestFunction* f_;
};

/// What one solve did.
struct Outcome {
  bool converged = false;  ///< max |g_j| <= tolerance, by its own account
  int iterations = 0, evaluations = 0;
  double value = 0.0, gradient_max = 0.0;  ///< measured afterwards
  double seconds = 0.0, seconds_function = 0.0;
};

/// Each minimises f from its standard start of n variables.
Outcome solve_heliotrope(Counted& f, int n, const Settings& settings);
Outcome solve_liblbfgs(Counted& f, int n, const Settings& settings);
Outcome solve_ceres(Counted& f, int n, const Settings& settings);

inline double largest(std::span<const double> gradient) {
  double most = 0.0;
  for (const double each : gradient) most = most < std::abs(each) ? std::abs(each) : most;
  return most;
}

}  // namespace objectives
