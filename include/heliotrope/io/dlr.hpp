// SPDX-License-Identifier: Apache-2.0
// The landmark-SLAM data of DLR's spatial cognition project [Kurlbaum2009]: three files of numbers.
#pragma once

#include <filesystem>
#include <string_view>

#include "heliotrope/io/pose_graph.hpp"

namespace heliotrope {

/// Reads the edges, numbers separated by commas; '#' begins a comment:
///
///     P,from,to,x,y,theta,I11,I12,I13,I21,...,I33       one pose seen from another
///     L,pose,landmark,x,y,I11,I12,I21,I22               a landmark seen from a pose
///
/// Poses and landmarks share one index space, are in the order of their ids, and start from the odometry and their
/// first sighting, as parse_g2o's without vertices.
/// Errors: as parse_g2o's, and an information matrix that is not symmetric to 1e-5 of its diagonal.
PoseGraph parse_dlr_edges(std::string_view name, std::string_view text, const PoseGraphOptions& options = {});

/// Takes poses and landmarks of a graph from a state vector (a number a line) and the table of where each is in it:
/// lines `id,first,size` with size 3 for a pose and 2 for a landmark.
/// Errors, by line: an id that is not the graph's or of another kind, a place outside the state, an id of the graph
/// without a line or with two.
void set_dlr_state(std::string_view table_name, std::string_view table, std::string_view state_name,
                   std::string_view state, PoseGraph& graph);

/// Reads all three files, plain or compressed.
PoseGraph read_dlr(const std::filesystem::path& edges, const std::filesystem::path& vertices,
                   const std::filesystem::path& state, const PoseGraphOptions& options = {});

}  // namespace heliotrope
