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

TEST_CASE("csv: a table of numbers, with names or without", "[io]") {
  const CsvTable named = parse_csv("t", "# measured\n\n \"time\" , level\r\n0, 1.5\n1,\t-2e3\r\n\n2,nan\n");
  CHECK(named.names == std::vector<std::string>{"time", "level"});
  REQUIRE(named.num_rows() == 3);
  CHECK(named.column("time")[2] == 2.0);
  CHECK(named.column("level")[1] == -2000.0);
  CHECK(std::isnan(named.columns[1][2]));
  const CsvTable plain = parse_csv("t", "1;2;3\n4;5;6");
  CHECK(plain.names.empty());
  CHECK(plain.columns == std::vector<std::vector<double>>{{1, 4}, {2, 5}, {3, 6}});
  CHECK(parse_csv("t", "x\ty\n1\t2\n").column("y")[0] == 2.0);
  CHECK(parse_csv("t", "7\n8\n").columns == std::vector<std::vector<double>>{{7, 8}});
  CHECK_THROWS_WITH(named.column("tide"), "no column is named 'tide'; expected one of time, level");
  CHECK_THROWS_WITH(plain.column("x"), "no column is named 'x'; expected a table with names");
}

TEST_CASE("csv: empty cells are nan, and text harms only who asks for it", "[io]") {
  const CsvTable table =
      parse_csv("t",
                "\xef\xbb\xbf"
                "time,level,\"station, place\"\r\n0,1.5,north\r\n\"1\",,\"south, \"\r\n2, ,\r\n\r\n");
  CHECK(table.names == std::vector<std::string>{"time", "level", "station, place"});
  REQUIRE(table.num_rows() == 3);
  CHECK(table.column("time")[1] == 1.0);
  CHECK(table.column("level")[0] == 1.5);
  CHECK(std::isnan(table.column("level")[1]));
  CHECK(std::isnan(table.column("level")[2]));
  CHECK(std::isnan(table.columns[2][0]));
  CHECK_THROWS_WITH(table.column(2), "t:2: found 'north' in column 'station, place', expected a number");
  CHECK_THROWS_WITH(table.column(3), "no column 3; expected one of 3, counted from 0");
  const CsvTable tabs = parse_csv("t", "1\t2\t3\n\t5\t\n");
  CHECK(std::isnan(tabs.column(0)[1]));
  CHECK(tabs.column(1)[1] == 5.0);
  CHECK(std::isnan(tabs.column(2)[1]));
  const CsvTable escaped = parse_csv("t", "name,x\n\"say \"\"hi, you\"\"\",5\n");
  CHECK(escaped.column("x")[0] == 5.0);
  CHECK(std::isnan(parse_csv("t", "3,4\n12 km,1\n").columns[0][1]));
  CsvTable made{.names = {"x"}, .columns = {{1.0, 2.0}}, .faults = {}};
  CHECK(made.column("x").size() == 2);
  CHECK_THROWS_WITH(parse_csv("t", "1;2\n3;0,5\n").column(1), "t:2: found '0,5' in column 1, expected a number");
}

TEST_CASE("csv: mistakes in a table are told with their line", "[io]") {
  CHECK_THROWS_WITH(parse_csv("t", "x,y\n1,2\n3\n"), "t:3: found 1 cells, expected 2 as in the first line");
  CHECK_THROWS_WITH(parse_csv("t", "1,2\n3,four\n").column(1), "t:2: found 'four' in column 1, expected a number");
  CHECK_THROWS_WITH(parse_csv("t", "x,y\n"), "t: found no row of cells, expected at least one");
  CHECK_THROWS_WITH(parse_csv("t", "1,2\nx,y\n").column(0), "t:2: found 'x' in column 0, expected a number");
}
