// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/observers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "catch.hpp"

using namespace heliotrope;

namespace {

Summary short_run() {
  Summary summary;
  summary.iterations = {{.iteration = 0, .cost = 100.0, .gradient_max = 5.0, .accepted = true},
                        {.iteration = 1, .cost = 100.0, .gain_ratio = -1.0, .accepted = false, .seconds = 0.1},
                        {.iteration = 2, .cost = 0.1, .gain_ratio = 0.9, .accepted = true, .seconds = 0.2}};
  return summary;
}

std::ptrdiff_t count(const std::string& text, const std::string& part) {
  std::ptrdiff_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("observers: a log has a line an iteration", "[inspect]") {
  CHECK(iteration_log(short_run()) ==
        "iteration,cost,gradient_max,step_norm,damping,gain_ratio,accepted,seconds\n"
        "0,100,5,0,0,0,1,0\n"
        "1,100,0,0,0,-1,0,0.1\n"
        "2,0.1,0,0,0,0.9,1,0.2\n");
}

TEST_CASE("observers: all callbacks are called, and one may stop", "[inspect]") {
  std::ostringstream out;
  int calls = 0;
  const auto both = all_of({print_iterations(out), [&](const Iteration& i) { return ++calls, i.iteration < 1; }});
  CHECK(both(short_run().iterations[0]));
  CHECK_FALSE(both(short_run().iterations[1]));
  CHECK(calls == 2);
  CHECK(count(out.str(), "\n") == 3);
}

TEST_CASE("observers: a picture marks what was accepted and what was not", "[inspect]") {
  const std::string picture = convergence_picture(short_run());
  CHECK(count(picture, "<circle") == 2);
  CHECK(count(picture, "#d1495b") == 2);
  CHECK(count(picture, "<svg") == 1);
  CHECK(count(picture, "nan") + count(picture, "inf") == 0);
  Summary flat = short_run();
  for (Iteration& i : flat.iterations) i.cost = 0.0;
  flat.iterations[1].cost = std::numeric_limits<double>::quiet_NaN();
  CHECK(count(convergence_picture(flat), "nan") == 0);
  CHECK(count(convergence_picture({}), "<svg") == 1);
  Summary warm = short_run();  // costs that differ by rounding alone
  for (Iteration& i : warm.iterations) i.cost = 100.0;
  warm.iterations[2].cost = std::nextafter(100.0, 101.0);
  CHECK(count(convergence_picture(warm), "<circle") == 2);
}
