// SPDX-License-Identifier: Apache-2.0
// libLBFGS with its defaults (More and Thuente's search) but for the memory and the stop: its own test is switched off
// and max |g_j| is tested in its callback, whose time does not count.
#include <lbfgs.h>

#include <vector>

#include "contenders.hpp"

namespace objectives {

namespace {

struct Instance {
  Counted* f;
  const Settings* settings;
  bool converged = false;
  int iterations = 0;
};

double evaluate(void* instance, const double* x, double* g, int n, double) {
  const auto size = static_cast<std::size_t>(n);
  return (*static_cast<Instance*>(instance)->f)({x, size}, {g, size});
}

int progress(void* instance, const double*, const double* g, double, double, double, double, int n, int k, int) {
  auto& at = *static_cast<Instance*>(instance);
  const auto before = std::chrono::steady_clock::now();
  at.iterations = k;
  at.converged = largest({g, static_cast<std::size_t>(n)}) <= at.settings->tolerance;
  at.f->seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
  return at.converged || at.f->evaluations >= at.settings->max_evaluations ? 1 : 0;
}

}  // namespace

Outcome solve_liblbfgs(Counted& f, int n, const Settings& settings) {
  const std::vector<double> start = f.function().start(n);
  double* const x = lbfgs_malloc(n);
  for (std::size_t j = 0; j < start.size(); ++j) x[j] = start[j];
  lbfgs_parameter_t parameters;
  lbfgs_parameter_init(&parameters);
  parameters.m = settings.memory;
  parameters.epsilon = 0.0;
  parameters.max_linesearch = 40;
  Instance instance{&f, &settings};
  double value = 0.0;
  const auto before = std::chrono::steady_clock::now();
  lbfgs(n, x, &value, evaluate, progress, &instance, &parameters);
  Outcome out;
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
  out.seconds_function = f.seconds;
  out.converged = instance.converged;
  out.iterations = instance.iterations;
  out.evaluations = f.evaluations;
  std::vector<double> gradient(start.size());
  out.value = f.function()({x, start.size()}, gradient);
  out.gradient_max = largest(gradient);
  lbfgs_free(x);
  return out;
}

}  // namespace objectives
