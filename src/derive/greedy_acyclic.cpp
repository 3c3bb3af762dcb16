// SPDX-License-Identifier: Apache-2.0
// Acyclic colouring with disjoint sets over two-coloured trees. All edges from a vertex w to neighbours of one colour c
// are in one tree, so a tree is looked up by (w, c), in a small table of w's own. Giving v the colour c closes a cycle
// if two neighbours of v, of one colour, are in one tree with c; neighbours whose colour no other neighbour has need no
// look.
#include <bit>
#include <string>
#include <utility>

#include "derive/color_sets.hpp"
#include "derive/greedy_coloring.hpp"
#include "heliotrope/error.hpp"

namespace heliotrope::symmetric_detail {

namespace {

/// Trees as disjoint sets, each found from its vertices and the other colour.
class Trees {
 public:
  using Tree = std::uint32_t;
  static constexpr Tree none = ~Tree{0};

  explicit Trees(const Adjacency& graph) : begin_(graph.num_vertices + 1) {
    begin_[0] = 0;
    for (std::int64_t v = 0; v < graph.num_vertices; ++v) {
      begin_[v + 1] = begin_[v] + static_cast<std::int64_t>(std::bit_ceil<std::uint64_t>(graph.degree(v) + 1));
    }
    slots_.assign(static_cast<std::size_t>(begin_[graph.num_vertices]), Slot{-1, none});
  }

  /// The tree that holds v and its neighbours of that colour; none where it has none.
  Tree find(std::int32_t v, std::int32_t color) {
    Slot& slot = slot_of(v, color);
    return slot.color < 0 ? none : slot.tree = root(slot.tree);
  }

  /// v and w, of colours v_color and w_color, become neighbours.
  void join(std::int32_t v, std::int32_t v_color, std::int32_t w, std::int32_t w_color) {
    Slot& at_v = slot_of(v, w_color);
    Slot& at_w = slot_of(w, v_color);
    Tree tree = none;
    if (at_v.color < 0 && at_w.color < 0) {
      if (nodes_.size() >= none) throw Error("acyclic coloring: more than 2^32 - 1 trees; the pattern is too large");
      tree = static_cast<Tree>(nodes_.size());
      nodes_.push_back({tree, 0});
    } else if (at_v.color < 0 || at_w.color < 0) {
      tree = root(at_v.color < 0 ? at_w.tree : at_v.tree);
    } else {
      const Tree a = root(at_v.tree), b = root(at_w.tree);
      tree = std::min(a, b);
      nodes_[std::max(a, b)].parent = tree;
    }
    at_v = {w_color, tree};
    at_w = {v_color, tree};
  }

  /// Visits are told apart by rounds: true the first time that a round comes to the tree.
  void next_round() {
    if (++round_ != 0) return;
    for (Node& node : nodes_) node.round = 0;
    round_ = 1;
  }
  bool first_visit(Tree tree) {
    if (nodes_[tree].round == round_) return false;
    nodes_[tree].round = round_;
    return true;
  }

 private:
  struct Slot {
    std::int32_t color;
    Tree tree;
  };
  struct Node {
    Tree parent;
    std::uint32_t round;
  };

  /// The slot of a colour, or the free one where it belongs. A table has more slots than its vertex has neighbours, and
  /// low colours, the most frequent ones, do not collide.
  Slot& slot_of(std::int32_t v, std::int32_t color) {
    Slot* slots = slots_.data() + begin_[v];
    const std::int64_t mask = begin_[v + 1] - begin_[v] - 1;
    std::int64_t at = color & mask;
    while (slots[at].color >= 0 && slots[at].color != color) at = (at + 1) & mask;
    return slots[at];
  }
  Tree root(Tree tree) {
    while (nodes_[tree].parent != tree) tree = nodes_[tree].parent = nodes_[nodes_[tree].parent].parent;
    return tree;
  }

  RawVector<std::int64_t> begin_;  // of each vertex's table
  LargeVector<Slot> slots_;
  LargeVector<Node> nodes_;
  std::uint32_t round_ = 0;
};

class AcyclicColoring {
 public:
  AcyclicColoring(const Adjacency& graph, std::span<const std::int32_t> order, const GreedyOptions& options)
      : graph_(graph), order_(order), options_(options), trees_(graph) {
    detail::reserve_huge(result_.colors, static_cast<std::size_t>(graph.num_vertices));
    result_.colors.assign(graph.num_vertices, -1);
    if (bipartite()) sets_.emplace_back(graph).start();
    allow_colors(64);
  }

  GreedyColors run() {
    for (const std::int32_t v : order_) {
      if (graph_.degree(v) == 0 || (bipartite() && covered(v))) continue;
      look_around(v);
      std::int32_t color = 0;
      while (has(forbidden_.data(), color) || closes_cycle(v, color)) ++color;
      std::int32_t& num_colors = result_.num_colors[bipartite() && v >= options_.num_rows];
      if (color == num_colors) {
        if (result_.num_colors[0] + result_.num_colors[1] >= options_.most_colors) return std::move(result_);
        ++num_colors;
        if (color + 1 == num_colors_allowed_) allow_colors(2 * num_colors_allowed_);
      }
      give(v, color);
    }
    result_.complete = true;
    return std::move(result_);
  }

 private:
  bool bipartite() const { return options_.num_rows >= 0; }
  bool covered(std::int32_t v) const {
    for (const std::int32_t w : graph_.of(v)) {
      if (result_.colors[w] < 0) return false;
    }
    return true;
  }

  /// What v's neighbours forbid at once, and which of them share a colour with another.
  void look_around(std::int32_t v) {
    std::fill(forbidden_.begin(), forbidden_.end(), 0);
    sharing_.clear();
    for (const std::int32_t w : graph_.of(v)) {
      const std::int32_t color = result_.colors[w];
      if (color < 0) {
        if (bipartite()) forbid_neighbors_of(w);
        continue;
      }
      if (!bipartite()) add(forbidden_.data(), color);
      Seen& seen = seen_[color];
      if (seen.by != v) {
        seen = {v, w};
      } else {
        if (seen.first >= 0) sharing_.push_back(std::exchange(seen.first, -1));
        sharing_.push_back(w);
      }
    }
  }

  /// w may stay without a colour: its neighbours' colours must then all differ.
  void forbid_neighbors_of(std::int32_t w) {
    ColorSets<1>& sets = sets_[0];
    if (const Word* set = sets.every_vertex() ? sets.at(w) : sets.find(w)) {
      for (int k = 0; k < sets.words(); ++k) forbidden_[k] |= set[k];
    } else {
      for (const std::int32_t x : graph_.of(w)) {
        if (result_.colors[x] >= 0) add(forbidden_.data(), result_.colors[x]);
      }
    }
  }

  bool closes_cycle(std::int32_t v, std::int32_t color) {
    if (color == result_.num_colors[bipartite() && v >= options_.num_rows]) return false;
    trees_.next_round();
    for (const std::int32_t w : sharing_) {
      const Trees::Tree tree = trees_.find(w, color);
      if (tree != Trees::none && !trees_.first_visit(tree)) return true;
    }
    return false;
  }

  void give(std::int32_t v, std::int32_t color) {
    result_.colors[v] = color;
    for (const std::int32_t w : graph_.of(v)) {
      if (w == v) continue;
      if (result_.colors[w] >= 0) trees_.join(v, color, w, result_.colors[w]);
      if (!bipartite()) continue;
      ColorSets<1>& sets = sets_[0];
      if (Word* set = sets.every_vertex() ? sets.at(w) : sets.find(w)) add(set, color);
    }
  }

  /// One colour more than there are must always have its places.
  void allow_colors(std::int32_t count) {
    num_colors_allowed_ = count;
    forbidden_.resize(count / 64);
    seen_.resize(count, {-1, -1});
    while (bipartite() && 64 * sets_[0].words() < count) sets_[0].grow([](std::int64_t, const Word*, int) {});
  }

  struct Seen {
    std::int32_t by, first;  // vertex that is being coloured; its first neighbour of the colour, -1 once it is noted
  };

  const Adjacency graph_;
  std::span<const std::int32_t> order_;
  GreedyOptions options_;
  Trees trees_;
  GreedyColors result_;
  std::int32_t num_colors_allowed_ = 0;
  std::vector<Word> forbidden_;
  std::vector<Seen> seen_;             // [colour]
  std::vector<std::int32_t> sharing_;  // neighbours whose colour another neighbour has
  std::vector<ColorSets<1>> sets_;     // colours of neighbours, one element where the graph is bipartite
};

}  // namespace

GreedyColors greedy_acyclic(const Adjacency& graph, std::span<const std::int32_t> order, const GreedyOptions& options) {
  return AcyclicColoring(graph, order, options).run();
}

}  // namespace heliotrope::symmetric_detail
