// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <string_view>

#include "heliotrope/minimize/objective_summary.hpp"
#include "heliotrope/minimize/summary.hpp"

namespace heliotrope_tool {

/// The lines of a solve for people, each shown at once: on a terminal with a header on every screen and rejected steps
/// dimmed, elsewhere as plain lines.
class Progress final {
 public:
  /// stream: null prints nothing.
  explicit Progress(std::FILE* stream);

  void text(std::string_view text);
  void iteration(const heliotrope::Iteration& iteration);
  /// All of the first hundred, then every tenth, then every hundredth.
  void iteration(const heliotrope::ObjectiveIteration& iteration);

 private:
  bool shows_header(int line) const;

  std::FILE* stream_;
  bool terminal_;
  bool colour_;
};

}  // namespace heliotrope_tool
