// SPDX-License-Identifier: Apache-2.0
// How the linear model of a problem at a point is made, solved and followed to a candidate. Workspace holds the
// vectors.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "heliotrope/linear/elimination_plan.hpp"
#include "heliotrope/minimize/minimize.hpp"

namespace heliotrope::detail {

class Workspace;
struct FunctionCounts;

class Model {
 public:
  virtual ~Model() = default;

  /// Begins a solve of the workspace's problem. `stop` is asked within long iterations.
  virtual void begin(Workspace& w, std::function<bool()> stop) = 0;
  /// Losses of the problem have changed.
  virtual void refresh(Workspace& w) = 0;
  /// What a solve that goes on from x needs to know beside it, after linearise(). restore() comes after begin().
  virtual void save(Checkpoint&) const {}
  virtual void restore(const Checkpoint&) {}
  /// Residuals and Jacobian at x, where they are kept.
  virtual const BlockJacobian* jacobian() const { return nullptr; }
  /// Evaluates at x: sets at_x, gradient, diagonal and scale. `lambda` is the damping that solve() is likely to be
  /// asked for next. False: something is not finite.
  virtual bool linearise(Workspace& w, double lambda) = 0;
  /// Sets what bounds have cleared of the diagonal of J'J at x, at the end of a solve; overwrites the gradient.
  virtual void restore_diagonal(Workspace&) {}
  /// step = -(J'J + lambda diag(scale))^-1 g. False: not definite, or not finite.
  virtual bool solve(Workspace& w, double lambda) = 0;
  /// step' diag(damping) step of the last solve, whose damping was asked to be lambda diag(scale).
  virtual double damped_square(const Workspace& w, double lambda) const = 0;
  /// What the model without damping promises for the last solve's step:  -g'step - 1/2 |J step|^2.
  virtual double predicted_decrease(const Workspace& w, double lambda) const;
  /// |J a|^2, (J a)'(J b) and |J b|^2; only of a stored Jacobian.
  virtual std::array<double, 3> products(std::span<const double>, std::span<const double>) { return {}; }
  /// Keeps w.step, which some method made, within the bounds; then sets what the model promises for it.
  virtual void confine(Workspace&, [[maybe_unused]] double radius, [[maybe_unused]] double& predicted) {}
  /// Adds half the geodesic acceleration to the step, where it is small beside it and the model can.
  virtual void accelerate(Workspace&) {}
  /// The step tried last, for which the model promised `predicted`, was accepted and x is about to move: what the model
  /// learns of the curvature that J'J leaves out, when it linearises next.
  virtual void leave(Workspace&, [[maybe_unused]] double predicted, [[maybe_unused]] double decrease) {}
  /// Puts such curvature into the model, or takes it out. False: there is none.
  virtual bool change_curvature() { return false; }
  /// candidate = plus(x, length * step); returns its cost.
  virtual double try_step(Workspace& w, double length) = 0;
  /// After a step tried at its full length, where the model can tell its parts apart: lets go those that make the cost
  /// worse, if `rejected`, and takes `iterations` more of some by themselves. Returns the candidate's cost.
  virtual double settle(Workspace& w, bool rejected, int iterations);

  /// Whether the Jacobian at x was updated rather than computed. restart() makes the next one fresh.
  virtual bool is_updated() const { return false; }
  virtual void restart() {}

  /// What black-box functions cost since begin().
  virtual FunctionCounts function_counts() const { return {}; }

  /// Whether undamped systems are cheap and well-posed enough to test convergence with.
  virtual bool is_exact() const = 0;
  /// Whether steps are those of conjugate gradients stopped early, which say little of how far the model holds.
  virtual bool is_truncated() const { return false; }
  /// Makes steps more exact after a flat iteration. False: they are as exact as they get.
  virtual bool refine() { return false; }
  /// Damping below which a solve costs more than its step is worth.
  virtual double least_damping() const { return 0.0; }
  virtual std::string_view name() const = 0;
  virtual std::string_view reason() const = 0;
};

/// Whether the method's steps need products with the Jacobian.
inline bool is_dogleg(Method method) { return method == Method::dogleg || method == Method::subspace_dogleg; }

/// By an Evaluator, its stored Jacobian and a LinearSolver.
std::unique_ptr<Model> make_stored_model(const Problem& problem, const MinimizeOptions& options, Workspace& w);

/// The elimination that make_schur_model would plan; nothing, or Error, where it would give null or throw.
std::optional<EliminationPlan> choose_elimination(const Problem& problem, const MinimizeOptions& options);

/// Why make_streamed_model would give a model; nothing, or Error, where it would give null or throw.
std::optional<std::string> choose_streamed(const Problem& problem, const MinimizeOptions& options);
/// By tiles of residuals that are folded into a triangle as they are evaluated, where columns are few and residuals
/// many. Null and Error as for make_schur_model.
std::unique_ptr<Model> make_streamed_model(const Problem& problem, const MinimizeOptions& options, Workspace& w);

/// By sweeps that eliminate an independent set of variables. Null where that does not suit the problem and the options
/// leave the choice; Error where it was asked for by name and cannot be.
std::unique_ptr<Model> make_schur_model(const Problem& problem, const MinimizeOptions& options, Workspace& w);

/// Whether elimination would be the automatic choice were there neither bounds nor a method that needs the Jacobian.
bool suits_elimination(const Problem& problem, const MinimizeOptions& options);

}  // namespace heliotrope::detail
