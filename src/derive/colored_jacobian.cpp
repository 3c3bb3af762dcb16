// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/colored_jacobian.hpp"

#include <string>

#include "derive/difference_engine.hpp"
#include "heliotrope/error.hpp"

namespace heliotrope {

ColoredDifferences::ColoredDifferences(const SparsityPattern& pattern, const Coloring& coloring,
                                       const DifferenceOptions& options, std::span<const std::int64_t> places)
    : engine_(std::make_unique<Engine>(pattern, coloring, options, places)) {}
ColoredDifferences::ColoredDifferences(ColoredDifferences&&) noexcept = default;
ColoredDifferences& ColoredDifferences::operator=(ColoredDifferences&&) noexcept = default;
ColoredDifferences::~ColoredDifferences() = default;

DifferenceReport ColoredDifferences::estimate(Function f, std::span<const double> x, std::span<const double> r_at_x,
                                              std::span<double> values) {
  return engine_->estimate({&f, nullptr}, x, r_at_x, values);
}
DifferenceReport ColoredDifferences::estimate(ManyFunction f, std::span<const double> x, std::span<const double> r_at_x,
                                              std::span<double> values) {
  engine_->use_many();
  return engine_->estimate({nullptr, &f}, x, r_at_x, values);
}
DifferenceReport ColoredDifferences::estimate_digits(Function f, std::span<const double> x,
                                                     std::span<const double> r_at_x, std::span<const double> values,
                                                     std::span<double> digits) {
  return engine_->estimate_digits({&f, nullptr}, x, r_at_x, values, digits);
}
DifferenceReport ColoredDifferences::measure_noise(Function f, std::span<const double> x,
                                                   std::span<const double> r_at_x, std::span<double> scratch) {
  if (!engine_->noise_aware()) {
    throw Error("measure_noise was called without DifferenceOptions::noise_aware; expected it set");
  }
  return engine_->measure_noise({&f, nullptr}, x, r_at_x, scratch);
}

void ColoredDifferences::set_typical(std::span<const double> sizes) { engine_->set_typical(sizes); }

std::span<const double> ColoredDifferences::noise() const { return engine_->noise(); }
double ColoredDifferences::relative_step(std::int64_t j) const { return engine_->relative_step(j); }
const ColoredColumns& ColoredDifferences::columns() const { return engine_->columns(); }
std::int64_t ColoredDifferences::evaluations_per_estimate() const {
  return static_cast<std::int64_t>(engine_->columns().num_colors()) * engine_->shapes().num_points;
}

std::vector<std::int32_t> ColoredDifferences::failed_columns() const {
  std::vector<std::int32_t> failed;
  const std::vector<unsigned char>& failures = engine_->failures();
  for (std::size_t j = 0; j < failures.size(); ++j) {
    if (failures[j]) failed.push_back(static_cast<std::int32_t>(j));
  }
  return failed;
}

}  // namespace heliotrope
