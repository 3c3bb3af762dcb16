// SPDX-License-Identifier: Apache-2.0
// What a residual type can do, and so which kernels it gets.
#pragma once

#include "heliotrope/problem/group_kernels.hpp"
#include "heliotrope/problem/residual_access.hpp"

namespace heliotrope {

inline namespace HELIOTROPE_ISA {
namespace kernels {

using namespace ::heliotrope::detail;
using namespace pack_detail;

/// One address for each list of types and each instruction set.
template <class... T>
inline constexpr char type_tag = 0;

template <class F, class T, class... Ms>
concept CallableWith = requires(const F& f, const T* x, T* r) {
  f((static_cast<void>(sizeof(Ms)), x)..., r);
};
template <class List>
inline constexpr std::size_t num_preparations = 0;
template <class... P>
inline constexpr std::size_t num_preparations<Prepare<P...>> = sizeof...(P);
template <class F, class T, class... Ms>
concept HasJacobian = requires(const F& f, const T* x, T* J) {
  f.jacobian((static_cast<void>(sizeof(Ms)), x)..., (static_cast<void>(sizeof(Ms)), J)...);
};

template <class R, class... Ms>
constexpr bool vectorised() {
  if constexpr (Rebindable<R>) {
    return CallableWith<rebind_scalar_t<R, Pack>, Pack, Ms...>;
  } else {
    return false;
  }
}

/// The kernels of functor type F (as seen by scalar S, and by double) for one Access.
template <class Access, class S, class FS, class FD, int M, class... Ms>
KernelSet make_kernels() {
  using Fast = Kernels<Access, S, M, Ms...>;
  KernelSet set{.residuals = &Fast::residuals, .differences = &Fast::differences, .best = Derivatives::central};
  if constexpr (CallableWith<FD, ComplexStep, Ms...>)
    set.complex_step = &Kernels<Access, double, M, Ms...>::complex_step;
  if constexpr (CallableWith<FS, Jet<S, 1>, Ms...>) {
    set.autodiff = &Fast::autodiff;
    set.best = Derivatives::autodiff;
  }
  if constexpr (HasJacobian<FS, S, Ms...>) {
    static_assert(!Fast::SeenAll::any,
                  "a residual type with its own jacobian takes its variables as they are: no Prepared");
    set.analytic = &Fast::analytic;
    set.best = Derivatives::analytic;
  }
  static_assert(num_preparations<typename PreparedBy<typename Access::Object>::type> <= sizeof...(Ms),
                "Prepared lists more slots than the residuals have variables");
  if constexpr (Fast::SeenAll::any) {
    set.num_prepared = static_cast<int>(Fast::SeenAll::table(sizeof...(Ms)));
    set.prepared = Fast::template prepared_slots<CallableWith<FS, Jet<S, 1>, Ms...>>();
  }
  return set;
}

}  // namespace kernels
}  // namespace HELIOTROPE_ISA

}  // namespace heliotrope
