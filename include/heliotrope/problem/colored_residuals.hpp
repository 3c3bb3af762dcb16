// SPDX-License-Identifier: Apache-2.0
// The Jacobian of all residuals of a problem by coloured differences of the whole.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "heliotrope/large_vector.hpp"
#include "heliotrope/linear/block_jacobian.hpp"

namespace heliotrope {
class Evaluator;
class Problem;

namespace detail {
struct Structure;

/// Central differences of the residuals that are to be differentiated by colours (Derivatives::coloured).
///
/// Variables of one colour meet in no residual and move together along one tangent direction, so a Jacobian takes two
/// evaluations of the residuals for each direction of each colour: 24 for bundle adjustment with cameras of 9 numbers.
/// The numbers are those of central differences residual by residual (to rounding, where residuals have weights), but
/// for residuals that name a variable twice: all of their derivative is in the first of its slots.
class ColoredResiduals {
 public:
  /// `colored`: [group]. Errors as color_columns.
  ColoredResiduals(const Problem& problem, std::shared_ptr<const Structure> structure, std::vector<bool> colored,
                   int threads);
  ~ColoredResiduals();

  /// jacobians[group]: [block][row][column][8], as in `shape`; weights applied, losses not. Columns of fixed variables
  /// are left alone. `values`: the problem's numbers.
  void fill(const Problem& problem, std::span<const double> values, const BlockJacobian& shape,
            std::span<double* const> jacobians);

  int num_colors() const { return static_cast<int>(width_.size()); }

 private:
  void color(const BlockJacobian& shape);
  void place_steps(const Problem& problem, std::span<const double> values, int color, int direction);
  template <class Store>
  void for_each_entry(const BlockJacobian& shape, int color, int direction, const Store& store) const;

  std::shared_ptr<const Structure> structure_;
  std::vector<bool> colored_;
  int threads_;
  std::unique_ptr<Evaluator> probe_;
  std::vector<std::int32_t> color_;   ///< [block column]
  std::vector<int> width_;            ///< [colour]: most tangent directions
  LargeVector<double> step_, moved_;  ///< [column], [value]
  LargeVector<double> distance_;      ///< [block column]: between the two points of a difference
};

}  // namespace detail
}  // namespace heliotrope
