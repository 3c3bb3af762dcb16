// SPDX-License-Identifier: Apache-2.0
// Triggs' correction: a loss folded into residuals and Jacobian, so that solvers see plain least squares.
#pragma once

namespace heliotrope {

/// Where 1 + 2 s rho'' / rho' is below this, the second-order term is left out.
///
/// Measured: of 1e-4, 0.01, 0.05, 0.1, 0.25, 0.5 and never, the one with the fewest Levenberg-Marquardt iterations over
/// 180 small fits under huber, soft_l1 and cauchy with 20 to 30 % outliers: 12.7 a fit, against 16.2 where the term is
/// always left out and 17.4 where the curvature is clipped to the bound instead.
inline constexpr double triggs_minimal_curvature = 0.25;

/// Replaces r and J of one block of 8 lanes by the corrected ones, lane by lane:
///
///     D = 1 + 2 s rho'' / rho',   alpha = 1 - sqrt(D),   s = |r|^2
///     r~ = sqrt(rho') / (1 - alpha) r,     J~ = sqrt(rho') (I - alpha r r' / s) J
///
/// so that J~'r~ = rho' J'r, the exact gradient, and J~'J~ = rho' J'J + 2 rho'' J'r r'J, the Gauss-Newton Hessian of
/// rho(|r|^2) / 2. Where D is too small (a residual so far out that the loss curves down, or so nearly that a step
/// would be unbounded), or where s = 0, alpha is 0: the gradient stays exact, and the Hessian is that of iteratively
/// reweighted least squares, rho' J'J, which is above the true one. Where rho' <= 0 the lane becomes zero.
///
/// rows, columns: the shape of one lane's J. rho1, rho2: rho' and rho'' at s, 8 values each (in).
/// residuals: [row][8] (in, out). jacobian: [row][column][8] (in, out), or null.
/// 6 rows columns flops a lane; nothing is allocated. A lane that is not finite does not touch others.
/// Source: [Triggs1999, 4.3].
void correct_for_loss(int rows, int columns, const double* rho1, const double* rho2, double* residuals,
                      double* jacobian);

}  // namespace heliotrope
