// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <span>
#include <tuple>
#include <vector>

#include "heliotrope/error.hpp"
#include "heliotrope/problem/evaluation.hpp"
#include "heliotrope/problem/function_residuals.hpp"
#include "heliotrope/problem/manifolds.hpp"
#include "heliotrope/problem/renumbering.hpp"
#include "heliotrope/problem/residual_group.hpp"
#include "heliotrope/problem/residuals.hpp"
#include "heliotrope/problem/variable.hpp"

namespace heliotrope {

namespace detail {
struct Structure;
struct ProblemAccess;

/// What a solver keeps with a problem between solves; dropped when the structure changes.
class SolverCache {
 public:
  virtual ~SolverCache() = default;
};
}  // namespace detail

/// Data in columns: entry k of each belongs to residual k.
template <std::size_t K>
struct Columns {
  std::array<std::span<const double>, K> data;
};
template <class... C>
Columns<sizeof...(C)> columns(const C&... column) {
  return {{std::span<const double>(column)...}};
}

/// A least-squares problem: variables on manifolds, residuals in groups of one type, and terms, likewise in groups.
///
///     minimise  1/2 sum_k rho_k(|r_k(x)|^2) + sum_i f_i(x)
///
/// With terms it is no least-squares problem: minimize_objective minimises it, minimize does not.
///
/// Life cycle: add variables, add residuals, minimise, read values; change values or add more and minimise again.
/// Adding, fix(), release() and compact() change the structure, which the next solve analyses anew; others keep it.
/// Copies are independent (the structure analysed so far is shared). Reading, evaluate() included, is safe from
/// several threads at once; changing needs exclusive use.
class Problem {
 public:
  Problem();
  Problem(const Problem& other);
  Problem(Problem&& other) noexcept;
  Problem& operator=(const Problem& other);
  Problem& operator=(Problem&& other) noexcept;
  ~Problem();

  // ---- variables -------------------------------------------------------------------------------------------------

  /// Adds a variable of N numbers: add_variable({0.0, 0.0}).
  template <int N, class Isa = InstructionSet>
  Variable<Euclidean<N>> add_variable(const double (&values)[N]) {
    return add_variable<Euclidean<N>, Isa>(values);
  }
  /// Adds a variable on a manifold: add_variable<SE3>({0, 0, 0, 0, 0, 0, 1}).
  template <Manifold M, class Isa = InstructionSet, int N>
  Variable<M> add_variable(const double (&values)[N]) {
    static_assert(N == M::ambient_size, "the number of values differs from the manifold's ambient size");
    return add_variable<M, Isa>(std::span<const double>(values, N));
  }
  template <Manifold M, class Isa = InstructionSet>
  Variable<M> add_variable(std::span<const double> values) {
    return Variable<M>(append_variables(operations<M, Isa>(values.size()), values, 1));
  }
  /// Adds a variable whose size is known only at run time.
  Variable<Euclidean<dynamic_size>> add_variable(std::span<const double> values) {
    return add_variable<Euclidean<dynamic_size>>(values);
  }

  /// Adds values.size() / ambient_size variables at once, stored one after another.
  template <Manifold M, class Isa = InstructionSet>
  requires(M::ambient_size > 0) Variables<M> add_variables(std::span<const double> values) {
    const auto count = static_cast<std::int64_t>(values.size()) / M::ambient_size;
    return {append_variables(operations<M, Isa>(M::ambient_size), values, count), count};
  }
  template <int N, class Isa = InstructionSet>
  Variables<Euclidean<N>> add_variables(std::span<const double> values) {
    return add_variables<Euclidean<N>, Isa>(values);
  }

  /// Holds a variable at its value: solvers leave it alone. Changes the structure; hold() and disable() do not.
  void fix(AnyVariable variable) { set_fixed(variable, true); }
  void release(AnyVariable variable) { set_fixed(variable, false); }
  bool is_fixed(AnyVariable variable) const { return fixed_[check(variable)] != 0; }

  /// Keeps the numbers of a Euclidean variable within lower <= x <= upper, one of each a number, infinite where there
  /// is no bound. Least-squares methods evaluate within alone, but for differences of typed residuals
  /// (Derivatives::central and the like); a start outside is moved to the nearest point within. Bounds of a variable
  /// that is fixed wait until it is released; equal ones hold a number where they are. Changing them keeps what was
  /// analysed. Errors: a variable on another manifold, bounds of another length, a lower one that is not at most the
  /// upper, nan.
  void set_bounds(AnyVariable variable, std::span<const double> lower, std::span<const double> upper);
  template <int N>
  void set_bounds(AnyVariable variable, const double (&lower)[N], const double (&upper)[N]) {
    set_bounds(variable, std::span<const double>(lower, N), std::span<const double>(upper, N));
  }
  /// Bounds of one of its numbers, counted from 0; the others keep theirs.
  void set_bounds(AnyVariable variable, int number, double lower, double upper);
  /// The same bounds for each of its numbers.
  void set_bounds(AnyVariable variable, double lower, double upper);
  /// Removes the bounds of all variables.
  void clear_bounds();
  bool has_bounds() const { return !lower_.empty(); }
  std::vector<double> lower_bounds(AnyVariable variable) const;
  std::vector<double> upper_bounds(AnyVariable variable) const;

  /// Says how large a variable's numbers typically are, one size a coordinate: of a Euclidean variable its numbers, of
  /// others their tangent directions, which steps and differences move. A coordinate near 0 then counts as that large,
  /// |x| as max(|x|, typical): for steps of differences (typed residuals and black-box functions), for the test of
  /// small steps, number by number, and for how far the first step may go. Without it the numbers of a variable count
  /// together, a step near 0 is compared with 1e-10 and differenced as if the number were 1. Keeps what was analysed.
  /// Errors: another number of sizes, one that is not positive and finite.
  void set_typical(AnyVariable variable, std::span<const double> sizes);
  template <int N>
  void set_typical(AnyVariable variable, const double (&sizes)[N]) {
    set_typical(variable, std::span<const double>(sizes, N));
  }
  /// The same size for each of its coordinates.
  void set_typical(AnyVariable variable, double size);
  /// Forgets the sizes of all variables.
  void clear_typical();
  /// One a coordinate; empty where none was given.
  std::vector<double> typical(AnyVariable variable) const;

  VariableValue value(AnyVariable variable) const;
  void set_value(AnyVariable variable, std::span<const double> values);
  template <int N>
  void set_value(AnyVariable variable, const double (&values)[N]) {
    set_value(variable, std::span<const double>(values, N));
  }
  /// The numbers of consecutive variables, one after another.
  template <class M>
  std::span<const double> values(const Variables<M>& range) const {
    return values_of(range.first(), range.size(), M::ambient_size);
  }
  /// The numbers of all variables, in order of addition.
  std::span<const double> values() const { return {values_.data(), static_cast<std::size_t>(num_values_)}; }
  void set_values(std::span<const double> values);

  /// Attaches variables to memory of the caller's: solves take their numbers from there when they begin and put them
  /// there when they end; read_attached() and write_attached() do so at other times. memory: the numbers of the
  /// variables one after another; it must live as long as it is attached. Copies of a problem are not attached. Errors:
  /// another number of numbers.
  void attach(VariableRange variables, std::span<double> memory);
  void detach(VariableRange variables);
  void read_attached();
  void write_attached() const;

  std::int64_t num_variables() const { return static_cast<std::int64_t>(fixed_.size()); }
  std::int64_t num_values() const { return num_values_; }
  std::int64_t num_residual_blocks() const;  ///< those that are enabled
  std::int64_t num_residuals() const;
  std::int64_t num_terms() const;
  /// Columns of the Jacobian: tangent sizes of the variables that are not fixed, held coordinates included.
  std::int64_t num_columns() const;

  /// Gives back the memory of what is disabled: removes disabled residuals and terms for good, and with them variables
  /// that are disabled, or that no residual names any more although one did. Variables that no residual ever named
  /// stay, as do those of black-box functions. What remains keeps its order and values; residuals of a type are as if
  /// only they had been added (up to 64 values of what packs share). Handles and indices are to be renumbered by what
  /// is returned; copies of the problem keep theirs. Changes the structure. Errors: none but a lack of memory, which
  /// changes nothing. Cost: a copy of what remains.
  Renumbering compact();

  // ---- residuals and terms (defined in add_residuals.hpp) ----------------------------------------------------------

  /// Adds one residual block a datum. M is the number of residuals a block (left out: R::residuals). Each of
  /// `variables` is a Variable (shared by all), a span or vector of them, or a range indexed by a span (one each).
  ///
  /// Errors: sizes of data and variables that differ, a variable of another problem, a residual that is never
  /// written or written past M (tried on the first datum).
  template <int M = 0, class Isa = InstructionSet, class Data, class... Vars>
  Residuals add_residuals(const Data& data, const Vars&... variables);
  template <int M = 0, class Isa = InstructionSet, class Data, class... Vars>
  Residuals add_residuals(const Data& data, const ResidualOptions& options, const Vars&... variables);
  /// The same with data in columns: functor(x, y, ..., variables..., residual).
  template <int M, class Isa = InstructionSet, std::size_t K, class F, class... Vars>
  Residuals add_residuals(const Columns<K>& data, const F& functor, const Vars&... variables);
  template <int M, class Isa = InstructionSet, std::size_t K, class F, class... Vars>
  Residuals add_residuals(const Columns<K>& data, const F& functor, const ResidualOptions& options,
                          const Vars&... variables);
  /// Adds one residual block.
  template <int M = 0, class Isa = InstructionSet, class R, class... Ms>
  Residuals add_residual(const R& residual, const Variable<Ms>&... variables);
  template <int M = 0, class Isa = InstructionSet, class R, class... Ms>
  Residuals add_residual(const R& residual, const ResidualOptions& options, const Variable<Ms>&... variables);
  /// Adds a residual block whose sizes are known only at run time: functor(const T* const* variables, T* residual).
  template <class Isa = InstructionSet, class F>
  Residuals add_dynamic_residual(int num_residuals, const F& functor, std::span<const AnyVariable> variables,
                                 const ResidualOptions& options = {});
  /// Adds one term a datum: functor(variables..., value) sets value[0] to f_i, which counts as it is, where a residual
  /// counts by half its square. Otherwise all that add_residuals takes: templates on their scalar, columns, any
  /// manifold, derivatives of their own. Errors: likewise.
  template <class Isa = InstructionSet, class Data, class... Vars>
  Residuals add_terms(const Data& data, const Vars&... variables);
  template <class Isa = InstructionSet, class Data, class... Vars>
  Residuals add_terms(const Data& data, const TermOptions& options, const Vars&... variables);
  template <class Isa = InstructionSet, std::size_t K, class F, class... Vars>
  Residuals add_terms(const Columns<K>& data, const F& functor, const Vars&... variables);
  template <class Isa = InstructionSet, std::size_t K, class F, class... Vars>
  Residuals add_terms(const Columns<K>& data, const F& functor, const TermOptions& options, const Vars&... variables);
  template <class Isa = InstructionSet, class F, class... Ms>
  Residuals add_term(const F& function, const Variable<Ms>&... variables);
  template <class Isa = InstructionSet, class F, class... Ms>
  Residuals add_term(const F& function, const TermOptions& options, const Variable<Ms>&... variables);
  /// Adds a term whose sizes are known only at run time: functor(const T* const* variables, T* value).
  template <class Isa = InstructionSet, class F>
  Residuals add_dynamic_term(const F& functor, std::span<const AnyVariable> variables, const TermOptions& options = {});

  /// Adds a black-box vector function r = f(x) as residuals, differenced by colours: f(std::span<const double> x,
  /// std::span<double> r), or of two pointers, or of many points at once (int count, xs, rs). x are the numbers of
  /// `variables` one after another. The pattern (num_residuals x numbers) is found by tracing where f is a template,
  /// f(const T* x, T* r), by probing at the present values otherwise. f is copied; copies of a problem share it, so
  /// that calling it must change nothing.
  ///
  /// Such a problem is solved with a stored Jacobian: no variable of it is eliminated. A variable is what linear
  /// solvers see as a block: give the unknowns of a field as many small variables, not as one large one.
  ///
  /// Errors: num_residuals under 1 or no multiple of block_rows, a variable given twice, a residual that is never
  /// written or written past num_residuals, a pattern of another size, one that probing cannot verify.
  template <class F, class Isa = InstructionSet>
  void add_function(std::int64_t num_residuals, const F& f, const FunctionVariables& variables,
                    const FunctionOptions& options = {});
  template <class F, class Isa = InstructionSet>
  void add_function(std::int64_t num_residuals, const F& f, const FunctionVariables& variables,
                    const SparsityPattern& pattern, const FunctionOptions& options = {});
  /// The same with the pattern and colours of a stencil.
  template <class F, class Isa = InstructionSet>
  void add_function(std::int64_t num_residuals, const F& f, const FunctionVariables& variables, const Stencil& stencil,
                    const FunctionOptions& options = {});

  // ---- changes that keep the structure: what was analysed and factorised symbolically serves the next solve --------

  /// Replaces the data of the residuals that one type's add calls made, in order of addition.
  template <class R, class Isa = InstructionSet>
  void set_data(std::span<const R> data);
  /// Replaces the data of some residuals. Errors: another type or number of data, a member that all lanes share.
  template <class R, class Isa = InstructionSet>
  void set_data(const Residuals& residuals, std::span<const R> data);
  /// Changes the loss of residuals, and of all others that were added with the same type and options.
  void set_loss(const Residuals& residuals, const Loss& loss);

  /// Leaves residuals or terms out until they are enabled again: they do not count, and derivatives that are not finite
  /// there do not matter. They still cost their evaluation. Errors: rows of a black-box function.
  void disable(const Residuals& residuals) { set_left_out(residuals, true); }
  void enable(const Residuals& residuals) { set_left_out(residuals, false); }
  bool is_enabled(const Residuals& residuals) const;  ///< whether all of them count
  /// Leaves variables out: all residuals that name one of them, which are enabled again when no variable of theirs is
  /// left out. A variable that no residual counts for stays where it is. Cost: a look at every residual.
  void disable(VariableRange variables) { set_left_out(variables, true); }
  void enable(VariableRange variables) { set_left_out(variables, false); }
  bool is_enabled(AnyVariable variable) const;

  /// Holds one coordinate of a variable: of a Euclidean one that number, of others that tangent direction. Its column
  /// stays in the Jacobian, as zeros. Errors: no such coordinate.
  void hold(AnyVariable variable, int coordinate) { set_held(variable, coordinate, true); }
  void let_go(AnyVariable variable, int coordinate) { set_held(variable, coordinate, false); }
  bool is_held(AnyVariable variable, int coordinate) const;

  // ---- evaluation --------------------------------------------------------------------------------------------------

  /// Cost, and what else is asked for, at the present values or at options.values; changes nothing.
  Evaluation evaluate(const EvaluationOptions& options = {}) const;

 private:
  friend struct detail::ProblemAccess;

  template <Manifold M, class Isa>
  static ManifoldOperations operations(std::size_t size) {
    if constexpr (M::ambient_size == dynamic_size) {
      return manifold_operations_euclidean(static_cast<int>(size));
    } else {
      return manifold_operations<M, Isa>();
    }
  }
  std::int64_t append_variables(const ManifoldOperations& manifold, std::span<const double> values, std::int64_t count);
  void set_fixed(AnyVariable variable, bool fixed);
  void set_held(AnyVariable variable, int coordinate, bool held);
  std::size_t held_index(AnyVariable variable, int coordinate) const;
  void set_left_out(const Residuals& residuals, bool out);
  void set_left_out(VariableRange variables, bool out);
  std::vector<std::int64_t> renumber_variables() const;
  void keep_variables(std::span<const std::int64_t> renumbered, std::span<const std::int64_t> start_of);
  bool names_left_out(const detail::ResidualGroup& group, std::int64_t position) const;
  void leave_out_added(detail::ResidualGroup& group, std::int64_t first);
  const detail::ResidualGroup& group_of(const Residuals& residuals) const;
  detail::ResidualGroup& group_of(const Residuals& residuals);
  std::span<const double> values_of(std::int64_t first, std::int64_t count, int ambient_size) const;
  std::size_t check(AnyVariable variable) const;
  std::span<double> numbers_of(VariableRange variables);
  std::vector<double> bounds_of(AnyVariable variable, const LargeVector<double>& all, double none) const;
  LargeVector<double> gather(const FunctionVariables& variables) const;
  void append_function(std::shared_ptr<const detail::VectorFunction> f, std::int64_t num_residuals,
                       const FunctionVariables& variables, const SparsityPattern& pattern, Coloring coloring,
                       const FunctionOptions& options);
  std::int64_t offset_of(AnyVariable variable) const { return offsets_[check(variable)]; }
  /// The group with this key, made empty where there is none.
  detail::ResidualGroup& group(const detail::GroupKey& key, bool& is_new);
  void structure_changed();
  std::shared_ptr<const detail::Structure> structure() const;
  std::shared_ptr<const detail::Structure> structure_if_made() const;

  LargeVector<double> values_;  // followed by spare doubles that kernels may read
  std::int64_t num_values_ = 0;
  LargeVector<std::int64_t> offsets_;    // [variable]: start in values_
  LargeVector<std::uint16_t> manifold_;  // [variable]: index into manifolds_
  LargeVector<std::uint8_t> fixed_;      // [variable]
  LargeVector<std::uint8_t> left_out_;   // [variable], or shorter: left out, with all residuals that name it
  LargeVector<std::uint8_t> held_;       // [number in values_]: held tangent coordinates; empty: none
  LargeVector<double> lower_, upper_;    // of each of values_, or empty: there are no bounds
  LargeVector<double> typical_;          // [number in values_]: of tangent coordinates, 0: not given; empty: none is
  std::uint64_t bounds_version_ = 0;     // counts changes of bounds
  std::vector<std::shared_ptr<const ManifoldOperations>> manifolds_;
  std::vector<detail::ResidualGroup> groups_;
  std::size_t last_group_ = 0;
  std::vector<std::shared_ptr<const detail::FunctionResiduals>> functions_;
  struct Attached {
    std::int64_t first, count;  // in values_
    double* memory;
  };
  std::vector<Attached> attached_;  // in order of `first`, none overlapping
  std::uint64_t data_version_ = 0;  // counts changes that keep the structure

  mutable std::mutex mutex_;  // guards the two below
  mutable std::shared_ptr<const detail::Structure> structure_;
  mutable std::shared_ptr<detail::SolverCache> cache_;
};

}  // namespace heliotrope

#include "heliotrope/problem/add_function.hpp"   // IWYU pragma: export
#include "heliotrope/problem/add_residuals.hpp"  // IWYU pragma: export
#include "heliotrope/problem/set_data.hpp"       // IWYU pragma: export
