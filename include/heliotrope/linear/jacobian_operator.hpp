// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "heliotrope/linear/block_jacobian.hpp"

namespace heliotrope {

/// Products with a BlockJacobian, the same to the last bit for any number of threads.
///
/// Vectors of residuals use the layout of the parts, one part behind the other: [part][block][row][8].
/// Life cycle: analyse() once for a structure, then any products with Jacobians of that structure; the products are not
/// const-shareable between threads, since they use buffers of the object. Only analyse() allocates.
class JacobianOperator final {
 public:
  JacobianOperator();
  ~JacobianOperator();
  JacobianOperator(JacobianOperator&&) noexcept;
  JacobianOperator& operator=(JacobianOperator&&) noexcept;

  /// Makes chunks, scatter maps and buffers for the structure.
  /// Throws Error where array lengths, widths or block columns contradict one another.
  /// Cost: 8 bytes a slot and lane, and up to 64 copies of the columns that many residuals share.
  void analyse(const BlockJacobian& jacobian);

  /// Numbers in a vector of residuals, unused lanes included.
  std::int64_t residual_size() const;
  /// First number of a part in a vector of residuals.
  std::int64_t residual_begin(std::int64_t part) const;

  /// y = J x.  x: columns; y (out): residual_size(), zero in unused lanes.
  void multiply(const BlockJacobian& jacobian, std::span<const double> x, std::span<double> y, int threads);

  /// x = J'y.  y: residual_size(); x (out): columns.
  void multiply_transposed(const BlockJacobian& jacobian, std::span<const double> y, std::span<double> x, int threads);

  /// g = J'r and d = diag(J'J) in one pass, r being the residuals that the parts view.
  /// g (out), d (out, or empty: not wanted): columns.
  void gradient(const BlockJacobian& jacobian, std::span<double> g, std::span<double> d, int threads);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heliotrope
