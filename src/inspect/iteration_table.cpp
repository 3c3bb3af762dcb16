// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/iteration_table.hpp"

#include <cstdio>

namespace heliotrope {

std::string iteration_header() {
  char line[128];
  std::snprintf(line, sizeof line, "%5s %16s %9s %9s %9s %10s %8s", "iter", "cost", "gradient", "step", "damping",
                "gain ratio", "seconds");
  return line;
}

std::string iteration_line(const Iteration& iteration) {
  char line[256];
  if (iteration.iteration == 0) {
    std::snprintf(line, sizeof line, "%5d %16.9e %9.2e %9s %9s %10s %8.3f", iteration.iteration, iteration.cost,
                  iteration.gradient_max, "", "", "", iteration.seconds);
  } else {
    std::snprintf(line, sizeof line, "%5d %16.9e %9.2e %9.2e %9.2e %10.2e %8.3f%s", iteration.iteration, iteration.cost,
                  iteration.gradient_max, iteration.step_norm, iteration.damping, iteration.gain_ratio,
                  iteration.seconds, iteration.accepted ? "" : " reject");
  }
  return line;
}

std::string iteration_table(const Summary& summary) {
  std::string text = iteration_header() + "\n";
  for (const Iteration& iteration : summary.iterations) text += iteration_line(iteration) + "\n";
  return text;
}

}  // namespace heliotrope
