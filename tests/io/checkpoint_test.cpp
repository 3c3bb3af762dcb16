// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/checkpoint.hpp"

#include <cstring>
#include <limits>

#include "catch.hpp"
#include "heliotrope/error.hpp"
#include "io/files.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

Checkpoint example() {
  Checkpoint c;
  c.values = {1.0, -0.0, 5e-324, 1.0 / 3.0};
  c.scale = {2.0, 3.0};
  c.cost = 1.25;
  c.start_cost = 3.5;
  c.flat_iterations = 1;
  c.iterations = {
      {.iteration = 0, .cost = 2.0, .accepted = true},
      {.iteration = 1, .cost = 1.25, .gain_ratio = std::numeric_limits<double>::infinity(), .seconds = 0.5}};
  c.decreases = {3.0, 0.5};
  c.strategy = {1e-4, 2.0};
  c.model_text = "by counts: 3 cameras";
  c.about = {4, 2, 7, 0, 0, 0, 0, 1};
  return c;
}

}  // namespace

TEST_CASE("checkpoint: a file gives back the bits", "[io]") {
  const TemporaryFolder folder;
  const std::string path = folder / "state";
  write_checkpoint(path, example());
  CHECK((read_checkpoint(path) == example()));
  CHECK(std::signbit(read_checkpoint(path).values[1]));
}

TEST_CASE("checkpoint: a file that is cut or changed is refused", "[io]") {
  const TemporaryFolder folder;
  const std::string path = folder / "state";
  write_checkpoint(path, example());
  const std::string text = read_bytes(path);
  for (std::size_t length = 0; length < text.size(); ++length) {
    CHECK_THROWS_AS(parse_checkpoint("state", std::string_view(text).substr(0, length)), Error);
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == '7' ? '8' : '7';
    CHECK_THROWS_AS(parse_checkpoint("state", changed), Error);
  }
  CHECK_THROWS_AS(parse_checkpoint("state", text + "x\n"), Error);
  CHECK_THROWS_WITH(parse_checkpoint("state", "3 4 5\n"), "state:1: found '3 4 5', expected 'heliotrope checkpoint 1'");
}
