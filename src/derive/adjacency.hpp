// SPDX-License-Identifier: Apache-2.0
// The graphs that symmetric and two-sided colourings colour, seen as adjacency lists.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "heliotrope/derive/coloring.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope::symmetric_detail {

/// Adjacency lists, sorted. A vertex may be its own neighbour (a diagonal entry): whoever reads a list skips it.
struct Adjacency {
  std::int64_t num_vertices = 0;
  const std::int64_t* begin = nullptr;      ///< [num_vertices + 1]
  const std::int32_t* neighbors = nullptr;  ///< [begin[num_vertices]]
  std::int64_t num_loops = 0;               ///< vertices that are their own neighbours
  bool has_full_diagonal = false;           ///< every vertex that has a neighbour is among these

  std::span<const std::int32_t> of(std::int64_t v) const {
    return {neighbors + begin[v], static_cast<std::size_t>(begin[v + 1] - begin[v])};
  }
  std::int64_t degree(std::int64_t v) const { return begin[v + 1] - begin[v]; }  ///< the vertex itself included
};

/// The pattern of a symmetric matrix as a graph, in place. Throws Error where the pattern is not square, not sorted,
/// out of range or not structurally symmetric. O(entries).
Adjacency adjacency_of_symmetric(const SparsityPattern& pattern);

/// Rows 0..num_rows-1 and columns num_rows.. of a pattern as vertices, its entries as edges.
struct BipartiteGraph {
  std::int64_t num_rows = 0;
  RawVector<std::int64_t> begin;
  RawVector<std::int32_t> neighbors;

  Adjacency adjacency() const { return {static_cast<std::int64_t>(begin.size()) - 1, begin.data(), neighbors.data()}; }
};

/// Throws Error where an index is out of range, rows are not sorted, or rows and columns are more than 2^31 - 1.
BipartiteGraph bipartite_graph(const SparsityPattern& pattern);

/// What ColoringOrder::best stands for.
inline constexpr ColoringOrder tried_orders[] = {ColoringOrder::natural, ColoringOrder::largest_first,
                                                 ColoringOrder::smallest_last, ColoringOrder::incidence_degree,
                                                 ColoringOrder::dynamic_largest_first};

/// The order in which a greedy colouring visits the vertices: degrees in the graph itself [Gebremedhin2013, 3]. Ties go
/// to the vertex that came last to its degree; largest first keeps the natural order among equals.
RawVector<std::int32_t> order_vertices(const Adjacency& graph, ColoringOrder order, std::uint64_t seed);

/// The same for rows and columns together: among equals rows go first.
RawVector<std::int32_t> order_bipartite(const Adjacency& graph, std::int64_t num_rows, ColoringOrder order,
                                        std::uint64_t seed);

}  // namespace heliotrope::symmetric_detail
