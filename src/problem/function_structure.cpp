// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "heliotrope/problem/evaluator.hpp"

namespace heliotrope::detail {

namespace {

/// The runs of a function's variables, and for each number that it takes the coordinates that move it.
struct Coordinates {
  Coordinates(const Problem& problem, const FunctionResiduals& function, FunctionStructure& to) {
    const auto fixed = ProblemAccess::fixed(problem);
    for (const VariableRange& range : function.variables) {
      for (std::int64_t v = range.first; v < range.first + range.count; ++v) {
        const ManifoldOperations& manifold = ProblemAccess::manifold(problem, v);
        const auto first = static_cast<std::int32_t>(to.num_coordinates);
        if (to.runs.empty() || v == range.first || to.runs.back().manifold != &manifold) {
          to.runs.push_back({&manifold, 0, ProblemAccess::offset(problem, v), to.num_inputs, to.num_coordinates});
        }
        ++to.runs.back().count;
        to.euclidean &= manifold.euclidean;
        const bool free = fixed[static_cast<std::size_t>(v)] == 0;
        for (int k = 0; k < manifold.ambient_size; ++k) {
          begin.push_back(first + (manifold.euclidean ? k : 0));
          count.push_back(!free ? 0 : manifold.euclidean ? 1 : manifold.tangent_size);
        }
        for (int k = 0; k < manifold.tangent_size; ++k) {
          offset.push_back(ProblemAccess::offset(problem, v));
          within.push_back(k);
          is_free.push_back(free);
        }
        to.num_inputs += manifold.ambient_size;
        to.num_coordinates += manifold.tangent_size;
      }
    }
  }

  LargeVector<std::int32_t> begin, count;  // [input]: its coordinates
  LargeVector<std::int64_t> offset;        // [coordinate]: where its variable's values are
  LargeVector<int> within;                 // [coordinate]: its number in the variable
  std::vector<bool> is_free;               // [coordinate]
};

/// The pattern of numbers as one of coordinates.
SparsityPattern in_coordinates(const SparsityPattern& pattern, const Coordinates& of, std::int64_t num_coordinates) {
  SparsityPattern to;
  to.num_rows = pattern.num_rows;
  to.num_columns = num_coordinates;
  to.row_begin.reserve(pattern.row_begin.size());
  to.columns.reserve(pattern.columns.size());
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) {
    std::int32_t next = 0;  // coordinates of a variable are taken once
    for (std::int32_t j : pattern.row(i)) {
      for (std::int32_t c = std::max(next, of.begin[j]); c < of.begin[j] + of.count[j]; ++c) to.columns.push_back(c);
      next = std::max(next, of.begin[j] + of.count[j]);
    }
    to.row_begin.push_back(to.num_entries());
  }
  return to;
}

/// Where each entry of the pattern is in the blocks of the function's groups.
void place_entries(const Problem& problem, const FunctionResiduals& function, const Coordinates& coordinates,
                   FunctionStructure& to) {
  to.places.resize(to.pattern.columns.size());
  to.group_begin.push_back(0);
  LargeVector<std::int64_t> column_at(static_cast<std::size_t>(problem.num_values()), 0);  // of a variable in its row
  for (std::size_t g = function.first_group; g < function.first_group + function.num_groups; ++g) {
    const ResidualGroup& group = ProblemAccess::groups(problem)[g];
    const auto num_slots = static_cast<std::int64_t>(group.slots.size());
    for (std::int64_t position = 0; position < std::ssize(group.function_rows); ++position) {
      const std::int64_t rows = group.function_rows[static_cast<std::size_t>(position)];
      if (rows < 0) continue;
      const std::int64_t block = position / block_lanes, lane = position % block_lanes;
      std::int64_t column = 0;
      for (std::int64_t s = 0; s < num_slots; ++s) {
        const std::int64_t at = group.offsets[static_cast<std::size_t>((block * num_slots + s) * block_lanes + lane)];
        column_at[static_cast<std::size_t>(at)] = column;
        column += group.slots[static_cast<std::size_t>(s)].tangent_size;
      }
      for (int m = 0; m < group.rows; ++m) {
        const std::int64_t i = rows * group.rows + m;
        for (std::int64_t k = to.pattern.row_begin[i]; k < to.pattern.row_begin[i + 1]; ++k) {
          const auto c = static_cast<std::size_t>(to.pattern.columns[static_cast<std::size_t>(k)]);
          const std::int64_t j = column_at[static_cast<std::size_t>(coordinates.offset[c])] + coordinates.within[c];
          to.places[static_cast<std::size_t>(k)] =
              to.group_begin.back() + ((block * group.rows + m) * group.columns + j) * block_lanes + lane;
        }
      }
    }
    to.group_begin.push_back(to.group_begin.back() + group.num_blocks() * group.rows * group.columns * block_lanes);
  }
}

}  // namespace

FunctionStructure make_function_structure(const Problem& problem, const FunctionResiduals& function) {
  FunctionStructure structure;
  const Coordinates coordinates(problem, function, structure);
  structure.pattern = in_coordinates(function.pattern, coordinates, structure.num_coordinates);
  if (structure.euclidean && !function.coloring.colors.empty()) {
    structure.coloring = function.coloring;
    for (std::size_t c = 0; c < coordinates.is_free.size(); ++c) {
      if (!coordinates.is_free[c]) structure.coloring.colors[c] = -1;
    }
  } else {
    structure.coloring = color_columns(structure.pattern, {.order = ColoringOrder::best});
  }
  place_entries(problem, function, coordinates, structure);
  return structure;
}

}  // namespace heliotrope::detail
