// SPDX-License-Identifier: Apache-2.0
#include "minimize/second_order_functions.hpp"

// GCC cannot see that a jet's lanes are written wherever its mask says that they are, once sums run in loops.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "heliotrope/minimize/jet_hessian.hpp"
#include "heliotrope/residuals/more_garbow_hillstrom.hpp"

namespace heliotrope_test {

namespace {

namespace mgh = heliotrope::more_garbow_hillstrom;

/// sum r_i^2, for any scalar
template <class F>
struct SumOfSquares {
  template <class T>
  T operator()(const T* x) const {
    constexpr int n = F::dimension;
    std::vector<T> r(static_cast<std::size_t>(F::residuals(n)));
    F::evaluate(n, x, r.data());
    T sum = r[0] * r[0];
    for (std::size_t i = 1; i < r.size(); ++i) sum = sum + r[i] * r[i];
    return sum;
  }
};

template <class F>
class Function final : public SecondOrderFunction {
 public:
  std::string_view name() const override { return F::name; }
  std::vector<double> start() const override {
    std::vector<double> x(F::dimension);
    F::start(F::dimension, x.data());
    return x;
  }
  double minimum() const override { return F::minimum(F::dimension); }
  heliotrope::SecondOrderObjective view() override { return f_.view(); }
  heliotrope::SecondOrderObjective products() override { return f_.products(); }

 private:
  heliotrope::JetFunction<SumOfSquares<F>> f_{{}, F::dimension};
};

template <class... F>
std::vector<std::unique_ptr<SecondOrderFunction>> make() {
  std::vector<std::unique_ptr<SecondOrderFunction>> all;
  (all.push_back(std::make_unique<Function<F>>()), ...);
  return all;
}

}  // namespace

std::vector<std::unique_ptr<SecondOrderFunction>> second_order_functions() {
  return make<mgh::HelicalValley, mgh::BiggsExp6, mgh::Gaussian, mgh::PowellBadlyScaled, mgh::Box3d,
              mgh::VariablyDimensioned, mgh::Watson, mgh::PenaltyOne, mgh::PenaltyTwo, mgh::BrownBadlyScaled,
              mgh::BrownDennis, mgh::Gulf, mgh::Trigonometric, mgh::ExtendedRosenbrock, mgh::ExtendedPowellSingular,
              mgh::Beale, mgh::Wood, mgh::Chebyquad>();
}

}  // namespace heliotrope_test
