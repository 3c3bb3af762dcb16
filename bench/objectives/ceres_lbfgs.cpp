// SPDX-License-Identifier: Apache-2.0
// Ceres' GradientProblemSolver: L-BFGS, Wolfe search, and of its two initial scalings the one that needs fewer
// evaluations on these functions.
#include <ceres/ceres.h>

#include <vector>

#include "contenders.hpp"

namespace objectives {

namespace {

class Function final : public ceres::FirstOrderFunction {
 public:
  Function(Counted& f, int n) : f_(f), n_(n) {}
  bool Evaluate(const double* x, double* cost, double* gradient) const override {
    const auto size = static_cast<std::size_t>(n_);
    *cost = f_({x, size}, {gradient, gradient == nullptr ? 0 : size});
    return std::isfinite(*cost);
  }
  int NumParameters() const override { return n_; }

 private:
  Counted& f_;
  int n_;
};

class Limit final : public ceres::IterationCallback {
 public:
  Limit(const Counted& f, int most) : f_(f), most_(most) {}
  ceres::CallbackReturnType operator()(const ceres::IterationSummary&) override {
    return f_.evaluations >= most_ ? ceres::SOLVER_TERMINATE_SUCCESSFULLY : ceres::SOLVER_CONTINUE;
  }

 private:
  const Counted& f_;
  int most_;
};

}  // namespace

Outcome solve_ceres(Counted& f, int n, const Settings& settings) {
  std::vector<double> x = f.function().start(n);
  ceres::GradientProblemSolver::Options options;
  options.line_search_direction_type = ceres::LBFGS;
  options.line_search_type = ceres::WOLFE;
  options.max_lbfgs_rank = settings.memory;
  options.use_approximate_eigenvalue_bfgs_scaling = true;
  options.max_num_iterations = 1000000;
  options.max_num_line_search_step_size_iterations = 40;
  options.function_tolerance = 0.0;
  options.parameter_tolerance = 0.0;
  options.gradient_tolerance = settings.tolerance;
  options.logging_type = ceres::SILENT;
  Limit limit(f, settings.max_evaluations);
  options.callbacks.push_back(&limit);
  ceres::GradientProblemSolver::Summary summary;
  const ceres::GradientProblem problem(new Function(f, n));
  const auto before = std::chrono::steady_clock::now();
  ceres::Solve(options, problem, x.data(), &summary);
  Outcome out;
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
  out.seconds_function = f.seconds;
  out.iterations = static_cast<int>(summary.iterations.size()) - 1;
  out.evaluations = f.evaluations;
  std::vector<double> gradient(x.size());
  out.value = f.function()(x, gradient);
  out.gradient_max = largest(gradient);
  out.converged = out.gradient_max <= settings.tolerance;
  return out;
}

}  // namespace objectives
