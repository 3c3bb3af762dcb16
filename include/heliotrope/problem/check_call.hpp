// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>

namespace heliotrope::detail {

/// One call of a residual type in double; blocks[slot] points at the numbers of a variable.
using DoubleCall = std::function<void(const double* const* blocks, double* residual)>;

/// Calls once on a buffer of marks. Throws Error where one of the `rows` residuals stays unwritten, or others are
/// written; `type` is named in it. blocks[slot]: the numbers of a variable.
void check_writes(int rows, const std::string& type, std::span<const std::span<const double>> blocks,
                  const DoubleCall& call);

/// Throws Error where a residual changes with what lies just after the numbers of a variable: a number is read that it
/// does not have. Calls blocks.size() + 2 times; says nothing of a type whose answers differ from call to call.
void check_reads(int rows, const std::string& type, std::span<const std::span<const double>> blocks,
                 const DoubleCall& call);

}  // namespace heliotrope::detail
