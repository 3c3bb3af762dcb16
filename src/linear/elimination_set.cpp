// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "elimination_slots.hpp"
#include "heliotrope/error.hpp"

namespace heliotrope {

using namespace linear_detail;

EliminationStructure elimination_structure(const BlockJacobian& jacobian) {
  EliminationStructure structure;
  structure.column_begin = jacobian.column_begin;
  for (const JacobianPart& part : jacobian.parts) {
    ResidualStructure& to = structure.parts.emplace_back();
    to.rows = part.rows;
    to.widths = part.widths;
    to.num_blocks = part.num_blocks;
    to.ids = part.column_blocks.data();
  }
  return structure;
}

namespace {

enum State : std::uint8_t { open, chosen, blocked };

/// One round: an open variable that has the least (degree, number) in each of its open residuals is chosen, and
/// blocks its neighbours. A residual is open while none of its variables is chosen.
bool choose_round(const EliminationStructure& structure, const std::vector<std::uint32_t>& degree,
                  std::vector<std::uint8_t>& state, std::vector<std::uint8_t>& beaten) {
  const auto n = static_cast<std::size_t>(structure.num_block_columns());
  std::fill(beaten.begin(), beaten.end(), 0);
  for_residuals(structure, [&](std::size_t, std::int64_t, std::span<const std::int64_t> columns) {
    std::int64_t least = -1;
    for (std::int64_t j : columns) {
      if (j < 0 || state[static_cast<std::size_t>(j)] != open) continue;
      const auto d = degree[static_cast<std::size_t>(j)];
      if (least < 0 || d < degree[static_cast<std::size_t>(least)] ||
          (d == degree[static_cast<std::size_t>(least)] && j < least)) {
        least = j;
      }
    }
    bool once = true;  // a variable that a residual names twice is not independent of itself
    for (std::size_t s = 0; s < columns.size(); ++s) {
      if (columns[s] < 0) continue;
      if (columns[s] != least) {
        beaten[static_cast<std::size_t>(columns[s])] = 1;
      } else {
        for (std::size_t t = 0; t < s; ++t) once &= columns[t] != least;
      }
    }
    if (!once) beaten[static_cast<std::size_t>(least)] = 1;
  });
  bool some = false;
  for (std::size_t j = 0; j < n; ++j) {
    if (state[j] == open && !beaten[j] && degree[j] > 0) state[j] = chosen, some = true;
  }
  if (!some) return false;
  for_residuals(structure, [&](std::size_t, std::int64_t, std::span<const std::int64_t> columns) {
    bool has_chosen = false;
    for (std::int64_t j : columns) has_chosen |= j >= 0 && state[static_cast<std::size_t>(j)] == chosen;
    if (!has_chosen) return;
    for (std::int64_t j : columns) {
      if (j >= 0 && state[static_cast<std::size_t>(j)] == open) state[static_cast<std::size_t>(j)] = blocked;
    }
  });
  return std::find(state.begin(), state.end(), open) != state.end();
}

}  // namespace

std::vector<std::uint8_t> find_elimination_set(const EliminationStructure& structure) {
  constexpr int rounds = 3;  // what is left after them is little; chosen, not measured
  const auto n = static_cast<std::size_t>(structure.num_block_columns());
  std::vector<std::uint32_t> degree(n, 0);
  for_residuals(structure, [&](std::size_t, std::int64_t, std::span<const std::int64_t> columns) {
    for (std::int64_t j : columns) {
      if (j >= 0) ++degree[static_cast<std::size_t>(j)];
    }
  });
  std::vector<std::uint8_t> state(n, open), beaten(n, 0);
  for (int round = 0; round < rounds && choose_round(structure, degree, state, beaten); ++round) {
  }
  for (auto& s : state) s = s == chosen;
  return state;
}

void check_elimination_set(const EliminationStructure& structure, std::span<const std::uint8_t> eliminated) {
  if (static_cast<std::int64_t>(eliminated.size()) != structure.num_block_columns()) {
    throw Error("elimination: found " + std::to_string(eliminated.size()) + " flags, expected one for each of " +
                std::to_string(structure.num_block_columns()) + " block columns");
  }
  for_residuals(structure, [&](std::size_t p, std::int64_t position, std::span<const std::int64_t> columns) {
    std::int64_t first = -1;
    for (std::int64_t j : columns) {
      if (j < 0 || !eliminated[static_cast<std::size_t>(j)]) continue;
      if (first >= 0) {
        throw Error("elimination: residual block " + std::to_string(position) + " of part " + std::to_string(p) +
                    " joins the eliminated block columns " + std::to_string(first) + " and " + std::to_string(j) +
                    ", expected at most one");
      }
      first = j;
    }
  });
}

}  // namespace heliotrope
