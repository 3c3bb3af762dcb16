// SPDX-License-Identifier: Apache-2.0
// From compressed products of a symmetric matrix to its entries.
#pragma once

#include <cstdint>
#include <span>

#include "heliotrope/derive/coloring.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope {

/// Recovers a symmetric H from H times its coloured seeds, whether the colouring is a star or an acyclic one.
///
/// Product (i, c) = sum of h_ij over the j of colour c is an equation; every off-diagonal entry is in two, (i, color j)
/// and (j, color i). Equations with one unknown are solved, their entry is subtracted from its other equation, and so
/// on: for star colourings the first round gives all (direct recovery), for acyclic ones the edges between two colours
/// form trees, which are peeled from their leaves [Gebremedhin2007, 2; Coleman1984].
///
/// Throws Error if the pattern is not symmetric, or the colouring does not determine an entry. Cost: O(entries);
/// memory 32 bytes a pair of entries.
class HessianRecovery final {
 public:
  HessianRecovery(const SparsityPattern& pattern, const Coloring& coloring);

  std::int64_t size() const { return size_; }
  int num_colors() const { return num_colors_; }
  std::int64_t num_entries() const { return num_entries_; }
  /// Whether every entry is read from a product as it is.
  bool direct() const { return num_substitutions_ == 0; }
  std::int64_t num_substitutions() const { return num_substitutions_; }

  /// products: [num_colors][size], overwritten. values: [num_entries], of both triangles in the pattern's order.
  void recover(std::span<double> products, std::span<double> values) const;

 private:
  struct Step {
    std::int64_t product;   // that has this entry left alone
    std::int64_t other;     // from which it is subtracted, or -1
    std::int64_t entry;     // (i, j)
    std::int64_t mirrored;  // (j, i)
  };

  std::int64_t size_, num_entries_, num_substitutions_ = 0;
  int num_colors_;
  LargeVector<Step> steps_;
};

}  // namespace heliotrope
