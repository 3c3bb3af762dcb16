// SPDX-License-Identifier: Apache-2.0
// A curve of 10 parameters through RESIDUALS points (10^7 by default), beside Ceres' solvers for dense problems.
//
// Each solve runs in a process of its own, so that its peak of memory is its own; contenders take turns, ROUNDS times;
// medians. The bars: costs equal to 1e-6, under 1 GB in all (data included) where there are 10^7 points, and 5 times
// as fast as the fastest of Ceres' solvers. Ends with 1 where one is missed.
//
//     heliotrope_stream [RESIDUALS [ROUNDS [THREADS [CERES' SOLVER ...]]]]
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>

#include "stream.hpp"

namespace stream {

Points make_points(std::int64_t count) {
  Points points;
  points.t.reserve(static_cast<std::size_t>(count));
  points.y.reserve(static_cast<std::size_t>(count));
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal(0.0, 0.1);
  for (std::int64_t i = 0; i < count; ++i) {
    const double t = 10.0 * static_cast<double>(i) / static_cast<double>(count);
    points.t.push_back(t);
    points.y.push_back(curve(truth.data(), t) + normal(random));
  }
  return points;
}

namespace {

struct Contender {
  std::string name;  ///< of Ceres' solver; empty: Heliotrope
  std::vector<double> seconds = {};
  Outcome last = {};

  double median() {
    if (seconds.empty()) return std::numeric_limits<double>::infinity();
    std::sort(seconds.begin(), seconds.end());
    return seconds[seconds.size() / 2];
  }
};

Outcome solve(const std::string& name, std::int64_t count, int threads) {
  if (name.empty()) return solve_with_heliotrope(count, threads);
#if HELIOTROPE_STREAM_CERES
  return solve_with_ceres(count, threads, name);
#else
  return {};
#endif
}

/// In a child process. False: it did not live to tell.
bool solve_apart(Contender& contender, std::int64_t count, int threads) {
  int ends[2];
  if (pipe(ends) != 0) return false;
  const pid_t child = fork();
  if (child == 0) {
    Outcome outcome = solve(contender.name, count, threads);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    outcome.peak_bytes = 1024.0 * static_cast<double>(usage.ru_maxrss);
    const bool written = write(ends[1], &outcome, sizeof(outcome)) == sizeof(outcome);
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  Outcome outcome;
  const bool told = child > 0 && read(ends[0], &outcome, sizeof(outcome)) == sizeof(outcome);
  close(ends[0]);
  if (child > 0) waitpid(child, nullptr, 0);
  if (!told) return false;
  contender.last = outcome;
  contender.seconds.push_back(outcome.seconds);
  return true;
}

bool report(std::vector<Contender>& all, std::int64_t count) {
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t c = 1; c < all.size(); ++c) best = std::min(best, all[c].median());
  for (Contender& c : all) {
    const char* const name = c.name.empty() ? "heliotrope" : c.name.c_str();
    if (c.seconds.empty()) {
      std::printf("%-22s did not end\n", name);
      continue;
    }
    std::printf("%-22s %7.2f s, %2d iterations, cost %.12g; set-up %.2f s; peak %.0f MB\n", name, c.median(),
                c.last.iterations, c.last.cost, c.last.seconds_setup, 1e-6 * c.last.peak_bytes);
  }
  if (all[0].seconds.empty()) return false;
  bool good = count != 10000000 || all[0].last.peak_bytes < 1e9;
  for (std::size_t c = 1; c < all.size(); ++c) {
    if (!all[c].seconds.empty()) good &= std::abs(all[0].last.cost / all[c].last.cost - 1.0) <= 1e-6;
  }
  if (std::isfinite(best)) {
    const double ratio = best / all[0].median();
    std::printf("%.1f times as fast as the fastest of Ceres (bar 5)%s\n", ratio, ratio >= 5.0 ? "" : "  MISSED");
    good &= ratio >= 5.0;
  }
  if (!good) std::printf("MISSED\n");
  return good;
}

}  // namespace

}  // namespace stream

int main(int argc, char** argv) {
  const std::int64_t count = argc > 1 ? std::atoll(argv[1]) : 10000000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 3, threads = argc > 3 ? std::atoi(argv[3]) : 2;
  std::vector<stream::Contender> all{{""}};
#if HELIOTROPE_STREAM_CERES
  for (int i = 4; i < argc; ++i) all.push_back({argv[i]});
  if (argc <= 4) {
    for (const char* name : {"dense_normal_cholesky", "dense_qr", "cgnr"}) all.push_back({name});
  }
#endif
  for (int round = 0; round < rounds; ++round) {
    for (stream::Contender& contender : all) stream::solve_apart(contender, count, threads);
  }
  return stream::report(all, count) ? 0 : 1;
}
