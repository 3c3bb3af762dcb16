// SPDX-License-Identifier: Apache-2.0
#include "patterns.hpp"

#include <algorithm>
#include <random>

#include "heliotrope/derive/stencil.hpp"
#include "heliotrope/io/matrix_market.hpp"

namespace coloring_bench {

using heliotrope::SparsityPattern;

namespace {

/// n x n with 10 different random columns in each row.
SparsityPattern random_rows(int n) {
  SparsityPattern pattern;
  pattern.num_rows = pattern.num_columns = n;
  std::mt19937_64 random(1);
  for (int i = 0; i < n; ++i) {
    std::vector<int> row;
    while (row.size() < 10) {
      const int c = static_cast<int>(random() % static_cast<unsigned>(n));
      if (std::find(row.begin(), row.end(), c) == row.end()) row.push_back(c);
    }
    std::sort(row.begin(), row.end());
    pattern.columns.insert(pattern.columns.end(), row.begin(), row.end());
    pattern.row_begin.push_back(pattern.num_entries());
  }
  return pattern;
}

/// A matrix that is symmetric by its file's word is a case for symmetric colourings too.
Case read_matrix(const std::string& name, const std::filesystem::path& path) {
  heliotrope::MatrixMarket matrix = heliotrope::read_matrix_market(path);
  return {name, std::move(matrix.pattern), matrix.symmetry != heliotrope::MatrixSymmetry::general};
}

}  // namespace

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
    const std::string whole = file.filename().string(), name = whole.substr(0, whole.find('.'));
    list.push_back({name, [name, file] { return read_matrix(name, file); }});
  }
  const auto stencil = [&](const char* name, const heliotrope::Stencil& of) {
    list.push_back({name, [name, of] { return Case{name, stencil_pattern(of), true}; }});
  };
  stencil("five_point_1000", heliotrope::five_point(1000, 1000));
  heliotrope::Stencil elements = heliotrope::twenty_seven_point(40, 40, 40);  // trilinear, three unknowns a node
  elements.unknowns = 3;
  stencil("finite_elements_40", elements);
  list.push_back({"random_200000", [] { return Case{"random_200000", random_rows(200000), false}; }});
  return list;
}

}  // namespace coloring_bench
