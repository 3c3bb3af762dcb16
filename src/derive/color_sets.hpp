// SPDX-License-Identifier: Apache-2.0
// Sets of colours as bits, for vertices of a graph.
#pragma once

#include <bit>
#include <cstdint>

#include "derive/adjacency.hpp"

namespace heliotrope::symmetric_detail {

using Word = std::uint64_t;

inline bool has(const Word* set, std::int32_t color) { return set[color >> 6] >> (color & 63) & 1; }
inline void add(Word* set, std::int32_t color) { set[color >> 6] |= Word{1} << (color & 63); }
/// The first colour that is not in the set; 64 * words where there is none.
inline std::int32_t first_missing(const Word* set, int words) {
  for (int k = 0; k < words; ++k) {
    if (~set[k] != 0) return 64 * k + std::countr_zero(~set[k]);
  }
  return 64 * words;
}

/// `Sets` sets of colours 0 .. 64 * words() - 1 for each vertex, `words` doubling as colours are needed.
///
/// Where there are few colours every vertex has its sets. Where there are many, light vertices (those of at most
/// words / 2 neighbours) have none: whoever asks walks their neighbours, which costs no more. So memory is at most
/// about 16 * Sets bytes an entry of the graph, whatever the number of colours.
template <int Sets>
class ColorSets {
 public:
  /// Nothing is allocated before start().
  explicit ColorSets(const Adjacency& graph) : graph_(graph) {}

  /// 64 colours, all sets empty.
  void start() { bits_.assign(static_cast<std::size_t>(Sets * graph_.num_vertices), 0); }

  int words() const { return words_; }
  bool every_vertex() const { return words_ <= most_words_of_all; }
  /// Set number 0 of a vertex, the next ones words() behind each other. With every_vertex() only:
  Word* at(std::int64_t v) { return bits_.data() + v * Sets * words_; }
  /// The same where words() is known.
  template <int Words>
  Word* at(std::int64_t v) {
    return bits_.data() + v * (Sets * Words);
  }
  /// Without: null for a light vertex.
  Word* find(std::int64_t v) {
    const std::int64_t place = heavy_[v];
    return place < 0 ? nullptr : bits_.data() + place * Sets * words_;
  }

  /// Doubles the colours. Where vertices become light, calls leave(v, their sets, words) first.
  template <class Leave>
  void grow(const Leave& leave) {
    const int words = 2 * words_;
    const std::int64_t n = graph_.num_vertices;
    const bool all = words <= most_words_of_all;
    RawVector<std::int64_t> places(all ? 0 : n);
    std::int64_t count = all ? n : 0;
    if (!all) {
      for (std::int64_t v = 0; v < n; ++v) places[v] = graph_.degree(v) > words / 2 ? count++ : -1;
    }
    LargeVector<Word> bits(static_cast<std::size_t>(count * Sets * words), 0);
    for (std::int64_t v = 0; v < n; ++v) {
      const Word* from = every_vertex() ? at(v) : find(v);
      const std::int64_t place = all ? v : places[v];
      if (from == nullptr) continue;
      if (place < 0) {
        leave(v, from, words_);
        continue;
      }
      for (int s = 0; s < Sets; ++s) {
        for (int k = 0; k < words_; ++k) bits[(place * Sets + s) * words + k] = from[s * words_ + k];
      }
    }
    bits_.swap(bits);
    heavy_.swap(places);
    words_ = words;
  }

 private:
  static constexpr int most_words_of_all = 4;  // chosen, not measured: 256 colours

  Adjacency graph_;
  int words_ = 1;
  LargeVector<Word> bits_;
  RawVector<std::int64_t> heavy_;  // where a vertex's sets are, in units of Sets * words_; -1 for a light vertex
};

}  // namespace heliotrope::symmetric_detail
