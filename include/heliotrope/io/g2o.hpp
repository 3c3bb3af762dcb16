// SPDX-License-Identifier: Apache-2.0
// Pose graphs and landmarks in the text format of g2o [Kuemmerle2011].
#pragma once

#include <filesystem>
#include <string_view>

#include "heliotrope/io/pose_graph.hpp"

namespace heliotrope {

/// Reads a graph from these lines, in any order; a '#' begins a comment; lines with other tags are skipped with one
/// warning that counts them.
///
///     VERTEX_SE2 id x y theta                  VERTEX_SE3:QUAT id x y z qx qy qz qw
///     VERTEX_XY id x y                         VERTEX_TRACKXYZ id x y z
///     EDGE_SE2 from to pose information        EDGE_SE3:QUAT from to pose information
///     EDGE_SE2_XY pose landmark x y ...        EDGE_SE3_TRACKXYZ pose landmark offset x y z information
///     LANDMARK2 pose landmark x y ...          PARAMS_SE3OFFSET offset x y z qx qy qz qw
///     FIX id...
///
/// Ids of poses and landmarks are one index space, those of offsets are another. Poses keep the order of their lines;
/// without any, they are those that edges and sightings name, in the order of their ids, and start from the odometry:
/// the lowest id at the origin, and every other pose composed along edges between neighbouring ids, or along other
/// edges (breadth first, in file order) where those do not lead to it. Likewise landmarks: without any line of their
/// own each starts where its first sighting in the file puts it.
///
/// Quaternions are normalised. Repeated edges are kept. An information matrix that is indefinite by more than rounding
/// is replaced, in sqrt_information, by the nearest semidefinite one (its negative eigenvalues set to zero), with one
/// warning that counts them.
///
/// Errors, as "name:line: found ..., expected ...": a line with too few or too many numbers, not finite, a quaternion
/// of length zero, plane and space in one file, a repeated vertex or offset, an id that is both a pose's and a
/// landmark's, an edge, sighting or FIX that names a missing vertex or offset, an edge from a pose to itself, no edge
/// or sighting at all, and what `strict` refuses.
PoseGraph parse_g2o(std::string_view name, std::string_view text, const PoseGraphOptions& options = {});

/// Reads a graph from a file, plain or compressed: read_file, then parse_g2o.
PoseGraph read_g2o(const std::filesystem::path& path, const PoseGraphOptions& options = {});

/// Writes offsets, vertices, FIX lines, edges and sightings (as EDGE_SE2_XY in the plane) so that read_g2o gives back
/// the same bits; the file appears whole or not at all (OutputFile). In space a sensor of -1 becomes an offset of its
/// own, the identity. Equivalences have no line. Errors: array lengths that do not fit each other, an index out of
/// range, a number that is not finite.
void write_g2o(const std::filesystem::path& path, const PoseGraph& graph);

}  // namespace heliotrope
