// SPDX-License-Identifier: Apache-2.0
#include "minimize/without_effect.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <new>
#include <span>
#include <vector>

namespace heliotrope::detail {

namespace {

constexpr std::size_t most_listed = 8, most_named = 4;

/// The coordinate of a column.
Coordinate coordinate_of(const Structure& structure, std::int64_t column) {
  const auto& begin = structure.column_begin;
  const std::int64_t block = std::upper_bound(begin.begin(), begin.end(), column) - begin.begin() - 1;
  std::int64_t variable = block;  // block columns are in order of variables
  while (structure.block_column[static_cast<std::size_t>(variable)] != block) ++variable;
  return {variable, static_cast<int>(column - begin[static_cast<std::size_t>(block)])};
}

/// Calls visit(coordinate) for each column of zeros that is not held, of an enabled variable, and where a number where
/// it began.
template <class Visit>
void for_each_without_effect(const Workspace& w, const Structure& structure, const Visit& visit) {
  const Problem& problem = *w.problem;
  const auto held = ProblemAccess::held(problem);
  const auto offsets = ProblemAccess::offsets(problem);
  const std::span<const double> start = problem.values(), reached = w.point();
  for (std::size_t v = 0; v < structure.block_column.size(); ++v) {
    const std::int64_t block = structure.block_column[v];
    const AnyVariable variable(static_cast<std::int64_t>(v));
    if (block < 0 || !problem.is_enabled(variable)) continue;
    const bool euclidean = ProblemAccess::manifold(problem, variable.index()).euclidean;
    const std::int64_t first = structure.column_begin[static_cast<std::size_t>(block)],
                       end = structure.column_begin[static_cast<std::size_t>(block) + 1];
    for (std::int64_t j = first; j < end; ++j) {
      if (w.diagonal[static_cast<std::size_t>(j)] != 0.0) continue;
      const auto at = static_cast<std::size_t>(offsets[v] + j - first);
      if (!held.empty() && held[at] != 0) continue;
      if (euclidean && start[at] != reached[at]) continue;
      visit(Coordinate{variable.index(), static_cast<int>(j - first)});
    }
  }
}

}  // namespace

void tell_without_effect(Workspace& w, Summary& summary) {
  const auto any = [&] { return std::find(w.diagonal.begin(), w.diagonal.end(), 0.0) != w.diagonal.end(); };
  if (!any()) return;
  w.model->restore_diagonal(w);
  if (!any()) return;
  const auto structure = ProblemAccess::structure(*w.problem);
  std::vector<std::uint8_t> namings;  // looked for where there is a coordinate to ask about
  for_each_without_effect(w, *structure, [&](const Coordinate& at) {
    if (namings.empty()) namings = find_namings(*w.problem);
    if (namings[static_cast<std::size_t>(at.variable)] == named_by_disabled) return;
    if (summary.num_without_effect++ < std::int64_t{most_listed}) summary.without_effect.push_back(at);
  });
  if (summary.num_without_effect == 0) return;
  const std::size_t named = std::min(summary.without_effect.size(), most_named);
  const std::int64_t more = summary.num_without_effect - static_cast<std::int64_t>(named);
  std::string& note = summary.note = "nothing depends on ";
  for (std::size_t i = 0; i < named; ++i) {
    const Coordinate& at = summary.without_effect[i];
    if (i > 0) note += i + 1 == named && more == 0 ? " and " : ", ";
    note += name_coordinate(*w.problem, at.variable, at.coordinate);
  }
  if (more > 0) note += " and " + std::to_string(more) + " more";
  note += summary.num_without_effect == 1 ? ": its derivatives are all zero" : ": their derivatives are all zero";
}

std::string blame_point(const Workspace& w, Derivatives derivatives) {
  std::string which = Evaluator(*w.problem, {.jacobian = false}).find_non_finite(*w.problem, w.point());
  if (which.empty()) {
    try {
      Evaluator evaluator(*w.problem, {.derivatives = derivatives, .bounded = true});
      which = evaluator.find_non_finite_derivative(*w.problem, w.point());
    } catch (const std::bad_alloc&) {  // all of J, where it was never stored
      return " (a derivative is not finite)";
    }
  }
  return which.empty() ? " (the sum of squares overflows)" : " (" + which + ")";
}

std::string blame_step(const Workspace& w, bool tried) {
  if (tried) {
    Evaluator evaluator(*w.problem, {.jacobian = false});
    const auto point = std::span<const double>(w.candidate).first(w.point().size());
    const std::string which = evaluator.find_non_finite(*w.problem, point);
    return which.empty() ? " (the cost overflows at the last trial point)" : " (at the last trial point " + which + ")";
  }
  std::int64_t shortest = -1, longest = -1;
  for (std::int64_t j = 0; j < std::ssize(w.diagonal); ++j) {
    const auto square = [&](std::int64_t column) { return w.diagonal[static_cast<std::size_t>(column)]; };
    if (!(square(j) > 0.0)) continue;
    if (shortest < 0 || square(j) < square(shortest)) shortest = j;
    if (longest < 0 || square(j) > square(longest)) longest = j;
  }
  if (shortest < 0) return " (all derivatives are zero)";
  const auto structure = ProblemAccess::structure(*w.problem);
  const auto tell = [&](std::int64_t column) {
    const Coordinate at = coordinate_of(*structure, column);
    char length[32];
    std::snprintf(length, sizeof length, "%.3g", std::sqrt(w.diagonal[static_cast<std::size_t>(column)]));
    return length + (" by " + name_coordinate(*w.problem, at.variable, at.coordinate));
  };
  return " (the lengths of J's columns are from " + tell(shortest) + " to " + tell(longest) + ")";
}

}  // namespace heliotrope::detail
