// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/version.hpp"

namespace heliotrope {

std::string_view version() { return HELIOTROPE_VERSION; }

std::string_view licence() {
#if HELIOTROPE_HAS_SPQR
  return "Apache-2.0, LGPL-2.1-or-later (CHOLMOD), GPL-2.0-or-later (CHOLMOD's supernodal module, SPQR)";
#elif HELIOTROPE_HAS_CHOLMOD_SUPERNODAL
  return "Apache-2.0, LGPL-2.1-or-later (CHOLMOD), GPL-2.0-or-later (CHOLMOD's supernodal module)";
#elif HELIOTROPE_HAS_SUITESPARSE
  return "Apache-2.0, LGPL-2.1-or-later (CHOLMOD)";
#else
  return "Apache-2.0";
#endif
}

std::string build_description() {
  std::string parts = "Eigen";
  if (HELIOTROPE_HAS_SUITESPARSE) parts += ", SuiteSparse";
  if (HELIOTROPE_HAS_CHOLMOD_SUPERNODAL) parts += " with supernodal Cholesky";
  if (HELIOTROPE_HAS_SPQR) parts += ", SPQR";
  if (HELIOTROPE_HAS_OPENMP) parts += ", OpenMP";
  if (HELIOTROPE_HAS_LIBARCHIVE) parts += ", libarchive";
  return "heliotrope " + std::string(version()) + " (" + parts + "); licence: " + std::string(licence());
}

}  // namespace heliotrope
