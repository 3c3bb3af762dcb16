// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/io/bal_normalisation.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "heliotrope/residuals/rotation.hpp"

namespace heliotrope {
namespace {

constexpr double wanted_deviation = 100.0;  // customary, see the header

// The upper of the two middle ones where their number is even.
double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

BalNormalisation find_normalisation(std::span<const double> points) {
  const bool finite = std::all_of(points.begin(), points.end(), [](double x) { return std::isfinite(x); });
  if (points.size() < 3 || !finite) return {};
  BalNormalisation found;
  std::vector<double> values(points.size() / 3);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t p = 0; p < values.size(); ++p) values[p] = points[3 * p + i];
    found.centre[i] = median(values);
  }
  for (std::size_t p = 0; p < values.size(); ++p) {
    values[p] = std::abs(points[3 * p] - found.centre[0]) + std::abs(points[3 * p + 1] - found.centre[1]) +
                std::abs(points[3 * p + 2] - found.centre[2]);
  }
  found.scale = wanted_deviation / median(values);
  return std::isnormal(found.scale) && std::isnormal(1.0 / found.scale) ? found : BalNormalisation{};
}

void normalise(const BalNormalisation& by, std::span<double> cameras, std::span<double> points) {
  double turned[3];
  for (std::size_t c = 0; c + 9 <= cameras.size(); c += 9) {
    angle_axis_rotate(&cameras[c], by.centre.data(), turned);
    for (std::size_t i = 0; i < 3; ++i) cameras[c + 3 + i] = by.scale * (cameras[c + 3 + i] + turned[i]);
  }
  for (std::size_t k = 0; k < points.size(); ++k) points[k] = by.scale * (points[k] - by.centre[k % 3]);
}

void denormalise(const BalNormalisation& by, std::span<double> cameras, std::span<double> points) {
  double turned[3];
  for (std::size_t c = 0; c + 9 <= cameras.size(); c += 9) {
    angle_axis_rotate(&cameras[c], by.centre.data(), turned);
    for (std::size_t i = 0; i < 3; ++i) cameras[c + 3 + i] = cameras[c + 3 + i] / by.scale - turned[i];
  }
  for (std::size_t k = 0; k < points.size(); ++k) points[k] = points[k] / by.scale + by.centre[k % 3];
}

}  // namespace heliotrope
