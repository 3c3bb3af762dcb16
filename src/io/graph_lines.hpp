// SPDX-License-Identifier: Apache-2.0
// The lines of a pose graph as they come, whatever the format, and what they join to.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "heliotrope/io/pose_graph.hpp"
#include "heliotrope/io/text_parser.hpp"

namespace heliotrope::detail {

/// Whether a warning says where poses or landmarks start that have no lines.
bool is_of_start(const std::string& warning);

/// Collects lines: a format's reader takes one after the other with next_line() and reads its parts by the members
/// below, which append to the graph; join() then looks up ids. All ids stay as the text names them until then.
class GraphLines final {
 public:
  GraphLines(std::string_view name, std::string_view text, const PoseGraphOptions& options)
      : name_(name), parser_(name, text), options_(options) {}

  PoseGraph& graph() { return graph_; }
  TextParser& parser() { return parser_; }

  /// Goes to the next line that is neither blank nor a comment, and reads its tag.
  bool next_line(std::string_view& tag);
  /// Where the line's tag is.
  const char* line() const { return line_; }
  /// Whether the line has no more words but a comment.
  bool is_line_read();
  /// Throws where it has.
  void end_line();

  /// Each begins a line of its kind: its ids, and its dimension, which has to be that of the lines before.
  void begin_pose(int dimension);
  void begin_edge(int dimension);
  void begin_landmark(int dimension);
  void begin_sighting(int dimension);
  void begin_offset();

  void read_numbers(int count, const char* what, std::vector<double>& values);
  /// x y theta, or x y z qx qy qz qw; quaternions are normalised.
  void read_pose(int dimension, const char* what, std::vector<double>& values);
  /// The offset that a sighting names; a sighting without it is seen from the pose itself.
  void read_sensor();
  /// The ids of a FIX line.
  void read_fixed();
  /// The ids of an EQUIV line.
  void read_equivalence();

  void skip(std::string_view tag) { ++skipped_[std::string(tag)]; }

  /// `edges`: the tags that the format's edges have, for the error that there is none.
  PoseGraph join(const char* edges);

 private:
  struct IdAt {
    std::int64_t id;
    const char* position;  // where the text names it
  };
  /// Positions by id.
  class Index {
   public:
    void build(const std::vector<std::int64_t>& ids);
    std::int32_t find(std::int64_t id) const;  // -1: missing
    /// The later position of an id that is there twice; -1: there is none.
    std::int32_t repeated() const;

   private:
    std::vector<std::pair<std::int64_t, std::int32_t>> sorted_;
  };

  void set_dimension(int dimension);
  std::int64_t read_id(const char* expected);
  void take_ids(const std::vector<std::int64_t>& named, std::vector<std::int64_t>& ids);
  void take_missing_ids();
  void index_ids();
  void join_edges();
  void join_sightings();
  void join_others();
  std::int32_t find_pose(const IdAt& named, const char* what) const;
  [[noreturn]] void fail_missing(const IdAt& named, const char* what) const;
  void factor(int size, const std::vector<const char*>& lines, const std::vector<double>& information,
              std::vector<double>& roots);
  void warn_of_clipped();
  void compose_start(bool poses, bool landmarks);
  void warn_of_skipped();

  std::string name_;
  TextParser parser_;
  PoseGraphOptions options_;
  PoseGraph graph_;
  const char* line_ = nullptr;
  bool has_dimension_ = false;
  std::vector<std::array<std::int64_t, 2>> edge_ids_, sighting_ids_;
  std::vector<std::int64_t> sensor_ids_;  // [sighting in space]
  std::vector<const char*> pose_lines_, edge_lines_, landmark_lines_, sighting_lines_, offset_lines_;
  std::vector<IdAt> fixed_;
  std::vector<std::array<IdAt, 2>> equivalences_;
  Index pose_index_, landmark_index_, offset_index_;
  std::int64_t num_clipped_ = 0;
  const char* first_clipped_ = nullptr;
  std::map<std::string, std::int64_t> skipped_;  // tag -> lines
};

}  // namespace heliotrope::detail
