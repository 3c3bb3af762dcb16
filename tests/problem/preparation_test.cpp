// SPDX-License-Identifier: Apache-2.0
// Residual types that see their variables prepared, beside the same types that do the work themselves.
#include <random>

#include "catch.hpp"
#include "heliotrope/minimize/minimize.hpp"
#include "heliotrope/problem/problem.hpp"
#include "heliotrope/residuals/rotation.hpp"

using namespace heliotrope;

namespace {

/// The rotation matrix of a pose (x y z, quaternion) by its columns, and its position: 12 numbers.
struct PoseMatrix {
  static constexpr int size = 12;
  static constexpr bool jacobian_is_zero(int k, int direction) { return (k >= 9) != (direction < 3); }
  template <class T>
  static HELIOTROPE_INLINE void prepare(const T* pose, T* prepared) {
    for (int k = 0; k < 3; ++k) {
      const T axis[3] = {T(k == 0 ? 1.0 : 0.0), T(k == 1 ? 1.0 : 0.0), T(k == 2 ? 1.0 : 0.0)};
      quaternion_rotate(pose + 3, axis, prepared + 3 * k);
    }
    for (int k = 0; k < 3; ++k) prepared[9 + k] = pose[k];
  }
};
/// The point and its square: prepared, for the sake of it.
struct PointAndSquare {
  static constexpr int size = 4;
  template <class T>
  static HELIOTROPE_INLINE void prepare(const T* x, T* prepared) {
    for (int k = 0; k < 3; ++k) prepared[k] = x[k];
    prepared[3] = x[0] * x[0] + x[1] * x[1] + x[2] * x[2];
  }
};

template <class T>
HELIOTROPE_INLINE void compare(const T* seen, const T& square, const auto& target, T* r) {
  for (int k = 0; k < 3; ++k) r[k] = seen[k] - target[static_cast<std::size_t>(k)] + 0.01 * square;
}

/// r = R(q) x + t + |x|^2 / 100 - target.
template <class S>
struct Plain {
  std::array<S, 3> target;
  template <class T>
  void operator()(const T* pose, const T* x, T* r) const {
    T seen[3];
    quaternion_rotate(pose + 3, x, seen);
    for (int k = 0; k < 3; ++k) seen[k] = seen[k] + pose[k];
    compare<T>(seen, x[0] * x[0] + x[1] * x[1] + x[2] * x[2], target, r);
  }
};
template <class T>
HELIOTROPE_INLINE void apply(const T* m, const T* x, T* seen) {
  for (int k = 0; k < 3; ++k) seen[k] = m[k] * x[0] + m[3 + k] * x[1] + m[6 + k] * x[2] + m[9 + k];
}
template <class S>
struct PosePrepared {
  using Prepared = Prepare<PoseMatrix>;
  std::array<S, 3> target;
  template <class T>
  void operator()(const T* m, const T* x, T* r) const {
    T seen[3];
    apply(m, x, seen);
    compare<T>(seen, x[0] * x[0] + x[1] * x[1] + x[2] * x[2], target, r);
  }
};
template <class S>
struct PointPrepared {
  using Prepared = Prepare<AsItIs, PointAndSquare>;
  std::array<S, 3> target;
  template <class T>
  void operator()(const T* pose, const T* x, T* r) const {
    T seen[3];
    quaternion_rotate(pose + 3, x, seen);
    for (int k = 0; k < 3; ++k) seen[k] = seen[k] + pose[k];
    compare<T>(seen, x[3], target, r);
  }
};
template <class S>
struct BothPrepared {
  using Prepared = Prepare<PoseMatrix, PointAndSquare>;
  std::array<S, 3> target;
  template <class T>
  void operator()(const T* m, const T* x, T* r) const {
    T seen[3];
    apply(m, x, seen);
    compare<T>(seen, x[3], target, r);
  }
};
/// One residual at a time.
struct SinglyPrepared {
  using Prepared = Prepare<PoseMatrix, PointAndSquare>;
  std::array<double, 3> target;
  template <class T>
  void operator()(const T* m, const T* x, T* r) const {
    T seen[3];
    apply(m, x, seen);
    compare<T>(seen, x[3], target, r);
  }
};

constexpr int num_poses = 11, num_points = 70, num_residuals = 501;

/// Targets from one set of poses and points, with noise; the start is another set nearby.
template <class R>
Problem make(const ResidualOptions& options = {}) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  std::vector<double> poses, points;
  for (int i = 0; i < num_poses; ++i) {
    double q[4] = {uniform(random), uniform(random), uniform(random), 1.0};
    const double norm = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + 1.0);
    for (int k = 0; k < 3; ++k) poses.push_back(uniform(random));
    for (double x : q) poses.push_back(x / norm);
  }
  for (int i = 0; i < 3 * num_points; ++i) points.push_back(uniform(random));
  std::vector<int> pose, point;
  std::vector<R> data;
  for (int k = 0; k < num_residuals; ++k) {
    pose.push_back(static_cast<int>(random() % num_poses)), point.push_back(k % num_points);
    std::array<double, 3> target{};
    const Plain<double> from_zero{{}};
    from_zero(&poses[static_cast<std::size_t>(7 * pose.back())], &points[static_cast<std::size_t>(3 * point.back())],
              target.data());
    for (double& t : target) t += 0.05 * uniform(random);
    data.push_back({target});
  }
  for (double& x : points) x += 0.2 * uniform(random);
  Problem problem;
  const auto handles = problem.add_variables<SE3>(poses);
  const auto x = problem.add_variables<3>(points);
  problem.add_residuals<3>(data, options, handles[pose], x[point]);
  problem.fix(handles[0]);
  problem.fix(x[3]);
  return problem;
}

void check_same(const Evaluation& found, const Evaluation& expected, double tolerance) {
  CHECK(found.cost == Approx(expected.cost).epsilon(1e-13));
  REQUIRE(found.residuals.size() == expected.residuals.size());
  for (std::size_t i = 0; i < found.residuals.size(); ++i)
    CHECK(std::abs(found.residuals[i] - expected.residuals[i]) < 1e-14 * 10);
  REQUIRE(found.jacobian.column == expected.jacobian.column);
  double worst = 0.0;
  for (std::size_t i = 0; i < found.jacobian.value.size(); ++i)
    worst = std::max(worst, std::abs(found.jacobian.value[i] - expected.jacobian.value[i]));
  CHECK(worst < tolerance);
}

template <class R>
void check_type() {
  const Evaluation expected = make<Plain<double>>().evaluate({.jacobian = true});
  const std::pair<Derivatives, double> ways[] = {{Derivatives::automatic, 1e-13},
                                                 {Derivatives::autodiff, 1e-13},
                                                 {Derivatives::complex_step, 1e-13},
                                                 {Derivatives::forward, 1e-4},
                                                 {Derivatives::central, 1e-7}};
  for (const auto& [way, tolerance] : ways) {
    INFO("derivatives " << static_cast<int>(way));
    check_same(make<R>({.derivatives = way}).evaluate({.jacobian = true}), expected, tolerance);
  }
  const Problem problem = make<R>({.loss = huber(0.3)});
  const Evaluation robust = make<Plain<double>>({.loss = huber(0.3)}).evaluate({.jacobian = true});
  check_same(problem.evaluate({.jacobian = true}), robust, 1e-13);
  check_same(problem.evaluate({.jacobian = true, .threads = 3}), robust, 1e-13);

  std::vector<double> elsewhere(problem.values().begin(), problem.values().end());
  for (std::size_t i = 7 * num_poses; i < elsewhere.size(); ++i) elsewhere[i] += 0.1;
  check_same(problem.evaluate({.values = elsewhere, .jacobian = true}),
             make<Plain<double>>({.loss = huber(0.3)}).evaluate({.values = elsewhere, .jacobian = true}), 1e-13);
}

template <class R>
void check_solve() {
  Problem plain = make<Plain<double>>();
  const Summary expected = minimize(plain, {.linear = LinearSolverType::cholesky, .max_iterations = 100});
  REQUIRE(expected.converged());
  for (const auto linear : {LinearSolverType::cholesky, LinearSolverType::schur_dense, LinearSolverType::schur_cholesky,
                            LinearSolverType::schur_implicit}) {
    std::vector<double> first;
    for (int threads : {1, 2, 3}) {
      Problem problem = make<R>();
      const Summary summary = minimize(problem, {.linear = linear, .threads = threads, .max_iterations = 100});
      INFO(summary);
      CHECK(summary.final_cost == Approx(expected.final_cost).epsilon(1e-8));
      CHECK(problem.evaluate().cost == Approx(summary.final_cost).epsilon(1e-12));
      if (first.empty()) first.assign(problem.values().begin(), problem.values().end());
      CHECK(std::equal(first.begin(), first.end(), problem.values().begin()));
    }
  }
}

}  // namespace

TEST_CASE("preparation: same residuals and Jacobian, however differentiated", "[problem][preparation]") {
  check_type<PosePrepared<double>>();
  check_type<PointPrepared<double>>();
  check_type<BothPrepared<double>>();
  check_type<SinglyPrepared>();
}

TEST_CASE("preparation: same minimum, whichever variables are eliminated", "[problem][preparation][threads]") {
  check_solve<PosePrepared<double>>();
  check_solve<PointPrepared<double>>();
  check_solve<BothPrepared<double>>();
  check_solve<SinglyPrepared>();
}

namespace {

int times_prepared = 0;

struct Counted {
  static constexpr int size = 1;
  static void prepare(const double* x, double* prepared) { ++times_prepared, prepared[0] = x[0] * x[1]; }
};
struct UsesCounted {
  using Prepared = Prepare<Counted>;
  double y;
  void operator()(const double* product, const double* c, double* r) const { r[0] = product[0] + c[0] - y; }
};

}  // namespace

TEST_CASE("preparation: once a variable and evaluation, not once a residual", "[problem][preparation]") {
  Problem problem;
  const auto x = problem.add_variables<2>(std::vector<double>(20, 1.5));  // 10 variables
  const auto c = problem.add_variable({0.25});
  std::vector<UsesCounted> data;
  std::vector<int> which;
  for (int k = 0; k < 4000; ++k) data.push_back({0.001 * k}), which.push_back(k % 7);
  problem.add_residuals<1>(data, x[which], c);
  times_prepared = 0;
  const Evaluation found = problem.evaluate();
  CHECK(times_prepared == 8);  // 7 variables are named, filled up to 8
  for (int k = 0; k < 4000; ++k) CHECK(found.residuals[static_cast<std::size_t>(k)] == 2.25 + 0.25 - 0.001 * k);
  times_prepared = 0;
  const Evaluation differences = problem.evaluate({.jacobian = true});
  CHECK(times_prepared >= 4000 * 4);  // perturbed variables are prepared for each residual
  CHECK(differences.jacobian.value[0] == Approx(1.5).epsilon(1e-9));
}

namespace {

struct Shifted {
  using Prepared = Prepare<PointAndSquare>;
  template <class D, class T>
  void operator()(D y, const T* x, T* r) const {
    r[0] = x[3] - y * x[0];
  }
};

}  // namespace

TEST_CASE("preparation: data in columns, and data set anew", "[problem][preparation]") {
  Problem problem;
  const auto x = problem.add_variable({0.5, 0.25, 2.0});
  const std::vector<double> y = {1.0, 2.0, 3.0};
  problem.add_residuals<1>(columns(y), Shifted{}, x);
  const Evaluation found = problem.evaluate({.jacobian = true});
  for (std::size_t k = 0; k < 3; ++k) CHECK(found.residuals[k] == Approx(4.3125 - 0.5 * y[k]));
  CHECK(found.jacobian.value == std::vector<double>{0.0, 0.5, 4.0, -1.0, 0.5, 4.0, -2.0, 0.5, 4.0});

  Problem other = make<BothPrepared<double>>();
  std::vector<BothPrepared<double>> data(num_residuals, BothPrepared<double>{{0.75, 0.5, 0.25}});
  other.set_data<BothPrepared<double>>(data);
  Problem plain = make<Plain<double>>();
  plain.set_data<Plain<double>>(std::vector<Plain<double>>(num_residuals, Plain<double>{{0.75, 0.5, 0.25}}));
  check_same(other.evaluate({.jacobian = true}), plain.evaluate({.jacobian = true}), 1e-13);
}
