// SPDX-License-Identifier: Apache-2.0
// How black-box functions enter a problem: the template layer between a user's callable and an untyped function.
#pragma once

#include <memory>
#include <type_traits>

#include "heliotrope/problem/problem.hpp"

namespace heliotrope {

namespace detail {

template <class F, class Isa>
std::shared_ptr<const VectorFunction> share_function(const F& f) {
  static_assert(TakesSpans<F> || TakesPointers<F> || TakesMany<F>,
                "a function is called as f(std::span<const double> x, std::span<double> r), "
                "f(const double* x, double* r), or f(int count, std::span<const double> xs, std::span<double> rs), "
                "and must be callable while const");
  return std::make_shared<VectorFunctionOf<std::decay_t<F>, Isa>>(f);  // a function becomes a pointer
}

}  // namespace detail

template <class F, class Isa>
void Problem::add_function(std::int64_t num_residuals, const F& f, const FunctionVariables& variables,
                           const FunctionOptions& options) {
  append_function(detail::share_function<F, Isa>(f), num_residuals, variables,
                  detail::find_pattern(f, gather(variables), num_residuals), {}, options);
}
template <class F, class Isa>
void Problem::add_function(std::int64_t num_residuals, const F& f, const FunctionVariables& variables,
                           const SparsityPattern& pattern, const FunctionOptions& options) {
  append_function(detail::share_function<F, Isa>(f), num_residuals, variables, pattern, {}, options);
}
template <class F, class Isa>
void Problem::add_function(std::int64_t num_residuals, const F& f, const FunctionVariables& variables,
                           const Stencil& stencil, const FunctionOptions& options) {
  append_function(detail::share_function<F, Isa>(f), num_residuals, variables, stencil_pattern(stencil),
                  color_stencil(stencil), options);
}

}  // namespace heliotrope
