// SPDX-License-Identifier: Apache-2.0
// Hessians from function values: of a sum whose terms can be told apart, in a few evaluations; of any other, in many.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "heliotrope/derive/coloring.hpp"
#include "heliotrope/derive/function_ref.hpp"
#include "heliotrope/derive/jet.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope {

/// The Hessian of F(x) = sum_t f_t(x), each term of few variables, from a function that gives the vector of terms.
///
/// A column colouring of the pattern terms x variables leaves each term at most one variable of each colour. So moving
/// colours a and b together shows every term's second derivative by its variables of these colours, and
/// p (p + 1) evaluations of the terms for p colours, whatever n and the number of terms, give the whole Hessian:
///
///     f_aa = (f(+a) - 2 f + f(-a)) / h^2
///     f_ab = (f(+a+b) - f(+a) - f(+b) + 2 f - f(-a) - f(-b) + f(-a-b)) / (2 h_a h_b)
///
/// with an error of O(h^2); steps eps^(1/4) max(|x|, typical), some 7 digits. No bounds: points go h to both sides.
/// Where F alone is given there is no such shortcut: see hessian_from_values.
///
/// Memory: 2 p numbers a term, 24 bytes for each pair of variables of each term. Not for use from several threads.
class TermHessian final {
 public:
  using Terms = FunctionRef<void(std::span<const double> x, std::span<double> terms)>;

  /// `terms`: rows are terms. Throws Error for a colouring that is none. `typical` is empty or a size a variable.
  TermHessian(const SparsityPattern& terms, const Coloring& columns, std::span<const double> typical = {});

  /// Both triangles, the diagonal included, of all pairs of variables that share a term.
  const SparsityPattern& pattern() const { return pattern_; }
  std::int64_t evaluations_per_estimate() const { return std::int64_t{num_colors_} * (num_colors_ + 1); }

  /// values in the order of pattern()'s entries; terms_at_x is f(x).
  void estimate(Terms f, std::span<const double> x, std::span<const double> terms_at_x, std::span<double> values);

  /// Exact, by jets of jets over pairs of 4 colours: q (q + 1) / 2 calls of f for q = ceil(p / 4), with
  /// T = Jet<Jet<double, 4>, 4>: f(std::span<const T> x, std::span<T> terms). Allocates x and terms.
  template <class F>
  void exact(F&& f, std::span<const double> x, std::span<double> values) {
    exact_in<Jet<double, 4>>(f, x, values);
  }

 private:
  struct Pair {
    std::int32_t term, j, k;  // variables j <= k
    std::int32_t color_j, color_k;
    std::int64_t entry;  // of (j, k)
  };

  template <class Inner, class F>
  void exact_in(F& f, std::span<const double> x, std::span<double> values) {
    constexpr int lanes = Inner::num_lanes;
    using Outer = Jet<Inner, lanes>;
    check(x.size(), static_cast<std::size_t>(num_terms_), values.size());
    begin(values);
    RawVector<Outer> moved(x.size()), terms(static_cast<std::size_t>(num_terms_));
    for (int a = 0; a < num_colors_; a += lanes) {
      for (int b = a; b < num_colors_; b += lanes) {
        for (std::size_t j = 0; j < x.size(); ++j) {
          const int outer = colors_[j] - a, inner = colors_[j] - b;
          const bool in_b = colors_[j] >= b && inner < lanes, in_a = colors_[j] >= a && outer < lanes;
          moved[j] = Outer(in_b ? Inner::seed(x[j], inner) : Inner(x[j]));
          if (in_a) moved[j].set_derivative(outer, Inner(1.0));
        }
        f(std::span<const Outer>(moved), std::span<Outer>(terms));
        for (int s = a; s < a + lanes && s < num_colors_; ++s) {
          for (int t = std::max(b, s); t < b + lanes && t < num_colors_; ++t) {
            for (const Pair& pair : pairs_of(s, t)) {
              values[static_cast<std::size_t>(pair.entry)] +=
                  terms[static_cast<std::size_t>(pair.term)].derivative(s - a).derivative(t - b);
            }
          }
        }
      }
    }
    mirror(values);
  }

  void check(std::size_t x, std::size_t terms, std::size_t values) const;
  void begin(std::span<double> values) const;
  /// Pairs whose lower and higher colour are s <= t.
  std::span<const Pair> pairs_of(int s, int t) const;
  void mirror(std::span<double> values) const;
  void make_pattern(const SparsityPattern& terms);
  void move(std::span<const double> x, int a, int b, double sign);

  std::int64_t num_terms_;
  int num_colors_;
  std::vector<std::int32_t> colors_;
  std::vector<double> typical_;
  SparsityPattern pattern_;
  LargeVector<std::int64_t> mirrored_;    // position of (k, j) for each entry (j, k)
  LargeVector<Pair> pairs_;               // by colours s, t
  std::vector<std::int64_t> pair_begin_;  // [p * p + 1]
  LargeVector<double> moved_, steps_;     // [n]
  LargeVector<double> single_, both_;     // [2 p][terms]: +a, -a of each colour; [2][terms]
};

/// The entries of a symmetric pattern of any F(x) from its values alone: 2 evaluations a variable that has an entry and
/// 2 a pair of off-diagonal entries, with the formulas of TermHessian. For small n, or to check another Hessian.
/// `values` in the order of the pattern's entries. Returns the number of evaluations. Throws Error for wrong sizes.
std::int64_t hessian_from_values(FunctionRef<double(std::span<const double> x)> f, std::span<const double> x,
                                 const SparsityPattern& pattern, std::span<double> values);

}  // namespace heliotrope
