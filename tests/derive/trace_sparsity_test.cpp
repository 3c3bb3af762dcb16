// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/trace_sparsity.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <vector>

#include "catch.hpp"
#include "heliotrope/config.hpp"
#include "heliotrope/derive/jet.hpp"
#include "heliotrope/derive/math.hpp"
#include "heliotrope/derive/stencil.hpp"
#include "heliotrope/error.hpp"

using namespace heliotrope;

namespace {

#ifdef HELIOTROPE_SANITIZED
constexpr int scale = 20;
#else
constexpr int scale = 1;
#endif

std::vector<std::vector<int>> rows_of(const SparsityPattern& pattern) {
  std::vector<std::vector<int>> rows;
  for (std::int64_t i = 0; i < pattern.num_rows; ++i) rows.emplace_back(pattern.row(i).begin(), pattern.row(i).end());
  return rows;
}
using Rows = std::vector<std::vector<int>>;

/// Every function of math.hpp, with arguments of every kind.
struct Everything {
  template <class T>
  void operator()(const T* x, T* r) const {
    using namespace heliotrope::math;
    r[0] = abs(x[0]) - 1;
    r[1] = acos(x[0]) * 2.0;
    r[2] = asin(x[0]) / 2;
    r[3] = atan(x[0]) + 1.5f;
    r[4] = atan2(x[0], x[1]) + atan2(x[0], 2.0) + atan2(1.0, x[0]);
    r[5] = cbrt(x[2]);
    r[6] = copysign(x[0], x[1]) + copysign(x[2], 1.0);
    r[7] = cos(x[0]);
    r[8] = erf(x[1]);
    r[9] = exp(x[1]);
    r[10] = floor(x[1]);
    r[11] = hypot(x[0], x[3]) + hypot(x[0], 1.0);
    r[12] = log(x[3]);
    r[13] = pow(x[0], x[1]) + pow(x[0], 2.0) + pow(2.0, x[2]);
    r[14] = sin(x[3]);
    r[15] = sqrt(x[3]);
    r[16] = tan(x[3]);
    r[17] = tanh(x[3]);
    T s, c;
    sincos(x[0], s, c);
    r[18] = s;
    r[19] = c;
    r[20] = min(x[0], x[1]) + min(x[2], 0.0);
    r[21] = max(x[0], x[1]) + max(0.0, x[2]);
    r[22] = select(x[0] < x[1], x[2], x[3]);
    r[23] = select(x[0] < 0.0, T(1.0), x[3]);
    r[24] = select(isnan(x[0]), x[1], T(0.0));
    r[25] = select(isfinite(x[0]), x[1], x[0]);
    r[26] = -x[0] + +x[1];
    T sum = x[0];
    sum += x[1];
    sum -= 2.0;
    sum *= x[2];
    sum /= 3.0;
    r[27] = sum;
    r[28] = T(3.0);
    r[29] = 1.0 / x[3] + 2.0 * x[2] - 0.0 * x[1];
  }
};

/// A sum over a grid: each cell joins its corner's neighbours.
struct GridEnergy {
  std::int64_t nx, ny;
  template <class T>
  void operator()(const T* x, T* r) const {
    using namespace heliotrope::math;
    T sum = 0.0;
    for (std::int64_t j = 0; j + 1 < ny; ++j) {
      for (std::int64_t i = 0; i + 1 < nx; ++i) {
        const T a = x[i + 1 + nx * j] - x[i + nx * j], b = x[i + nx * (j + 1)] - x[i + nx * j];
        sum += sqrt(1.0 + a * a + b * b);
      }
    }
    r[0] = sum;
  }
};

struct Rosenbrock {
  std::int64_t n;
  template <class T>
  void operator()(const T* x, T* r) const {
    T sum = 0.0;
    for (std::int64_t i = 0; i + 1 < n; ++i) {
      const T a = x[i + 1] - x[i] * x[i], b = 1.0 - x[i];
      sum += 100.0 * (a * a) + b * b;
    }
    r[0] = sum;
  }
};

struct FivePoint {
  std::int64_t nx, ny;
  template <class T>
  void operator()(const T* x, T* r) const {
    using namespace heliotrope::math;
    for (std::int64_t j = 0; j < ny; ++j) {
      for (std::int64_t i = 0; i < nx; ++i) {
        const std::int64_t p = i + nx * j;
        T sum = 4.0 * x[p] - exp(x[p]);
        if (i > 0) sum -= x[p - 1];
        if (i + 1 < nx) sum -= x[p + 1];
        if (j > 0) sum -= x[p - nx];
        if (j + 1 < ny) sum -= x[p + nx];
        r[p] = sum;
      }
    }
  }
};

struct Branches {
  template <class T>
  void operator()(const T* x, T* r) const {
    using namespace heliotrope::math;
    r[0] = select(x[0] < 1.0, x[1], x[2] * x[2]);
    r[1] = max(x[0], x[1] * x[2]);
  }
};

/// Straight-line programs, the same for sets done plainly and for tracers.
template <class T, class Join, class Function>
std::vector<T> run_program(std::uint32_t seed, std::vector<T> values, int steps, const Join& join,
                           const Function& function) {
  std::mt19937 random(seed);
  for (int s = 0; s < steps; ++s) {
    const std::size_t a = random() % values.size(), b = random() % values.size();
    values.push_back(random() % 4 == 0 ? function(values[a]) : join(values[a], values[b], random() % 4));
    if (random() % 3 == 0) values.erase(values.begin() + static_cast<std::ptrdiff_t>(random() % values.size()));
  }
  return values;
}

}  // namespace

TEST_CASE("trace: every function, for all points and at one", "[derive][sparsity]") {
  const Rows everywhere = rows_of(trace_sparsity(Everything{}, 4, 30).pattern);
  CHECK(everywhere == Rows{{0},       {0},       {0},    {0},       {0, 1}, {2},    {0, 2}, {0},       {1}, {1},
                           {},        {0, 3},    {3},    {0, 1, 2}, {3},    {3},    {3},    {3},       {0}, {0},
                           {0, 1, 2}, {0, 1, 2}, {2, 3}, {3},       {1},    {0, 1}, {0, 1}, {0, 1, 2}, {},  {1, 2, 3}});
  CHECK_FALSE(trace_sparsity(Everything{}, 4, 30).is_local);

  const std::vector<double> x = {0.25, 0.5, 0.75, 0.3};
  const TracedSparsity here = trace_sparsity_at(Everything{}, x, 30);
  CHECK(here.is_local);
  CHECK(rows_of(here.pattern) == Rows{{0}, {0},    {0}, {0},       {0, 1}, {2}, {0, 2}, {0},       {1}, {1},
                                      {},  {0, 3}, {3}, {0, 1, 2}, {3},    {3}, {3},    {3},       {0}, {0},
                                      {0}, {1, 2}, {2}, {3},       {},     {1}, {0, 1}, {0, 1, 2}, {},  {1, 2, 3}});

  // What jets find nonzero is in the pattern, and their values are those carried.
  using J = Jet<double, 4>;
  std::vector<J> jets, result(30);
  for (int j = 0; j < 4; ++j) jets.push_back(J::seed(x[j], j));
  Everything{}(jets.data(), result.data());
  detail::Trace<SparsityTracer<true, false>> trace(4, 30, x);
  trace.run(Everything{});
  for (int i = 0; i < 30; ++i) {
    CHECK(trace.r[i].value() == Approx(result[i].value()).margin(1e-14));
    const auto row = here.pattern.row(i);
    for (int j = 0; j < 4; ++j) {
      if (result[i].derivative(j) != 0.0) CHECK(std::count(row.begin(), row.end(), j) == 1);
    }
  }
}

TEST_CASE("trace: branches are joined for all points and followed at one", "[derive][sparsity]") {
  CHECK(rows_of(trace_sparsity(Branches{}, 3, 2).pattern) == Rows{{1, 2}, {0, 1, 2}});
  CHECK(rows_of(trace_sparsity_at(Branches{}, std::vector{0.0, 1.0, 1.0}, 2).pattern) == Rows{{1}, {1, 2}});
  CHECK(rows_of(trace_sparsity_at(Branches{}, std::vector{2.0, 1.0, 1.0}, 2).pattern) == Rows{{2}, {0}});
  CHECK(rows_of(trace_hessian_sparsity(Branches{}, 3, {.num_outputs = 2}).pattern) == Rows{{}, {2}, {1, 2}});
  CHECK(rows_of(trace_hessian_sparsity_at(Branches{}, std::vector{2.0, 1.0, 1.0}, {.num_outputs = 2}).pattern) ==
        Rows{{}, {}, {2}});

  const auto ordinary_if = [](const auto* x, auto* r) {
    if (x[0] < 1.0) {
      r[0] = x[1];
    } else {
      r[0] = x[2];
    }
  };
  const TracedSparsity local = trace_sparsity_at(ordinary_if, std::vector{0.0, 1.0, 1.0}, 1);
  CHECK(local.is_local);
  CHECK(rows_of(local.pattern) == Rows{{1}});
  const auto on_constants = [](const auto* x, auto* r) { r[0] = 2.0 < 3.0 ? x[1] : x[0]; };
  CHECK_FALSE(trace_sparsity_at(on_constants, std::vector{0.0, 1.0}, 1).is_local);
}

TEST_CASE("trace: random programs against sets done plainly", "[derive][sparsity]") {
  using Set = std::set<int>;
  struct Plain {
    Set variables;
    std::set<std::pair<int, int>> pairs;
  };
  const auto cross = [](Plain& c, const Set& a, const Set& b) {
    for (int i : a) {
      for (int j : b) c.pairs.insert({i, j}), c.pairs.insert({j, i});
    }
  };
  const auto plain_join = [&](const Plain& a, const Plain& b, std::uint32_t kind) {
    Plain c = a;
    c.variables.insert(b.variables.begin(), b.variables.end());
    c.pairs.insert(b.pairs.begin(), b.pairs.end());
    if (kind == 1) cross(c, a.variables, b.variables);
    if (kind == 2) cross(c, a.variables, b.variables), cross(c, b.variables, b.variables);
    if (kind == 3) cross(c, c.variables, c.variables);
    return c;
  };
  const auto plain_function = [&](const Plain& a) {
    Plain c = a;
    cross(c, a.variables, a.variables);
    return c;
  };
  const auto traced_join = [](const auto& a, const auto& b, std::uint32_t kind) {
    return kind == 0 ? a + b : kind == 1 ? a * b : kind == 2 ? a / b : hypot(a, b);
  };
  const auto traced_function = [](const auto& a) { return sin(a); };
  for (std::uint32_t seed = 0; seed < 200 / scale; ++seed) {
    const int n = 2 + static_cast<int>(seed % 20), steps = static_cast<int>(seed % 60);
    std::vector<Plain> variables(n);
    for (int j = 0; j < n; ++j) variables[j].variables = {j};
    const std::vector<Plain> expected = run_program(seed, variables, steps, plain_join, plain_function);
    const auto f = [&]<class T>(const T* x, T* r) {
      const auto values = run_program(seed, std::vector<T>(x, x + n), steps, traced_join, traced_function);
      std::copy(values.begin(), values.end(), r);
    };
    const auto m = static_cast<std::int64_t>(expected.size());
    const Rows traced = rows_of(trace_sparsity(f, n, m).pattern);
    std::set<std::pair<int, int>> pairs;
    for (std::int64_t i = 0; i < m; ++i) {
      CHECK(traced[i] == std::vector<int>(expected[i].variables.begin(), expected[i].variables.end()));
      pairs.insert(expected[i].pairs.begin(), expected[i].pairs.end());
    }
    Rows hessian(n);
    for (const auto& [i, j] : pairs) hessian[i].push_back(j);
    CHECK(rows_of(trace_hessian_sparsity(f, n, {.num_outputs = m}).pattern) == hessian);
  }
}

TEST_CASE("trace: a stencil and an arrowhead of a million variables", "[derive][sparsity]") {
  const std::int64_t side = 1000 / scale, n = side * side;
  const TracedSparsity stencil = trace_sparsity(FivePoint{side, side}, n, n);
  CHECK((stencil.pattern == stencil_pattern(five_point(side, side))));
  CHECK(stencil.num_sets <= 4 * n);

  const auto arrow = [&](const auto* x, auto* r) {
    r[0] = x[0] * x[0];
    for (std::int64_t i = 1; i < n; ++i) {
      r[0] += x[i];
      r[i] = x[0] * x[i];
    }
  };
  const TracedSparsity arrowhead = trace_sparsity(arrow, n, n);
  CHECK(arrowhead.pattern.num_entries() == n + 2 * (n - 1));
  CHECK(arrowhead.pattern.row_begin[1] == n);
  bool right = true;
  for (std::int64_t i = 1; i < n; ++i)
    right = right && arrowhead.pattern.row(i)[0] == 0 && arrowhead.pattern.row(i)[1] == i;
  CHECK(right);
}

TEST_CASE("trace: Hessians of separable functions of a million variables", "[derive][sparsity]") {
  const std::int64_t n = 1000000 / scale, side = 1000 / scale;
  CHECK((trace_hessian_sparsity(Rosenbrock{n}, n).pattern == stencil_pattern(tridiagonal(n))));

  const SparsityPattern grid = trace_hessian_sparsity(GridEnergy{side, side}, side * side).pattern;
  // Each cell joins three nodes: a node has itself, its four neighbours, and the two on one diagonal.
  const std::int64_t p = side / 2 + side * (side / 2);
  const auto row = grid.row(p);
  CHECK(std::vector<std::int64_t>(row.begin(), row.end()) ==
        std::vector<std::int64_t>{p - side, p - side + 1, p - 1, p, p + 1, p + side - 1, p + side});

  const auto linear = [&](const auto* x, auto* r) {
    auto unused = x[0] * x[1];
    unused = unused * unused;  // does not reach the output
    r[0] = 3.0 * x[0] - x[1] / 2.0;
  };
  CHECK(trace_hessian_sparsity(linear, 2).pattern.num_entries() == 0);
  const auto dense = [&](const auto* x, auto* r) {
    using namespace heliotrope::math;
    auto sum = x[0];
    for (int i = 1; i < 100; ++i) sum += x[i];
    r[0] = exp(sum);
  };
  CHECK(trace_hessian_sparsity(dense, 100).pattern.num_entries() == 10000);
  CHECK_THROWS_AS(trace_hessian_sparsity(dense, 100, {.max_entries = 9999}), Error);
  CHECK_THROWS_AS(trace_sparsity(dense, -1, 1), Error);
  CHECK_THROWS_AS(trace_sparsity(dense, 100, -1), Error);
}
