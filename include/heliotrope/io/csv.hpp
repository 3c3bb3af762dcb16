// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "heliotrope/residuals/logistic_regression.hpp"

namespace heliotrope {

/// Samples of a logistic regression from a table of comma-separated numbers: a line a sample, the last column its
/// label, 1, or 0 or -1. A first line of names is skipped, and so are empty lines. A feature of ones is added after the
/// others (the intercept); zeros are not stored.
///
/// Throws Error, with file and line, for what is no number, for lines of different lengths, and for other labels; and
/// as read_file does.
LogisticData read_logistic_csv(const std::filesystem::path& path);

}  // namespace heliotrope
