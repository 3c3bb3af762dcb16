// SPDX-License-Identifier: Apache-2.0
// NIST's nonlinear regression problems, 27 data sets from 2 starts each. LRE: least number of digits, over the
// parameters, that agree with the certified value, capped to [0, 11].
#include <algorithm>
#include <cmath>
#include <iostream>

#include "catch.hpp"
#include "datasets.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/minimize/minimize.hpp"
#include "heliotrope/residuals/nist.hpp"

namespace {

using namespace heliotrope;

double digits(std::span<const double> got, const std::vector<double>& certified) {
  double least = 11.0;
  for (std::size_t k = 0; k < certified.size(); ++k) {
    const double error = std::abs(got[k] - certified[k]) / std::abs(certified[k]);
    least = std::min(least, error > 0.0 ? -std::log10(error) : 11.0);
  }
  return std::isfinite(least) ? std::max(0.0, least) : 0.0;
}

struct Score {
  int successes = 0;
  double mean = 0.0;
  std::string misses;
};

Score score(const MinimizeOptions& options) {
  Score score;
  for (std::string_view name : nist_names) {
    const NistProblem data = read_nist(heliotrope_test::datasets() / "nist" / (std::string(name) + ".dat.gz"));
    for (int start : {1, 2}) {
      Problem problem = make_problem(data, start);
      minimize(problem, options);
      const double lre = digits(problem.values(), data.certified);
      score.mean += lre / 54.0;
      if (lre >= 4.0) {
        ++score.successes;
      } else {
        score.misses += " " + std::string(name) + "/" + std::to_string(start);
      }
    }
  }
  return score;
}

bool data_is_there() {
  if (has_compression() && std::filesystem::exists(heliotrope_test::datasets() / "nist")) return true;
  WARN("skipped: no data sets at " << heliotrope_test::datasets());
  return false;
}

void print(const char* what, const Score& s) {
  std::cout << "NIST, " << what << ": " << s.successes << "/54, mean LRE " << s.mean << ", misses:" << s.misses << '\n';
}

}  // namespace

TEST_CASE("minimize: NIST at tight tolerances", "[minimize][nist][paper]") {
  if (!data_is_there()) return;
  MinimizeOptions options{
      .max_iterations = 5000, .cost_tolerance = 1e-16, .gradient_tolerance = 1e-16, .step_tolerance = 1e-16};
  const Score exact = score(options);
  print("tight, autodiff", exact);
  CHECK(exact.successes == 54);
  CHECK(exact.mean >= 9.3);

  options.derivatives = Derivatives::complex_step;
  const Score complex_step = score(options);
  print("tight, complex step", complex_step);
  CHECK(complex_step.successes == 54);
  options.derivatives = Derivatives::central;
  const Score central = score(options);
  print("tight, central", central);
  CHECK(central.successes >= 51);
  options.derivatives = Derivatives::coloured;
  const Score coloured = score(options);
  print("tight, coloured central", coloured);
  CHECK(coloured.successes >= 53);
  CHECK(coloured.mean >= 8.5);
  options.derivatives = Derivatives::forward;
  const Score forward = score(options);
  print("tight, forward", forward);
  CHECK(forward.successes >= 45);
}

TEST_CASE("minimize: NIST with default options", "[minimize][nist][paper]") {
  if (!data_is_there()) return;
  const Score exact = score({});
  print("default, autodiff", exact);
  CHECK(exact.successes == 54);
  CHECK(exact.mean >= 8.5);
}
