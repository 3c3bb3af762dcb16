// SPDX-License-Identifier: Apache-2.0
// Which format a text is in.
#pragma once

#include <filesystem>
#include <string_view>

namespace heliotrope {

enum class FileFormat { bal, g2o, nist, toro, isam, dlr, bundler, colmap, problem };

/// "bal", "g2o", "nist", "toro", "isam", "dlr", "bundler", "colmap" or "problem".
std::string_view to_string(FileFormat format);

/// Tells the format of a text from its first lines, or else from the extension of its path (.bal, .g2o, .dat, .graph,
/// .out, also with .gz, .bz2 or .xz behind).
///
/// NIST: one of the first ten lines begins with "NIST/ITL StRD" or "Dataset Name:". g2o: the first line that is neither
/// blank nor a comment begins with VERTEX_, EDGE_, FIX or PARAMS_. TORO and iSAM: it begins with VERTEX2, VERTEX3,
/// EDGE2, EDGE3 or EQUIV; iSAM where is_isam (io/toro.hpp) says so and the extension is not .graph. BAL: it is three
/// integers. Bundler: the first line begins with "# Bundle file". COLMAP's models are folders, not texts
/// (find_colmap_files). A problem file (io/problem_file.hpp) begins with "heliotrope problem". Errors: none of these.
FileFormat detect_format(const std::filesystem::path& path, std::string_view contents);

}  // namespace heliotrope
