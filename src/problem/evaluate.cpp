// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "heliotrope/linear/jacobian_operator.hpp"
#include "heliotrope/problem/evaluator.hpp"

namespace heliotrope {

namespace {

/// Calls body(part, block, lane) for every block of a function's rows in order.
template <class Body>
void for_each_row(const Problem& problem, const detail::FunctionResiduals& function, const Body& body) {
  const auto& groups = detail::ProblemAccess::groups(problem);
  struct Place {
    std::size_t group;
    std::int64_t position;
  };
  std::vector<Place> places(static_cast<std::size_t>(function.num_rows / function.options.block_rows));
  for (std::size_t g = function.first_group; g < function.first_group + function.num_groups; ++g) {
    for (std::int64_t position = 0; position < std::ssize(groups[g].function_rows); ++position) {
      const std::int64_t rows = groups[g].function_rows[static_cast<std::size_t>(position)];
      if (rows >= 0) places[static_cast<std::size_t>(rows)] = {g, position};
    }
  }
  for (const Place& at : places) body(at.group, at.position / block_lanes, at.position % block_lanes);
}

/// Calls body(part, block, lane) for every residual block in order of addition, group by group.
template <class Body>
void for_each_residual(const Problem& problem, const Body& body) {
  const auto& groups = detail::ProblemAccess::groups(problem);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].is_terms()) continue;
    if (groups[g].function >= 0) {
      const auto& function = *detail::ProblemAccess::functions(problem)[static_cast<std::size_t>(groups[g].function)];
      if (g == function.first_group) for_each_row(problem, function, body);
      continue;
    }
    for (std::int64_t k = 0; k < groups[g].count; ++k) {
      const std::int64_t position = groups[g].position(k);
      if (!groups[g].counts(position)) continue;
      body(g, position / block_lanes, position % block_lanes);
    }
  }
}

/// The derivative of the cost by each row: a residual itself, 1 for a term.
std::vector<double> slopes(const Problem& problem, const BlockJacobian& jacobian, const JacobianOperator& products) {
  std::vector<double> y(static_cast<std::size_t>(products.residual_size()), 1.0);
  const auto& groups = detail::ProblemAccess::groups(problem);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].is_terms()) continue;
    std::copy_n(jacobian.parts[g].residuals, jacobian.parts[g].num_blocks * groups[g].rows * block_lanes,
                y.begin() + products.residual_begin(static_cast<std::int64_t>(g)));
  }
  return y;
}

std::vector<double> ordered_residuals(const Problem& problem, const BlockJacobian& jacobian) {
  std::vector<double> residuals;
  residuals.reserve(static_cast<std::size_t>(problem.num_residuals()));
  for_each_residual(problem, [&](std::size_t g, std::int64_t block, std::int64_t lane) {
    const JacobianPart& part = jacobian.parts[g];
    for (int m = 0; m < part.rows; ++m) {
      residuals.push_back(part.residuals[(block * part.rows + m) * block_lanes + lane]);
    }
  });
  return residuals;
}

/// Rows of the Jacobian in order of addition. A variable named twice by one residual gives one entry, the sum.
Evaluation::SparseRows sparse_rows(const Problem& problem, const BlockJacobian& jacobian) {
  Evaluation::SparseRows rows;
  rows.num_columns = jacobian.num_columns();
  rows.row_begin.push_back(0);
  for_each_residual(problem, [&](std::size_t g, std::int64_t block, std::int64_t lane) {
    const JacobianPart& part = jacobian.parts[g];
    const auto num_slots = static_cast<std::int64_t>(part.widths.size());
    const int columns = part.columns();
    for (int m = 0; m < part.rows; ++m) {
      const auto row_start = static_cast<std::size_t>(rows.row_begin.back());
      for (std::int64_t s = 0, first = 0; s < num_slots; first += part.widths[static_cast<std::size_t>(s++)]) {
        const std::int64_t column =
            part.column_blocks[static_cast<std::size_t>((block * num_slots + s) * block_lanes + lane)];
        if (column < 0) continue;
        for (std::int64_t j = 0; j < part.widths[static_cast<std::size_t>(s)]; ++j) {
          const std::int64_t c = jacobian.column_begin[static_cast<std::size_t>(column)] + j;
          const double value = part.jacobian[((block * part.rows + m) * columns + first + j) * block_lanes + lane];
          std::size_t at = row_start;
          while (at < rows.column.size() && rows.column[at] != c) ++at;
          if (at < rows.column.size()) {
            rows.value[at] += value;
          } else {
            rows.column.push_back(c);
            rows.value.push_back(value);
          }
        }
      }
      rows.row_begin.push_back(static_cast<std::int64_t>(rows.column.size()));
    }
  });
  return rows;
}

}  // namespace

Evaluation Problem::evaluate(const EvaluationOptions& options) const {
  const std::span<const double> at = options.values.empty() ? values() : options.values;
  if (static_cast<std::int64_t>(at.size()) != num_values_) {
    throw Error("the problem has " + std::to_string(num_values_) + " numbers in all; got " + std::to_string(at.size()));
  }
  const bool derivatives = options.gradient || options.jacobian;
  Evaluator evaluator(*this, {.apply_loss = options.apply_loss,
                              .jacobian = derivatives,
                              .derivatives = options.derivatives,
                              .threads = options.threads});
  Evaluation result;
  result.cost = derivatives ? evaluator.linearise(*this, at) : evaluator.residuals(*this, at);
  if (options.residuals) result.residuals = ordered_residuals(*this, evaluator.jacobian());
  if (options.gradient) {
    result.gradient.resize(static_cast<std::size_t>(evaluator.num_columns()));
    JacobianOperator products;
    products.analyse(evaluator.jacobian());
    products.multiply_transposed(evaluator.jacobian(), slopes(*this, evaluator.jacobian(), products), result.gradient,
                                 options.threads);
  }
  if (options.jacobian) result.jacobian = sparse_rows(*this, evaluator.jacobian());
  return result;
}

}  // namespace heliotrope
