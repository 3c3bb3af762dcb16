// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "heliotrope/io/nist.hpp"

namespace heliotrope_tool {

/// Digits of a value that agree with a certified one, cut off to [0, 11]: -log10 of the relative error
/// (of the absolute one where the certified value is zero) [NistStrd].
double agreeing_digits(double value, double certified);

/// A table of the parameters, the certified values and the digits that agree, and the least of these (LRE).
std::string nist_findings(const heliotrope::NistProblem& data, std::span<const double> parameters);

}  // namespace heliotrope_tool
