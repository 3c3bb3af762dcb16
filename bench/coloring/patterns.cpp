// SPDX-License-Identifier: Apache-2.0
#include "patterns.hpp"

#include <algorithm>
#include <random>
#include <sstream>

#include "heliotrope/error.hpp"
#include "heliotrope/io/text_file.hpp"

namespace coloring_bench {

using heliotrope::SparsityPattern;

namespace {

void end_row(SparsityPattern& pattern) { pattern.row_begin.push_back(pattern.num_entries()); }

SparsityPattern square(std::int64_t n) {
  SparsityPattern pattern;
  pattern.num_rows = pattern.num_columns = n;
  return pattern;
}

SparsityPattern from_pairs(std::int64_t rows, std::int64_t columns, std::vector<std::pair<int, int>> pairs) {
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  SparsityPattern pattern;
  pattern.num_rows = rows;
  pattern.num_columns = columns;
  pattern.row_begin.assign(static_cast<std::size_t>(rows) + 1, 0);
  for (const auto& pair : pairs) {
    ++pattern.row_begin[static_cast<std::size_t>(pair.first) + 1];
    pattern.columns.push_back(pair.second);
  }
  for (std::int64_t i = 0; i < rows; ++i) pattern.row_begin[i + 1] += pattern.row_begin[i];
  return pattern;
}

}  // namespace

SparsityPattern five_point(int n) {
  SparsityPattern pattern = square(std::int64_t{n} * n);
  for (int x = 0; x < n; ++x) {
    for (int y = 0; y < n; ++y) {
      const int i = x * n + y;
      if (x > 0) pattern.columns.push_back(i - n);
      if (y > 0) pattern.columns.push_back(i - 1);
      pattern.columns.push_back(i);
      if (y < n - 1) pattern.columns.push_back(i + 1);
      if (x < n - 1) pattern.columns.push_back(i + n);
      end_row(pattern);
    }
  }
  return pattern;
}

SparsityPattern finite_elements(int n) {
  SparsityPattern pattern = square(std::int64_t{3} * n * n * n);
  const auto near = [n](int i) { return std::pair(std::max(i - 1, 0), std::min(i + 1, n - 1)); };
  for (int node = 0; node < n * n * n; ++node) {
    const auto [x0, x1] = near(node / (n * n));
    const auto [y0, y1] = near(node / n % n);
    const auto [z0, z1] = near(node % n);
    for (int unknown = 0; unknown < 3; ++unknown) {
      for (int x = x0; x <= x1; ++x) {
        for (int y = y0; y <= y1; ++y) {
          for (int c = 3 * ((x * n + y) * n + z0); c < 3 * ((x * n + y) * n + z1 + 1); ++c) {
            pattern.columns.push_back(c);
          }
        }
      }
      end_row(pattern);
    }
  }
  return pattern;
}

SparsityPattern random_rows(int n) {
  SparsityPattern pattern = square(n);
  std::mt19937_64 random(1);
  for (int i = 0; i < n; ++i) {
    std::vector<int> row;
    while (row.size() < 10) {
      const int c = static_cast<int>(random() % static_cast<unsigned>(n));
      if (std::find(row.begin(), row.end(), c) == row.end()) row.push_back(c);
    }
    std::sort(row.begin(), row.end());
    pattern.columns.insert(pattern.columns.end(), row.begin(), row.end());
    end_row(pattern);
  }
  return pattern;
}

Case read_matrix(const std::filesystem::path& path) {
  const heliotrope::TextFile file = heliotrope::read_file(path);
  std::istringstream in(file.text);
  std::string banner, line;
  std::getline(in, banner);
  if (banner.find("coordinate") == std::string::npos) {
    throw heliotrope::Error(file.name + ": expected a Matrix Market coordinate file");
  }
  const bool mirrored = banner.find("general") == std::string::npos;
  while (std::getline(in, line) && (line.empty() || line[0] == '%')) {
  }
  long long rows = 0, columns = 0, entries = 0;
  std::istringstream(line) >> rows >> columns >> entries;
  std::vector<std::pair<int, int>> pairs;
  for (long long k = 0; k < entries && std::getline(in, line); ++k) {
    char* rest = nullptr;
    const int i = static_cast<int>(std::strtol(line.c_str(), &rest, 10)) - 1;
    const int j = static_cast<int>(std::strtol(rest, nullptr, 10)) - 1;
    if (i < 0 || j < 0 || i >= rows || j >= columns) throw heliotrope::Error(file.name + ": an entry out of range");
    pairs.emplace_back(i, j);
    if (mirrored && i != j) pairs.emplace_back(j, i);
  }
  std::string name = path.filename().string();
  return {name.substr(0, name.find('.')), from_pairs(rows, columns, std::move(pairs)), mirrored};
}

std::vector<Source> sources(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (name.find(".mtx") != std::string::npos && name.find("_rhs") == std::string::npos)
        files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<Source> list;
  for (const auto& file : files) {
    const std::string name = file.filename().string();
    list.push_back({name.substr(0, name.find('.')), [file] { return read_matrix(file); }});
  }
  list.push_back({"five_point_1000", [] { return Case{"five_point_1000", five_point(1000), true}; }});
  list.push_back({"finite_elements_40", [] { return Case{"finite_elements_40", finite_elements(40), true}; }});
  list.push_back({"random_200000", [] { return Case{"random_200000", random_rows(200000), false}; }});
  return list;
}

}  // namespace coloring_bench
