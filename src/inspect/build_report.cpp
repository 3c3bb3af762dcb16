// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/build_report.hpp"

#include "heliotrope/parallel.hpp"
#include "heliotrope/version.hpp"
#include "inspect/report_lines.hpp"
#include "kernel_choice.hpp"
#include "linear/blas_threads.hpp"

namespace heliotrope {

namespace {

using inspect_detail::append_line;

std::string instruction_sets() {
#if HELIOTROPE_X86_KERNELS
  const bool avx2 = detail::runs_avx2();
  const bool avx512 = detail::runs_avx512();
  return std::string("kernels for baseline, AVX2, AVX-512; this processor runs ") + (avx512 ? "AVX-512"
                                                                                     : avx2 ? "AVX2"
                                                                                            : "baseline");
#else
  return "kernels for baseline";
#endif
}

std::string sparse_solvers() {
#if HELIOTROPE_HAS_SPQR
  return "Eigen, SuiteSparse (CHOLMOD, simplicial and supernodal; SPQR)";
#elif HELIOTROPE_HAS_CHOLMOD_SUPERNODAL
  return "Eigen, SuiteSparse (CHOLMOD, simplicial and supernodal)";
#elif HELIOTROPE_HAS_SUITESPARSE
  return "Eigen, SuiteSparse (CHOLMOD, simplicial)";
#else
  return "Eigen";
#endif
}

std::string threads() {
  if (!HELIOTROPE_HAS_OPENMP) return "none (no OpenMP)";
  return "OpenMP, " + std::to_string(available_threads()) + " available";
}

std::string blas() {
#if HELIOTROPE_HAS_SUITESPARSE
  return linear_detail::blas_name();
#else
  return "none";
#endif
}

}  // namespace

std::string build_report() {
  std::string text;
  append_line(text, "heliotrope", version());
  append_line(text, "vectors", instruction_sets());
  append_line(text, "sparse", sparse_solvers());
  append_line(text, "threads", threads());
  append_line(text, "BLAS", blas());
  append_line(text, "compression", HELIOTROPE_HAS_LIBARCHIVE ? "libarchive (.gz, .bz2, .xz)" : "none");
  append_line(text, "licence", licence());
  return text;
}

}  // namespace heliotrope
