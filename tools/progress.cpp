// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string>

#include "heliotrope/inspect/iteration_table.hpp"
#include "heliotrope/inspect/objective_report.hpp"

namespace heliotrope_tool {

namespace {

constexpr int lines_of_a_screen = 20;

bool wants_colour() {
  const char* terminal = std::getenv("TERM");
  const char* refused = std::getenv("NO_COLOR");
  return terminal != nullptr && std::string_view(terminal) != "dumb" && (refused == nullptr || *refused == '\0');
}

}  // namespace

Progress::Progress(std::FILE* stream)
    : stream_(stream),
      terminal_(stream != nullptr && isatty(fileno(stream)) != 0),
      colour_(terminal_ && wants_colour()) {}

void Progress::text(std::string_view text) {
  if (stream_ == nullptr) return;
  std::fwrite(text.data(), 1, text.size(), stream_);
  std::fflush(stream_);
}

bool Progress::shows_header(int line) const { return terminal_ ? line % lines_of_a_screen == 0 : line == 0; }

void Progress::iteration(const heliotrope::ObjectiveIteration& iteration) {
  if (stream_ == nullptr) return;
  const int k = iteration.iteration, every = k < 100 ? 1 : k < 1000 ? 10 : 100;
  if (k % every != 0) return;
  const int line = k < 100 ? k : k < 1000 ? 90 + k / 10 : 180 + k / 100;
  text((shows_header(line) ? heliotrope::objective_header() + "\n" : "") + heliotrope::objective_line(iteration) +
       "\n");
}

void Progress::iteration(const heliotrope::Iteration& iteration) {
  if (stream_ == nullptr) return;
  std::string lines;
  if (shows_header(iteration.iteration)) lines += heliotrope::iteration_header() + "\n";
  const bool dims = colour_ && !iteration.accepted;
  lines += (dims ? "\033[2m" : "") + heliotrope::iteration_line(iteration) + (dims ? "\033[0m" : "") + "\n";
  text(lines);
}

}  // namespace heliotrope_tool
