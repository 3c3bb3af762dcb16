// SPDX-License-Identifier: Apache-2.0
#include "supernodes.hpp"

#include <algorithm>
#include <utility>

namespace heliotrope::linear_detail {

namespace {

using Rows = std::vector<std::int64_t>;

/// Block rows below the diagonal of the permuted lower triangle, by column, ascending.
std::vector<Rows> permuted_rows(const BlockSymmetricPattern& pattern, std::span<const std::int64_t> order) {
  std::vector<std::int64_t> place(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) place[order[k]] = static_cast<std::int64_t>(k);
  std::vector<Rows> rows(order.size());
  for (std::int64_t j = 0; j < pattern.num_block_columns(); ++j) {
    for (std::int64_t e = pattern.begin[j] + 1; e < pattern.begin[j + 1]; ++e) {
      const auto [column, row] = std::minmax(place[j], place[pattern.row[e]]);
      rows[column].push_back(row);
    }
  }
  for (Rows& column : rows) std::sort(column.begin(), column.end());
  return rows;
}

/// The elimination tree [Liu1990, 4.2], with path compression; -1 for roots.
std::vector<std::int64_t> elimination_tree(const std::vector<Rows>& columns) {
  const auto n = static_cast<std::int64_t>(columns.size());
  std::vector<Rows> by_row(n);
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t i : columns[j]) by_row[i].push_back(j);
  }
  std::vector<std::int64_t> parent(n, -1), ancestor(n, -1);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j : by_row[i]) {
      while (ancestor[j] != -1 && ancestor[j] != i) j = std::exchange(ancestor[j], i);
      if (ancestor[j] == -1) ancestor[j] = parent[j] = i;
    }
  }
  return parent;
}

/// Children before parents, subtrees contiguous, the child of most descendants last.
std::vector<std::int64_t> postorder(const std::vector<std::int64_t>& parent) {
  const auto n = static_cast<std::int64_t>(parent.size());
  std::vector<std::int64_t> size(n, 1), result;
  std::vector<Rows> children(n);
  Rows roots;
  for (std::int64_t j = 0; j < n; ++j) {  // children come before parents in any order of elimination
    if (parent[j] < 0) {
      roots.push_back(j);
    } else {
      size[parent[j]] += size[j];
      children[parent[j]].push_back(j);
    }
  }
  for (Rows& of : children) {
    std::stable_sort(of.begin(), of.end(), [&](std::int64_t a, std::int64_t b) { return size[a] < size[b]; });
  }
  // A walk that takes the last child first gives the reverse of the postorder.
  Rows stack = roots;
  while (!stack.empty()) {
    const std::int64_t j = stack.back();
    stack.pop_back();
    result.push_back(j);
    stack.insert(stack.end(), children[j].begin(), children[j].end());
  }
  std::reverse(result.begin(), result.end());
  return result;
}

/// Makes supernodes column by column and merges them on a stack.
class SupernodeBuilder {
 public:
  explicit SupernodeBuilder(const SymbolicFactor& factor) : factor_(factor) {}

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

}  // namespace

SymbolicFactor analyse_supernodes(const BlockSymmetricPattern& pattern, std::span<const std::int64_t> order,
                                  double most_flops, double most_blocks) {
  const auto n = static_cast<std::int64_t>(order.size());
  SymbolicFactor factor;
  {
    const std::vector<std::int64_t> post = postorder(elimination_tree(permuted_rows(pattern, order)));
    for (std::int64_t k : post) factor.order.push_back(order[k]);
  }
  factor.scalar_begin = {0};
  for (std::int64_t j : factor.order) factor.scalar_begin.push_back(factor.scalar_begin.back() + pattern.width(j));

  // Structure of column k of L: that of H and of the children in the tree, each without its first row (which is k).
  std::vector<Rows> rows = permuted_rows(pattern, factor.order);
  SupernodeBuilder builder(factor);
  double blocks = 0;
  for (std::int64_t k = 0; k < n; ++k) {
    Rows& column = rows[k];
    std::sort(column.begin(), column.end());
    column.erase(std::unique(column.begin(), column.end()), column.end());
    if (!column.empty()) {
      Rows& parent = rows[column.front()];
      parent.insert(parent.end(), column.begin() + 1, column.end());
      if (parent.size() > 4096) {  // keeps memory at what distinct rows need
        std::sort(parent.begin(), parent.end());
        parent.erase(std::unique(parent.begin(), parent.end()), parent.end());
      }
    }
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
