// SPDX-License-Identifier: Apache-2.0
// The sparsity pattern of a Jacobian found by evaluating the function: nothing is known of it but numbers.
//
//     ProbedSparsity found = probe_sparsity(f, x, m);      // f(const double* x, double* r), or of two spans
//     if (!found.is_verified) std::cerr << found.report();
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include "heliotrope/derive/sparsity_pattern.hpp"

namespace heliotrope {

/// What a probe does to the columns that it asks about.
enum class ProbeMethod {
  perturbation,  ///< moves them by random amounts
  nan,           ///< makes them NaN, and sees which rows become so
  both,          ///< one evaluation each; a row depends on what either shows
};

struct ProbeOptions {
  ProbeMethod method = ProbeMethod::perturbation;
  double relative_step = 1e-3;  ///< largest move of a variable, relative to max(|x|, typical); chosen, not measured
  double typical = 1.0;         ///< size of a variable that is zero
  std::span<const double> lower = {};  ///< bounds, empty or one a column: no evaluation is outside them
  std::span<const double> upper = {};
  double noise = 0.0;     ///< values of a row within this, relative to the larger, are taken as equal; 0: the same bits
  int verifications = 2;  ///< points at which the pattern is tried anew, at least 0
  int max_searches = 3;   ///< searches from new points while verifications find what was missed
  std::uint64_t seed = 1;
  std::int64_t max_evaluations = 1000000;  ///< Error where more would be needed
};

/// A pattern, and what speaks for it.
struct ProbedSparsity {
  SparsityPattern pattern;
  bool is_verified = false;            ///< verifications were made, and in none a row changed that should not
  std::int64_t num_evaluations = 0;    ///< of the function, all told
  std::int64_t num_searches = 0;       ///< points from which the pattern was searched for; it is the union of them
  std::int64_t num_verifications = 0;  ///< points of the last round of verification
  std::int64_t num_checks = 0;         ///< rows times probes of that round in which the pattern said: no change
  std::int64_t num_unexpected = 0;     ///< those among them that changed: entries are missing
  std::int64_t num_unseen = 0;         ///< rows times probes of that round that should have changed and did not
  std::int64_t num_full_rows = 0;      ///< rows taken to depend on every column, after samples

  /// All of it in one sentence.
  std::string report() const;
};

namespace detail {

/// f(x, r) for whatever is called with two spans or two pointers; refers to it.
class ProbedFunction {
 public:
  template <class F>
  explicit ProbedFunction(const F& f) : object_(&f) {
    call_ = [](const void* object, std::span<const double> x, std::span<double> r) {
      const F& function = *static_cast<const F*>(object);
      if constexpr (std::is_invocable_v<const F&, const double*, double*>) {
        function(x.data(), r.data());
      } else {
        function(x, r);
      }
    };
  }
  void operator()(std::span<const double> x, std::span<double> r) const { call_(object_, x, r); }

 private:
  const void* object_;
  void (*call_)(const void*, std::span<const double>, std::span<double>);
};

ProbedSparsity probe_sparsity(const ProbedFunction& f, std::span<const double> x, std::int64_t m,
                              const ProbeOptions& options);

}  // namespace detail

/// The pattern of the Jacobian of f, R^n -> R^m, near x.
///
/// Group testing: the columns are cut into intervals, and an evaluation moves many intervals at once, no two of which a
/// row may depend on (a column colouring of intervals). A row that changes depends on that one of its intervals; the
/// intervals found are halved until they are columns. For a function with k entries a row, near each other or not, that
/// is a small multiple of k log2(n) evaluations, one after the other (about 160 for a five-point stencil on 10^5
/// nodes). A row that depends on every one of 128 or more intervals, and on a sample of 16 columns, is taken to depend
/// on all columns. The point searched from is x moved at random, so that zeros in x hide nothing.
///
/// Then the pattern is tried at other random points, with columns grouped at random: a row none of whose columns moved
/// must keep its bits. Where one does not, entries are missing: another search is made, and added. What is missing
/// slips through one point of verification with a chance of about 1 in 4 for an entry in the rows with most entries.
///
/// What defeats probing, so that entries are missed: a dependence that cancels at every point tried or is below the
/// rounding of the row (1 + 1e-20 x); regions where it is dead or saturates (max(x, 0) at x < 0, a clamp, tanh(1e3 x),
/// rounding to integers or to single precision); branches that no point tried takes (the pattern is that of the
/// neighbourhood of x, and num_unseen counts where points differ). What is no dependence may be found where the
/// function keeps state from call to call, or is random: two evaluations at one point that differ are an Error, unless
/// `noise` says how much. NaN probes see what cancels, saturates or is rounded away, but not through comparisons,
/// std::min and std::max; give them only to functions that neither convert to integers nor iterate until convergence.
///
/// f must be callable from the outside as often as wanted; exceptions of f pass through. x: n values. Rows that are not
/// finite at the points searched from (x moved by less and less, then x itself) are an Error that names one; a row that
/// becomes so when columns move, changes.
/// Errors: a row that differs when evaluated twice, or is not finite; bounds of another length than x, or that x is
/// outside of; options out of range; more than max_evaluations.
/// Cost: the evaluations, and about 1 ns a row for each; memory: 16 (n + m) bytes and about 30 an entry of the pattern.
template <class F>
ProbedSparsity probe_sparsity(const F& f, std::span<const double> x, std::int64_t m, const ProbeOptions& options = {}) {
  return detail::probe_sparsity(detail::ProbedFunction(f), x, m, options);
}

}  // namespace heliotrope
