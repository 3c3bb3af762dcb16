// SPDX-License-Identifier: Apache-2.0
// Black-box vector functions among a problem's residuals.
//
//     auto u = problem.add_variables<1>(start);                              // one variable a node
//     problem.add_function(n, simulate, u);                                  // its pattern is found
//     problem.add_function(n, simulate, u, five_point(1000, 1000));          // or given
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "heliotrope/derive/colored_jacobian.hpp"
#include "heliotrope/derive/probe_sparsity.hpp"
#include "heliotrope/derive/stencil.hpp"
#include "heliotrope/derive/trace_sparsity.hpp"
#include "heliotrope/problem/loss.hpp"
#include "heliotrope/problem/variable.hpp"

namespace heliotrope {

/// What may be said about a black-box function when it is added.
struct FunctionOptions {
  Loss loss = {};         ///< rho of the squared norm of each block of rows
  int block_rows = 1;     ///< consecutive residuals that share a loss and are stored together (2 for image points)
  std::string name = {};  ///< shown in messages; by default "function"
  DifferenceMethod method = DifferenceMethod::central;
  double relative_step = 0.0;  ///< of the method; 0: its own
  bool noise_aware = false;    ///< f is noisy: the first Jacobian measures how much and sets the steps
  bool concurrent = false;     ///< f may be called from several threads at once: evaluations of a Jacobian then are
  /// Jacobians are estimated at every `refresh`-th point, and wherever a step fails or the solve would stop; between, a
  /// secant update takes the place of evaluations (SchubertUpdate). For functions so dear that a few more iterations
  /// do not matter. Variables must be Euclidean where it is over 1.
  int refresh = 1;
};

/// The variables that a function takes, in the order in which it sees their numbers.
struct FunctionVariables {
  FunctionVariables(VariableRange range) : ranges{range} {}
  FunctionVariables(AnyVariable variable) : ranges{variable} {}
  template <class M>
  FunctionVariables(const Variables<M>& variables) : ranges{variables} {}
  FunctionVariables(std::initializer_list<VariableRange> list) : ranges(list) {}
  FunctionVariables(std::vector<VariableRange> list) : ranges(std::move(list)) {}

  std::vector<VariableRange> ranges;
};

namespace detail {

/// A function of somebody's, kept by the problem and shared by its copies.
class VectorFunction {
 public:
  virtual ~VectorFunction() = default;
  /// At `count` points, one after another.
  virtual void evaluate(int count, std::span<const double> xs, std::span<double> rs) const = 0;
  virtual bool takes_many() const = 0;
};

template <class F>
concept TakesSpans = std::invocable<const F&, std::span<const double>, std::span<double>>;
template <class F>
concept TakesPointers = std::invocable<const F&, const double*, double*>;
template <class F>
concept TakesMany = std::invocable<const F&, int, std::span<const double>, std::span<double>>;

template <class F, class Isa = InstructionSet>
class VectorFunctionOf final : public VectorFunction {
 public:
  explicit VectorFunctionOf(F f) : f_(std::move(f)) {}
  void evaluate([[maybe_unused]] int count, std::span<const double> xs, std::span<double> rs) const override {
    if constexpr (TakesMany<F>) {
      f_(count, xs, rs);
    } else if constexpr (TakesSpans<F>) {
      f_(xs, rs);
    } else {
      f_(xs.data(), rs.data());
    }
  }
  bool takes_many() const override { return TakesMany<F>; }

 private:
  F f_;
};

/// A black-box function as it was added. Its rows are kept in groups of one shape each: those that name as many
/// variables of each kind.
struct FunctionResiduals {
  std::shared_ptr<const VectorFunction> f;
  FunctionOptions options;
  std::int64_t num_rows = 0, num_inputs = 0;
  std::vector<VariableRange> variables;
  SparsityPattern pattern;  ///< num_rows x num_inputs
  Coloring coloring;        ///< of the pattern's columns, or empty: to be found
  std::size_t first_group = 0, num_groups = 0;
};

/// The pattern of f's Jacobian: traced where f is a template on its scalar, probed otherwise. Throws Error where
/// probing is not sure.
template <class F>
SparsityPattern find_pattern(const F& f, std::span<const double> x, std::int64_t num_rows) {
  using Tracer = SparsityTracer<false, false>;
  if constexpr (std::invocable<const F&, const Tracer*, Tracer*>) {
    return trace_sparsity(f, static_cast<std::int64_t>(x.size()), num_rows).pattern;
  } else {
    const VectorFunctionOf<std::decay_t<F>> function(f);
    const auto call = [&](std::span<const double> at, std::span<double> r) { function.evaluate(1, at, r); };
    ProbedSparsity found = heliotrope::probe_sparsity(call, x, num_rows);
    if (!found.is_verified) {
      throw Error("add_function: " + found.report() +
                  "; expected a function whose pattern can be found by probing: " + "give the pattern instead");
    }
    return std::move(found.pattern);
  }
}

}  // namespace detail
}  // namespace heliotrope
