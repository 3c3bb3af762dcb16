// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/csv.hpp"

#include <cmath>

#include "catch.hpp"
#include "heliotrope/error.hpp"
#include "io/files.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

TEST_CASE("csv: samples with labels are read, with an intercept", "[io][csv]") {
  const TemporaryFolder folder;
  const std::string path = folder / "data.csv";
  write_bytes(path, "age,weight,ill\n1.5, 2,1\n\n0,-3,0\r\n 4,0,-1");
  const LogisticData data = read_logistic_csv(path);
  CHECK(data.features == 3);
  CHECK(std::vector<double>(data.label.begin(), data.label.end()) == std::vector<double>{1.0, -1.0, -1.0});
  CHECK(std::vector<std::int64_t>(data.begin.begin(), data.begin.end()) == std::vector<std::int64_t>{0, 3, 5, 7});
  CHECK(std::vector<std::int32_t>(data.column.begin(), data.column.end()) ==
        std::vector<std::int32_t>{0, 1, 2, 1, 2, 0, 2});
  CHECK(std::vector<double>(data.value.begin(), data.value.end()) == std::vector<double>{1.5, 2, 1, -3, 1, 4, 1});
  const LogisticRegression f(data, 0.0);
  CHECK(f(std::vector<double>(3, 0.0), {}) == Approx(3.0 * std::log(2.0)));
}

TEST_CASE("csv: what is no table is told with its line", "[io][csv][fault]") {
  const TemporaryFolder folder;
  const std::string path = folder / "data.csv";
  const auto refused = [&](const std::string& text, const std::string& part) {
    write_bytes(path, text);
    CHECK_THROWS_WITH(read_logistic_csv(path), Catch::Contains(part));
  };
  refused("1,2,1\n1,2\n", ":2: found 2 numbers, expected 3");
  refused("1,2,1\n1,x,1\n", ":2: found");
  refused("1,2,1\n1,,1\n", ":2: found an empty cell");
  refused("1,2,3\n", "label");
  refused("a,b\n", "no samples");
}
