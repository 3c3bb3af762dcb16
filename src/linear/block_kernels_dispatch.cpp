// SPDX-License-Identifier: Apache-2.0
#include "block_kernels.hpp"
#include "elimination_kernels.hpp"
#include "panel_kernels.hpp"

// The build defines these where it compiles block_kernels.cpp for the target too.
#ifndef HELIOTROPE_HAS_KERNELS_AVX2
#define HELIOTROPE_HAS_KERNELS_AVX2 0
#endif
#ifndef HELIOTROPE_HAS_KERNELS_AVX512
#define HELIOTROPE_HAS_KERNELS_AVX512 0
#endif

namespace heliotrope::linear_detail {

extern const BlockKernels block_kernels_baseline;
extern const PanelKernels panel_kernels_baseline;
extern const EliminationKernels elimination_kernels_baseline;
#if HELIOTROPE_HAS_KERNELS_AVX2
extern const BlockKernels block_kernels_avx2;
extern const PanelKernels panel_kernels_avx2;
extern const EliminationKernels elimination_kernels_avx2;
#endif
#if HELIOTROPE_HAS_KERNELS_AVX512
extern const BlockKernels block_kernels_avx512;
extern const PanelKernels panel_kernels_avx512;
extern const EliminationKernels elimination_kernels_avx512;
#endif

namespace {

struct Table {
  const BlockKernels* sets[4] = {};
  const BlockKernels* best = nullptr;
  const PanelKernels* panel = &panel_kernels_baseline;
  const EliminationKernels* elimination[4] = {};
  const EliminationKernels* best_elimination = nullptr;
};

Table make_table() {
  Table table;
  int count = 0;
  table.elimination[count] = &elimination_kernels_baseline;
  table.sets[count++] = &block_kernels_baseline;
#if HELIOTROPE_HAS_KERNELS_AVX2
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) {
    table.panel = &panel_kernels_avx2;
    table.elimination[count] = &elimination_kernels_avx2;
    table.sets[count++] = &block_kernels_avx2;
  }
#endif
#if HELIOTROPE_HAS_KERNELS_AVX512
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("bmi2")) {
    table.panel = &panel_kernels_avx512;
    table.elimination[count] = &elimination_kernels_avx512;
    table.sets[count++] = &block_kernels_avx512;
  }
#endif
  table.best = table.sets[count - 1];
  table.best_elimination = table.elimination[count - 1];
  return table;
}

const Table& table() {
  static const Table chosen = make_table();
  return chosen;
}

}  // namespace

const BlockKernels& block_kernels() { return *table().best; }
const PanelKernels& panel_kernels() { return *table().panel; }
const EliminationKernels& elimination_kernels() { return *table().best_elimination; }
const BlockKernels* const* all_block_kernels() { return table().sets; }
const EliminationKernels* const* all_elimination_kernels() { return table().elimination; }

}  // namespace heliotrope::linear_detail
