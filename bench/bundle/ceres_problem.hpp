// SPDX-License-Identifier: Apache-2.0
// What Ceres' problems of this comparison share. Compiled as Ceres' users do: -O3 -DNDEBUG, no -march.
#pragma once

#include <ceres/ceres.h>
#include <ceres/rotation.h>

#include <cmath>
#include <memory>
#include <vector>

namespace ceres {
/// What Heliotrope's rotation asks of a scalar beyond what Ceres' jets have.
template <class T, int N>
inline void sincos(const Jet<T, N>& x, Jet<T, N>& sine, Jet<T, N>& cosine) {
  const T s = std::sin(x.a), c = std::cos(x.a);
  sine = Jet<T, N>(s, c * x.v);
  cosine = Jet<T, N>(c, -s * x.v);
}
}  // namespace ceres

#include "solve.hpp"
#include "timing.hpp"

namespace bundle {

/// The rotation of Ceres' own header, which branches.
struct CeresRotation {
  template <class T>
  static void rotate(const T* w, const T* p, T* out) {
    ceres::AngleAxisRotatePoint(w, p, out);
  }
};

/// A residual of Heliotrope's convention in Ceres' convention.
template <class R>
struct Returning {
  R residual;

  template <class... Pointer>
  bool operator()(Pointer... pointers) const {
    residual(pointers...);
    return true;
  }
};

/// A problem and the values that it points to: copies, since a scene serves many solves.
class CeresProblem {
 public:
  /// Adds variables of `size` numbers each to an elimination group: 0 is eliminated, 1 stays.
  int add_variables(const std::vector<double>& values, int size, int group) {
    values_.push_back(values);
    sizes_.push_back(size);
    for (std::size_t i = 0; i < values.size(); i += static_cast<std::size_t>(size)) {
      ordering_->AddElementToGroup(values_.back().data() + i, group);
    }
    return static_cast<int>(values_.size()) - 1;
  }
  double* variable(int kind, std::int32_t index) {
    const auto k = static_cast<std::size_t>(kind);
    return values_[k].data() + static_cast<std::ptrdiff_t>(sizes_[k]) * index;
  }
  /// Adds one residual of M numbers on variables of these sizes.
  template <class R, int M, int... Sizes, class... Pointer>
  void add_residual(const R& residual, Pointer... variables) {
    using Cost = ceres::AutoDiffCostFunction<Returning<R>, M, Sizes...>;
    problem_.AddResidualBlock(new Cost(new Returning<R>{residual}), nullptr, variables...);
  }
  void fix(double* variable) { problem_.SetParameterBlockConstant(variable); }

  ceres::Problem& problem() { return problem_; }
  const std::shared_ptr<ceres::ParameterBlockOrdering>& ordering() const { return ordering_; }

 private:
  static ceres::Problem::Options options() {
    ceres::Problem::Options made;
    made.disable_all_safety_checks = true;
    return made;
  }

  std::vector<std::vector<double>> values_;
  std::vector<int> sizes_;
  std::shared_ptr<ceres::ParameterBlockOrdering> ordering_ = std::make_shared<ceres::ParameterBlockOrdering>();
  ceres::Problem problem_{options()};
};

/// Minimises a problem that was begun when `clock` started, and tells how.
Solve minimise(CeresProblem& problem, const Clock& clock, CeresSolver solver, const SolveOptions& options);

}  // namespace bundle
