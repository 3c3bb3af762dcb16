// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/derive/estimate_noise.hpp"

#include <cmath>
#include <random>
#include <vector>

#include "catch.hpp"
#include "heliotrope/error.hpp"

using namespace heliotrope;

namespace {

/// Smooth function values at spacing h with Gaussian noise.
std::vector<double> noisy_values(std::mt19937_64& random, double sigma, double h, int count) {
  std::normal_distribution<double> noise(0.0, sigma);
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(2.0 + std::sin(1.0 + h * (i - count / 2)) + noise(random));
  return values;
}

}  // namespace

TEST_CASE("estimate noise: the level is found within a factor of four", "[derive][noise]") {
  std::mt19937_64 random(1);
  for (double sigma : {1e-4, 1e-6, 1e-9}) {
    int close = 0, found = 0;
    for (int k = 0; k < 200; ++k) {
      const NoiseEstimate estimate = estimate_noise(noisy_values(random, sigma, 0.1 * sigma, 7));
      if (estimate.status != NoiseStatus::found) continue;
      ++found;
      close += estimate.noise > sigma / 4 && estimate.noise < sigma * 4;
    }
    INFO(sigma);
    CHECK(found >= 180);
    CHECK(close >= 0.97 * found);
  }
}

TEST_CASE("estimate noise: high differences see through a smooth trend", "[derive][noise]") {
  std::mt19937_64 random(2);
  int close = 0;
  for (int k = 0; k < 100; ++k) {  // the trend is 1e4 times the noise
    const NoiseEstimate estimate = estimate_noise(noisy_values(random, 1e-7, 1e-3, 9));
    close += estimate.status == NoiseStatus::found && estimate.noise > 1e-7 / 4 && estimate.noise < 4e-7;
  }
  CHECK(close >= 90);
}

TEST_CASE("estimate noise: spacings that are too small or too large are told", "[derive][noise]") {
  CHECK(estimate_noise(std::vector<double>(7, 3.0)).status == NoiseStatus::spacing_too_small);
  CHECK(estimate_noise(std::vector<double>{1, 2, 4, 8, 16, 32, 64}).status == NoiseStatus::spacing_too_large);
  CHECK(estimate_noise(std::vector<double>{1, 2, NAN, 8, 16, 32, 64}).status == NoiseStatus::spacing_too_large);
  CHECK_THROWS_AS(estimate_noise(std::vector<double>(3, 1.0)), Error);
  CHECK_THROWS_AS(estimate_noise(std::vector<double>(33, 1.0)), Error);
  // A function in single precision: equal values until the spacing has grown.
  const auto single = [](double x) { return static_cast<double>(static_cast<float>(std::exp(x))); };
  const NoiseEstimate estimate = estimate_noise(single, 1.0, 1e-9);
  CHECK(estimate.status == NoiseStatus::found);
  CHECK(estimate.noise > 1e-8);
  CHECK(estimate.noise < 4e-7);  // half a unit in the last place is 1.2e-7
  CHECK_THROWS_AS(estimate_noise(single, 1.0, 0.0), Error);
}

TEST_CASE("estimate noise: curvature and the step that it asks for", "[derive][noise]") {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  const double noise = 1e-6;
  const auto f = [&](double x) { return std::exp(x) + noise * uniform(random); };
  const double curvature = estimate_curvature(f, 1.0, noise);
  CHECK(curvature == Approx(std::exp(1.0)).epsilon(0.2));
  const double h = noise_aware_step(noise, curvature);
  CHECK(h == Approx(std::pow(8.0, 0.25) * std::sqrt(noise / curvature)).epsilon(1e-12));
  CHECK((f(1.0 + h) - f(1.0)) / h == Approx(std::exp(1.0)).epsilon(5e-3));
  CHECK(estimate_curvature([](double x) { return 4.0 * x; }, 1.0, 0.0) == 0.0);
  // Curvature far from 1: the second trial.
  const auto steep = [&](double x) { return 1e8 * x * x + 1e8 + noise * uniform(random); };
  CHECK(estimate_curvature(steep, 1.0, noise) == Approx(2e8).epsilon(0.2));
}
