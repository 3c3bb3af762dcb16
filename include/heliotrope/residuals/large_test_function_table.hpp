// SPDX-License-Identifier: Apache-2.0
// The large test functions as TestFunctions, compiled for the instruction set of whoever includes this: the library's
// own table, large_test_functions(), is for the baseline.
#pragma once

#include "heliotrope/residuals/chained_test_functions.hpp"
#include "heliotrope/residuals/dixon_maany.hpp"
#include "heliotrope/residuals/large_test_functions.hpp"
#include "heliotrope/residuals/logistic_regression.hpp"
#include "heliotrope/residuals/test_functions.hpp"

namespace heliotrope::large_functions {
inline namespace HELIOTROPE_ISA {

template <class F>
double evaluate(std::span<const double> x, std::span<double> gradient) {
  ElementSum sum(x, gradient);
  F::state(static_cast<std::int64_t>(x.size()), sum);
  return sum.finish();
}

template <class F>
constexpr TestFunction test_function() {
  TestFunction made{.name = F::name,
                    .dimension = F::dimension,
                    .fixed = false,
                    .multiple = F::multiple,
                    .evaluate = nullptr,
                    .write_start = [](std::span<double> x) { F::start(static_cast<int>(x.size()), x.data()); },
                    .minimum = [](int n) { return F::minimum(n); }};
  if constexpr (requires { &F::evaluate; }) {
    made.evaluate = &F::evaluate;
  } else {
    made.evaluate = &evaluate<F>;
  }
  return made;
}

inline constexpr TestFunction table[] = {test_function<ExtendedRosenbrock>(),
                                         test_function<ExtendedPowellSingular>(),
                                         test_function<ExtendedWood>(),
                                         test_function<ExtendedBeale>(),
                                         test_function<ExtendedHimmelblau>(),
                                         test_function<BroydenTridiagonal>(),
                                         test_function<DiscreteBoundaryValue>(),
                                         test_function<PenaltyOne>(),
                                         test_function<Trigonometric>(),
                                         test_function<ChainedRosenbrock>(),
                                         test_function<GeneralisedRosenbrock>(),
                                         test_function<ChainedWood>(),
                                         test_function<ChainedPowellSingular>(),
                                         test_function<FreudensteinRoth>(),
                                         test_function<TointGaussian>(),
                                         test_function<Engval1>(),
                                         test_function<Edensch>(),
                                         test_function<Cosine>(),
                                         test_function<Arwhead>(),
                                         test_function<Liarwhd>(),
                                         test_function<Nondquar>(),
                                         test_function<Tridia>(),
                                         test_function<Dqdrtic>(),
                                         test_function<Bdqrtic>(),
                                         test_function<Quartic>(),
                                         test_function<DixonMaany<'a'>>(),
                                         test_function<DixonMaany<'b'>>(),
                                         test_function<DixonMaany<'c'>>(),
                                         test_function<DixonMaany<'d'>>(),
                                         test_function<DixonMaany<'e'>>(),
                                         test_function<DixonMaany<'f'>>(),
                                         test_function<DixonMaany<'g'>>(),
                                         test_function<DixonMaany<'h'>>(),
                                         test_function<DixonMaany<'i'>>(),
                                         test_function<DixonMaany<'j'>>(),
                                         test_function<DixonMaany<'k'>>(),
                                         test_function<DixonMaany<'l'>>(),
                                         test_function<GeneratedLogistic>()};

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope::large_functions
