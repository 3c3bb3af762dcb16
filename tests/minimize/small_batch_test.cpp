// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/minimize/small_batch.hpp"

#include <algorithm>
#include <numeric>

#include "catch.hpp"
#include "minimize/small_problems.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

using Point = std::array<double, 3>;
constexpr SmallOptions tight{.cost_tolerance = 1e-14};

struct Answers {
  std::vector<Point> x;
  std::vector<SmallSummary> summaries;
};

Answers solve(const std::vector<Circle<double>>& problems, const std::vector<Point>& starts, int threads = 1) {
  Answers answers{starts, std::vector<SmallSummary>(problems.size())};
  minimize_small_batch(std::span(problems), std::span(answers.x), std::span(answers.summaries), tight, threads);
  return answers;
}

bool same(const SmallSummary& a, const SmallSummary& b) {
  return a.status == b.status && a.iterations == b.iterations && a.initial_cost == b.initial_cost &&
         a.final_cost == b.final_cost && a.gradient_max == b.gradient_max;
}

}  // namespace

TEST_CASE("small batch: every problem ends where it does alone", "[minimize][small]") {
  const Circles circles(101);
  const Answers answers = solve(circles.problems, circles.starts);
  for (std::size_t i = 0; i < circles.problems.size(); ++i) {
    Point x = circles.starts[i];
    const SmallSummary alone = minimize_small(circles.problems[i], x, tight);
    CHECK(answers.summaries[i].converged());
    CHECK(answers.summaries[i].initial_cost == Approx(alone.initial_cost).epsilon(1e-13));
    CHECK(answers.summaries[i].final_cost == Approx(alone.final_cost).epsilon(1e-10));
    for (std::size_t k = 0; k < 3; ++k) CHECK(answers.x[i][k] == Approx(x[k]).margin(1e-6));
  }
}

TEST_CASE("small batch: bits depend neither on neighbours nor on threads", "[minimize][small][threads]") {
  const Circles circles(1200);
  const Answers expected = solve(circles.problems, circles.starts);
  const Answers threaded = solve(circles.problems, circles.starts, 3);

  std::vector<std::size_t> order(circles.problems.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), std::mt19937_64(3));
  order.resize(333);
  std::vector<Circle<double>> some;
  std::vector<Point> starts;
  for (const std::size_t i : order) {
    some.push_back(circles.problems[i]);
    starts.push_back(circles.starts[i]);
  }
  const Answers shuffled = solve(some, starts);
  bool same_by_threads = true, same_by_order = true;
  for (std::size_t i = 0; i < order.size(); ++i) {
    same_by_order &= shuffled.x[i] == expected.x[order[i]];
    same_by_order &= same(shuffled.summaries[i], expected.summaries[order[i]]);
  }
  for (std::size_t i = 0; i < circles.problems.size(); ++i) {
    same_by_threads &= threaded.x[i] == expected.x[i] && same(threaded.summaries[i], expected.summaries[i]);
  }
  CHECK(same_by_order);
  CHECK(same_by_threads);
}

TEST_CASE("small batch: a problem that is not finite ends alone", "[minimize][small][fault]") {
  Circles circles(40);
  const Answers expected = solve(circles.problems, circles.starts);
  for (std::size_t i = 3; i < 40; i += 7) circles.problems[i].u[2] = std::numeric_limits<double>::quiet_NaN();
  const Answers answers = solve(circles.problems, circles.starts);
  for (std::size_t i = 0; i < 40; ++i) {
    if (i % 7 == 3) {
      CHECK(answers.summaries[i].status == Status::not_finite_at_start);
      CHECK(answers.x[i] == circles.starts[i]);
    } else {
      CHECK(answers.x[i] == expected.x[i]);
      CHECK(same(answers.summaries[i], expected.summaries[i]));
    }
  }
}

TEST_CASE("small batch: sizes are checked, and nothing is a batch too", "[minimize][small]") {
  const Circles circles(3);
  std::vector<Point> x = circles.starts;
  std::vector<SmallSummary> two(2);
  const std::span<const Circle<double>> problems(circles.problems);
  CHECK_THROWS_WITH(minimize_small_batch(problems.first(2), std::span(x)),
                    "minimize_small_batch got 2 problems and 3 starts; expected as many");
  CHECK_THROWS_WITH(minimize_small_batch(problems, std::span(x), std::span(two)),
                    "minimize_small_batch got 3 problems and 2 summaries; expected as many, or none");
  CHECK(x == circles.starts);
  CHECK_NOTHROW(minimize_small_batch(problems.first(0), std::span(x).first(0)));
  minimize_small_batch_on<Euclidean<3>>(problems, std::span(x.front().data(), 9));
  CHECK(x != circles.starts);
}
