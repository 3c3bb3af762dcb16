// SPDX-License-Identifier: Apache-2.0
#include "choose_schur.hpp"

#include <algorithm>
#include <cstdio>

#include "block_ordering.hpp"

namespace heliotrope::linear_detail {

namespace {

// Measured by bench/elimination and bench/linear_algebra on one core of an AMD EPYC (Zen 5, AVX-512).
constexpr double seconds_a_pair_flop = 1.0 / 25e9;     // forming S
constexpr double seconds_a_factor_flop = 1.0 / 50e9;   // supernodal Cholesky
constexpr double seconds_a_value_copied = 0.6e-9;      // blocks of S into panels
constexpr double seconds_a_value_multiplied = 0.4e-9;  // a product with the blocks
constexpr double seconds_a_derivative = 0.7e-9;        // an implicit product: each number of the Jacobian
// More pairs than this an observation take longer to form than conjugate gradients take without them.
constexpr double most_pairs_an_observation = 60.0;
constexpr double dense_share = 0.6;  // of S that is filled. Chosen, not measured

double values_of(const BlockSymmetricPattern& pattern) { return static_cast<double>(pattern.num_values()); }

std::string scaled(double value, const char* unit) {
  const char* prefixes[] = {"", "k", "M", "G", "T"};
  int p = 0;
  for (; value >= 1000.0 && p < 4; ++p) value /= 1000.0;
  char text[48];
  std::snprintf(text, sizeof text, "%.3g %s%s", value, prefixes[p], unit);
  return text;
}

}  // namespace

bool is_forming_hopeless(const EliminationPlan& plan) {
  return static_cast<double>(plan.num_pairs()) > most_pairs_an_observation * static_cast<double>(plan.list.size());
}

SymbolicFactor order_reduced(const BlockSymmetricPattern& pattern, bool& dense) {
  const auto n = static_cast<double>(pattern.num_columns());
  dense = values_of(pattern) >= dense_share * n * (n + 1.0) / 2.0;
  if (dense) return dense_supernode(pattern);
  SymbolicFactor best = analyse_supernodes(pattern, block_order(pattern));
  constexpr double worth_a_second_order = 1e8;  // flops; fewer are done before METIS is. Chosen, not measured
  if (best.flops > worth_a_second_order) {
    const std::vector<std::int64_t> order = nested_dissection_order(pattern);
    if (!order.empty()) {
      SymbolicFactor other = analyse_supernodes(pattern, order);
      if (other.flops < best.flops) best = std::move(other);
    }
  }
  return best;
}

double pair_flops(const EliminationPlan& plan) {
  double mean_square = 0.0, points = 0.0;
  for (std::int64_t k = 0; k < plan.num_kept(); ++k) mean_square += plan.kept_width(k) * plan.kept_width(k);
  mean_square /= std::max<double>(1.0, static_cast<double>(plan.num_kept()));
  for (const auto& pack : plan.packs) points = std::max(points, static_cast<double>(pack.width));
  return 2.0 * points * mean_square * static_cast<double>(plan.num_pairs());
}

double count_derivatives(const EliminationPlan& plan) {
  double derivatives = 0.0;
  for (const auto& part : plan.parts) {
    derivatives += static_cast<double>(part.num_blocks()) * block_lanes * part.rows * part.slot_begin.back();
  }
  return derivatives;
}

SchurCosts count_costs(const EliminationPlan& plan, const BlockSymmetricPattern& pattern, double flops) {
  return {.form = seconds_a_pair_flop * pair_flops(plan),
          .factorise = seconds_a_factor_flop * flops + seconds_a_value_copied * values_of(pattern),
          .product = seconds_a_value_multiplied * values_of(pattern),
          .implicit = seconds_a_derivative * count_derivatives(plan)};
}

LinearSolverType cheapest(const SchurCosts& costs, double iterations) {
  const double cholesky = costs.with_cholesky(), gradients = costs.with_gradients(iterations),
               implicit = costs.without_blocks(iterations);
  // Exact steps need fewer iterations: on crowds 8 where truncated ones took 12.
  constexpr double worth_of_exactness = 0.75;
  if (worth_of_exactness * cholesky <= std::min(gradients, implicit)) return LinearSolverType::schur_cholesky;
  return gradients <= implicit ? LinearSolverType::schur_pcg : LinearSolverType::schur_implicit;
}

std::string explain(const EliminationPlan& plan, const BlockSymmetricPattern* pattern, const SchurCosts& costs) {
  std::string text = std::to_string(plan.num_points) + " variables that no residual joins are eliminated, " +
                     std::to_string(plan.num_kept()) + " stay (" + std::to_string(plan.num_kept_columns()) +
                     " columns, " + scaled(static_cast<double>(plan.num_pairs()), "pairs");
  if (pattern != nullptr) text += ", " + scaled(static_cast<double>(pattern->num_entries()), "blocks");
  text += ")";
  if (pattern == nullptr) return text + "; tracks are too long to form the reduced matrix";
  char numbers[200];
  std::snprintf(numbers, sizeof numbers,
                "; counted seconds an iteration: forming %.2g, Cholesky %.2g, a product %.2g, an implicit one %.2g",
                costs.form, costs.factorise, costs.product, costs.implicit);
  return text + numbers;
}

}  // namespace heliotrope::linear_detail
