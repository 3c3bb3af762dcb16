// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "derive/vertex_nets.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope::detail {

/// The largest net, where its pairs would be much of all pairs: pairs inside it are implied and never listed. An
/// arrowhead or a dense row among sparse ones then costs what the sparse ones do.
struct Hub {
  RawVector<char> has;            ///< [group] empty where there is none
  std::int32_t num_vertices = 0;  ///< of its groups
  bool exists() const { return !has.empty(); }
};

/// Groups that share a net with a group: list g, each once, without g itself, and without the hub's if g is one of it.
///
/// Where a grid repeats itself the list of a group is that of an earlier one, moved: a million nodes of a five-point
/// stencil have lists that fit into a cache.
struct Neighbors {
  struct List {
    std::int64_t begin;
    std::int32_t size;
    std::int32_t shift;  ///< is added to what is stored
  };
  RawVector<List> lists;  ///< [group]
  RawVector<std::int32_t> items;
  Hub hub;

  template <class Visit>
  void for_each(std::int32_t g, const Visit& visit) const {
    const List list = lists[g];
    const std::int32_t* first = items.data() + list.begin;
    for (std::int32_t k = 0; k < list.size; ++k) visit(first[k] + list.shift);
  }
};

/// At most 64 words an entry and 512 MB: the nets with the most pairs are left out where it would be more.
Neighbors neighbor_groups(const VertexNets& graph);

/// The neighbours of a vertex of each group, counted as vertices. Nets are left out only where visits would be more
/// than 1024 an entry and 2^28.
RawVector<std::int32_t> neighbor_counts(const VertexNets& graph);

/// The same from the lists, with_hub or without the pairs inside it.
RawVector<std::int32_t> neighbor_counts(const VertexNets& graph, const Neighbors& neighbors, bool with_hub);

}  // namespace heliotrope::detail
