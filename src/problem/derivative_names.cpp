// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/derivative_names.hpp"

namespace heliotrope {

std::string_view name(Derivatives kind) {
  switch (kind) {
    case Derivatives::automatic:
      break;
    case Derivatives::autodiff:
      return "autodiff";
    case Derivatives::forward:
      return "forward";
    case Derivatives::central:
      return "central";
    case Derivatives::complex_step:
      return "complex";
    case Derivatives::analytic:
      return "analytic";
    case Derivatives::coloured:
      return "coloured";
  }
  return "automatic";
}

}  // namespace heliotrope
