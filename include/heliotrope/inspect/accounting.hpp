// SPDX-License-Identifier: Apache-2.0
// Where a problem's cost and time are: by type of residual, and the worst residuals one by one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "heliotrope/problem/problem.hpp"

namespace heliotrope {

/// What the residuals of one type (with the same options), or the rows of one black-box function, add up to.
struct TypeAccount {
  std::string name;
  bool is_terms = false;
  std::int64_t count = 0;          ///< blocks that are enabled
  int rows = 0;                    ///< of a block
  double cost = 0.0;               ///< 1/2 sum rho(|r|^2), or the sum of terms
  double largest = 0.0;            ///< |r|, or the value of a term
  std::int64_t down_weighted = 0;  ///< blocks of which the loss takes more than half away: rho' < factor / 2
  double seconds_residuals = 0.0, seconds_jacobian = 0.0;  ///< of one evaluation by one thread; 0 where not timed
};

/// One residual block, or term.
struct ResidualAccount {
  std::string type;
  std::int64_t index = 0;  ///< in order of addition among those of its type
  double norm = 0.0;       ///< |r| with its weights, without its loss; of a term its value
  double cost = 0.0;       ///< rho(|r|^2) / 2, or the value
  std::vector<double> residuals;
  std::vector<std::int64_t> variables;
};

struct Accounting {
  double cost = 0.0;
  std::vector<TypeAccount> types;      ///< in order of addition
  std::vector<ResidualAccount> worst;  ///< by falling cost; those that are not finite first
};

struct AccountingOptions {
  std::int64_t worst = 0;  ///< how many residuals to name
  bool time = false;       ///< evaluate residuals and Jacobian once more for their times
  int threads = 1;
};

/// Accounts for a problem at its present values, losses applied. Residuals that are disabled are left out.
/// Cost: one evaluation of residuals, O(residuals log worst); with times one more, with Jacobian.
/// Memory: the residuals, with times the Jacobian.
Accounting account(const Problem& problem, const AccountingOptions& options = {});

/// Two tables for people: types, and the worst residuals, whose variables `name_of` names ("variable 3" where it is
/// empty). Every line ends in a newline.
std::string accounting_report(const Accounting& accounting,
                              const std::function<std::string(std::int64_t variable)>& name_of = {});

class JsonWriter;
/// The same as a member "accounting" of the object that is open; its keys are those of json_report.
void write_accounting(JsonWriter& json, const Accounting& accounting);

}  // namespace heliotrope
