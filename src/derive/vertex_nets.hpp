// SPDX-License-Identifier: Apache-2.0
// What one-sided colourings work on: vertices (the columns, say) and nets (the rows). Vertices of one net are
// neighbours and get different colours.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "heliotrope/derive/sparsity_pattern.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope::detail {

/// Lists of 32-bit indices: list i is items[begin[i]] .. items[begin[i + 1] - 1].
struct ListsView {
  std::span<const std::int64_t> begin;
  std::span<const std::int32_t> items;
  std::int32_t size() const { return static_cast<std::int32_t>(begin.size()) - 1; }
  std::span<const std::int32_t> operator[](std::int64_t i) const {
    return {items.data() + begin[i], items.data() + begin[i + 1]};
  }
};

struct Lists {
  RawVector<std::int64_t> begin;
  RawVector<std::int32_t> items;
  ListsView view() const { return {begin, items}; }
};

/// Which lists hold each of `count` items; sorted.
Lists transpose_lists(ListsView lists, std::int32_t count);

/// Vertices in *groups* of consecutive ones that lie in the same nets. Where a good part of the entries is such
/// repetition (several unknowns a node of a mesh, the camera and point blocks of a bundle adjustment), groups, and the
/// nets that are left when one of several equal consecutive ones is kept, are what is stored: fewer entries by the
/// product of both. Otherwise each vertex is a group, and nothing is copied.
///
/// Holds views of the pattern it was made from.
class VertexNets {
 public:
  static VertexNets of_columns(const SparsityPattern& pattern);
  static VertexNets of_rows(const SparsityPattern& pattern);

  std::int32_t num_vertices() const { return num_vertices_; }
  std::int32_t num_groups() const { return nets_.size(); }
  std::int32_t num_nets() const { return num_nets_; }

  /// The nets of each group, and the groups of each net.
  ListsView nets() const { return nets_; }
  ListsView members() const;

  bool grouped() const { return !group_begin_.empty(); }
  /// Group g is the vertices group_begin()[g] .. group_begin()[g + 1] - 1. Only where grouped().
  std::span<const std::int32_t> group_begin() const { return group_begin_; }
  std::span<const std::int32_t> group_of() const { return group_of_; }
  std::int32_t group_size(std::int32_t g) const { return grouped() ? group_begin_[g + 1] - group_begin_[g] : 1; }

 private:
  std::int32_t num_vertices_ = 0;
  std::int32_t num_nets_ = 0;
  ListsView nets_;
  mutable ListsView members_;  // made when first asked for, where colouring by rows
  std::vector<std::int32_t> group_begin_, group_of_;
  mutable Lists merged_, transposed_;
};

}  // namespace heliotrope::detail
