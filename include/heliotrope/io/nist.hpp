// SPDX-License-Identifier: Apache-2.0
// Nonlinear regression problems in the text format of NIST's Statistical Reference Datasets [NistStrd].
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace heliotrope {

/// A data set with its two starting points and its certified fit. The model is known by the data set's name.
struct NistProblem {
  std::string name;
  int num_parameters = 0;
  int num_predictors = 0;
  std::vector<double> start1, start2;      // [parameter]
  std::vector<double> certified;           // [parameter]
  std::vector<double> standard_deviation;  // [parameter], of the certified values
  double residual_sum_of_squares = 0.0;    // at the certified values
  std::vector<double> y;                   // [observation], the response as printed (Nelson fits its logarithm)
  std::vector<double> x;                   // [observation][num_predictors]

  std::int64_t num_observations() const { return static_cast<std::int64_t>(y.size()); }
};

/// Reads a problem from NIST's .dat text: a header that says on which lines the table of starting and certified values
/// and the data stand, and how many parameters, predictors and observations there are.
///
/// Errors, as "name:line: found ..., expected ...": a header line that is missing or does not agree with the others, a
/// table or data line with too few or too many numbers, not finite, fewer or more data lines than observations.
NistProblem parse_nist(std::string_view name, std::string_view text);

/// Reads a problem from a file, plain or compressed: read_file, then parse_nist.
NistProblem read_nist(const std::filesystem::path& path);

}  // namespace heliotrope
