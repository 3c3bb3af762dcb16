// SPDX-License-Identifier: Apache-2.0
// How a kernel gets the functor of some lanes: built from lane data, or one of the user's own objects.
#pragma once

#include <array>
#include <tuple>
#include <utility>

#include "heliotrope/derive/pack.hpp"
#include "heliotrope/problem/kernel.hpp"
#include "heliotrope/problem/members.hpp"
#include "heliotrope/problem/preparation.hpp"

namespace heliotrope {
inline namespace HELIOTROPE_ISA {
namespace kernels {
using namespace ::heliotrope::detail;
using namespace pack_detail;

/// A residual type that is a template on its scalar: R<Pack> is put together from lane data, and from the block's
/// prototype where it has uniform members.
template <class R>
struct TemplateAccess {
  using Object = R;
  using Packed = rebind_scalar_t<R, Pack>;
  static_assert(
      std::is_default_constructible_v<R> && std::is_default_constructible_v<Packed>,
      "this residual type cannot be copied lane by lane: it has a reference member or no default constructor");
  static constexpr bool padded = true;
  static constexpr int num_scalars = count_scalars<R, Packed>();
  static constexpr int num_uniforms = count_uniforms<R, Packed>();
  static constexpr bool uniforms = num_uniforms > 0;

  template <class S>
  static HELIOTROPE_INLINE rebind_scalar_t<R, S> load(const KernelArguments& a, std::int64_t block, int lane) {
    const double* from = a.data + block * num_scalars * block_lanes + lane;
    if constexpr (std::is_same_v<S, double>) {
      R object = prototype(a, block);
      Packed pattern{};
      visit_members(
          object, pattern,
          [&](double& x, Pack&) {
            x = *from;
            from += block_lanes;
          },
          [](auto&, auto&) {});
      return object;
    } else {
      Packed object{};
      const R like = prototype(a, block);
      visit_members(
          like, object,
          [&](const double&, Pack& x) HELIOTROPE_LAMBDA {
            x = Pack::load(from);
            from += block_lanes;
          },
          [](const auto& x, auto& y) HELIOTROPE_LAMBDA { y = x; });
      return object;
    }
  }

  /// Writes the scalars of one residual into lane `lane`; `to` is the block's data.
  static void store(const R& object, double* to, int lane) {
    Packed pattern{};
    to += lane;
    visit_members(
        object, pattern,
        [&](const double& x, Pack&) {
          *to = x;
          to += block_lanes;
        },
        [](const auto&, auto&) {});
  }

  /// Whether two residuals may share a pack: every uniform member of one equals the other's.
  static bool same_uniforms(const R& a, const R& b) {
    Packed pattern{};
    std::array<const void*, static_cast<std::size_t>(num_uniforms)> of_a;
    auto next = of_a.begin();
    visit_members(
        a, pattern, [](const double&, Pack&) {}, [&](const auto& x, auto&) { *next++ = &x; });
    bool same = true;
    next = of_a.begin();
    visit_members(
        b, pattern, [](const double&, Pack&) {},
        [&]<class X>(const X& x, auto&) { same = same && x == *static_cast<const X*>(*next++); });
    return same;
  }

 private:
  static HELIOTROPE_INLINE R prototype(const KernelArguments& a, std::int64_t block) {
    if constexpr (uniforms) {
      return static_cast<const R*>(a.objects)[block];
    } else {
      return R{};
    }
  }
};

/// Data in columns, and a functor that takes one number of each column before the variables.
template <class F, int K>
struct ColumnsAccess {
  using Object = F;
  static constexpr bool padded = true;
  static constexpr int num_scalars = K;
  static constexpr bool uniforms = false;

  template <class S>
  struct Bound {
    using Prepared = typename PreparedBy<F>::type;
    const F& functor;
    std::array<S, K> data;
    template <class... T>
    HELIOTROPE_INLINE void operator()(T*... blocks) const {
      [&]<std::size_t... I>(std::index_sequence<I...>) HELIOTROPE_LAMBDA { functor(data[I]..., blocks...); }
      (std::make_index_sequence<K>{});
    }
  };

  template <class S>
  static HELIOTROPE_INLINE Bound<S> load(const KernelArguments& a, std::int64_t block, int lane) {
    Bound<S> bound{*static_cast<const F*>(a.objects), {}};
    const double* from = a.data + block * K * block_lanes + lane;
    for (int k = 0; k < K; ++k) {
      if constexpr (std::is_same_v<S, double>) {
        bound.data[static_cast<std::size_t>(k)] = from[k * block_lanes];
      } else {
        bound.data[static_cast<std::size_t>(k)] = Pack::load(from + k * block_lanes);
      }
    }
    return bound;
  }
};

/// An ordinary functor, one object a residual.
template <class F>
struct ObjectAccess {
  using Object = F;
  static constexpr bool padded = false;
  static constexpr int num_scalars = 0;
  static constexpr bool uniforms = false;

  template <class S>
  static HELIOTROPE_INLINE const F& load(const KernelArguments& a, std::int64_t block, int lane) {
    return static_cast<const F*>(a.objects)[block * block_lanes + lane];
  }
};

}  // namespace kernels
}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
