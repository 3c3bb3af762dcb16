// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "heliotrope/derive/function_ref.hpp"
#include "heliotrope/large_vector.hpp"
#include "minimize/vector_passes.hpp"

namespace heliotrope::detail {

/// Conjugate gradients that minimise g'p + p'Hp / 2 within |p| <= radius, from p = 0, stopped early.
///
/// They end where the residual is small enough, on the boundary, where it is crossed or the curvature is not positive
/// [Steihaug1983; Nocedal2006, 7.2], or at the last p where there is no boundary. Memory: 3 n-vectors.
class TruncatedCg {
 public:
  /// to = H v, of vectors of `size` numbers.
  using Product = FunctionRef<void(const double* v, double* to)>;

  TruncatedCg(std::int64_t size, int threads);

  struct Goal {
    double radius;     ///< may be infinite
    double tolerance;  ///< of |g + H p| / |g|
  };
  /// Writes p, padded as g is; returns the model's decrease. Where the first product is not finite, or curves down
  /// without a boundary, p is -g (to the boundary), and the decrease |g| |p|.
  double solve(const double* g, double g_square, Product product, const Goal& goal, double* p);

  /// Products of one solve at most; chosen, not measured.
  std::int64_t max_products() const { return max_products_; }

 private:
  /// to = x + step d; returns to'to.
  double move(const double* x, const double* d, double step, double* to);
  double dot(const double* a, const double* b);

  const minimize_detail::VectorKernels& kernels_;
  VectorPasses passes_;
  std::int64_t max_products_;
  LargeVector<double> s_, d_, hd_;  // minus the residual, direction, H d
};

/// How exactly the next system is solved: |g + H p| <= eta |g|, by how fast gradients shrink [Eisenstat1996, choice 2].
double forcing_term(double square, double old_square);

}  // namespace heliotrope::detail
