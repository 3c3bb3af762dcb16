// SPDX-License-Identifier: Apache-2.0
// Pose graphs in the text format of g2o [Kuemmerle2011].
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace heliotrope {

/// Poses in the plane or in space, and measurements of one pose in the frame of another.
///
/// A pose is x y theta (dimension 2) or x y z qx qy qz qw (dimension 3, unit quaternion), world from pose. Edge k
/// measures pose `to` in the frame of pose `from`: measurement = inverse(from) * to. Poses and edges are named by
/// their position in these arrays; ids are only what the file calls them.
struct PoseGraph {
  int dimension = 2;
  std::vector<std::int64_t> ids;         // [pose]
  std::vector<double> poses;             // [pose][pose_size()]
  std::vector<std::int32_t> from, to;    // [edge], positions in `ids`
  std::vector<double> measurements;      // [edge][pose_size()]
  std::vector<double> information;       // [edge][information_size()], upper triangle row by row, as read
  std::vector<double> sqrt_information;  // [edge][tangent_size()^2], W row by row with W' W = information
  std::vector<std::int32_t> fixed;       // poses that FIX lines name, in their order, each once
  std::vector<std::string> warnings;     // what the reader skipped or changed, a sentence each

  int pose_size() const { return dimension == 2 ? 3 : 7; }
  int tangent_size() const { return dimension == 2 ? 3 : 6; }
  int information_size() const { return dimension == 2 ? 6 : 21; }
  std::int64_t num_poses() const { return static_cast<std::int64_t>(ids.size()); }
  std::int64_t num_edges() const { return static_cast<std::int64_t>(from.size()); }
};

struct G2oOptions {
  /// Refuse an information matrix that is indefinite by more than rounding, instead of clipping it.
  bool strict = false;
};

/// Reads a pose graph from the lines VERTEX_SE2, VERTEX_SE3:QUAT, EDGE_SE2, EDGE_SE3:QUAT and FIX (one or more ids), in
/// any order; a '#' begins a comment; lines with other tags are skipped with one warning that counts them.
///
/// Poses keep the order of their lines. Without any VERTEX line, they are those that edges name, in the order of their
/// ids, and start from the odometry: the lowest id at the origin, and every other pose composed along edges between
/// neighbouring ids, or along other edges (breadth first, in file order) where those do not lead to it.
/// Quaternions are normalised. Repeated edges are kept. An information matrix that is indefinite by more than rounding
/// is replaced, in sqrt_information, by the nearest semidefinite one (its negative eigenvalues set to zero), with one
/// warning that counts them; "by more than rounding" means that a diagonal entry is negative, or that an eigenvalue of
/// the matrix scaled to unit diagonal is below -1e-5, ten times what printing with six digits can do.
///
/// Errors, as "name:line: found ..., expected ...": a line with too few or too many numbers, not finite, a quaternion
/// of length zero, SE2 and SE3 in one file, a repeated vertex, an edge or FIX that names a missing vertex, an edge from
/// a pose to itself, no edge at all, and what `strict` refuses.
PoseGraph parse_g2o(std::string_view name, std::string_view text, const G2oOptions& options = {});

/// Reads a pose graph from a file, plain or compressed: read_file, then parse_g2o.
PoseGraph read_g2o(const std::filesystem::path& path, const G2oOptions& options = {});

/// Writes poses, FIX lines and edges so that read_g2o gives back the same bits; the file appears whole or not at all
/// (OutputFile). Errors: array lengths that do not fit each other, an index out of range, a number that is not finite.
void write_g2o(const std::filesystem::path& path, const PoseGraph& graph);

/// A square root W of a symmetric matrix given by its upper triangle row by row: W' W = the nearest positive
/// semidefinite matrix in the Frobenius norm [Higham1988, 2].
///
/// size: rows, 3 or 6. upper: size (size + 1) / 2. root: out, size x size row by row; upper triangular where the matrix
/// is positive definite. Returns false where the matrix is indefinite by more than rounding (see parse_g2o).
/// Error: entries so large that W is not finite.
bool sqrt_information(int size, const double* upper, double* root);

}  // namespace heliotrope
