// SPDX-License-Identifier: Apache-2.0
// What a residual type can do, and so which kernels it gets.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "heliotrope/error.hpp"
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

/// Evaluates one residual on a buffer of marks: every one of the first `rows` must be overwritten, none beyond.
template <class Call>
void check_writes(int rows, const std::string& name, const Call& call) {
  constexpr std::uint64_t mark = 0x7ff8a5a5c3c35a5aULL;
  const std::size_t size = static_cast<std::size_t>(rows) + 16;
  std::vector<double> buffer(size);
  for (double& x : buffer) std::memcpy(&x, &mark, sizeof mark);
  call(buffer.data());
  for (std::size_t i = 0; i < size; ++i) {
    const bool untouched = std::memcmp(&buffer[i], &mark, sizeof mark) == 0;
    const bool within = i < static_cast<std::size_t>(rows);
    if (within && untouched) {
      throw Error("residual type " + name + " never writes residual " + std::to_string(i) + " of the " +
                  std::to_string(rows) + " declared");
    }
    if (!within && !untouched) {
      throw Error("residual type " + name + " writes residual " + std::to_string(i) + ", past the " +
                  std::to_string(rows) + " declared");
    }
  }
}

}  // namespace kernels
}  // namespace HELIOTROPE_ISA

}  // namespace heliotrope
