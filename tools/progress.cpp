// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string>

#include "heliotrope/inspect/iteration_table.hpp"

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

void Progress::iteration(const heliotrope::Iteration& iteration) {
  if (stream_ == nullptr) return;
  const int every = terminal_ ? lines_of_a_screen : 0;
  const bool heads = every > 0 ? iteration.iteration % every == 0 : iteration.iteration == 0;
  std::string lines;
  if (heads) lines += heliotrope::iteration_header() + "\n";
  const bool dims = colour_ && !iteration.accepted;
  lines += (dims ? "\033[2m" : "") + heliotrope::iteration_line(iteration) + (dims ? "\033[0m" : "") + "\n";
  text(lines);
}

}  // namespace heliotrope_tool
