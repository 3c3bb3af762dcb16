// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/estimate_noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "heliotrope/error.hpp"

namespace heliotrope {

namespace {
constexpr std::size_t fewest = 4, most = 32;
}

NoiseEstimate estimate_noise(std::span<const double> values) {
  const std::size_t count = values.size();
  if (count < fewest || count > most) {
    throw Error("estimate_noise got " + std::to_string(count) + " values; expected 4 to 32, equally spaced");
  }
  std::array<double, most> differences, level;
  std::array<bool, most> changes_sign;
  std::copy(values.begin(), values.end(), differences.begin());
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  if (!(*greatest - *least <= 0.1 * std::max(std::abs(*least), std::abs(*greatest)))) {
    return {0.0, 0, NoiseStatus::spacing_too_large};
  }
  double gamma = 1.0;  // (k!)^2 / (2k)!
  for (std::size_t k = 1; k < count; ++k) {
    std::size_t zeros = 0;
    double sum = 0.0, low = HUGE_VAL, high = -HUGE_VAL;
    for (std::size_t i = 0; i + k < count; ++i) {
      const double d = differences[i] = differences[i + 1] - differences[i];
      zeros += d == 0.0;
      sum += d * d;
      low = std::min(low, d);
      high = std::max(high, d);
    }
    if (k == 1 && 2 * zeros >= count) return {0.0, 0, NoiseStatus::spacing_too_small};
    gamma *= 0.5 * static_cast<double>(k) / static_cast<double>(2 * k - 1);
    level[k] = std::sqrt(gamma * sum / static_cast<double>(count - k));
    changes_sign[k] = low < 0.0 && high > 0.0;
  }
  for (std::size_t k = 1; k + 2 < count; ++k) {
    const double low = std::min({level[k], level[k + 1], level[k + 2]});
    const double high = std::max({level[k], level[k + 1], level[k + 2]});
    if (high <= 4.0 * low && changes_sign[k]) return {level[k], static_cast<int>(k), NoiseStatus::found};
  }
  return {0.0, 0, NoiseStatus::spacing_too_large};
}

NoiseEstimate estimate_noise(FunctionRef<double(double)> f, double x, double spacing) {
  if (!(spacing > 0.0)) {
    throw Error("estimate_noise got spacing " + std::to_string(spacing) + "; expected a positive number");
  }
  NoiseEstimate estimate;
  for (int attempt = 0; attempt < 4; ++attempt) {
    std::array<double, 7> values;
    for (int i = 0; i < 7; ++i) values[i] = f(x + (i - 3) * spacing);
    estimate = estimate_noise(values);
    if (estimate.status == NoiseStatus::found) break;
    spacing *= estimate.status == NoiseStatus::spacing_too_small ? 100.0 : 0.01;
  }
  return estimate;
}

double estimate_curvature(FunctionRef<double(double)> f, double x, double noise) {
  if (!(noise > 0.0)) return 0.0;
  const double at = f(x), size = x == 0.0 ? 1.0 : std::abs(x);
  struct Trial {
    double curvature;
    bool clear, near;  // above the noise by far; values not far from f(x)
  };
  const auto attempt = [&](double h) {
    const double above = f(x + h), below = f(x - h), second = std::abs(above - 2.0 * at + below);
    const auto is_near = [&](double y) { return std::abs(y - at) <= 0.1 * std::max(std::abs(y), std::abs(at)); };
    return Trial{second / (h * h), second >= 100.0 * noise, is_near(above) && is_near(below)};
  };
  const Trial first = attempt(std::pow(noise, 0.25) * size);
  if ((first.clear && first.near) || first.curvature == 0.0) return first.curvature;
  const Trial second = attempt(std::pow(noise / first.curvature, 0.25));
  if (second.clear && second.near) return second.curvature;
  const bool agree = std::abs(first.curvature - second.curvature) <= 0.5 * second.curvature;
  return agree || second.clear ? second.curvature : first.curvature;
}

double noise_aware_step(double noise, double second_derivative) {
  return 1.6817928305074290 * std::sqrt(noise / std::abs(second_derivative));
}

}  // namespace heliotrope
