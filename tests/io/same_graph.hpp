// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "heliotrope/io/pose_graph.hpp"

namespace heliotrope_test {

/// Whether all that a file can hold of two graphs is equal, bit by bit.
inline bool same(const heliotrope::PoseGraph& a, const heliotrope::PoseGraph& b) {
  return a.dimension == b.dimension && a.ids == b.ids && a.poses == b.poses && a.from == b.from && a.to == b.to &&
         a.measurements == b.measurements && a.information == b.information &&
         a.sqrt_information == b.sqrt_information && a.fixed == b.fixed && a.landmark_ids == b.landmark_ids &&
         a.landmarks == b.landmarks && a.observer == b.observer && a.observed == b.observed && a.sensor == b.sensor &&
         a.sightings == b.sightings && a.sighting_information == b.sighting_information &&
         a.sighting_sqrt_information == b.sighting_sqrt_information && a.fixed_landmarks == b.fixed_landmarks &&
         a.offset_ids == b.offset_ids && a.offsets == b.offsets && a.equivalences == b.equivalences;
}

/// The largest difference of two arrays of one length.
inline double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = a.size() == b.size() ? 0.0 : 1e300;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

inline bool warns_of(const heliotrope::PoseGraph& graph, const std::string& text) {
  return std::any_of(graph.warnings.begin(), graph.warnings.end(),
                     [&](const std::string& warning) { return warning.find(text) != std::string::npos; });
}

}  // namespace heliotrope_test
