// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "heliotrope/linear/jacobian_operator.hpp"
#include "heliotrope/problem/evaluator.hpp"
#include "minimize/bounded_step.hpp"
#include "minimize/model.hpp"
#include "minimize/residual_curvature.hpp"
#include "minimize/workspace.hpp"

namespace heliotrope::detail {

namespace {

/// Length of the difference that gives the second directional derivative [Transtrum2012, II.C], and the largest
/// 2 |a| / |step| at which the acceleration a is trusted.
constexpr double acceleration_step = 0.1;
constexpr double acceleration_limit = 0.75;

class StoredModel final : public Model {
 public:
  StoredModel(const Problem& of, const MinimizeOptions& options, Workspace& w)
      : threads_(useful_threads(of, options.threads)),
        evaluator_(of, {.derivatives = options.derivatives, .threads = threads_, .bounded = true}),
        ahead_(of, {.apply_loss = false, .jacobian = false, .threads = threads_}),
        linear_(make_linear_solver(options.linear, evaluator_.jacobian())) {
    linear_.solver->analyse(evaluator_.jacobian());
    products_.analyse(evaluator_.jacobian());
    for (auto* v : {&damping_, &scaled_step_, &curvature_gradient_, &acceleration_}) v->resize(w.step.size());
    curvature_.resize(static_cast<std::size_t>(products_.residual_size()));
    if (is_dogleg(options.method)) curvature_too_.resize(curvature_.size());
    if ((of.has_bounds() || is_dogleg(options.method)) && suits_elimination(of, options)) {
      linear_.reason += "; nothing is eliminated, because ";
      linear_.reason += of.has_bounds() ? "variables have bounds" : "dogleg steps need the Jacobian";
    }
    if (!is_dogleg(options.method) && !of.has_bounds() && !linear_.solver->is_iterative()) room_ = w.step.size();
    lasting_.resize(room_);
    if (of.has_bounds()) bounds_.emplace(of, *evaluator_.structure(), evaluator_.jacobian(), products_);
  }

  void begin(Workspace& w, std::function<bool()> stop) override {
    if (bounds_) bounds_->begin(w);
    lasting_.resize(w.method == Method::levenberg_marquardt ? room_ : 0);
    refresh(w);
    evaluator_.restart();
    counts_before_ = counts();
    stop_ = std::move(stop);
    linear_.solver->begin(&stop_);
  }
  void refresh(Workspace& w) override {
    lasting_.reset();
    learning_ = false;
    plain_squares_ = true;
    for (const ResidualGroup& group : ProblemAccess::groups(*w.problem)) plain_squares_ &= group.key.loss.is_trivial();
  }
  void save(Checkpoint& to) const override {
    to.model = {linear_.solver->forcing()};
    lasting_.save(to.model);
  }
  void restore(const Checkpoint& from) override {
    if (from.model.empty()) return;
    linear_.solver->set_forcing(from.model[0]);
    if (!lasting_.restore(std::span(from.model).subspan(1))) {
      throw Error("the checkpoint has " + std::to_string(from.model.size()) + " numbers of the model; expected 1" +
                  (room_ > 0 ? " or " + std::to_string(room_ + 2) : std::string(", as of a solve with bounds")));
    }
  }
  const BlockJacobian* jacobian() const override { return &evaluator_.jacobian(); }
  bool is_updated() const override { return evaluator_.is_updated(); }
  void restart() override { evaluator_.restart(); }
  FunctionCounts function_counts() const override {
    const FunctionCounts until = counts();
    return {until.evaluations - counts_before_.evaluations, until.columns_failed - counts_before_.columns_failed};
  }

  void leave(Workspace& w, double predicted, double decrease) override {
    learning_ = lasting_.leave(w.step, predicted, decrease) && !evaluator_.is_updated();
    if (!learning_) return;
    products_.multiply(evaluator_.jacobian(), w.step, curvature_, threads_);
    products_.multiply_transposed(evaluator_.jacobian(), curvature_, curvature_gradient_, threads_);
    for (std::size_t j = 0; j < w.step.size(); ++j) curvature_gradient_[j] += w.gradient[j];
  }
  bool change_curvature() override { return lasting_.change(); }

  bool linearise(Workspace& w, double) override {
    const bool learns = std::exchange(learning_, false);
    {
      const StageTimer timer(w.seconds_jacobian);
      w.at_x = evaluator_.linearise(*w.problem, w.point());
      products_.gradient(evaluator_.jacobian(), w.gradient, w.diagonal, threads_);
      if (!std::isfinite(w.at_x)) return false;
    }
    for (std::size_t j = 0; j < w.scale.size(); ++j) {
      if (!std::isfinite(w.gradient[j]) || !std::isfinite(w.diagonal[j])) return false;
      w.scale[j] = std::max(w.memory * w.scale[j], w.diagonal[j]);
      if (w.scale[j] == 0.0) w.scale[j] = 1.0;  // a column of zeros gets a zero step
    }
    if (learns && !evaluator_.is_updated()) lasting_.arrive(w.step, curvature_gradient_, w.gradient, w.scale);
    const StageTimer timer(w.seconds_linear);
    if (bounds_) {
      bounds_->linearise(w, tools());
    } else {
      linear_.solver->linearise(evaluator_.jacobian(), threads_);
    }
    return true;
  }

  void restore_diagonal(Workspace& w) override {
    if (bounds_) products_.gradient(evaluator_.jacobian(), w.gradient, w.diagonal, threads_);
  }

  bool solve(Workspace& w, double lambda) override {
    const StageTimer timer(w.seconds_linear);
    // A column of zeros, where no variable or a held one is, gets a unit diagonal and so a step of zero.
    for (std::size_t j = 0; j < w.scale.size(); ++j)
      damping_[j] = w.diagonal[j] > 0.0 ? lambda * w.scale[j] + lasting_[j] : 1.0;
    if (bounds_) return bounds_->solve(w, tools(), damping_);
    if (!linear_.solver->factorise(damping_, threads_)) return false;
    linear_.solver->solve(w.step);
    return std::all_of(w.step.begin(), w.step.end(), [](double s) { return std::isfinite(s); });
  }

  std::array<double, 3> products(std::span<const double> a, std::span<const double> b) override {
    products_.multiply(evaluator_.jacobian(), a, curvature_, threads_);
    products_.multiply(evaluator_.jacobian(), b, curvature_too_, threads_);
    std::array<double, 3> sums{};
    for (std::size_t i = 0; i < curvature_.size(); ++i) {
      sums[0] += curvature_[i] * curvature_[i];
      sums[1] += curvature_[i] * curvature_too_[i];
      sums[2] += curvature_too_[i] * curvature_too_[i];
    }
    return sums;
  }
  void confine(Workspace& w, double radius, double& predicted) override {
    if (!bounds_) return;
    bounds_->confine(w, tools(), radius);
    if (bounds_->is_clipped()) predicted = bounds_->predicted_decrease();
  }

  double damped_square(const Workspace& w, double lambda) const override { return lambda * w.scaled_square(); }
  double predicted_decrease(const Workspace& w, double lambda) const override {
    return bounds_ && bounds_->is_clipped() ? bounds_->predicted_decrease() : Model::predicted_decrease(w, lambda);
  }

  /// The step is the velocity of a curve on which the model is straight; its acceleration a solves
  ///
  ///     (J'J + lambda D) a = -J' r'',   r'' = d^2 r(x + t step) / dt^2 = 2/h ((r(x + h step) - r) / h - J step)
  ///
  /// and the curve to second order is x + step + a/2 [Transtrum2012]. It follows narrow curved valleys in a few steps
  /// where plain steps take hundreds: on NIST's 54 runs it halves the iterations (measured).
  void accelerate(Workspace& w) override {
    if (!plain_squares_ || linear_.solver->is_iterative() || (bounds_ && bounds_->is_clipped())) return;
    {
      const StageTimer timer(w.seconds_residuals);
      move(w, acceleration_step);
      if (!std::isfinite(ahead_.residuals(*w.problem, w.candidate_point()))) return;
      products_.multiply(evaluator_.jacobian(), w.step, curvature_, threads_);
      std::size_t at = 0;
      for (std::size_t p = 0; p < evaluator_.jacobian().parts.size(); ++p) {
        const JacobianPart& part = evaluator_.jacobian().parts[p];
        const double* there = ahead_.jacobian().parts[p].residuals;
        for (std::int64_t i = 0; i < part.num_blocks * part.rows * block_lanes; ++i, ++at) {
          const double slope = (there[i] - part.residuals[i]) / acceleration_step;
          curvature_[at] = 2.0 / acceleration_step * (slope - curvature_[at]);
        }
      }
      products_.multiply_transposed(evaluator_.jacobian(), curvature_, curvature_gradient_, threads_);
      for (std::size_t j = 0; bounds_ && j < w.step.size(); ++j) {
        if (bounds_->is_held(j)) curvature_gradient_[j] = 0.0;
      }
    }
    const StageTimer timer(w.seconds_linear);
    linear_.solver->solve_for(curvature_gradient_, acceleration_);
    double square = 0.0;
    for (std::size_t j = 0; j < w.step.size(); ++j) square += w.scale[j] * acceleration_[j] * acceleration_[j];
    if (!(2.0 * std::sqrt(square) <= acceleration_limit * std::sqrt(w.scaled_square()))) return;
    const auto curved = [&](std::size_t j) { return w.step[j] + 0.5 * acceleration_[j]; };
    for (std::size_t j = 0; bounds_ && j < w.step.size(); ++j) {
      if (!(curved(j) >= w.low[j] && curved(j) <= w.high[j])) return;
    }
    for (std::size_t j = 0; j < w.step.size(); ++j) w.step[j] = curved(j);
  }

  double try_step(Workspace& w, double length) override {
    const StageTimer timer(w.seconds_residuals);
    move(w, length);
    return evaluator_.cost(*w.problem, w.candidate_point());
  }

  bool is_exact() const override { return !linear_.solver->is_iterative(); }
  bool refine() override { return linear_.solver->refine(); }
  std::string_view name() const override { return linear_.solver->name(); }
  std::string_view reason() const override { return linear_.reason; }

 private:
  /// candidate = plus(x, length * step), within the bounds.
  void move(Workspace& w, double length) {
    for (std::size_t j = 0; j < w.step.size(); ++j) scaled_step_[j] = length * w.step[j];
    evaluator_.plus(w.point(), scaled_step_, w.candidate_point());
    if (bounds_) bounds_->project(w, length, w.candidate_point());
  }
  BoundedStep::Tools tools() { return {*linear_.solver, products_, evaluator_.jacobian(), threads_}; }
  FunctionCounts counts() const {
    FunctionCounts sum = evaluator_.function_counts();
    return sum += ahead_.function_counts();
  }

  int threads_;
  std::function<bool()> stop_;
  Evaluator evaluator_;
  Evaluator ahead_;  ///< residuals at a second point
  ChosenLinearSolver linear_;
  JacobianOperator products_;
  std::optional<BoundedStep> bounds_;
  ResidualCurvature lasting_;  ///< part of the model for damped steps
  std::size_t room_ = 0;       ///< of lasting_ where the method uses it
  bool learning_ = false;      ///< g + J'J step is in curvature_gradient_, for lasting_
  FunctionCounts counts_before_;
  bool plain_squares_ = true;  ///< every loss is trivial
  LargeVector<double> damping_, scaled_step_, curvature_, curvature_too_, curvature_gradient_, acceleration_;
};

}  // namespace

std::unique_ptr<Model> make_stored_model(const Problem& problem, const MinimizeOptions& options, Workspace& w) {
  return std::make_unique<StoredModel>(problem, options, w);
}

}  // namespace heliotrope::detail
