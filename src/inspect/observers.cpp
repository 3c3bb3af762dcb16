// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/observers.hpp"

#include <ostream>
#include <sstream>
#include <utility>

#include "heliotrope/inspect/iteration_table.hpp"
#include "shortest_text.hpp"

namespace heliotrope {

namespace {

using detail::shortest_text;

}  // namespace

std::function<bool(const Iteration&)> print_iterations(std::ostream& out) {
  return [&out](const Iteration& iteration) {
    if (iteration.iteration == 0) out << iteration_header() << '\n';
    out << iteration_line(iteration) << std::endl;
    return true;
  };
}

std::function<bool(const Iteration&)> log_iterations(std::ostream& out) {
  return [&out](const Iteration& i) {
    if (i.iteration == 0) out << "iteration,cost,gradient_max,step_norm,damping,gain_ratio,accepted,seconds\n";
    out << i.iteration << ',' << shortest_text(i.cost) << ',' << shortest_text(i.gradient_max) << ','
        << shortest_text(i.step_norm) << ',' << shortest_text(i.damping) << ',' << shortest_text(i.gain_ratio) << ','
        << (i.accepted ? 1 : 0) << ',' << shortest_text(i.seconds) << std::endl;
    return true;
  };
}

std::string iteration_log(const Summary& summary) {
  std::ostringstream text;
  const auto log = log_iterations(text);
  for (const Iteration& iteration : summary.iterations) log(iteration);
  return std::move(text).str();
}

std::function<bool(const Iteration&)> all_of(std::vector<std::function<bool(const Iteration&)>> callbacks) {
  return [callbacks = std::move(callbacks)](const Iteration& iteration) {
    bool goes_on = true;
    for (const auto& callback : callbacks) goes_on = callback(iteration) && goes_on;
    return goes_on;
  };
}

}  // namespace heliotrope
