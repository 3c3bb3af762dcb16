// SPDX-License-Identifier: Apache-2.0
#include "nist_findings.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace heliotrope_tool {

namespace {

constexpr double most_digits = 11.0;  // as many as NIST certifies

}  // namespace

double agreeing_digits(double value, double certified) {
  const double error = std::abs(value - certified) / (certified == 0.0 ? 1.0 : std::abs(certified));
  if (std::isnan(error)) return 0.0;
  if (error == 0.0) return most_digits;
  return std::clamp(-std::log10(error), 0.0, most_digits);
}

std::string nist_findings(const heliotrope::NistProblem& data, std::span<const double> parameters) {
  char line[128];
  std::snprintf(line, sizeof line, "%-9s %22s %18s %7s\n", "parameter", data.name.substr(0, 22).c_str(), "certified",
                "digits");
  std::string text = line;
  double least = most_digits;
  for (std::size_t k = 0; k < data.certified.size(); ++k) {
    const double digits = agreeing_digits(parameters[k], data.certified[k]);
    least = std::min(least, digits);
    std::snprintf(line, sizeof line, "b%-8zu %22.15e %18.10e %7.2f\n", k + 1, parameters[k], data.certified[k], digits);
    text += line;
  }
  std::snprintf(line, sizeof line, "LRE %.2f\n", least);
  return text + line;
}

}  // namespace heliotrope_tool
