// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "heliotrope/problem/problem.hpp"

namespace heliotrope {

/// Why a direction of the variables changes no residual.
enum class RankReason {
  no_residual,       ///< no residual has the variable
  disabled,          ///< residuals have it, but all of them are disabled
  zero_derivatives,  ///< residuals have it, but their derivatives by these coordinates are exactly zero here
  gauge,             ///< every variable of a connected part moves, three or more: the part is free as a whole
  combination        ///< these coordinates move together, in one variable or in several
};

/// A tangent coordinate of a variable, and how far it moves where the first one listed moves by 1.
struct RankCoordinate {
  std::int64_t variable = 0;  ///< AnyVariable::index()
  int coordinate = 0;
  double weight = 1.0;
};

/// Directions with one reason: those of one variable, of one connected part, or a single combination.
struct DependentDirections {
  RankReason reason = RankReason::combination;
  int dimension = 1;
  /// What moves, the most important first, at most RankOptions::max_coordinates. Of a gauge: coordinates that, held,
  /// take it away, one a direction.
  std::vector<RankCoordinate> coordinates = {};
  std::int64_t num_coordinates = 0, num_variables = 0;  ///< of all that moves
  std::string sentence = {};
};

struct RankOptions {
  /// Singular values of J, with its columns scaled to length 1, up to this count as zero. The default is far above the
  /// rounding of exact derivatives, and below what chains of 10^4 variables have (chosen, not measured). With
  /// differences for derivatives it must be above their error.
  double tolerance = 1e-10;
  int max_directions =
      64;  ///< of gauges and of combinations of several variables; with more the report is not complete
  int max_coordinates = 8;  ///< listed in one entry
  Derivatives derivatives = Derivatives::automatic;
  int threads = 1;
};

struct RankReport {
  std::int64_t num_columns = 0;  ///< tangent coordinates of the variables that are not fixed
  std::int64_t rank = 0;         ///< of J, losses applied; an upper bound where the report is not complete
  bool complete = true;
  std::vector<DependentDirections> dependent;  ///< their dimensions and `rank` sum to num_columns
  std::string message;                         ///< one sentence: the rank, or why it could not be found

  bool is_full() const { return complete && dependent.empty(); }
};

/// The numerical rank of the problem's Jacobian at its present values, and which variables are to blame where it is not
/// full: what a variable lacks by itself is found from its own columns, the rest from a basis of the null space that
/// moves as few coordinates as its pivots allow.
///
/// The null space comes from inverse iteration with a QR of J (dense where J is small, LinearSolverType::sparse_qr
/// else), so that the condition is not squared; whether a direction belongs to it is decided by |J v|, not by pivots.
///
/// A derivative that is not finite is told in `message`, the report being not complete. Cost: a sparse QR and about
/// four solutions a direction sought; memory: J twice, its factor, and 2 max_directions vectors at most.
RankReport find_rank_deficiency(const Problem& problem, const RankOptions& options = {});

/// The message and the sentences, a line each; every line ends in a newline.
std::string rank_lines(const RankReport& report);

}  // namespace heliotrope
