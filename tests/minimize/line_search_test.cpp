// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "minimize/line_functions.hpp"

using namespace heliotrope;
using namespace heliotrope_test;
using detail::LineFunction;
using detail::LineSearch;

namespace {

using Make = std::unique_ptr<LineSearch> (*)(const LineSearchOptions&);
constexpr struct {
  const char* name;
  Make make;
} wolfe_searches[] = {{"more_thuente", detail::make_more_thuente},
                      {"hager_zhang", detail::make_hager_zhang_search},
                      {"strong_wolfe", detail::make_strong_wolfe}};

std::unique_ptr<LineSearch> backtracking(const LineSearchOptions& options) {
  return detail::make_backtracking(options);
}

struct Outcome {
  LinePoint point;
  bool satisfied;
  int evaluations;
};

Outcome search_from(LineSearch& search, LineFunction::Evaluate phi, double first, int limit = 100,
                    double max_step = std::numeric_limits<double>::infinity()) {
  LineFunction line(phi, phi(0.0), limit, max_step);
  const LineSearch::Result found = search.search(line, first);
  return {found.point, found.satisfied, line.evaluations()};
}

}  // namespace

TEST_CASE("line search: tables I to VI of More and Thuente within one evaluation", "[minimize][line_search][paper]") {
  int number = 0;
  for (const LineTable& table : line_tables()) {
    ++number;
    const auto search = detail::make_more_thuente({.sufficient_decrease = table.mu, .curvature = table.eta});
    for (int k = 0; k < 4; ++k) {
      const Outcome found = search_from(*search, table.phi, first_steps[k]);
      INFO("table " << number << ", first step " << first_steps[k] << ": step " << found.point.step << ", slope "
                    << found.point.slope);
      CHECK(found.satisfied);
      CHECK(std::abs(found.evaluations - table.evaluations[k]) <= 1);
      CHECK(found.point.step == Approx(table.steps[k]).epsilon(0.07));  // to the digits printed
    }
  }
}

TEST_CASE("line search: what is found satisfies the conditions", "[minimize][line_search][law]") {
  for (const auto& [name, make] : wolfe_searches) {
    for (const LineTable& table : line_tables()) {
      for (const double eta : {table.eta, 0.5, 0.9}) {
        const auto search = make({.sufficient_decrease = table.mu, .curvature = eta});
        for (const double first : first_steps) {
          const Outcome found = search_from(*search, table.phi, first);
          const LinePoint start = table.phi(0.0), again = table.phi(found.point.step);
          INFO(name << ", eta " << eta << ", first step " << first << ": step " << found.point.step);
          CHECK(found.satisfied);
          CHECK(found.evaluations <= 50);
          CHECK(again.value == found.point.value);
          CHECK(found.point.slope >= eta * start.slope);
          const double allowed = start.value + table.mu * found.point.step * start.slope;
          if (std::string_view(name) == "hager_zhang") {  // or the approximate condition
            CHECK(found.point.value <= std::max(allowed, start.value + 1e-6 * std::abs(start.value)));
          } else {
            CHECK(found.point.value <= allowed);
            CHECK(std::abs(found.point.slope) <= -eta * start.slope);
          }
        }
      }
    }
  }
}

TEST_CASE("line search: backtracking decreases enough and never lengthens the step", "[minimize][line_search]") {
  for (const LineTable& table : line_tables()) {
    const auto search = backtracking({.sufficient_decrease = table.mu});
    for (const double first : first_steps) {
      const Outcome found = search_from(*search, table.phi, first);
      const LinePoint start = table.phi(0.0);
      CHECK(found.satisfied);
      CHECK(found.point.step <= first);
      CHECK(found.point.value <= start.value + table.mu * found.point.step * start.slope);
    }
  }
}

TEST_CASE("line search: a wall of numbers that are not finite is not crossed", "[minimize][line_search][fault]") {
  for (const double nothing : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                               -std::numeric_limits<double>::infinity()}) {
    for (const double wall : {1.6, 0.01}) {  // the minimum, 1.4, before and behind it
      const auto phi = [&](double a) {
        LinePoint p = concave_beyond(a);
        if (a >= wall) p.value = nothing;
        return p;
      };
      for (const auto& [name, make] : wolfe_searches) {
        for (const double first : first_steps) {
          const Outcome found = search_from(*make({.curvature = 0.1}), phi, first, 40);
          INFO(name << ", wall " << wall << ", first step " << first << ": step " << found.point.step);
          CHECK(found.satisfied == (wall > 1.5));
          CHECK(found.point.step < wall);
          CHECK(found.point.step > 0.6 * std::min(wall, 1.2));
          CHECK(found.point.value < 0.0);
        }
      }
      CHECK(search_from(*backtracking({}), phi, 10.0).satisfied);
    }
  }
}

TEST_CASE("line search: only the slope is not finite beyond a wall", "[minimize][line_search][fault]") {
  const auto phi = [](double a) {
    LinePoint p = concave_beyond(a);
    if (a >= 1.6) p.slope = std::numeric_limits<double>::quiet_NaN();
    return p;
  };
  for (const auto& [name, make] : wolfe_searches) CHECK(search_from(*make({.curvature = 0.1}), phi, 100.0).satisfied);
}

TEST_CASE("line search: ends at the longest step where the function still falls", "[minimize][line_search]") {
  for (const auto& [name, make] : wolfe_searches) {
    const Outcome found = search_from(*make({.curvature = 0.1}), concave_beyond, 0.1, 40, 0.5);
    INFO(name);
    CHECK(found.satisfied);
    CHECK(found.point.step == 0.5);
  }
}

TEST_CASE("line search: where the slope has the wrong sign no step is found", "[minimize][line_search][fault]") {
  const auto phi = [](double a) { return LinePoint{a, a * a + a, -1.0 - 2.0 * a}; };
  for (const auto& [name, make] : wolfe_searches) {
    LineFunction line(phi, phi(0.0), 40);
    const auto found = make({.curvature = 0.9})->search(line, 1.0);
    INFO(name);
    CHECK_FALSE(found.satisfied);
    CHECK(found.point.step == 0.0);
    CHECK(line.contradicted());
  }
}

TEST_CASE("line search: cubic and quadratic interpolation are exact", "[minimize][line_search]") {
  const auto cubic = [](double a) { return LinePoint{a, a * a * a - 3.0 * a, 3.0 * a * a - 3.0}; };
  CHECK(detail::cubic_minimizer(cubic(-0.5), cubic(3.0)) == Approx(1.0));
  CHECK(detail::cubic_minimizer(cubic(3.0), cubic(0.2)) == Approx(1.0));
  const auto parabola = [](double a) { return LinePoint{a, 2.0 * (a - 0.7) * (a - 0.7), 4.0 * (a - 0.7)}; };
  CHECK(detail::quadratic_minimizer(parabola(0.0), parabola(5.0)) == Approx(0.7));
}
