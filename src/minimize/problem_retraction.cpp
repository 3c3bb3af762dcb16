// SPDX-License-Identifier: Apache-2.0
#include "minimize/problem_retraction.hpp"

#include <algorithm>

#include "heliotrope/parallel.hpp"

namespace heliotrope::detail {

namespace {

constexpr std::int64_t piece_variables = 4096;  // chosen, not measured

}  // namespace

ProblemRetraction::ProblemRetraction(const Problem& problem, int threads)
    : structure_(ProblemAccess::structure(problem)), num_values_(problem.num_values()), threads_(threads) {
  bool euclidean = true;
  std::int64_t scratch = 0;
  for (const Structure::Run& run : structure_->runs) {
    euclidean = euclidean && run.manifold->euclidean;
    const std::int64_t ambient = run.manifold->ambient_size, tangent = run.manifold->tangent_size;
    for (std::int64_t i = 0; i < run.count; i += piece_variables) {
      pieces_.push_back({run.manifold, std::min(piece_variables, run.count - i), run.first_value + i * ambient,
                         run.first_column + i * tangent, scratch});
      if (!run.manifold->euclidean) scratch += tangent;
    }
  }
  addition_ = euclidean && num_columns() == num_values_;
  squares_.resize(pieces_.size());
  scratch_.resize(static_cast<std::size_t>(scratch));
}

double ProblemRetraction::plus(const double* x, const double* d, double step, double* to) {
  parallel_for(threads_, std::ssize(pieces_), [&](std::int64_t p) {
    const auto i = static_cast<std::size_t>(p);
    squares_[i] = move(pieces_[i], x, d, step, to);
  });
  double square = 0.0;
  for (const double part : squares_) square += part;
  return square;
}

double ProblemRetraction::move(const Piece& piece, const double* x, const double* d, double step, double* to) {
  const int ambient = piece.manifold->ambient_size, tangent = piece.manifold->tangent_size;
  const std::int64_t size = piece.count * ambient;
  const double* const from = x + piece.first_value;
  const double* const along = d + piece.first_column;
  double* const y = to + piece.first_value;
  if (step == 0.0) {
    std::copy_n(from, size, y);
  } else if (piece.manifold->euclidean) {
    for (std::int64_t i = 0; i < size; ++i) y[i] = from[i] + step * along[i];
  } else {
    double* const delta = scratch_.data() + piece.scratch;
    for (std::int64_t v = 0; v < piece.count; ++v) {
      for (int k = 0; k < tangent; ++k) delta[k] = step * along[v * tangent + k];
      piece.manifold->plus(from + v * ambient, delta, y + v * ambient);
    }
  }
  double square = 0.0;
  for (std::int64_t i = 0; i < size; ++i) square += y[i] * y[i];
  return square;
}

}  // namespace heliotrope::detail
