// SPDX-License-Identifier: Apache-2.0
// The words of problem files.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "io/shipped_types.hpp"

namespace heliotrope::detail {

inline constexpr std::string_view problem_file_head = "heliotrope problem 1";

inline constexpr std::array<std::pair<std::string_view, Derivatives>, 7> derivative_words{
    {{"automatic", Derivatives::automatic},
     {"autodiff", Derivatives::autodiff},
     {"forward", Derivatives::forward},
     {"central", Derivatives::central},
     {"complex", Derivatives::complex_step},
     {"analytic", Derivatives::analytic},
     {"coloured", Derivatives::coloured}}};

/// All types that ship.
const std::vector<ShippedType>& shipped_types();

}  // namespace heliotrope::detail
