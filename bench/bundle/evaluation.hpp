// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string>

#include "heliotrope/io/bal.hpp"

namespace bundle {

/// A Markdown table of residuals and Jacobian on one thread: milliseconds (least and median), nanoseconds an
/// observation, and times Heliotrope's.
void compare_evaluations(std::ostream& out, const std::string& name, const heliotrope::BalScene& scene, int repeats);

}  // namespace bundle
