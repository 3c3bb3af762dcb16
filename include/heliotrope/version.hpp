// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace heliotrope {

/// The library's version, such as "0.1.0".
std::string_view version();

/// The licences that a program linked to this build of the library is under, such as "Apache-2.0, LGPL-2.1-or-later
/// (CHOLMOD), GPL-2.0-or-later (CHOLMOD's supernodal module)".
std::string_view licence();

/// One line: the version, what the build uses (SuiteSparse, OpenMP, libarchive), and the licences.
std::string build_description();

}  // namespace heliotrope
