// SPDX-License-Identifier: Apache-2.0
// What a coloured Jacobian of a million unknowns costs beside the evaluations of f.
//
// Everything else (perturbing, subtracting, scattering) is the time of estimate less that spent in f, by a clock around
// each call of f; medians of several runs, one core. The bars: exactly 3 or 5 evaluations; at most 10 ns a nonzero; at
// most a tenth of the whole where f takes 100 ns a row.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "heliotrope/derive/colored_jacobian.hpp"
#include "heliotrope/large_vector.hpp"

namespace {

using heliotrope::Coloring;
using heliotrope::SparsityPattern;
using Clock = std::chrono::steady_clock;
using In = std::span<const double>;
using Out = std::span<double>;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double median(std::vector<double> of) {
  std::nth_element(of.begin(), of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2), of.end());
  return of[of.size() / 2];
}

struct Case {
  std::string name;
  SparsityPattern pattern;
  Coloring coloring;
  void (*f)(In x, Out r);
  bool expensive;
};

SparsityPattern tridiagonal(std::int32_t n) {
  SparsityPattern pattern;
  pattern.num_rows = pattern.num_columns = n;
  for (std::int32_t i = 0; i < n; ++i) {
    for (std::int32_t j = std::max(0, i - 1); j <= std::min(n - 1, i + 1); ++j) pattern.columns.push_back(j);
    pattern.row_begin.push_back(pattern.num_entries());
  }
  return pattern;
}

constexpr std::int32_t side = 1000;

SparsityPattern five_point() {
  SparsityPattern pattern;
  pattern.num_rows = pattern.num_columns = side * side;
  for (std::int32_t i = 0; i < side; ++i) {
    for (std::int32_t j = 0; j < side; ++j) {
      const std::int32_t at = i * side + j;
      if (i > 0) pattern.columns.push_back(at - side);
      if (j > 0) pattern.columns.push_back(at - 1);
      pattern.columns.push_back(at);
      if (j + 1 < side) pattern.columns.push_back(at + 1);
      if (i + 1 < side) pattern.columns.push_back(at + side);
      pattern.row_begin.push_back(pattern.num_entries());
    }
  }
  return pattern;
}

Coloring colored(std::int64_t n, std::int32_t colors, std::int32_t (*color)(std::int64_t j)) {
  Coloring coloring{{}, colors};
  for (std::int64_t j = 0; j < n; ++j) coloring.colors.push_back(color(j));
  return coloring;
}

void broyden(In x, Out r) {  // bound by memory
  const std::size_t n = x.size();
  r[0] = (3.0 - 2.0 * x[0]) * x[0] - 2.0 * x[1] + 1.0;
  for (std::size_t i = 1; i + 1 < n; ++i) r[i] = (3.0 - 2.0 * x[i]) * x[i] - x[i - 1] - 2.0 * x[i + 1] + 1.0;
  r[n - 1] = (3.0 - 2.0 * x[n - 1]) * x[n - 1] - x[n - 2] + 1.0;
}

/// Some 100 ns.
double costly(double x) {
  double y = x;
  for (int k = 0; k < 12; ++k) y = std::sin(y) + 0.1 * std::exp(-y * y);
  return y;
}
void costly_tridiagonal(In x, Out r) {
  const std::size_t n = x.size();
  for (std::size_t i = 0; i < n; ++i) {
    r[i] = costly(x[i]) - (i > 0 ? x[i - 1] : 0.0) - 2.0 * (i + 1 < n ? x[i + 1] : 0.0);
  }
}

template <bool Costly>
void grid(In x, Out r) {  // u + cubic reaction
  for (std::int32_t i = 0; i < side; ++i) {
    for (std::int32_t j = 0; j < side; ++j) {
      const std::int32_t at = i * side + j;
      double sum = 4.0 * x[at];
      if (i > 0) sum -= x[at - side];
      if (j > 0) sum -= x[at - 1];
      if (j + 1 < side) sum -= x[at + 1];
      if (i + 1 < side) sum -= x[at + side];
      r[at] = sum + (Costly ? costly(x[at]) : x[at] * x[at] * x[at]);
    }
  }
}

bool run(const Case& c, heliotrope::EntryOrder order, const char* order_name) {
  heliotrope::DifferenceOptions options;
  options.order = order;
  const auto start = Clock::now();
  heliotrope::ColoredDifferences differences(c.pattern, c.coloring, options);
  const double preparation = seconds_since(start);

  const auto n = static_cast<std::size_t>(c.pattern.num_columns);
  heliotrope::LargeVector<double> x(n), r(n), values(static_cast<std::size_t>(c.pattern.num_entries()));
  for (std::size_t j = 0; j < n; ++j) x[j] = 0.5 + 0.4 * std::sin(static_cast<double>(j));
  c.f(x, r);
  std::int64_t evaluations = 0;
  double in_f = 0.0;
  const auto timed = [&](In at, Out out) {
    const auto begin = Clock::now();
    c.f(at, out);
    in_f += seconds_since(begin);
    ++evaluations;
  };
  std::vector<double> whole, others, calls;
  const int runs = c.expensive ? 5 : 15;
  for (int k = 0; k <= runs; ++k) {
    in_f = 0.0, evaluations = 0;
    const auto begin = Clock::now();
    differences.estimate(timed, x, r, values);
    const double total = seconds_since(begin);
    if (k == 0) continue;  // touches the memory
    whole.push_back(total), others.push_back(total - in_f), calls.push_back(in_f);
  }
  const double other = median(others), each = 1e9 * other / static_cast<double>(values.size());
  const double row = 1e9 * median(calls) / static_cast<double>(evaluations) / static_cast<double>(n);
  const double share = other / median(whole);
  const bool pass = evaluations == c.coloring.num_colors && each <= 10.0 && (!c.expensive || share <= 0.1);
  std::printf(
      "%-22s %-10s %3d evaluations  %7.1f ns/row in f  %6.2f ns/nonzero else  %5.1f %% of %.4f s  prepared in %.3f s  "
      "%s\n",
      c.name.c_str(), order_name, static_cast<int>(evaluations), row, each, 100.0 * share, median(whole), preparation,
      pass ? "pass" : "MISS");
  return pass;
}

}  // namespace

int main() {
  const std::int32_t n = side * side;
  const Coloring three = colored(n, 3, [](std::int64_t j) { return static_cast<std::int32_t>(j % 3); });
  const Coloring five =
      colored(n, 5, [](std::int64_t j) { return static_cast<std::int32_t>((2 * (j / side) + j % side) % 5); });
  const Case cases[] = {{"Broyden tridiagonal", tridiagonal(n), three, broyden, false},
                        {"costly tridiagonal", tridiagonal(n), three, costly_tridiagonal, true},
                        {"five-point", five_point(), five, grid<false>, false},
                        {"costly five-point", five_point(), five, grid<true>, true}};
  bool pass = true;
  for (const Case& c : cases) {
    pass &= run(c, heliotrope::EntryOrder::by_columns, "by columns");
    pass &= run(c, heliotrope::EntryOrder::by_rows, "by rows");
  }
  return pass ? 0 : 1;
}
