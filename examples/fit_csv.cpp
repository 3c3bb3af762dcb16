// SPDX-License-Identifier: Apache-2.0
// Fits a curve to two columns of a table: fit_csv data.csv time level
#include <cmath>
#include <iostream>
#include <vector>

#include "heliotrope/heliotrope.hpp"
#include "heliotrope/io/csv.hpp"

template <class S>
struct Decay {  // y = a exp(-b x) + c
  S x, y;
  template <class T>
  void operator()(const T* abc, T* residual) const {
    using std::exp;
    residual[0] = abc[0] * exp(-abc[1] * x) + abc[2] - y;
  }
};

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: fit_csv TABLE COLUMN_OF_X COLUMN_OF_Y\n";
    return 2;
  }
  try {
    const heliotrope::CsvTable table = heliotrope::read_csv(argv[1]);
    const auto x = table.column(argv[2]), y = table.column(argv[3]);
    std::vector<Decay<double>> samples;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (std::isfinite(x[i]) && std::isfinite(y[i])) samples.push_back({x[i], y[i]});  // empty cells are nan
    }

    heliotrope::Problem problem;
    const auto abc = problem.add_variable({1.0, 1.0, 0.0});
    problem.add_residuals<1>(samples, abc);
    std::cout << heliotrope::minimize(problem) << "a b c = " << problem.value(abc) << '\n';
  } catch (const heliotrope::Error& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
