// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace heliotrope {

/// Lines "name   value" about this build of the library: version, kernels for which instruction sets (and which of them
/// this processor runs), sparse solvers, threads, the BLAS that the process has loaded, compression, licences.
std::string build_report();

}  // namespace heliotrope
