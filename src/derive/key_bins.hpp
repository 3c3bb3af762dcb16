// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace heliotrope::detail {

/// Items with small keys that fall by one at a time, of which the smallest is wanted.
///
/// One doubly linked list a key, closed by a sentinel of its own; what comes to a list goes to its front, so that of
/// equal keys the one that fell last is taken first. O(1) each.
///
/// That tie-break matters: it keeps a traversal of a mesh together. On a five-point grid smallest last then needs 5
/// colours, and 7 where bins are ranges of one array and items change places in them.
class KeyBins {
 public:
  explicit KeyBins(std::span<const std::int32_t> keys) : count_(static_cast<std::int32_t>(keys.size())) {
    const std::int32_t most = keys.empty() ? 0 : *std::max_element(keys.begin(), keys.end());
    nodes_.resize(keys.size() + static_cast<std::size_t>(most) + 1);
    for (std::size_t h = keys.size(); h < nodes_.size(); ++h) {
      nodes_[h].next = nodes_[h].previous = static_cast<std::int32_t>(h);
    }
    for (std::int32_t i = 0; i < count_; ++i) {
      nodes_[i].key = keys[i];
      insert(i);
    }
  }

  /// The item with the smallest key that came there last. There must be one.
  std::int32_t smallest() {
    while (nodes_[count_ + key_].next == count_ + key_) ++key_;
    return nodes_[count_ + key_].next;
  }

  void remove(std::int32_t item) {
    unlink(item);
    nodes_[item].key = removed;
  }

  /// Does nothing for items that were removed. The key must be above 0.
  void decrement(std::int32_t item) {
    Node& node = nodes_[item];
    if (node.key == removed) return;
    unlink(item);
    --node.key;
    insert(item);
    key_ = std::min(key_, node.key);
  }

 private:
  static constexpr std::int32_t removed = -1;
  struct Node {
    std::int32_t next, previous, key, unused;
  };

  void unlink(std::int32_t item) {
    const Node& node = nodes_[item];
    nodes_[node.previous].next = node.next;
    nodes_[node.next].previous = node.previous;
  }
  void insert(std::int32_t item) {
    Node& head = nodes_[count_ + nodes_[item].key];
    nodes_[item].next = head.next;
    nodes_[item].previous = count_ + nodes_[item].key;
    nodes_[head.next].previous = item;
    head.next = item;
  }

  std::int32_t count_;
  std::vector<Node> nodes_;  // the items, then the sentinels
  std::int32_t key_ = 0;
};

}  // namespace heliotrope::detail
