// SPDX-License-Identifier: Apache-2.0
// problem,observations,threads,repeat,solver,outcome,seconds,iterations,note,trace
// The trace is "seconds:cost seconds:cost ...". Commas inside a cell become semicolons.
#include "traces.hpp"

#include <algorithm>
#include <cstdio>
#include <sstream>

#include "heliotrope/error.hpp"

namespace bundle {

namespace {

constexpr const char* header = "problem,observations,threads,repeat,solver,outcome,seconds,iterations,note,trace";

std::string cell(std::string text) {
  std::replace(text.begin(), text.end(), ',', ';');
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::vector<Solve::Point> parse_trace(const std::string& text) {
  std::vector<Solve::Point> trace;
  std::istringstream in(text);
  char colon = 0;
  for (Solve::Point point; in >> point.seconds >> colon >> point.cost;) trace.push_back(point);
  return trace;
}

Record parse(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string text; std::getline(in, text, ',');) cells.push_back(text);
  cells.resize(std::max<std::size_t>(cells.size(), 10));  // getline drops an empty last cell
  Record record;
  record.problem = cells[0];
  record.observations = std::stoll(cells[1]);
  record.threads = std::stoi(cells[2]);
  record.repeat = std::stoi(cells[3]);
  record.solver = cells[4];
  record.solve.outcome = cells[5];
  record.solve.seconds = std::stod(cells[6]);
  record.solve.iterations = std::stoi(cells[7]);
  record.solve.note = cells[8];
  record.solve.trace = parse_trace(cells[9]);
  return record;
}

}  // namespace

TraceWriter::TraceWriter(const std::filesystem::path& path) : file_(path) {
  if (!file_) throw heliotrope::Error(path.string() + ": cannot be written");
  file_ << header << std::endl;
}

void TraceWriter::add(const Record& record) {
  const Solve& solve = record.solve;
  file_ << cell(record.problem) << ',' << record.observations << ',' << record.threads << ',' << record.repeat << ','
        << cell(record.solver) << ',' << solve.outcome << ',' << solve.seconds << ',' << solve.iterations << ','
        << cell(solve.note) << ',';
  char text[60];
  for (const Solve::Point& point : solve.trace) {
    std::snprintf(text, sizeof text, "%.6f:%.12e ", point.seconds, point.cost);
    file_ << text;
  }
  file_ << std::endl;
}

std::vector<Record> read_traces(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line != header) {
    throw heliotrope::Error(path.string() + ":1: found \"" + line + "\", expected \"" + header + "\"");
  }
  std::vector<Record> records;
  for (int number = 2; std::getline(file, line); ++number) {
    try {
      records.push_back(parse(line));
    } catch (const std::exception&) {
      throw heliotrope::Error(path.string() + ":" + std::to_string(number) + ": found \"" + line.substr(0, 80) +
                              "\", expected a record");
    }
  }
  return records;
}

}  // namespace bundle
