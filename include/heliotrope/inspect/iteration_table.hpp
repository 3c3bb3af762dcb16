// SPDX-License-Identifier: Apache-2.0
// The progress of a solve as a table for people: 79 columns, a line an iteration.
#pragma once

#include <string>

#include "heliotrope/minimize/summary.hpp"

namespace heliotrope {

/// The names of the columns: those of Iteration. No newline.
std::string iteration_header();

/// One iteration beneath them; the start has no step. A step that was not taken ends in "reject". No newline.
std::string iteration_line(const Iteration& iteration);

/// The header and all iterations of a solve, each line with its newline.
std::string iteration_table(const Summary& summary);

}  // namespace heliotrope
