// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace heliotrope {

template <class Signature>
class FunctionRef;

/// A callable that somebody else owns: two pointers, no allocation, one indirect call.
///
/// It refers to what it was made from, which must live as long: a parameter type, not a member type.
template <class Result, class... Arguments>
class FunctionRef<Result(Arguments...)> {
 public:
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, FunctionRef> && std::invocable<F&, Arguments...>) FunctionRef(F&& f) {
    using Callee = std::remove_reference_t<F>;
    if constexpr (std::is_function_v<Callee>) {
      object_ = reinterpret_cast<void*>(&f);
      call_ = [](void* object, Arguments... arguments) -> Result {
        return reinterpret_cast<Callee*>(object)(std::forward<Arguments>(arguments)...);
      };
    } else {
      object_ = const_cast<void*>(static_cast<const void*>(std::addressof(f)));
      call_ = [](void* object, Arguments... arguments) -> Result {
        return (*static_cast<Callee*>(object))(std::forward<Arguments>(arguments)...);
      };
    }
  }

  Result operator()(Arguments... arguments) const { return call_(object_, std::forward<Arguments>(arguments)...); }

 private:
  void* object_;
  Result (*call_)(void*, Arguments...);
};

}  // namespace heliotrope
