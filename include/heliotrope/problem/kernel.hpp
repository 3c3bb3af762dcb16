// SPDX-License-Identifier: Apache-2.0
// What crosses between a problem and the kernels of a residual group: raw pointers and counts, nothing else.
// A kernel is compiled where its residual type is used, at that translation unit's vector width.
#pragma once

#include <cstddef>
#include <cstdint>

#include "heliotrope/config.hpp"
#include "heliotrope/problem/manifold.hpp"

namespace heliotrope {

/// How a group's Jacobian is computed.
enum class Derivatives {
  automatic,     ///< the group's best: its own jacobian, else forward jets, else central differences
  autodiff,      ///< forward jets: exact to rounding
  forward,       ///< one extra evaluation a column, about 7 digits
  central,       ///< two a column, about 10 digits
  complex_step,  ///< imaginary perturbation, exact to rounding; for templated residuals
  analytic,      ///< the residual type's own jacobian(); believed
  coloured       ///< central differences of all residuals at once, variables that meet in none moving together
};

/// The shape of one slot of a residual group: which kind of variable it takes.
struct Slot {
  const ManifoldOperations* manifold = nullptr;
  int ambient_size = 0;
  int tangent_size = 0;
};

/// Work on blocks [begin, end) of a group. Arrays are in blocks of 8 lanes (docs/design.md).
struct KernelArguments {
  const double* values;         ///< all variables' numbers, followed by at least 8 spare doubles
  const std::int64_t* offsets;  ///< [block - offsets_begin][slot][8]: where each variable starts in values
  const double* data;           ///< [block][scalar][8], of the whole group
  const void* objects;          ///< functors, one a residual; or one prototype a block
  const std::uint8_t* used;     ///< [block]: used lanes
  const Slot* slots;
  int num_slots;
  int rows;
  int columns;  ///< sum of tangent sizes
  std::int64_t begin;
  std::int64_t end;
  double* residuals;   ///< out: [block - begin][row][8]
  double* jacobian;    ///< out: [block - begin][row][column][8]
  std::byte* scratch;  ///< scratch_bytes of the group, aligned to 64
  bool central;        ///< differences: central or forward
  std::int64_t offsets_begin = 0;
  /// [block - offsets_begin][prepared slot][8]: where each prepared variable's entry starts in its slot's table
  const std::int64_t* prepared_offsets = nullptr;
  const double* const* tables = nullptr;  ///< [prepared slot]; differences and complex steps do without
  const double* typical = nullptr;  ///< differences: sizes of tangent coordinates where `values` has its variable, or 0
};

using Kernel = void (*)(const KernelArguments&);

/// Fills one entry of a table for each of 8 variables, which start at values + offsets[l] (docs/design.md).
using PrepareKernel = void (*)(const double* values, const std::int64_t* offsets, double* const* entries);

/// A slot that residuals see prepared.
struct PreparedSlot {
  int slot = 0;
  int entry = 0;                        ///< doubles of an entry: what is prepared, then its derivatives
  PrepareKernel values = nullptr;       ///< what is prepared alone
  PrepareKernel derivatives = nullptr;  ///< both; null where the type takes no jets
};

/// The kernels of one residual type; null where it does not offer that way of differentiation.
struct KernelSet {
  Kernel residuals = nullptr;
  Kernel autodiff = nullptr;
  Kernel differences = nullptr;
  Kernel complex_step = nullptr;
  Kernel analytic = nullptr;
  Derivatives best = Derivatives::automatic;  ///< what automatic means for this type
  const PreparedSlot* prepared = nullptr;     ///< [num_prepared], in order of slots
  int num_prepared = 0;
};

}  // namespace heliotrope
