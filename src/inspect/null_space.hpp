// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "heliotrope/linear/block_jacobian.hpp"
#include "heliotrope/linear/jacobian_export.hpp"

namespace heliotrope::inspect_detail {

/// A Jacobian with its columns scaled to unit length, some of them held.
struct ScaledJacobian {
  const BlockJacobian* blocks = nullptr;
  CscMatrix matrix;                ///< unscaled
  std::vector<double> norms;       ///< of the columns; scaled column c is column c / norms[c]
  std::vector<std::uint8_t> held;  ///< columns that stay, the zero ones among them
};

/// Length of a vector, without overflow.
double stable_norm(std::span<const double> values);

/// Vectors of `size` numbers, one after another.
struct VectorList {
  std::int64_t size = 0;
  std::vector<double> values;
  std::int64_t count() const { return size == 0 ? 0 : static_cast<std::int64_t>(values.size()) / size; }
  double* at(std::int64_t k) { return values.data() + k * size; }
  const double* at(std::int64_t k) const { return values.data() + k * size; }
};

struct NullSpace {
  VectorList basis;                  ///< of unit vectors z, held columns 0: |J S z| <= tolerance
  std::vector<std::int64_t> pivots;  ///< [vector]: the column in which it is 1 and the others 0, once made sparse
  bool complete = true;              ///< false: there are more, or no factor was found
};

/// The null space of the scaled Jacobian, up to max_directions of it, by block inverse iteration with shift delta =
/// 1e-8:
///
///     z <- (S J'J S + delta^2 I)^-1 z,     then the singular values of J S on the span
NullSpace find_null_space(const ScaledJacobian& jacobian, double tolerance, int max_directions, int threads);

/// Gauss-Jordan elimination with complete pivoting: each vector becomes 1 at a pivot of its own, where the others are
/// 0, and what is below 1e-7 becomes 0.
void make_sparse(NullSpace& space);

/// The null vectors of a few columns by themselves, by QR with column pivoting. `columns` are columns of the matrix
/// that have the same rows; each vector has one number for each of them, and is 1 at its pivot (an index into
/// `columns`).
NullSpace find_local_null_space(const ScaledJacobian& jacobian, std::span<const std::int64_t> columns,
                                double tolerance);

}  // namespace heliotrope::inspect_detail
