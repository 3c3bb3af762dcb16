// SPDX-License-Identifier: Apache-2.0
#include "supernodes.hpp"

#include <algorithm>
#include <utility>

namespace heliotrope::linear_detail {

namespace {

using Rows = std::vector<std::int64_t>;
using Indices = LargeVector<std::int64_t>;

/// List i is items[begin[i]] .. items[begin[i + 1] - 1].
struct Lists {
  Indices begin, items;
  std::span<const std::int64_t> operator[](std::int64_t i) const {
    return {items.data() + begin[i], items.data() + begin[i + 1]};
  }
};

/// Calls body(column, row) for every block below the diagonal of the permuted lower triangle.
template <class Body>
void for_permuted(const BlockSymmetricPattern& pattern, const Indices& place, const Body& body) {
  for (std::int64_t j = 0; j < pattern.num_block_columns(); ++j) {
    for (std::int64_t e = pattern.begin[j] + 1; e < pattern.begin[j + 1]; ++e) {
      const auto [column, row] = std::minmax(place[j], place[pattern.row[e]]);
      body(column, row);
    }
  }
}

/// The blocks below the diagonal of the permuted lower triangle: by column their rows, or by row their columns. In no
/// particular order.
Lists permuted_blocks(const BlockSymmetricPattern& pattern, std::span<const std::int64_t> order, bool by_column) {
  Indices place(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) place[order[k]] = static_cast<std::int64_t>(k);
  Lists lists;
  // Counted two places ahead, summed up, and filled one place ahead: what is left are the beginnings.
  lists.begin.assign(order.size() + 2, 0);
  for_permuted(pattern, place, [&](std::int64_t j, std::int64_t i) { ++lists.begin[(by_column ? j : i) + 2]; });
  for (std::size_t k = 2; k < lists.begin.size(); ++k) lists.begin[k] += lists.begin[k - 1];
  lists.items.resize(static_cast<std::size_t>(lists.begin.back()));
  for_permuted(pattern, place, [&](std::int64_t j, std::int64_t i) {
    lists.items[lists.begin[(by_column ? j : i) + 1]++] = by_column ? i : j;
  });
  return lists;
}

/// The elimination tree [Liu1990, 4.2], with path compression; -1 for roots. `by_row`: the blocks left of the diagonal.
Indices elimination_tree(const Lists& by_row, std::int64_t n) {
  Indices parent(n, -1), ancestor(n, -1);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j : by_row[i]) {
      while (ancestor[j] != -1 && ancestor[j] != i) j = std::exchange(ancestor[j], i);
      if (ancestor[j] == -1) ancestor[j] = parent[j] = i;
    }
  }
  return parent;
}

/// Children before parents, subtrees contiguous, the child of most descendants last.
Indices postorder(const Indices& parent) {
  const auto n = static_cast<std::int64_t>(parent.size());
  Indices size(n, 1), begin(n + 2, 0);
  std::int64_t num_roots = 0;
  for (std::int64_t j = 0; j < n; ++j) {  // children come before parents in any order of elimination
    num_roots += parent[j] < 0;
    if (parent[j] < 0) continue;
    size[parent[j]] += size[j];
    ++begin[parent[j] + 2];
  }
  for (std::int64_t j = 0; j < n; ++j) begin[j + 2] += begin[j + 1];
  Indices children(n - num_roots), stack;
  stack.reserve(n);
  for (std::int64_t j = 0; j < n; ++j) {
    if (parent[j] < 0) {
      stack.push_back(j);
    } else {
      children[begin[parent[j] + 1]++] = j;
    }
  }
  // A walk that takes the last child first gives the reverse of the postorder.
  Indices result(n);
  for (std::int64_t k = n - 1; k >= 0; --k) {
    const std::int64_t j = result[k] = stack.back();
    stack.pop_back();
    const auto first = children.begin() + begin[j], last = children.begin() + begin[j + 1];
    std::stable_sort(first, last, [&](std::int64_t a, std::int64_t b) { return size[a] < size[b]; });
    stack.insert(stack.end(), first, last);
  }
  return result;
}

/// Makes supernodes column by column and merges them on a stack.
class SupernodeBuilder {
 public:
  explicit SupernodeBuilder(const SymbolicFactor& factor) : factor_(factor) {}

  /// rows: those of column k of L below its diagonal, ascending.
  void add_column(std::int64_t k, Rows rows) {
    Entry entry{{k, k + 1, std::move(rows)}, 0.0};
    entry.nonzeros = stored(entry.node);
    while (!stack_.empty() && merges(stack_.back(), entry)) {
      entry.nonzeros += stack_.back().nonzeros;
      entry.node.first = stack_.back().node.first;
      stack_.pop_back();
    }
    stack_.push_back(std::move(entry));
  }
  /// Where column k, which was added last, is until its parent is added.
  std::size_t place_of_last() const { return stack_.size() - 1; }
  const Rows& rows(std::size_t place) const { return stack_[place].node.rows; }

  std::vector<Supernode> take() {
    std::vector<Supernode> nodes;
    for (Entry& entry : stack_) nodes.push_back(std::move(entry.node));
    return nodes;
  }

 private:
  struct Entry {
    Supernode node;
    double nonzeros;  ///< without zeros added by merging
  };

  double columns(const Supernode& node) const {
    return static_cast<double>(factor_.scalar_begin[node.last] - factor_.scalar_begin[node.first]);
  }
  double stored(const Supernode& node) const {
    double rows = 0;
    for (std::int64_t k : node.rows) rows += static_cast<double>(factor_.width(k));
    const double width = columns(node);
    return width * rows + width * (width + 1) / 2;
  }

  bool merges(const Entry& child, const Entry& parent) const {
    // The parent of the child's last column in the elimination tree is its first row.
    if (child.node.rows.empty() || child.node.rows.front() >= parent.node.last) return false;
    if (child.node.rows.front() < parent.node.first) return false;
    const Supernode merged{child.node.first, parent.node.last, parent.node.rows};
    const double width = columns(merged), kept = stored(merged);
    const double zeros = (kept - child.nonzeros - parent.nonzeros) / kept;
    return zeros <= 0 || width <= 4 || (width <= 16 && zeros < 0.8) || (width <= 48 && zeros < 0.1) || zeros < 0.05;
  }

  const SymbolicFactor& factor_;
  std::vector<Entry> stack_;
};

/// The rows of the columns of L, one column after another in postorder: those of H, and those of the column's children
/// in the tree without their first one, which is the column itself. What children have is in the builder.
class ColumnStructure {
 public:
  ColumnStructure(Lists blocks, std::int64_t n)
      : blocks_(std::move(blocks)), first_child_(n, -1), next_sibling_(n, -1), place_(n, 0), seen_by_(n, -1) {}

  Rows rows(std::int64_t k, const SupernodeBuilder& builder) {
    found_.clear();
    const auto add = [&](std::int64_t row) {
      if (std::exchange(seen_by_[row], k) != k) found_.push_back(row);
    };
    for (std::int64_t row : blocks_[k]) add(row);
    for (std::int64_t c = first_child_[k]; c >= 0; c = next_sibling_[c]) {
      const Rows& of = builder.rows(place_[c]);
      for (auto row = of.begin() + 1; row != of.end(); ++row) add(*row);
    }
    std::sort(found_.begin(), found_.end());
    return found_;
  }

  /// Column k is in the builder.
  void added(std::int64_t k, const SupernodeBuilder& builder) {
    place_[k] = static_cast<std::int64_t>(builder.place_of_last());
    const Rows& rows = builder.rows(builder.place_of_last());
    if (!rows.empty()) next_sibling_[k] = std::exchange(first_child_[rows.front()], k);
  }

 private:
  Lists blocks_;
  Indices first_child_, next_sibling_;
  Indices place_;    // [column] its entry in the builder
  Indices seen_by_;  // [row] the column that has it already
  Rows found_;
};

}  // namespace

SymbolicFactor analyse_supernodes(const BlockSymmetricPattern& pattern, std::span<const std::int64_t> order,
                                  double most_flops, double most_blocks) {
  const auto n = static_cast<std::int64_t>(order.size());
  SymbolicFactor factor;
  factor.order.reserve(n);
  for (std::int64_t k : postorder(elimination_tree(permuted_blocks(pattern, order, false), n))) {
    factor.order.push_back(order[k]);
  }
  factor.scalar_begin.reserve(n + 1);
  factor.scalar_begin.push_back(0);
  for (std::int64_t j : factor.order) factor.scalar_begin.push_back(factor.scalar_begin.back() + pattern.width(j));

  SupernodeBuilder builder(factor);
  ColumnStructure structure(permuted_blocks(pattern, factor.order, true), n);
  double blocks = 0;
  for (std::int64_t k = 0; k < n; ++k) {
    Rows column = structure.rows(k, builder);
    double height = 0;
    for (std::int64_t i : column) height += static_cast<double>(factor.width(i));
    for (std::int64_t c = 0; c < factor.width(k); ++c) {
      const double below = height + static_cast<double>(factor.width(k) - c);
      factor.flops += below * below;
    }
    blocks += static_cast<double>(column.size());
    if (factor.flops > most_flops || blocks > most_blocks) {
      factor.flops = std::numeric_limits<double>::infinity();
      return factor;
    }
    builder.add_column(k, std::move(column));
    structure.added(k, builder);
  }
  factor.supernodes = builder.take();
  for (const Supernode& node : factor.supernodes) {
    double height = 0;
    for (std::int64_t i : node.rows) height += static_cast<double>(factor.width(i));
    const auto width = static_cast<double>(factor.scalar_begin[node.last] - factor.scalar_begin[node.first]);
    factor.nonzeros += width * height + width * (width + 1) / 2;
  }
  return factor;
}

SymbolicFactor dense_supernode(const BlockSymmetricPattern& pattern) {
  SymbolicFactor factor;
  const std::int64_t n = pattern.num_block_columns();
  for (std::int64_t j = 0; j < n; ++j) factor.order.push_back(j);
  factor.scalar_begin = pattern.column_begin;
  if (n > 0) factor.supernodes.push_back({0, n, {}});
  const auto columns = static_cast<double>(pattern.num_columns());
  factor.flops = columns * columns * columns / 3.0;
  factor.nonzeros = columns * (columns + 1.0) / 2.0;
  return factor;
}

}  // namespace heliotrope::linear_detail
