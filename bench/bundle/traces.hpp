// SPDX-License-Identifier: Apache-2.0
// Traces of solves as CSV: what a run writes and a report reads.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "solve.hpp"

namespace bundle {

/// One solve of one problem by one solver.
struct Record {
  std::string problem, solver;
  std::int64_t observations = 0;
  int threads = 1, repeat = 0;
  Solve solve;
};

/// One line a record, complete when add() returns: a run that is stopped loses only the solve that it was in.
class TraceWriter final {
 public:
  explicit TraceWriter(const std::filesystem::path& path);
  void add(const Record& record);

 private:
  std::ofstream file_;
};

/// Errors: not readable, or not what TraceWriter writes, with path and line.
std::vector<Record> read_traces(const std::filesystem::path& path);

}  // namespace bundle
