// SPDX-License-Identifier: Apache-2.0
#include "evaluation.hpp"

#include <algorithm>
#include <cstdio>

#include "solve.hpp"
#include "timing.hpp"

namespace bundle {

namespace {

struct Evaluation {
  std::string name;
  Evaluations (*evaluate)(const heliotrope::BalScene& scene, int repeats);
  Evaluations seconds = {};
};

std::vector<Evaluation> evaluations() {
  return {
    {"Heliotrope, in place (Evaluator)", evaluate_heliotrope},
#if HELIOTROPE_BUNDLE_CERES
        {"Ceres Problem::Evaluate, the same functor", evaluate_ceres},
        {"Ceres Problem::Evaluate, Ceres' rotation", evaluate_ceres_rotation},
#endif
    {
      "Heliotrope, compressed rows (Problem::evaluate)", evaluate_heliotrope_rows
    }
  };
}

}  // namespace

void compare_evaluations(std::ostream& out, const std::string& name, const heliotrope::BalScene& scene, int repeats) {
  std::vector<Evaluation> list = evaluations();
  for (int repeat = 0; repeat < repeats; ++repeat) {
    for (Evaluation& entry : list) {
      const Evaluations more = entry.evaluate(scene, 7);
      entry.seconds.insert(entry.seconds.end(), more.begin() + 1, more.end());  // the first touches new memory
    }
  }
  out << "\n### residuals and Jacobian of " << name << ", one thread\n\n"
      << "| evaluation | least ms | median ms | ns an observation (least) | times the first (least) | (median) |\n"
      << "|---|---|---|---|---|---|\n";
  const auto least = [](const Evaluation& e) { return *std::min_element(e.seconds.begin(), e.seconds.end()); };
  for (const Evaluation& entry : list) {
    char text[200];
    std::snprintf(text, sizeof text, " | %.2f | %.2f | %.1f | %.1f | %.1f |\n", 1e3 * least(entry),
                  1e3 * median(entry.seconds), 1e9 * least(entry) / static_cast<double>(scene.num_observations()),
                  least(entry) / least(list[0]), median(entry.seconds) / median(list[0].seconds));
    out << "| " << entry.name << text;
  }
}

}  // namespace bundle
