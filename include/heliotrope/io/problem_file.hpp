// SPDX-License-Identifier: Apache-2.0
// Problems as files: variables, residual types, data.
#pragma once

#include <filesystem>
#include <string_view>

#include "heliotrope/problem/problem.hpp"

namespace heliotrope {

/// Writes a problem so that read_problem gives back the same problem: variables with their manifolds, values, bounds,
/// typical sizes and what is fixed, held or disabled; residuals with their types, data, losses, weights and variables.
/// What was added in one call after the other is one group, so residuals that a group keeps apart by what they share
/// may change places.
///
/// The types are those that the library ships: SnavelyReprojection, ColmapReprojection, relative poses and positions,
/// NIST's curves; the manifolds Euclidean, SE2 and SE3. Errors: another type or manifold, a loss of the user's, terms,
/// black-box functions; and those of OutputFile. Size: about 20 bytes a number.
void write_problem(const std::filesystem::path& path, const Problem& problem);

/// Reads what write_problem wrote. Errors, as "name:line: found ..., expected ...": a word, count or index that does
/// not fit, text that ends early, and what Problem refuses.
Problem read_problem(const std::filesystem::path& path);
Problem parse_problem(std::string_view name, std::string_view text);

}  // namespace heliotrope
