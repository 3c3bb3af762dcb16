// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "heliotrope/error.hpp"
#include "heliotrope/linear/jacobian_operator.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "minimize/model.hpp"
#include "minimize/workspace.hpp"
#include "problem/streamed_jacobian.hpp"

namespace heliotrope::detail {

namespace {

// The automatic choice: at most so many columns, at least this part of J not a structural zero, and more work than
// choose_linear_solver.cpp gives to a dense QR of the stored Jacobian. Measured (bench/stream): a residual of 10
// columns takes 4 ns to fold, and time grows by the square of columns.
constexpr std::int64_t most_columns = 64;
constexpr double least_density = 0.25, least_work = 2e7;  // rows columns^2

// By name: triangles of 64 n (n + 1) bytes a chunk are to stay in cache, and their sum in memory.
constexpr std::int64_t most_columns_by_name = 256;

/// A StreamedJacobian and QR of what it leaves, [R; sqrt(lambda D)]: the condition of J is never squared.
class StreamedModel final : public Model {
 public:
  StreamedModel(const Problem& problem, const MinimizeOptions& options, std::shared_ptr<const Structure> structure,
                std::string reason)
      : structure_(std::move(structure)),
        threads_(useful_threads(problem, options.threads)),
        streamed_(problem, structure_, {.derivatives = options.derivatives, .threads = threads_}),
        qr_(make_linear_solver(LinearSolverType::dense_qr, streamed_.jacobian()).solver),
        reason_(std::move(reason)) {
    qr_->analyse(streamed_.jacobian());
    products_.analyse(streamed_.jacobian());
    damping_.resize(static_cast<std::size_t>(problem.num_columns()));
    scaled_step_.resize(damping_.size());
  }

  void begin(Workspace&, std::function<bool()>) override {}
  void refresh(Workspace&) override {}

  bool linearise(Workspace& w, double) override {
    {
      const StageTimer timer(w.seconds_jacobian);
      w.at_x = streamed_.linearise(*w.problem, w.x.data());
      products_.gradient(streamed_.jacobian(), w.gradient, w.diagonal, 1);
      if (!std::isfinite(w.at_x)) return false;
    }
    for (std::size_t j = 0; j < w.scale.size(); ++j) {
      if (!std::isfinite(w.gradient[j]) || !std::isfinite(w.diagonal[j])) return false;
      w.scale[j] = std::max(w.memory * w.scale[j], w.diagonal[j]);
      if (w.scale[j] == 0.0) w.scale[j] = 1.0;  // a column of zeros gets a zero step
    }
    const StageTimer timer(w.seconds_linear);
    qr_->linearise(streamed_.jacobian(), 1);
    return true;
  }

  bool solve(Workspace& w, double lambda) override {
    const StageTimer timer(w.seconds_linear);
    for (std::size_t j = 0; j < w.scale.size(); ++j) damping_[j] = w.diagonal[j] > 0.0 ? lambda * w.scale[j] : 1.0;
    if (!qr_->factorise(damping_, 1)) return false;
    qr_->solve(w.step);
    return std::all_of(w.step.begin(), w.step.end(), [](double s) { return std::isfinite(s); });
  }

  double damped_square(const Workspace& w, double lambda) const override { return lambda * w.scaled_square(); }

  double try_step(Workspace& w, double length) override {
    const StageTimer timer(w.seconds_residuals);
    for (std::size_t j = 0; j < w.step.size(); ++j) scaled_step_[j] = length * w.step[j];
    plus(*structure_, w.point(), scaled_step_, w.candidate_point());
    return streamed_.cost(*w.problem, w.candidate.data());
  }

  bool is_exact() const override { return true; }
  std::string_view name() const override { return "streamed QR"; }
  std::string_view reason() const override { return reason_; }

 private:
  std::shared_ptr<const Structure> structure_;
  int threads_;
  StreamedJacobian streamed_;
  std::unique_ptr<LinearSolver> qr_;
  JacobianOperator products_;
  std::string reason_;
  LargeVector<double> damping_, scaled_step_;
};

/// Residuals, and entries of J that are no structural zeros.
struct Size {
  double rows = 0.0, entries = 0.0;
};

Size size_of(const Problem& problem) {
  Size size;
  for (const ResidualGroup& group : ProblemAccess::groups(problem)) {
    const double rows = static_cast<double>(group.count) * group.rows;
    size.rows += rows;
    size.entries += rows * group.columns;
  }
  return size;
}

}  // namespace

std::optional<std::string> choose_streamed(const Problem& problem, const MinimizeOptions& options) {
  const bool asked_for = options.linear == LinearSolverType::streamed;
  if (!asked_for && options.linear != LinearSolverType::automatic) return std::nullopt;
  if (is_dogleg(options.method) || problem.has_bounds()) {  // these need products with J, and columns to hold
    if (!asked_for) return std::nullopt;
    throw Error("linear solver streamed was asked for; expected no bounds, and not a dogleg method");
  }
  const std::int64_t columns = problem.num_columns();
  const auto n = static_cast<double>(columns);
  const Size size = size_of(problem);
  if (!asked_for && (columns > most_columns || size.entries < least_density * size.rows * n ||
                     size.rows * n * n <= least_work || !ProblemAccess::functions(problem).empty()))
    return std::nullopt;
  if (!ProblemAccess::functions(problem).empty()) {  // they are not evaluated a few residuals at a time
    throw Error("linear solver streamed was asked for; expected no black-box function among the residuals");
  }
  if (columns > most_columns_by_name) {
    throw Error("linear solver streamed was asked for; found " + std::to_string(columns) +
                " columns, expected at most " + std::to_string(most_columns_by_name));
  }
  char text[160] = "as asked for";
  if (!asked_for) {
    std::snprintf(text, sizeof(text),
                  "streamed QR, because columns are few and residuals many (%.0f residuals, %lld columns)", size.rows,
                  static_cast<long long>(columns));
  }
  return text;
}

std::unique_ptr<Model> make_streamed_model(const Problem& problem, const MinimizeOptions& options, Workspace&) {
  std::optional<std::string> reason = choose_streamed(problem, options);
  if (!reason) return nullptr;
  return std::make_unique<StreamedModel>(problem, options, ProblemAccess::structure(problem), std::move(*reason));
}

}  // namespace heliotrope::detail
