// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace heliotrope::linear_detail {

/// While one lives, OpenBLAS runs on one thread and OpenMP regions opened by libraries on this thread are serial.
///
/// Threaded OpenBLAS changes the bits of results; its thread count belongs to the process, so guards are counted: the
/// first sets it to 1, the last restores it. CHOLMOD asks for 4 OpenMP threads whatever the environment says: the
/// number of active levels is 0 for the life of the guard. Both are found by name at run time; what is not loaded is
/// left alone.
class BlasThreadGuard {
 public:
  BlasThreadGuard();
  ~BlasThreadGuard();
  BlasThreadGuard(const BlasThreadGuard&) = delete;
  BlasThreadGuard& operator=(const BlasThreadGuard&) = delete;

 private:
  int active_levels_ = -1;
};

/// "OpenBLAS" with its configuration, or "unknown BLAS", whose results may change from run to run.
std::string blas_name();

}  // namespace heliotrope::linear_detail
