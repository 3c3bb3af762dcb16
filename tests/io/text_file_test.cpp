// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/text_file.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "catch.hpp"
#include "files.hpp"
#include "heliotrope/io/output_file.hpp"
#include "heliotrope/io/text_parser.hpp"

using Catch::Matchers::Contains;
using heliotrope::OutputFile;
using heliotrope::read_file;
using heliotrope::TextParser;
using heliotrope_test::error_of;
using heliotrope_test::TemporaryFolder;
using heliotrope_test::write_bytes;

namespace {

void write_text(const std::filesystem::path& path, std::string_view text) {
  OutputFile file(path);
  file.text(text);
  file.commit();
}

}  // namespace

TEST_CASE("text_file: what is written is read, plain and compressed", "[io]") {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 40000; ++i) text += std::to_string(i) + '\n';
  std::vector<std::string> names{"a.txt"};
  if (heliotrope::has_compression()) names.insert(names.end(), {"a.txt.gz", "a.txt.bz2", "a.txt.xz"});
  for (const std::string& name : names) {
    write_text(folder / name, text);
    CHECK(read_file(folder / name).text == text);
    CHECK(read_file(folder / name).name == (folder / name).string());
    if (name != "a.txt") CHECK(std::filesystem::file_size(folder / name) < text.size() / 2);
  }
}

TEST_CASE("text_file: compressed data is known by its content and refused when cut off", "[io][fault]") {
  if (!heliotrope::has_compression()) return;
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 40000; ++i) text += std::to_string(i * 7919 % 10007) + '\n';
  for (const char* extension : {".gz", ".bz2", ".xz"}) {
    write_text(folder / (std::string("a") + extension), text);
    const std::string bytes = heliotrope_test::read_bytes(folder / (std::string("a") + extension));
    write_bytes(folder / "renamed.txt", bytes);
    CHECK(read_file(folder / "renamed.txt").text == text);
    for (const std::size_t size : {std::size_t{6}, std::size_t{12}, bytes.size() / 2, bytes.size() - 5}) {
      write_bytes(folder / "cut", std::string_view(bytes).substr(0, size));
      INFO(extension << " cut to " << size << " of " << bytes.size() << " bytes");
      CHECK_THAT(error_of([&] { read_file(folder / "cut"); }), Contains("damaged or truncated compressed data"));
    }
  }
}

TEST_CASE("text_file: files that cannot be read are told apart", "[io][fault]") {
  const TemporaryFolder folder;
  CHECK_THAT(error_of([&] { read_file(folder / "missing"); }), Contains("missing: cannot be opened: No such file"));
  CHECK_THAT(error_of([&] { read_file(folder.path()); }), Contains("found a directory, expected a file"));
  write_bytes(folder / "empty", "");
  CHECK_THAT(error_of([&] { read_file(folder / "empty"); }), Contains("empty: found an empty file"));
  write_bytes(folder / "binary", std::string_view("12 \0 34", 7));
  CHECK_THAT(error_of([&] { read_file(folder / "binary"); }), Contains("binary data (a NUL at byte 3)"));
}

TEST_CASE("output_file: a target appears whole or stays as it was", "[io][fault]") {
  const TemporaryFolder folder;
  write_text(folder / "target", "before");
  {
    OutputFile file(folder / "target");
    file.text(std::string(1 << 18, 'x'));
    CHECK(read_file(folder / "target").text == "before");
  }
  CHECK(read_file(folder / "target").text == "before");
  std::size_t num_files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path())) ++num_files;
  CHECK(num_files == 1);
  {
    OutputFile file(folder / "target");
    CHECK_THAT(error_of([&] { file.number(std::numeric_limits<double>::quiet_NaN()); }), Contains("not finite"));
  }
  write_text(folder / "target", "after");
  CHECK(read_file(folder / "target").text == "after");

  CHECK_THAT(error_of([&] { OutputFile(folder / "no" / "where"); }), Contains("where: cannot be written"));
  CHECK_THAT(error_of([&] { OutputFile(folder.path()); }), Contains("it is a directory"));
  std::filesystem::create_symlink(folder / "target", folder / "link");
  write_text(folder / "link", "through");
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(read_file(folder / "target").text == "through");
  if (std::filesystem::exists("/dev/full")) {
    CHECK_THAT(error_of([] { write_text("/dev/full", "text"); }), Contains("cannot be written: No space"));
  }
}

TEST_CASE("text_file: the extension behind a compressor's", "[io]") {
  CHECK(heliotrope::plain_extension("a/b.g2o") == "g2o");
  CHECK(heliotrope::plain_extension("a/b.G2O.xz") == "g2o");
  CHECK(heliotrope::plain_extension("b.gz") == "");
  CHECK(heliotrope::plain_extension("b") == "");
}

TEST_CASE("text_parser: numbers in all the ways files write them", "[io]") {
  const auto number = [](std::string_view text) {
    TextParser parser("t", text);
    double value = -7.0;
    return parser.number(value) && parser.at_end() ? value : -7.0;
  };
  CHECK(number("1.5") == 1.5);
  CHECK(number("  +1.5\r\n") == 1.5);
  CHECK(number("-.5e1") == -5.0);
  CHECK(number("5.") == 5.0);
  CHECK(number("1E0") == 1.0);
  CHECK(number("-1.0715086071862673e+301") == -1.0715086071862673e+301);
  CHECK(number("4.9e-324") == 4.9e-324);
  CHECK(number("1e-400") == 0.0);
  CHECK(number("0.000001e-323") == 0.0);
  CHECK(number("00.01e-9223372036854775807") == 0.0);  // found by fuzzing: the exponents' sum overflowed
  for (const char* wrong : {"", "+", "-", "+-1", "1.5x", "0x10", "1d5", "1,5", "1e", "--1", "nan", "inf", "-infinity",
                            "1e400", "1000000e304", "12e9223372036854775807", "1e99999999999999999999", "abc"}) {
    INFO(wrong);
    CHECK(number(wrong) == -7.0);
  }
  TextParser parser("t", "nan -inf");
  double value = 0.0;
  CHECK((parser.number(value, heliotrope::NonFinite::accept) && std::isnan(value)));
  CHECK((parser.number(value, heliotrope::NonFinite::accept) && std::isinf(value)));
}

TEST_CASE("text_parser: integers are 64 bits wide", "[io]") {
  const auto integer = [](std::string_view text) {
    TextParser parser("t", text);
    std::int64_t value = -7;
    return parser.integer(value) && parser.at_end() ? value : -7;
  };
  CHECK(integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK(integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK(integer("+12") == 12);
  for (const char* wrong : {"9223372036854775808", "1.0", "1e3", "", "+-3", "x"}) CHECK(integer(wrong) == -7);
}

TEST_CASE("text_parser: lines, words and places", "[io]") {
  TextParser parser("t", "\xEF\xBB\xBF one two \r\n\n  three");
  REQUIRE(parser.next_line());
  CHECK(parser.word() == "one");
  CHECK(parser.rest() == "two");
  CHECK(parser.at_end());
  REQUIRE(parser.next_line());
  CHECK(parser.at_end());
  REQUIRE(parser.next_line());
  CHECK(error_of([&] { parser.fail("a number"); }) == "t:3: found 'three', expected a number");
  CHECK(parser.word() == "three");
  CHECK(error_of([&] { parser.fail("a number"); }) == "t:3: found the end of the file, expected a number");
  CHECK_FALSE(parser.next_line());

  const std::string long_word = "\x01" + std::string(60, 'a') + "\n";
  TextParser odd("t", long_word);
  CHECK(error_of([&] { odd.fail("b"); }) == "t:1: found '?" + std::string(39, 'a') + "...', expected b");
}
