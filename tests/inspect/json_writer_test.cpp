// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/json_writer.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "json.hpp"

using heliotrope::JsonWriter;

namespace {

nlohmann::json parsed_string(std::string_view text) {
  JsonWriter json;
  json.string(text);
  return heliotrope_test::parse_json(json.text());
}

}  // namespace

TEST_CASE("json: every byte below 128 comes back from a string", "[inspect]") {
  for (int byte = 0; byte < 128; ++byte) {
    const std::string text = {'a', static_cast<char>(byte), 'b'};
    CHECK(parsed_string(text).get<std::string>() == text);
  }
}

TEST_CASE("json: UTF-8 passes, bytes that are not UTF-8 become U+FFFD", "[inspect]") {
  const std::string replacement = "\xEF\xBF\xBD";
  for (const std::string good : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                                 "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CHECK(parsed_string("a" + good + "b").get<std::string>() == "a" + good + "b");
  }
  struct Case {
    std::string bytes;
    int replaced;
  };
  for (const Case& bad : std::vector<Case>{{"\x80", 1},
                                           {"\xFF", 1},
                                           {"\xC1\x80", 2},          // overlong
                                           {"\xE0\x9F\xBF", 3},      // overlong
                                           {"\xED\xA0\x80", 3},      // surrogate
                                           {"\xF4\x90\x80\x80", 4},  // past U+10FFFF
                                           {"\xE2\x82", 2}}) {       // cut off by the end
    std::string expected;
    for (int k = 0; k < bad.replaced; ++k) expected += replacement;
    CHECK(parsed_string(bad.bytes).get<std::string>() == expected);
  }
}

TEST_CASE("json: finite doubles come back as the same bits, others as null", "[inspect]") {
  using Limits = std::numeric_limits<double>;
  for (const double value : {0.0, 1.0, -1.0, 0.1, 1.0 / 3.0, 1e22, 1e-300, 123456789.0, Limits::max(), Limits::min(),
                             Limits::denorm_min(), Limits::lowest(), Limits::epsilon()}) {
    JsonWriter json;
    json.number(value);
    CHECK(heliotrope_test::parse_json(json.text()).get<double>() == value);
  }
  for (const double value : {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}) {
    JsonWriter json;
    json.number(value);
    CHECK(json.text() == "null");
  }
}

TEST_CASE("json: containers nest, and lay out in lines or on one line", "[inspect]") {
  JsonWriter json;
  json.begin_object();
  json.key("list").begin_array();
  json.begin_object(JsonWriter::Layout::line).key("a").integer(-1).key("b").boolean(true).end_object();
  json.begin_array(JsonWriter::Layout::line).end_array();
  json.end_array();
  json.key("empty").begin_object().end_object();
  json.end_object();
  CHECK(json.text() ==
        "{\n"
        "  \"list\": [\n"
        "    {\"a\": -1, \"b\": true},\n"
        "    []\n"
        "  ],\n"
        "  \"empty\": {}\n"
        "}");
}
