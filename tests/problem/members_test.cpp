// SPDX-License-Identifier: Apache-2.0
// Residual types whose members are of every kind that is copied lane by lane, and members that lanes share.
#include "heliotrope/problem/members.hpp"

#include <array>
#include <tuple>

#include "heliotrope/derive/eigen.hpp"
#include "problem/problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

template <class S>
struct Pair {
  S first;
  std::array<S, 2> rest;
};

enum class Side { left, right };

/// Arrays, matrices and aggregates of the scalar.
template <class S>
struct Nested {
  S a;
  std::array<S, 3> b;
  Eigen::Matrix<S, 2, 2> c;
  Pair<S> d;
  std::array<Pair<S>, 2> e;

  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = x[0] * a + b[0] + 2.0 * b[1] + 3.0 * b[2];
    r[1] = x[0] * x[0] * c(0, 0) + c(1, 0) - 2.0 * c(0, 1) + 3.0 * c(1, 1);
    r[2] = d.first * x[0] - d.rest[0] * d.rest[1];
    r[3] = e[0].first * x[0] + e[0].rest[1] - e[1].first * e[1].rest[0] * x[0] + e[1].rest[1] + e[0].rest[0];
  }
};

template <class R>
R nested(int k) {
  double next = 0.1 * k + 1.0;
  const auto value = [&] { return next *= 1.01, next; };
  R n;
  n.a = value();
  for (auto& b : n.b) b = value();
  for (int i = 0; i < 4; ++i) n.c.data()[i] = value();
  n.d = {value(), {value(), value()}};
  for (auto& e : n.e) e = {value(), {value(), value()}};
  return n;
}

/// The same members without the template on the scalar: one residual at a time, the truth.
struct PlainNested {
  Nested<double> n;
  void operator()(const double* x, double* r) const { n(x, r); }
};

/// Members that lanes share: a pack may branch on them.
template <class S>
struct Uniform {
  int power;
  S target;
  Side side;
  const double* table;
  std::array<int, 2> choice;
  template <class T>
  void operator()(const T* x, T* r) const {
    T y = T(1.0);
    for (int i = 0; i < power; ++i) y *= x[0];
    r[0] = (side == Side::left ? y : -y) * table[choice[1]] - target;
  }
};

/// Private members and a constructor, listed.
template <class S>
class Listed {
 public:
  Listed() = default;
  Listed(S slope, int power, S target) : slope_(slope), target_(target), power_(power) {}
  auto members() { return std::tie(slope_, target_, power_); }
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = slope_ * (power_ == 2 ? x[0] * x[0] : x[0]) - target_;
  }

 private:
  S slope_, target_;
  int power_;
};

const std::vector<double> table{1.0, 2.0, 3.0};

std::vector<Uniform<double>> uniforms(int count) {
  std::vector<Uniform<double>> data;
  for (int k = 0; k < count; ++k) {
    data.push_back({1 + k % 3, 0.5 * k, k % 5 == 0 ? Side::right : Side::left, table.data() + k % 2, {7, k % 2}});
  }
  return data;
}

std::vector<double> residuals_at(const std::vector<Uniform<double>>& data, double x) {
  std::vector<double> r(data.size());
  for (std::size_t k = 0; k < data.size(); ++k) data[k](&x, &r[k]);
  return r;
}

}  // namespace

TEST_CASE("members: arrays, matrices and aggregates are copied lane by lane", "[problem][members]") {
  using Packed = rebind_scalar_t<Nested<double>, Pack>;
  static_assert(detail::count_scalars<Nested<double>, Packed>() == 1 + 3 + 4 + 3 + 6);
  static_assert(detail::count_uniforms<Nested<double>, Packed>() == 0);
  Problem packs, plain;
  const auto x = packs.add_variable({0.75});
  plain.add_variable({0.75});
  for (int k = 0; k < 19; ++k) {
    packs.add_residual<4>(nested<Nested<double>>(k), x);
    plain.add_residual<4>(PlainNested{nested<Nested<double>>(k)}, x);
  }
  check_near(packs.evaluate().residuals, plain.evaluate().residuals, 1e-14);
  check_near(dense(packs.evaluate({.jacobian = true})), dense(plain.evaluate({.jacobian = true})), 1e-8);
}

TEST_CASE("members: residuals that differ in a uniform member never share a pack", "[problem][members]") {
  const auto data = uniforms(203);
  Problem problem;
  const auto x = problem.add_variable({1.25});
  problem.add_residuals<1>(std::span(data).first(100), x);
  for (const auto& d : std::span(data).subspan(100)) problem.add_residual<1>(d, x);

  // Order of addition is kept, whatever the order in memory.
  check_near(problem.evaluate().residuals, residuals_at(data, 1.25), 1e-15);
  const auto& group = detail::ProblemAccess::groups(problem)[0];
  CHECK(group.num_blocks() < 203 / 8 + 40);  // packs are filled all the same
  const auto central = problem.evaluate({.jacobian = true, .derivatives = Derivatives::central});
  check_near(dense(problem.evaluate({.jacobian = true})), dense(central), 1e-8);

  auto changed = data;
  for (auto& d : changed) d.target += 1.0;
  problem.set_data(std::span<const Uniform<double>>(changed));
  check_near(problem.evaluate().residuals, residuals_at(changed, 1.25), 1e-15);
  changed.back().target = 100.0;
  changed.front().power = 9;
  CHECK_THROWS_WITH(problem.set_data(std::span<const Uniform<double>>(changed)),
                    Catch::Contains("cannot change a member that is the same for all lanes (residual 0"));
  CHECK(problem.evaluate().residuals.back() != changed.back().target);

  Problem copy = problem;
  CHECK(copy.evaluate().residuals == problem.evaluate().residuals);
}

TEST_CASE("members: more different uniform members than blocks are kept open", "[problem][members]") {
  std::vector<Uniform<double>> data;
  std::vector<double> long_table(500, 0.5);
  for (int k = 0; k < 1000; ++k) data.push_back({1, 1.0 * k, Side::left, long_table.data() + k % 300, {0, 0}});
  Problem problem;
  const auto x = problem.add_variable({2.0});
  problem.add_residuals<1>(data, x);
  CHECK(problem.evaluate().residuals == residuals_at(data, 2.0));
}

TEST_CASE("members: listed by the type itself", "[problem][members]") {
  Problem problem;
  const auto x = problem.add_variable({3.0});
  for (int k = 0; k < 10; ++k) problem.add_residual<1>(Listed<double>(k, 1 + k % 2, 2.0), x);
  const auto r = problem.evaluate().residuals;
  for (int k = 0; k < 10; ++k) CHECK(r[static_cast<std::size_t>(k)] == k * (k % 2 ? 9.0 : 3.0) - 2.0);
}

namespace {
template <class S>
struct AllUniform {
  int k;
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = x[0] * static_cast<double>(k);
  }
};
template <class S>
struct Sixteen {
  S a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p;
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = x[0] * (a + p) + b + c + d + e + f + g + h + i + j + k + l + m + n + o;
  }
};
}  // namespace

TEST_CASE("members: none of the scalar, and as many as are found", "[problem][members]") {
  Problem problem;
  const auto x = problem.add_variable({3.0});
  const std::vector<AllUniform<double>> data{{1}, {2}, {1}, {3}};
  problem.add_residuals<1>(data, x);
  CHECK(problem.evaluate().residuals == std::vector<double>{3, 6, 3, 9});
  problem.set_data(std::span<const AllUniform<double>>(data));
  CHECK_THROWS_WITH(problem.set_data(std::span<const AllUniform<double>>(std::vector<AllUniform<double>>(4, {2}))),
                    Catch::Contains("set_data cannot change"));
  problem.add_residual<1>(Sixteen<double>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, x);
  CHECK(problem.evaluate().residuals.back() == 3.0 * 17 + 119);
}

namespace {
/// The scalar is not the first parameter.
template <int Degree, class S>
struct Power {
  S target;
  template <class T>
  void operator()(const T* x, T* r) const {
    T y(1.0);
    for (int i = 0; i < Degree; ++i) y *= x[0];
    r[0] = y - target;
  }
};
}  // namespace

template <int Degree, class S>
struct heliotrope::rebind_scalar<Power<Degree, double>, S> {
  using type = Power<Degree, S>;
};

TEST_CASE("members: rebind_scalar may be specialised", "[problem][members]") {
  static_assert(Rebindable<Power<3, double>>);
  Problem problem;
  const auto x = problem.add_variable({2.0});
  problem.add_residuals<1>(std::vector<Power<3, double>>(5, {1.0}), x);
  CHECK(detail::ProblemAccess::groups(problem)[0].num_scalars == 1);
  CHECK(problem.evaluate({.gradient = true}).gradient == std::vector<double>{5 * 7.0 * 12.0});
}
