// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"

namespace {

using namespace heliotrope;

template <class S>
struct Line {
  S x, y;
  template <class T>
  void operator()(const T* mc, T* r) const {
    r[0] = mc[0] * x + mc[1] - y;
  }
};

std::vector<Line<double>> line(double m, double c) {
  std::vector<Line<double>> data;
  for (int i = 0; i < 21; ++i) data.push_back({0.1 * i, m * 0.1 * i + c});
  return data;
}

}  // namespace

TEST_CASE("minimize: a problem is solved again after values, data or structure change", "[minimize]") {
  Problem problem;
  const auto mc = problem.add_variable({0.0, 0.0});
  problem.add_residuals<1>(line(2.0, 1.0), mc);
  minimize(problem);
  CHECK(problem.value(mc)[0] == Approx(2.0));

  const auto other = line(-1.0, 3.0);
  problem.set_data<Line<double>>(other);
  minimize(problem);
  CHECK(problem.value(mc)[0] == Approx(-1.0));
  CHECK(problem.value(mc)[1] == Approx(3.0));

  problem.set_value(mc, {5.0, 5.0});
  minimize(problem);
  CHECK(problem.value(mc)[1] == Approx(3.0));

  const auto offset = problem.add_variable({0.0});
  problem.add_residuals<1>(
      columns(std::vector<double>{4.0}), [](auto y, const auto* o, auto* r) { r[0] = o[0] - y; }, offset);
  minimize(problem);
  CHECK(problem.value(offset)[0] == Approx(4.0));
}

TEST_CASE("minimize: copies and moves of a solved problem are problems of their own", "[minimize]") {
  Problem problem;
  const auto mc = problem.add_variable({0.0, 0.0});
  problem.add_residuals<1>(line(2.0, 1.0), mc);
  minimize(problem);
  Problem copy = problem;
  const auto other = line(7.0, -1.0);
  copy.set_data<Line<double>>(other);
  minimize(copy);
  CHECK(copy.value(mc)[0] == Approx(7.0));
  CHECK(problem.value(mc)[0] == Approx(2.0));
  Problem moved = std::move(problem);
  moved.set_value(mc, {0.0, 0.0});
  minimize(moved);
  CHECK(moved.value(mc)[0] == Approx(2.0));
  CHECK(moved.num_residuals() == 21);
}
