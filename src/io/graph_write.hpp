// SPDX-License-Identifier: Apache-2.0
// What the writers of pose graphs share.
#pragma once

#include <cstdint>
#include <string>

#include "heliotrope/io/output_file.hpp"
#include "heliotrope/io/pose_graph.hpp"

namespace heliotrope::detail {

/// Throws the Error "name: not written: ..." where arrays do not fit each other or an index is out of range.
void check_writable(const std::string& name, const PoseGraph& graph);

/// Each number with a blank before it.
inline void write_numbers(OutputFile& file, const double* values, int count) {
  for (int i = 0; i < count; ++i) {
    file.text(" ");
    file.number(values[i]);
  }
}

/// An id with a blank before it.
inline void write_id(OutputFile& file, std::int64_t id) {
  file.text(" ");
  file.integer(id);
}

/// A line FIX for each fixed vertex.
void write_fixed(OutputFile& file, const PoseGraph& graph);

}  // namespace heliotrope::detail
