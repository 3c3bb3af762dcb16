// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/term_hessian.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "heliotrope/derive/difference_steps.hpp"
#include "heliotrope/error.hpp"

namespace heliotrope {

namespace {
constexpr double second_difference_step = 1.220703125e-4;  // eps^(1/4)
}

TermHessian::TermHessian(const SparsityPattern& terms, const Coloring& columns, std::span<const double> typical)
    : num_terms_(terms.num_rows),
      num_colors_(columns.num_colors),
      colors_(columns.colors),
      typical_(typical.begin(), typical.end()) {
  const auto n = static_cast<std::size_t>(terms.num_columns);
  if (colors_.size() != n || (!typical.empty() && typical.size() != n)) {
    throw Error("TermHessian got " + std::to_string(colors_.size()) + " colours and " + std::to_string(typical.size()) +
                " typical sizes; expected " + std::to_string(n) + " colours and none or as many sizes");
  }
  make_pattern(terms);

  // Pairs of each term, sorted by their colours s <= t.
  const auto p = static_cast<std::size_t>(num_colors_);
  pair_begin_.assign(p * p + 1, 0);
  LargeVector<Pair> found;
  for (std::int64_t t = 0; t < num_terms_; ++t) {
    const std::span<const std::int32_t> row = terms.row(t);
    for (std::size_t a = 0; a < row.size(); ++a) {
      for (std::size_t b = a; b < row.size(); ++b) {
        const std::int32_t j = row[a], k = row[b], cj = colors_[j], ck = colors_[k];
        if (cj < 0 || ck < 0 || cj >= num_colors_ || ck >= num_colors_ || (cj == ck && j != k)) {
          throw Error("term " + std::to_string(t) + ": variables " + std::to_string(j) + " and " + std::to_string(k) +
                      " have colours " + std::to_string(cj) + " and " + std::to_string(ck) +
                      "; expected different ones from 0 to " + std::to_string(num_colors_ - 1));
        }
        const std::span<const std::int32_t> of_j = pattern_.row(j);
        const std::int64_t entry =
            pattern_.row_begin[j] + (std::lower_bound(of_j.begin(), of_j.end(), k) - of_j.begin());
        found.push_back({static_cast<std::int32_t>(t), j, k, cj, ck, entry});
        ++pair_begin_[static_cast<std::size_t>(std::min(cj, ck)) * p + static_cast<std::size_t>(std::max(cj, ck)) + 1];
      }
    }
  }
  for (std::size_t s = 0; s < p * p; ++s) pair_begin_[s + 1] += pair_begin_[s];
  pairs_.resize(found.size());
  std::vector<std::int64_t> at(pair_begin_.begin(), pair_begin_.end() - 1);
  for (const Pair& pair : found) {
    const auto s = static_cast<std::size_t>(std::min(pair.color_j, pair.color_k));
    const auto t = static_cast<std::size_t>(std::max(pair.color_j, pair.color_k));
    pairs_[at[s * p + t]++] = pair;
  }
  moved_.resize(n);
  steps_.resize(n);
  single_.resize(2 * p * static_cast<std::size_t>(num_terms_));
  both_.resize(2 * static_cast<std::size_t>(num_terms_));
}

void TermHessian::make_pattern(const SparsityPattern& terms) {
  const std::int64_t n = terms.num_columns;
  std::vector<std::int64_t> begin(static_cast<std::size_t>(n) + 1, 0);
  for (std::int32_t j : terms.columns) {
    if (j < 0 || j >= n)
      throw Error("a term has variable " + std::to_string(j) + "; expected 0 to " + std::to_string(n - 1));
    ++begin[j + 1];
  }
  for (std::int64_t j = 0; j < n; ++j) begin[j + 1] += begin[j];
  std::vector<std::int32_t> terms_of(terms.columns.size());
  std::vector<std::int64_t> at(begin.begin(), begin.end() - 1);
  for (std::int64_t t = 0; t < terms.num_rows; ++t) {
    for (std::int32_t j : terms.row(t)) terms_of[at[j]++] = static_cast<std::int32_t>(t);
  }
  pattern_.num_rows = pattern_.num_columns = n;
  pattern_.row_begin.reserve(static_cast<std::size_t>(n) + 1);
  std::vector<std::int64_t> met(static_cast<std::size_t>(n), -1);  // the row that last had the column
  for (std::int64_t j = 0; j < n; ++j) {
    const auto first = static_cast<std::ptrdiff_t>(pattern_.columns.size());
    for (std::int64_t e = begin[j]; e < begin[j + 1]; ++e) {
      for (std::int32_t k : terms.row(terms_of[e])) {
        if (met[k] != j) pattern_.columns.push_back(k);
        met[k] = j;
      }
    }
    std::sort(pattern_.columns.begin() + first, pattern_.columns.end());
    pattern_.row_begin.push_back(pattern_.num_entries());
  }
  mirrored_.resize(pattern_.columns.size());
  at.assign(pattern_.row_begin.begin(), pattern_.row_begin.end() - 1);
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t e = pattern_.row_begin[j]; e < pattern_.row_begin[j + 1]; ++e)
      mirrored_[e] = at[pattern_.columns[e]]++;
  }
}

void TermHessian::check(std::size_t x, std::size_t terms, std::size_t values) const {
  if (static_cast<std::int64_t>(x) != pattern_.num_rows || static_cast<std::int64_t>(terms) != num_terms_ ||
      static_cast<std::int64_t>(values) != pattern_.num_entries()) {
    throw Error("TermHessian got " + std::to_string(x) + " variables, " + std::to_string(terms) +
                " terms and room for " + std::to_string(values) + " values; expected " +
                std::to_string(pattern_.num_rows) + ", " + std::to_string(num_terms_) + " and " +
                std::to_string(pattern_.num_entries()));
  }
}

void TermHessian::begin(std::span<double> values) const { std::fill(values.begin(), values.end(), 0.0); }

std::span<const TermHessian::Pair> TermHessian::pairs_of(int s, int t) const {
  const auto at = static_cast<std::size_t>(s) * static_cast<std::size_t>(num_colors_) + static_cast<std::size_t>(t);
  return {pairs_.data() + pair_begin_[at], static_cast<std::size_t>(pair_begin_[at + 1] - pair_begin_[at])};
}

/// Pairs are sums for (j, k) with j <= k: the lower triangle is a copy.
void TermHessian::mirror(std::span<double> values) const {
  for (std::int64_t j = 0; j < pattern_.num_rows; ++j) {
    for (std::int64_t e = pattern_.row_begin[j]; e < pattern_.row_begin[j + 1]; ++e) {
      if (pattern_.columns[e] > j) values[mirrored_[e]] = values[e];
    }
  }
}

void TermHessian::move(std::span<const double> x, int a, int b, double sign) {
  for (std::size_t j = 0; j < x.size(); ++j) {
    moved_[j] = colors_[j] == a || colors_[j] == b ? x[j] + sign * steps_[j] : x[j];
  }
}

void TermHessian::estimate(Terms f, std::span<const double> x, std::span<const double> terms_at_x,
                           std::span<double> values) {
  check(x.size(), terms_at_x.size(), values.size());
  begin(values);
  for (std::size_t j = 0; j < x.size(); ++j) {
    if (!std::isfinite(x[j])) throw Error("x[" + std::to_string(j) + "] is not finite; expected a number");
    const double size = typical_.empty() ? typical_size(x[j]) : std::max(std::abs(x[j]), typical_[j]);
    steps_[j] = (x[j] + second_difference_step * size) - x[j];
  }
  const auto m = static_cast<std::size_t>(num_terms_);
  const auto moved_terms = [&](int color, int side) {
    return std::span<double>(&single_[(2u * static_cast<unsigned>(color) + static_cast<unsigned>(side)) * m], m);
  };
  const std::span<double> plus(both_.data(), m), minus(both_.data() + m, m);
  for (int a = 0; a < num_colors_; ++a) {
    const std::span<double> above = moved_terms(a, 0), below = moved_terms(a, 1);
    move(x, a, a, 1.0);
    f(moved_, above);
    move(x, a, a, -1.0);
    f(moved_, below);
    for (const Pair& pair : pairs_of(a, a)) {
      const double h = steps_[pair.j], at = terms_at_x[pair.term];
      values[pair.entry] += ((above[pair.term] - at) + (below[pair.term] - at)) / (h * h);
    }
    for (int b = 0; b < a; ++b) {
      move(x, a, b, 1.0);
      f(moved_, plus);
      move(x, a, b, -1.0);
      f(moved_, minus);
      const std::span<const double> other_above = moved_terms(b, 0), other_below = moved_terms(b, 1);
      for (const Pair& pair : pairs_of(b, a)) {
        const std::int32_t t = pair.term;
        const double up = (plus[t] - above[t]) - (other_above[t] - terms_at_x[t]);
        const double down = (minus[t] - below[t]) - (other_below[t] - terms_at_x[t]);
        values[pair.entry] += (up + down) / (2.0 * steps_[pair.j] * steps_[pair.k]);
      }
    }
  }
  mirror(values);
}

std::int64_t hessian_from_values(FunctionRef<double(std::span<const double> x)> f, std::span<const double> x,
                                 const SparsityPattern& pattern, std::span<double> values) {
  const std::size_t n = x.size();
  if (pattern.num_rows != static_cast<std::int64_t>(n) || pattern.num_columns != pattern.num_rows ||
      static_cast<std::int64_t>(values.size()) != pattern.num_entries()) {
    throw Error("hessian_from_values got " + std::to_string(n) + " variables and room for " +
                std::to_string(values.size()) + " values; expected " + std::to_string(pattern.num_rows) + " and " +
                std::to_string(pattern.num_entries()));
  }
  std::vector<double> moved(x.begin(), x.end()), above(n), below(n), h(n);
  std::int64_t evaluations = 1;
  const double at = f(moved);
  for (std::size_t j = 0; j < n; ++j) {
    if (pattern.row(static_cast<std::int64_t>(j)).empty()) continue;
    h[j] = (x[j] + second_difference_step * typical_size(x[j])) - x[j];
    moved[j] = x[j] + h[j];
    above[j] = f(moved);
    moved[j] = x[j] - h[j];
    below[j] = f(moved);
    moved[j] = x[j];
    evaluations += 2;
  }
  std::vector<std::int64_t> mirrored(pattern.row_begin.begin(), pattern.row_begin.end() - 1);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::int64_t e = pattern.row_begin[j]; e < pattern.row_begin[j + 1]; ++e) {
      const auto k = static_cast<std::size_t>(pattern.columns[e]);
      const std::int64_t mirror = mirrored[k]++;
      if (k < j) continue;
      if (mirror >= pattern.row_begin[k + 1] || pattern.columns[mirror] != static_cast<std::int32_t>(j)) {
        throw Error("entry (" + std::to_string(j) + ", " + std::to_string(k) +
                    ") of a Hessian's pattern has no mirrored entry; expected a symmetric pattern with sorted rows");
      }
      if (k == j) {
        values[e] = ((above[j] - at) + (below[j] - at)) / (h[j] * h[j]);
        continue;
      }
      moved[j] = x[j] + h[j], moved[k] = x[k] + h[k];
      const double plus = f(moved);
      moved[j] = x[j] - h[j], moved[k] = x[k] - h[k];
      const double minus = f(moved);
      moved[j] = x[j], moved[k] = x[k];
      evaluations += 2;
      const double up = (plus - above[j]) - (above[k] - at), down = (minus - below[j]) - (below[k] - at);
      values[e] = values[mirror] = (up + down) / (2.0 * h[j] * h[k]);
    }
  }
  return evaluations;
}

}  // namespace heliotrope
