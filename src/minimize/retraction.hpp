// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "heliotrope/minimize/minimize_objective.hpp"

namespace heliotrope::detail {

/// How points move that are not vectors: along a direction d of the tangent space at x, by to = plus(x, step d). Where
/// points are vectors there is none, and Iterates moves them itself.
class Retraction {
 public:
  virtual ~Retraction() = default;
  /// Numbers of a point, and of gradients and directions.
  virtual std::int64_t num_values() const = 0;
  virtual std::int64_t num_columns() const = 0;
  /// Moves what is free; what is not stays as it is in `to`. Returns the sum of squares of what is free there.
  virtual double plus(const double* x, const double* d, double step, double* to) = 0;
};

/// minimize_objective from a point that a retraction moves; null: the point is a vector. Within f, x has at least 16
/// spare numbers behind it.
ObjectiveSummary minimize_objective_on(const SecondOrderObjective& f, Retraction* retraction, std::span<double> x,
                                       const ObjectiveOptions& options);

}  // namespace heliotrope::detail
