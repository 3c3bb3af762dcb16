// SPDX-License-Identifier: Apache-2.0
#include "block_kernels.hpp"
#include "elimination_kernels.hpp"
#include "fold_kernels.hpp"
#include "kernel_choice.hpp"
#include "panel_kernels.hpp"

namespace heliotrope::linear_detail {

extern const BlockKernels block_kernels_baseline;
extern const PanelKernels panel_kernels_baseline;
extern const EliminationKernels elimination_kernels_baseline;
extern const FoldKernels fold_kernels_baseline;
#if HELIOTROPE_HAS_KERNELS_AVX2
extern const BlockKernels block_kernels_avx2;
extern const PanelKernels panel_kernels_avx2;
extern const EliminationKernels elimination_kernels_avx2;
extern const FoldKernels fold_kernels_avx2;
#endif
#if HELIOTROPE_HAS_KERNELS_AVX512
extern const BlockKernels block_kernels_avx512;
extern const PanelKernels panel_kernels_avx512;
extern const EliminationKernels elimination_kernels_avx512;
extern const FoldKernels fold_kernels_avx512;
#endif

namespace {

struct Table {
  const BlockKernels* sets[4] = {};
  const BlockKernels* best = nullptr;
  const PanelKernels* panel = &panel_kernels_baseline;
  const EliminationKernels* elimination[4] = {};
  const EliminationKernels* best_elimination = nullptr;
  const FoldKernels* fold[4] = {};
  const FoldKernels* best_fold = nullptr;
};

Table make_table() {
  Table table;
  int count = 0;
  table.elimination[count] = &elimination_kernels_baseline;
  table.fold[count] = &fold_kernels_baseline;
  table.sets[count++] = &block_kernels_baseline;
#if HELIOTROPE_HAS_KERNELS_AVX2
  if (detail::runs_avx2()) {
    table.panel = &panel_kernels_avx2;
    table.elimination[count] = &elimination_kernels_avx2;
    table.fold[count] = &fold_kernels_avx2;
    table.sets[count++] = &block_kernels_avx2;
  }
#endif
#if HELIOTROPE_HAS_KERNELS_AVX512
  if (detail::runs_avx512()) {
    table.panel = &panel_kernels_avx512;
    table.elimination[count] = &elimination_kernels_avx512;
    table.fold[count] = &fold_kernels_avx512;
    table.sets[count++] = &block_kernels_avx512;
  }
#endif
  table.best = table.sets[count - 1];
  table.best_elimination = table.elimination[count - 1];
  table.best_fold = table.fold[count - 1];
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
const FoldKernels& fold_kernels() { return *table().best_fold; }
const BlockKernels* const* all_block_kernels() { return table().sets; }
const EliminationKernels* const* all_elimination_kernels() { return table().elimination; }
const FoldKernels* const* all_fold_kernels() { return table().fold; }

}  // namespace heliotrope::linear_detail
