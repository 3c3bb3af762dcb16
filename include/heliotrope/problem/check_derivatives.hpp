// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "heliotrope/problem/problem.hpp"

namespace heliotrope {

struct DerivativeCheckOptions {
  Derivatives against = Derivatives::central;  ///< what each group's own derivatives are compared with
  double digits = 5.0;                         ///< fewer that agree are a disagreement
  std::size_t most_listed = 20;                ///< disagreements kept, the worst first
  int threads = 1;
};

/// One entry of the Jacobian on which a group's own derivative and the other differ.
struct DerivativeDisagreement {
  std::string type;           ///< the residual type, or the name that its residuals were added under
  std::int64_t residual = 0;  ///< in order of addition to the group
  int row = 0;                ///< residual within the block
  int slot = 0;               ///< which of the block's variables: 0, 1, ...
  std::int64_t variable = 0;  ///< its index in the problem
  int coordinate = 0;         ///< tangent direction of the variable
  double own = 0.0;
  double other = 0.0;
  double digits = 0.0;  ///< that agree
};

/// "residual 3 of type Line, row 0, by variable 2 (slot 1), coordinate 0: own 1.5, differences 1.25, 0.8 digits agree".
std::string to_string(const DerivativeDisagreement& disagreement);

/// What check_derivatives found of the residuals of one group: one type, loss and name.
struct TypeAgreement {
  std::string type;
  Derivatives own = Derivatives::automatic, other = Derivatives::automatic;  ///< never automatic
  std::int64_t num_residual_blocks = 0, num_entries = 0, num_disagreements = 0;
  std::int64_t num_disabled = 0;   ///< residual blocks that are, and so are not compared
  bool compared = true;            ///< false: listed in DerivativeReport::not_compared
  DerivativeDisagreement worst{};  ///< the entry that agrees least; meaningless where all are equal
  double least_digits = 17.0;      ///< of it

  /// |own - other| of the worst entry relative to the larger of the two: 10^-least_digits.
  double relative_error() const;
};

/// What check_derivatives found.
struct DerivativeReport {
  std::int64_t num_entries = 0;                       ///< entries compared
  std::int64_t num_disagreements = 0;                 ///< of those, how many agree to fewer digits than asked
  std::int64_t num_disabled = 0;                      ///< residual blocks that are disabled: they are not compared
  double least_digits = 17.0;                         ///< of the worst entry
  std::vector<DerivativeDisagreement> disagreements;  ///< the worst, at most DerivativeCheckOptions::most_listed
  std::vector<std::string> not_compared;  ///< groups of the kind that was to compare with, coloured ones, functions
  std::vector<TypeAgreement> types;       ///< one a group, in order of addition

  bool agrees() const { return num_disagreements == 0; }
};

/// One line a disagreement, and one that counts.
std::ostream& operator<<(std::ostream& out, const DerivativeReport& report);

/// Compares each residual group's own derivatives with differences, at the problem's present values.
///
/// Residuals that are disabled are left out. In tangent space, fixed variables included, without losses, with
/// square-root information applied. An entry under 1e-4 of the largest in its row is judged on the scale of 1e-4 of
/// that. Takes the memory of two Jacobians.
DerivativeReport check_derivatives(const Problem& problem, const DerivativeCheckOptions& options = {});

}  // namespace heliotrope
