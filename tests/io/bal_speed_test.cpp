// SPDX-License-Identifier: Apache-2.0
// A scene is read and written at the pace that large ones need.
#include <algorithm>
#include <chrono>
#include <filesystem>

#include "catch.hpp"
#include "files.hpp"
#include "heliotrope/io/bal.hpp"
#include "heliotrope/io/generate.hpp"

namespace {

/// The best of some calls, in seconds: other work on the machine only adds.
template <class Call>
double best_seconds(int calls, const Call& call) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  for (int i = 0; i < calls; ++i) {
    const auto start = Clock::now();
    call();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

}  // namespace

TEST_CASE("bal: plain text is read at 200 MB/s and written at 80 MB/s", "[io][bal][timing]") {
  const heliotrope_test::TemporaryFolder folder;
  const auto path = folder / "scene.txt";
  const heliotrope::BalScene scene =
      heliotrope::generate_bal({.num_cameras = 500, .num_points = 100000, .mean_track = 6.5});
  const double write_seconds = best_seconds(3, [&] { write_bal(path, scene); });
  heliotrope::BalScene again;
  const double read_seconds = best_seconds(5, [&] { again = heliotrope::read_bal(path); });
  CHECK(again == scene);

  const double megabytes = 1e-6 * static_cast<double>(std::filesystem::file_size(path));
  WARN(megabytes << " MB: read at " << megabytes / read_seconds << " MB/s, written at " << megabytes / write_seconds
                 << " MB/s");
  CHECK(megabytes / read_seconds >= 200.0);
  CHECK(megabytes / write_seconds >= 80.0);
}
