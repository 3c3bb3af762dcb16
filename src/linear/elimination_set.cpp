// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <string>

#include "elimination_slots.hpp"
#include "heliotrope/error.hpp"

namespace heliotrope {

using namespace linear_detail;

void check_elimination_size(const EliminationStructure& structure) {
  if (structure.num_block_columns() > std::numeric_limits<std::int32_t>::max()) {
    throw Error("elimination: found 2^31 variables or more, expected fewer");
  }
  if (structure.parts.size() >= std::numeric_limits<std::uint16_t>::max()) {
    throw Error("elimination: found " + std::to_string(structure.parts.size()) +
                " kinds of residuals, expected fewer than 2^16");
  }
  for (const ResidualStructure& part : structure.parts) {
    if (part.num_blocks() >= (std::int64_t{1} << 32) / block_lanes) {
      throw Error("elimination: found 2^32 residuals or more of one kind, expected fewer");
    }
  }
}

EliminationStructure elimination_structure(const BlockJacobian& jacobian) {
  EliminationStructure structure;
  structure.column_begin = jacobian.column_begin;
  for (const JacobianPart& part : jacobian.parts) {
    ResidualStructure& to = structure.parts.emplace_back();
    to.rows = part.rows;
    to.widths = part.widths;
    to.columns.assign(part.column_blocks.begin(), part.column_blocks.end());
  }
  check_elimination_size(structure);
  return structure;
}

namespace {

enum State : std::uint8_t { open, chosen, blocked };

/// One round: an open variable that has the least (degree, number) among the open ones of each of its residuals is
/// chosen, and blocks its neighbours. False: none is left open.
bool choose_round(const EliminationStructure& structure, const LargeVector<std::uint32_t>& degree,
                  std::vector<std::uint8_t>& state, std::vector<std::uint8_t>& beaten) {
  const auto state_of = [&](std::int32_t j) {
    return j < 0 ? std::uint8_t{blocked} : state[static_cast<std::size_t>(j)];
  };
  std::fill(beaten.begin(), beaten.end(), 0);
  for_residuals(structure, [&](std::size_t, std::int64_t, const SlotColumns& columns) {
    std::int32_t least = -1;
    std::uint32_t least_degree = 0;
    bool once = true;  // a variable that a residual names twice is not independent of itself
    for (int s = 0; s < columns.size(); ++s) {
      const std::int32_t j = columns[s];
      if (state_of(j) != open) continue;
      const std::uint32_t d = degree[static_cast<std::size_t>(j)];
      if (j == least) {
        once = false;
      } else if (least < 0 || d < least_degree || (d == least_degree && j < least)) {
        if (least >= 0) beaten[static_cast<std::size_t>(least)] = 1;
        least = j;
        least_degree = d;
        once = true;
      } else {
        beaten[static_cast<std::size_t>(j)] = 1;
      }
    }
    if (!once) beaten[static_cast<std::size_t>(least)] = 1;
  });
  for (std::size_t j = 0; j < state.size(); ++j) {
    if (state[j] == open && !beaten[j] && degree[j] > 0) state[j] = chosen;
  }
  for_residuals(structure, [&](std::size_t, std::int64_t, const SlotColumns& columns) {
    bool has_chosen = false;
    for (int s = 0; s < columns.size(); ++s) has_chosen |= state_of(columns[s]) == chosen;
    if (!has_chosen) return;
    for (int s = 0; s < columns.size(); ++s) {
      if (state_of(columns[s]) == open) state[static_cast<std::size_t>(columns[s])] = blocked;
    }
  });
  return std::find(state.begin(), state.end(), open) != state.end();
}

}  // namespace

std::vector<std::uint8_t> find_elimination_set(const EliminationStructure& structure) {
  constexpr int rounds = 3;  // what is left after them is little; chosen, not measured
  const auto n = static_cast<std::size_t>(structure.num_block_columns());
  LargeVector<std::uint32_t> degree(n, 0);
  for_residuals(structure, [&](std::size_t, std::int64_t, const SlotColumns& columns) {
    for (int s = 0; s < columns.size(); ++s) {
      if (columns[s] >= 0) ++degree[static_cast<std::size_t>(columns[s])];
    }
  });
  std::uint64_t most_slots = 1;
  for (const ResidualStructure& part : structure.parts)
    most_slots = std::max<std::uint64_t>(most_slots, part.widths.size());
  std::vector<std::uint8_t> state(n, open), beaten(n, 0);
  for (std::size_t j = 0; j < n; ++j) {
    if (degree[j] == 0 || degree[j] * most_slots >= EliminationPlan::no_place) state[j] = blocked;
  }
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
  for_residuals(structure, [&](std::size_t p, std::int64_t position, const SlotColumns& columns) {
    std::int32_t first = -1;
    for (int s = 0; s < columns.size(); ++s) {
      const std::int32_t j = columns[s];
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
