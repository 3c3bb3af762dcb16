// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/manifold_laws.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "heliotrope/error.hpp"

namespace heliotrope {
namespace {

using Vector = std::vector<double>;

double largest(const Vector& values) {
  double most = 0.0;
  for (double value : values) most = std::max(most, std::abs(value));
  return most;
}

/// max |a - b| / max(1, |a|, |b|); NaN wherever a component is not finite.
double distance(const Vector& a, const Vector& b) {
  double most = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double apart = std::abs(a[i] - b[i]);
    if (!std::isfinite(apart)) return std::nan("");
    most = std::max(most, apart);
  }
  return most / std::max({1.0, largest(a), largest(b)});
}

/// The directions in which the laws are tried: the axes and four dense ones, of unit length.
std::vector<Vector> directions(int size) {
  std::vector<Vector> all;
  for (int i = 0; i < size; ++i) {
    all.emplace_back(size, 0.0);
    all.back()[i] = i % 2 == 0 ? 1.0 : -1.0;
  }
  std::uint64_t state = 1;
  for (int k = 0; k < 4; ++k) {
    Vector dense(size);
    double square = 0.0;
    for (double& value : dense) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      value = static_cast<double>(state >> 11) * 0x1p-52 - 1.0;
      square += value * value;
    }
    for (double& value : dense) value /= std::sqrt(square);
    all.push_back(dense);
  }
  return all;
}

class ManifoldLaws {
 public:
  ManifoldLaws(const ManifoldOperations& manifold, double tolerance)
      : manifold_(manifold), tolerance_(tolerance), directions_(directions(manifold.tangent_size)) {}

  std::vector<std::string> check(const Vector& x) {
    identities(x, "");
    rank(x);
    in_place(x);
    Vector y = x;
    for (const Vector& d : directions_) identities(y = plus(y, d), ", at a point that plus gave");
    for (int k = 0; k < 100; ++k) y = plus(y, directions_[k % directions_.size()]);
    identities(y, ", after a hundred steps");
    const Vector back = plus(y, minus(x, y));
    expect("steps out and back stay on the manifold", distance(metric(back), metric(x)));
    return broken_;
  }

 private:
  Vector plus(const Vector& x, const Vector& delta) const {
    Vector y(manifold_.ambient_size);
    manifold_.plus(x.data(), delta.data(), y.data());
    return y;
  }
  Vector minus(const Vector& y, const Vector& x) const {
    Vector delta(manifold_.tangent_size);
    manifold_.minus(y.data(), x.data(), delta.data());
    return delta;
  }
  Vector jacobian(const Vector& x) const {
    Vector values(static_cast<std::size_t>(manifold_.ambient_size) * manifold_.tangent_size);
    manifold_.plus_jacobian(x.data(), values.data());
    return values;
  }

  /// Notes the law once, by its first breach.
  void expect(const std::string& law, double error) {
    if (error <= tolerance_) return;  // false for NaN
    for (const std::string& said : broken_) {
      if (said.compare(0, law.size(), law) == 0) return;
    }
    char figures[96];
    std::snprintf(figures, sizeof(figures), ": off by %.3g, tolerance %.3g", error, tolerance_);
    broken_.push_back(law + figures);
  }

  void identities(const Vector& x, const std::string& where) {
    const Vector zero(manifold_.tangent_size, 0.0);
    expect("plus(x, 0) = x" + where, distance(plus(x, zero), x));
    expect("minus(x, x) = 0" + where, distance(minus(x, x), zero));
    for (const Vector& direction : directions_) {
      for (double length : {1e-6, 0.1, 1.0}) {
        Vector delta = direction;
        for (double& value : delta) value *= length;
        const Vector y = plus(x, delta);
        expect("minus(plus(x, d), x) = d" + where, distance(minus(y, x), delta));
        expect("plus(x, minus(y, x)) = y" + where, distance(minus(plus(x, minus(y, x)), y), zero));
      }
    }
    derivative(x, where);
  }

  /// Compares with fourth-order differences. Where the ambient values jump within the stencil (an angle that wraps),
  /// the one-sided stencil on the smooth side counts.
  void derivative(const Vector& x, const std::string& where) {
    constexpr double h = 0x1p-10;
    const int rows = manifold_.ambient_size, columns = manifold_.tangent_size;
    const Vector claimed = jacobian(x);
    const double rounding = 3e-12 * std::max(1.0, largest(x));  // differences lose eps |x| / h
    for (int j = 0; j < columns; ++j) {
      std::vector<Vector> f;  // at -4h, -3h, ... 4h
      for (int k = -4; k <= 4; ++k) {
        Vector delta(columns, 0.0);
        delta[j] = k * h;
        f.push_back(plus(x, delta));
      }
      Vector expected(rows), central(rows), forward(rows), backward(rows);
      for (int i = 0; i < rows; ++i) {
        const auto at = [&](int k) { return f[4 + k][i]; };
        expected[i] = claimed[i * columns + j];
        central[i] = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
        forward[i] = (-25 * at(0) + 48 * at(1) - 36 * at(2) + 16 * at(3) - 3 * at(4)) / (12 * h);
        backward[i] = (25 * at(0) - 48 * at(-1) + 36 * at(-2) - 16 * at(-3) + 3 * at(-4)) / (12 * h);
      }
      const double error =
          std::min({distance(expected, central), distance(expected, forward), distance(expected, backward)});
      expect("plus_jacobian is the derivative of plus" + where, error <= rounding ? 0.0 : error);
    }
  }

  /// The metric J'J of the tangent space: the same at every representation of one point, and another off the manifold.
  Vector metric(const Vector& x) const {
    const int rows = manifold_.ambient_size, columns = manifold_.tangent_size;
    const Vector j = jacobian(x);
    Vector g(static_cast<std::size_t>(columns) * columns, 0.0);
    for (int a = 0; a < columns; ++a) {
      for (int b = 0; b < columns; ++b) {
        for (int i = 0; i < rows; ++i) g[a * columns + b] += j[i * columns + a] * j[i * columns + b];
      }
    }
    return g;
  }

  /// Gram-Schmidt on the columns: what remains of each, relative to its length.
  void rank(const Vector& x) {
    const int rows = manifold_.ambient_size, columns = manifold_.tangent_size;
    const Vector j = jacobian(x);
    std::vector<Vector> basis;
    double worst = 1.0;
    for (int c = 0; c < columns; ++c) {
      Vector column(rows);
      double before = 0.0, after = 0.0;
      for (int i = 0; i < rows; ++i) column[i] = j[i * columns + c], before += column[i] * column[i];
      for (const Vector& b : basis) {
        double dot = 0.0;
        for (int i = 0; i < rows; ++i) dot += b[i] * column[i];
        for (int i = 0; i < rows; ++i) column[i] -= dot * b[i];
      }
      for (double value : column) after += value * value;
      if (!(after > 1e-20 * before)) worst = 0.0;
      for (double& value : column) value /= std::sqrt(after);
      basis.push_back(column);
    }
    expect("plus_jacobian has independent columns", worst > 0.0 ? 0.0 : 1.0);
  }

  void in_place(const Vector& x) {
    for (const Vector& direction : directions_) {
      Vector y = x;
      manifold_.plus(y.data(), direction.data(), y.data());
      expect("plus may write over x", distance(y, plus(x, direction)));
    }
  }

  const ManifoldOperations& manifold_;
  double tolerance_;
  std::vector<Vector> directions_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> check_manifold_laws(const ManifoldOperations& manifold, std::span<const double> x,
                                             double tolerance) {
  if (x.size() != static_cast<std::size_t>(manifold.ambient_size)) {
    throw Error("check_manifold_laws: the point has " + std::to_string(x.size()) + " values, but " + manifold.name +
                " has ambient size " + std::to_string(manifold.ambient_size));
  }
  if (manifold.plus == nullptr) return {};  // Euclidean: the caller adds
  return ManifoldLaws(manifold, tolerance).check({x.begin(), x.end()});
}

}  // namespace heliotrope
