// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/format.hpp"

#include <cstdint>
#include <string>

#include "heliotrope/io/text_file.hpp"
#include "heliotrope/io/text_parser.hpp"
#include "heliotrope/io/toro.hpp"

namespace heliotrope {
namespace {

bool is_nist(std::string_view contents) {
  TextParser parser("", contents);
  for (int line = 0; line < 10 && parser.next_line(); ++line) {
    const std::string_view rest = parser.rest();
    if (rest.starts_with("NIST/ITL StRD") || rest.starts_with("Dataset Name:")) return true;
  }
  return false;
}

bool is_g2o_tag(std::string_view word) {
  return word == "FIX" || word.starts_with("VERTEX_") || word.starts_with("EDGE_") || word.starts_with("PARAMS_");
}

bool is_toro_tag(std::string_view word) {
  return word == "VERTEX2" || word == "VERTEX3" || word == "EDGE2" || word == "EDGE3" || word == "EQUIV";
}

bool is_three_integers(TextParser& line) {
  std::int64_t count = 0;
  return line.integer(count) && line.integer(count) && line.integer(count) && line.at_end();
}

}  // namespace

std::string_view to_string(FileFormat format) {
  switch (format) {
    case FileFormat::bal:
      return "bal";
    case FileFormat::g2o:
      return "g2o";
    case FileFormat::nist:
      return "nist";
    case FileFormat::toro:
      return "toro";
    case FileFormat::isam:
      return "isam";
    case FileFormat::dlr:
      return "dlr";
    case FileFormat::bundler:
      return "bundler";
    case FileFormat::colmap:
      return "colmap";
    case FileFormat::problem:
      return "problem";
  }
  return "unknown";
}

FileFormat detect_format(const std::filesystem::path& path, std::string_view contents) {
  if (is_nist(contents)) return FileFormat::nist;
  TextParser parser(path.string(), contents);
  if (contents.starts_with("# Bundle file")) return FileFormat::bundler;
  if (contents.starts_with("heliotrope problem")) return FileFormat::problem;
  const char* first = parser.mark();
  while (parser.next_line()) {
    first = parser.mark();
    const std::string_view line = parser.rest();
    if (line.empty() || line.front() == '#') continue;
    TextParser words("", line), numbers("", line);
    const std::string_view tag = words.word();
    if (is_g2o_tag(tag)) return FileFormat::g2o;
    if (is_toro_tag(tag)) {
      return plain_extension(path) != "graph" && is_isam(contents) ? FileFormat::isam : FileFormat::toro;
    }
    if (tag.starts_with("P,") || tag.starts_with("L,")) return FileFormat::dlr;
    if (is_three_integers(numbers)) return FileFormat::bal;
    break;
  }
  const std::string extension = plain_extension(path);
  if (extension == "g2o") return FileFormat::g2o;
  if (extension == "bal") return FileFormat::bal;
  if (extension == "dat") return FileFormat::nist;
  if (extension == "graph") return FileFormat::toro;
  if (extension == "out") return FileFormat::bundler;
  parser.fail(first,
              "a text in the format of BAL (three counts), g2o (VERTEX_ or EDGE_ lines), TORO or iSAM "
              "(VERTEX2 or EDGE2 lines, or those with 3), Bundler (# Bundle file) or NIST");
}

}  // namespace heliotrope
