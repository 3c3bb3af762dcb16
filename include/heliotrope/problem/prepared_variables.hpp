// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "heliotrope/aligned_buffer.hpp"
#include "heliotrope/problem/residual_group.hpp"

namespace heliotrope::detail {

/// The variables that the residuals of one group see prepared (problem/preparation.hpp), slot by slot: each variable
/// once, however many residuals name it. Empty for a group that prepares none.
class PreparedVariables {
 public:
  /// What was prepared at one point: a table a prepared slot, an entry a variable.
  struct Tables {
    std::vector<AlignedBuffer> numbers;
    std::vector<const double*> addresses;  ///< [prepared slot]: of `numbers`
  };

  PreparedVariables() = default;
  /// `derivatives`: entries hold derivatives too. Cost: one pass over the residuals, 4 bytes a number of the problem
  /// and prepared slot.
  PreparedVariables(const ResidualGroup& group, std::int64_t num_values, bool derivatives);

  Tables make_tables() const;
  /// Prepares every variable at `values`, which has at least 8 spare doubles behind. Nothing is allocated.
  void fill(const double* values, int threads, Tables& tables) const;
  /// Prepares anew the variable that starts at `first_value`, where it is one of these.
  void refill(const double* values, std::int64_t first_value, Tables& tables) const;

  std::int64_t num_slots() const { return static_cast<std::int64_t>(slots_.size()); }
  int slot(std::int64_t p) const { return slots_[static_cast<std::size_t>(p)].slot; }
  /// Where the entry of the variable that starts at `first_value` is in the table of prepared slot p.
  std::int64_t entry_of(std::int64_t p, std::int64_t first_value) const;
  /// The same for all lanes of the group: [block][prepared slot][8].
  LargeVector<std::int64_t> offsets(const ResidualGroup& group) const;

 private:
  struct Slot {
    int slot = 0;
    std::int64_t entry = 0;  ///< doubles of one
    PrepareKernel prepare = nullptr;
    std::vector<std::int64_t> variables;    ///< [variable]: where it starts, ascending, filled up to a multiple of 8
    LargeVector<std::int32_t> variable_at;  ///< [value]: which variable starts there, or -1
  };
  std::vector<Slot> slots_;
};

}  // namespace heliotrope::detail
