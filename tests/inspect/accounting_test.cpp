// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/accounting.hpp"

#include <limits>

#include "catch.hpp"
#include "heliotrope/heliotrope.hpp"
#include "heliotrope/inspect/json_writer.hpp"

using namespace heliotrope;

namespace {

template <class S>
struct Value {
  S target;
  template <class T>
  void operator()(const T* x, T* r) const {
    r[0] = x[0] - target;
  }
};

template <class S>
struct Pair {
  S distance;
  template <class T>
  void operator()(const T* a, const T* b, T* r) const {
    r[0] = b[0] - a[0] - distance;
    r[1] = 2.0 * (b[0] - a[0] - distance);
  }
};

struct Example {
  Problem problem;
  Variables<Euclidean<1>> x = problem.add_variables<1>(std::vector<double>{0.0, 1.0, 5.0});
  Residuals values, pairs;

  Example() {
    const std::vector<Value<double>> targets{{1.0}, {-2.0}, {5.5}};
    const std::vector<Pair<double>> distances{{1.0}, {1.0}};
    const std::vector<int> each{0, 1, 2}, from{0, 1}, to{1, 2};
    values = problem.add_residuals<1>(targets, {.loss = huber(1.0)}, x[each]);
    pairs = problem.add_residuals<2>(distances, x[from], x[to]);
  }
};

}  // namespace

TEST_CASE("accounting: costs and counts by type add up to the problem's", "[inspect]") {
  Example example;
  const Accounting a = account(example.problem, {.worst = 10});
  REQUIRE(a.types.size() == 2);
  CHECK(a.cost == Approx(example.problem.evaluate().cost));
  CHECK(a.types[0].count == 3);
  CHECK(a.types[0].cost == Approx(0.5 * (1.0 + (2.0 * 3.0 - 1.0) + 0.25)));  // |r| = 1, 3, 0.5
  CHECK(a.types[0].largest == 3.0);
  CHECK(a.types[0].down_weighted == 1);
  CHECK(a.types[1].rows == 2);
  CHECK(a.types[1].cost == Approx(0.5 * 5.0 * 9.0));
  CHECK(a.types[1].largest == Approx(std::sqrt(45.0)));

  REQUIRE(a.worst.size() == 5);
  CHECK(a.worst[0].index == 1);
  CHECK(a.worst[0].residuals == std::vector<double>{3.0, 6.0});
  CHECK(a.worst[0].variables == std::vector<std::int64_t>{1, 2});
  CHECK(a.worst[1].norm == 3.0);
  CHECK(a.worst[1].cost == Approx(2.5));
  CHECK(a.worst[4].cost == 0.0);
  CHECK(account(example.problem, {.worst = 2}).worst.size() == 2);
  CHECK(account(example.problem).worst.empty());
}

TEST_CASE("accounting: what is not finite comes first, what is disabled not at all", "[inspect]") {
  Example example;
  const Value<double> broken{std::numeric_limits<double>::quiet_NaN()};
  example.problem.set_data(example.values[2], std::span(&broken, 1));
  const Accounting a = account(example.problem, {.worst = 1});
  CHECK(a.worst[0].index == 2);
  CHECK(std::isnan(a.types[0].largest));
  example.problem.disable(example.values[2]);
  const Accounting without = account(example.problem, {.worst = 10});
  CHECK(without.types[0].count == 2);
  CHECK(without.worst.size() == 4);
  CHECK(without.cost == Approx(example.problem.evaluate().cost));
}

TEST_CASE("accounting: black-box functions are one type, terms another", "[inspect]") {
  Problem problem;
  const auto x = problem.add_variables<1>(std::vector<double>{1.0, 2.5, 3.0});
  problem.add_function(
      3, [](std::span<const double> x, std::span<double> r) { r[0] = x[0], r[1] = x[0] + x[1], r[2] = x[2]; }, x);
  problem.add_term([](const auto* x, auto* f) { f[0] = -x[0]; }, x[1]);
  const Accounting a = account(problem, {.worst = 3, .time = true});
  REQUIRE(a.types.size() == 2);
  CHECK(a.types[0].count == 3);
  CHECK(a.types[0].cost == Approx(0.5 * (1.0 + 12.25 + 9.0)));
  CHECK(a.types[0].seconds_jacobian > 0.0);
  CHECK(a.types[1].is_terms);
  CHECK(a.types[1].cost == -2.5);
  CHECK(a.worst[0].index == 1);
  CHECK(a.worst[1].index == 2);
  CHECK(a.cost == Approx(problem.evaluate().cost));
}

TEST_CASE("accounting: tables and JSON", "[inspect]") {
  Example example;
  const Accounting a = account(example.problem, {.worst = 1});
  const std::string text = accounting_report(a, [](std::int64_t v) { return "place " + std::to_string(v); });
  CHECK_THAT(text, Catch::Contains("type ") && Catch::Contains("down-weighted\n") &&
                       Catch::Contains("place 1, place 2") && !Catch::Contains(" \n") && !Catch::Contains("[ms]"));
  CHECK_THAT(accounting_report(account(example.problem, {.time = true})), Catch::Contains("with J [ms]"));
  JsonWriter json;
  json.begin_object();
  write_accounting(json, a);
  json.end_object();
  CHECK_THAT(json.text(), Catch::Contains("\"worst\"") && Catch::Contains("\"variables\": [1, 2]"));
}
