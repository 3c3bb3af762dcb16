// SPDX-License-Identifier: Apache-2.0
// Pose graphs in the text formats of TORO [Grisetti2009] and iSAM [Kaess2008].
#pragma once

#include <filesystem>
#include <string_view>

#include "heliotrope/io/pose_graph.hpp"

namespace heliotrope {

/// Reads a pose graph in TORO's format, usually named .graph: these lines in any order; '#' begins a comment; lines
/// with other tags are skipped with one warning that counts them.
///
///     VERTEX2 id x y theta
///     VERTEX3 id x y z roll pitch yaw
///     EDGE2 from to x y theta             [I11 I12 I22 I33 I13 I23]
///     EDGE3 from to x y z roll pitch yaw  [I11 I12 ... I16 I22 ... I66]
///     EQUIV id id
///     FIX id...
///
/// The rotation is Rz(yaw) Ry(pitch) Rx(roll). Edges without information have the identity, with one warning that
/// counts them. Information is of x, y, z and of the turn about each axis; the graph's, being of half the turn (see
/// PoseGraph), is 2 and 4 times that. TORO takes the edge between equivalent poses as exact: here it keeps its weight,
/// with one warning that counts these lines. Without vertices poses start from the odometry, as parse_g2o's.
/// Errors: as parse_g2o's.
PoseGraph parse_toro(std::string_view name, std::string_view text, const PoseGraphOptions& options = {});
PoseGraph read_toro(const std::filesystem::path& path, const PoseGraphOptions& options = {});

/// Reads a pose graph in iSAM's format: the same lines, but an edge's numbers behind the pose are the upper triangle,
/// row by row, of a square root R of the information, R' R; usually without vertices.
PoseGraph parse_isam(std::string_view name, std::string_view text, const PoseGraphOptions& options = {});
PoseGraph read_isam(const std::filesystem::path& path, const PoseGraphOptions& options = {});

/// Whether a text that has the lines above is iSAM's: a comment before the first line says "iSAM", or no line is
/// VERTEX2, VERTEX3 or EQUIV. (In space nothing else tells the two apart.)
bool is_isam(std::string_view text);

/// Writes poses, FIX, edges and equivalences so that read_toro gives back the same bits in the plane; in space the
/// angles of rotations round. The file appears whole or not at all (OutputFile).
/// Errors: as write_g2o's, and landmarks, for which the format has no lines.
void write_toro(const std::filesystem::path& path, const PoseGraph& graph);

/// The same for read_isam, behind a comment that is_isam understands: square roots come from sqrt_information.
void write_isam(const std::filesystem::path& path, const PoseGraph& graph);

}  // namespace heliotrope
