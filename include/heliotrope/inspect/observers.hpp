// SPDX-License-Identifier: Apache-2.0
// Ready-made callbacks that show a solve while it runs, and a picture of it afterwards.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "heliotrope/minimize/summary.hpp"

namespace heliotrope {

/// Prints the iteration table line by line, the header first: MinimizeOptions::callback = print_iterations(std::cout).
/// The stream must outlive it; copies share what they have printed.
std::function<bool(const Iteration&)> print_iterations(std::ostream& out);

/// The same as comma-separated values; the header names the members of Iteration. Numbers read back as the same double;
/// those that are not finite are nan and inf.
std::function<bool(const Iteration&)> log_iterations(std::ostream& out);

/// What log_iterations writes, of a whole solve.
std::string iteration_log(const Summary& summary);

/// Calls several callbacks in order, all of them; false where one says so.
std::function<bool(const Iteration&)> all_of(std::vector<std::function<bool(const Iteration&)>> callbacks);

/// The cost over the iterations as an SVG picture, logarithmic where all costs are positive: accepted steps as dots on
/// a line, rejected ones as crosses. 640 x 360.
std::string convergence_picture(const Summary& summary);

}  // namespace heliotrope
