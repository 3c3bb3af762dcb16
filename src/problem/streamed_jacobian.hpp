// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "heliotrope/linear/block_jacobian.hpp"
#include "heliotrope/problem/problem.hpp"

namespace heliotrope::detail {

struct Structure;

/// The Jacobian of many residuals in n columns, few, as 8 n rows that stand for all:
///
///     Q [J r] = [R c]      J'J = R'R,  J'r = R'c
///                [0 *]
///
/// Tiles of residuals and derivatives are evaluated by their group's kernels, corrected for weights and losses, and
/// folded into triangles by Householder reflectors while they are in cache; neither J nor r is ever stored. There is a
/// triangle a lane and chunk of residuals; chunks are folded into one in order, and the 8 lanes stay as they are. So
/// J'J is never formed, and bits do not depend on the number of threads. Same answers as a stored Jacobian to rounding.
///
/// One object serves one thread of control at a time; it keeps no reference to the problem, every call is given one of
/// the structure that it was made for. Memory: at most 64 triangles of 64 n (n + 1) bytes, and tiles; nothing is
/// allocated after it is made. Cost: the kernels and 2 n^2 multiply-adds a residual.
class StreamedJacobian {
 public:
  struct Options {
    Derivatives derivatives = Derivatives::automatic;
    int threads = 1;
  };

  /// The problem has no black-box function.
  StreamedJacobian(const Problem& problem, std::shared_ptr<const Structure> structure, const Options& options);
  ~StreamedJacobian();
  StreamedJacobian(const StreamedJacobian&) = delete;
  StreamedJacobian& operator=(const StreamedJacobian&) = delete;

  /// The cost at `values`, which have at least 8 spare numbers behind them.
  double cost(const Problem& problem, const double* values);
  /// The same, and jacobian().
  double linearise(const Problem& problem, const double* values);
  /// [R c] of each lane: n block rows of one row, all columns in it.
  const BlockJacobian& jacobian() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heliotrope::detail
