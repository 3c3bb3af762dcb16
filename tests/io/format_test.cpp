// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/format.hpp"

#include <string>

#include "catch.hpp"
#include "datasets.hpp"
#include "files.hpp"
#include "heliotrope/io/text_file.hpp"

using Catch::Matchers::Contains;
using heliotrope::detect_format;
using heliotrope::FileFormat;
using heliotrope_test::error_of;

TEST_CASE("format: told by content, whatever the extension", "[io]") {
  CHECK(detect_format("a.g2o", "16 22106 83718\n0 0 1 2\n") == FileFormat::bal);
  CHECK(detect_format("a.txt", "\n# comment\nVERTEX_SE2 0 0 0 0\n") == FileFormat::g2o);
  CHECK(detect_format("a", "EDGE_SE3:QUAT 0 1") == FileFormat::g2o);
  CHECK(detect_format("a.txt", "VERTEX2 0 0 0 0\nEDGE2 0 1 1 0 0\n") == FileFormat::toro);
  CHECK(detect_format("a.txt", "EDGE3 0 1 1 0 0 0 0 0\nVERTEX3 0 0 0 0 0 0 0\n") == FileFormat::toro);
  CHECK(detect_format("a.txt", "EDGE2 0 1 1 0 0 1 0 0 1 0 1\n") == FileFormat::isam);
  CHECK(detect_format("a.graph.xz", "EDGE2 0 1 1 0 0 1 0 1 1 0 0\n") == FileFormat::toro);
  CHECK(detect_format("a.txt", "L,0,2,1,0,1,0,0,1\n") == FileFormat::dlr);
  CHECK(detect_format("a.txt", "# as in iSAM\nVERTEX2 0 0 0 0\n") == FileFormat::isam);
  CHECK(detect_format("a.txt", "# Bundle file v0.3\n2 3\n") == FileFormat::bundler);
  CHECK(detect_format("a.txt", "NIST/ITL StRD\r\nDataset Name: x\r\n") == FileFormat::nist);
}

TEST_CASE("format: the extension decides where the content does not", "[io]") {
  CHECK(detect_format("a.g2o.xz", "LASER_ROBOT_DATA 1 2\n") == FileFormat::g2o);
  CHECK(detect_format("a.bal", "16 22106\n") == FileFormat::bal);
  CHECK(detect_format("a.out.gz", "2 3\n") == FileFormat::bundler);
  CHECK(detect_format("a.dat.gz", "hello\n") == FileFormat::nist);
  CHECK(detect_format("a.graph", "LASER_ROBOT_DATA 1 2\n") == FileFormat::toro);
  CHECK_THAT(error_of([] { detect_format("a.txt", "\nVERTEX4 0 1 2 3\n"); }),
             Contains("a.txt:2: found 'VERTEX4', expected a text in the format of BAL"));
  CHECK_THAT(error_of([] { detect_format("a.txt", "1 2 3 4\n"); }), Contains("a.txt:1: found '1', expected a text"));
  CHECK_THAT(error_of([] { detect_format("a.txt", " \n"); }), Contains("found the end of the file"));
  CHECK(to_string(FileFormat::nist) == "nist");
  CHECK(to_string(FileFormat::toro) == "toro");
  CHECK(to_string(FileFormat::isam) == "isam");
  CHECK(to_string(FileFormat::dlr) == "dlr");
  CHECK(to_string(FileFormat::bundler) == "bundler");
  CHECK(to_string(FileFormat::colmap) == "colmap");
}

TEST_CASE("format: every shared file", "[io][datasets]") {
  const auto shared = heliotrope_test::datasets();
  if (!heliotrope::has_compression() || !std::filesystem::exists(shared)) {
    WARN("skipped: no libarchive, or no data sets at " << shared);
    return;
  }
  const auto check = [&](const char* folder, const std::string& part, FileFormat expected) {
    std::size_t num_files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(shared / folder)) {
      const std::string name = entry.path().filename().string();
      if (name.find(part) == std::string::npos || name.ends_with(".xz")) continue;
      ++num_files;
      INFO(name);
      CHECK(detect_format("unnamed", heliotrope::read_file(entry.path()).text) == expected);
    }
    CHECK(num_files > 0);
  };
  check("bal", "-post.txt", FileFormat::bal);
  check("bal", "-pre.txt", FileFormat::bal);
  check("pose_graph", ".g2o", FileFormat::g2o);
  check("pose_graph", ".graph", FileFormat::toro);
  check("pose_graph", "sphere2500_groundtruth.txt", FileFormat::isam);
  check("nist", ".dat", FileFormat::nist);
  check("bal", "kermit.out", FileFormat::bundler);
}
