// SPDX-License-Identifier: Apache-2.0
// The sparse Jacobian of a black-box function by coloured differences: a few evaluations, whatever its size.
//
//     heliotrope::ColoredDifferences differences(pattern, heliotrope::color_columns(pattern));
//     f(x, r);
//     differences.estimate(f, x, r, values);      // every iteration; values in the order of the pattern's columns
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "heliotrope/derive/colored_columns.hpp"
#include "heliotrope/derive/function_ref.hpp"

namespace heliotrope {

/// With h_j = step * max(|x_j|, typical_j); evaluations are for each colour, beside r(x).
enum class DifferenceMethod {
  forward,       ///< (r(x + h) - r(x)) / h: 1 evaluation, step eps^(1/2), 7 to 8 digits
  backward,      ///< (r(x) - r(x - h)) / h: the same
  central,       ///< (r(x + h) - r(x - h)) / 2h: 2 evaluations, step eps^(1/3), 10 digits
  fourth_order,  ///< points x +- h, x +- 2h: 4 evaluations, step eps^(1/5), 12 digits
};

/// How Jacobians are differenced; arrays are empty or have one number a variable.
struct DifferenceOptions {
  DifferenceMethod method = DifferenceMethod::forward;
  EntryOrder order = EntryOrder::by_columns;
  double relative_step = 0.0;  ///< step of the method; 0: its own, as above
  std::vector<double> typical =
      {};  ///< sizes > 0 that variables have when they are near zero; empty: 1 where |x| < 1e-10
  std::vector<double> lower = {};  ///< f is never evaluated below this
  std::vector<double> upper = {};  ///< nor above this
  bool noise_aware = false;        ///< the first estimate measures f's noise and sets the steps: see measure_noise
  int batch = 8;    ///< colours whose evaluations are held at once: more memory, fewer passes over the values
  int threads = 1;  ///< evaluations run at once: f must then be safe to call from several threads; 0: all processors
};

struct DifferenceReport {
  std::int64_t evaluations = 0;        ///< of f: colours times the method's points, and what retries took
  std::int64_t columns_at_bounds = 0;  ///< whose points a bound put elsewhere than the method asks
  std::int64_t columns_retried = 0;    ///< f was not finite at first and was at other points
  std::int64_t columns_failed = 0;     ///< see ColoredDifferences::failed_columns
};

/// Estimates one sparse Jacobian again and again.
///
/// All structural work and all allocations are in the constructor. Values are written in the order of the entries by
/// columns or by rows (options.order). They are the same bits for any number of threads, any batch, and whether f takes
/// one point or many.
///
/// *Bounds.* Points stay within [lower, upper], bounds included. Where a method's points do not fit, the formula of the
/// same order that leans to the other side is taken (forward turns backward; central uses x + h and x + 2h); where that
/// fits neither, the step shrinks to what the roomier side allows. A variable with lower = upper cannot be moved: its
/// entries are set to zero and its column counts as failed.
///
/// *Points where f is not finite.* A column with an entry that is not finite is tried again with the other formulas of
/// its method, then with all of them at 1/64 of the step; each try costs the method's evaluations for every colour
/// concerned. A column that still fails keeps the entries it got. Nothing is retried where r(x) itself is not finite.
///
/// *Noise.* With noise_aware, or after measure_noise, steps balance the function's noise against its curvature.
///
/// Memory: batch * points of the method * num_rows numbers, as many more by num_columns where f takes many points or
/// threads > 1. Not for use from several threads at once. Source: [Curtis1974; Coleman1983].
class ColoredDifferences final {
 public:
  using Function = FunctionRef<void(std::span<const double> x, std::span<double> r)>;
  /// Evaluates `count` points at once: xs[count][num_columns], rs[count][num_rows].
  using ManyFunction = FunctionRef<void(int count, std::span<const double> xs, std::span<double> rs)>;

  /// `places`: where each value goes, see ColoredColumns. Throws Error for a colouring that is none, or options of the
  /// wrong size or sign.
  ColoredDifferences(const SparsityPattern& pattern, const Coloring& coloring, const DifferenceOptions& options = {},
                     std::span<const std::int64_t> places = {});
  ColoredDifferences(ColoredDifferences&&) noexcept;
  ColoredDifferences& operator=(ColoredDifferences&&) noexcept;
  ~ColoredDifferences();

  /// values[k] = d r_i / d x_j for entry k; r_at_x is f(x). Throws Error where x is not finite or not within bounds,
  /// and whatever f throws.
  DifferenceReport estimate(Function f, std::span<const double> x, std::span<const double> r_at_x,
                            std::span<double> values);
  DifferenceReport estimate(ManyFunction f, std::span<const double> x, std::span<const double> r_at_x,
                            std::span<double> values);

  /// digits[j]: how many digits of column j are right, by estimating it again with half the step.
  ///
  /// -log10 of |error| / |column| in the 2-norm, the error of an entry being what truncation and noise together do to
  /// it; 0 to 17. `values` are those of estimate at the same x. Costs as many evaluations as estimate.
  DifferenceReport estimate_digits(Function f, std::span<const double> x, std::span<const double> r_at_x,
                                   std::span<const double> values, std::span<double> digits);

  /// Measures the noise of every row [More2011] and the columns' truncation error, and sets the relative steps that
  /// estimate uses from then on: h^(2p+2) = s / (p mean_i (C_i / eps_i)^2) for errors C h^p and noise eps_i; for
  /// forward differences of one row that is 8^(1/4) sqrt(eps / |f''|) [More2012].
  ///
  /// `scratch` has the size of values and is overwritten. Costs 6 to 18 evaluations and twice those of estimate.
  /// Needs options.noise_aware (for the memory); estimate calls it once by itself. Throws Error otherwise.
  DifferenceReport measure_noise(Function f, std::span<const double> x, std::span<const double> r_at_x,
                                 std::span<double> scratch);
  /// [num_rows] standard deviations that measure_noise found; empty before.
  std::span<const double> noise() const;
  /// Step of column j relative to max(|x_j|, typical_j).
  double relative_step(std::int64_t j) const;

  /// Other sizes for near zero than the options', one a variable, 0 where 1 is to be taken; steps that measure_noise
  /// found stay relative to them. Throws Error for another number of them, or one that is negative or not finite.
  void set_typical(std::span<const double> sizes);

  /// Columns that the last estimate could not give: no room within bounds, or f not finite at every point tried.
  std::vector<std::int32_t> failed_columns() const;

  const ColoredColumns& columns() const;
  std::int64_t evaluations_per_estimate() const;

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace heliotrope
