// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace heliotrope::detail {

/// Items with small keys that fall by one at a time, of which the smallest is wanted.
///
/// Items whose keys are at most a threshold are in lists: one doubly linked list a key, closed by a sentinel of its
/// own; what comes to a list goes to its front. Those above are nowhere, and a key that falls there is a number that
/// falls: most do. When all lists are empty, one pass finds the smallest key, and (after `patience` such passes, which
/// take a single item each) raises the threshold.
///
/// Of equal keys the one that fell last is taken first. That matters: it keeps a traversal of a mesh together. On a
/// five-point grid smallest last then needs 5 colours, and 7 where items change places in ranges of one array.
class KeyBins {
 public:
  KeyBins(std::span<const std::int32_t> keys, std::int32_t threshold, int patience)
      : count_(static_cast<std::int32_t>(keys.size())),
        most_(keys.empty() ? 0 : *std::max_element(keys.begin(), keys.end())),
        threshold_(-1),
        key_(0),
        patience_(patience),
        keys_(keys.begin(), keys.end()),
        links_(keys.size() + static_cast<std::size_t>(most_) + 1) {
    for (std::int32_t h = count_; h <= count_ + most_; ++h) links_[h] = {h, h};
    raise(threshold);
  }

  /// The item with the smallest key that came there last. There must be one.
  std::int32_t smallest() {
    while (true) {
      while (key_ <= threshold_ && links_[count_ + key_].next == count_ + key_) ++key_;
      if (key_ <= threshold_) return links_[count_ + key_].next;
      std::int32_t found = 0;
      for (std::int32_t i = 1; i < count_; ++i) {
        if (keys_[i] <= keys_[found]) found = i;
      }
      if (patience_-- > 0) return found;
      // The step is chosen: keys that are near the smallest will soon be it.
      raise(std::min(most_, keys_[found] + 1 + most_ / 8));
    }
  }

  void remove(std::int32_t item) {
    if (keys_[item] <= threshold_) unlink(item);
    keys_[item] = removed;
  }

  /// Does nothing that matters for items that were removed. The key must be above 0.
  void decrement(std::int32_t item) {
    const std::int32_t key = --keys_[item];
    if (key > threshold_) return;
    if (key != threshold_) unlink(item);
    insert(item, key);
    key_ = std::min(key_, key);
  }

 private:
  /// So large that no fall makes it a key again.
  static constexpr std::int32_t removed = std::numeric_limits<std::int32_t>::max();
  struct Links {
    std::int32_t next, previous;
  };

  void raise(std::int32_t threshold) {
    for (std::int32_t i = 0; i < count_; ++i) {
      if (keys_[i] > threshold_ && keys_[i] <= threshold) {
        insert(i, keys_[i]);
        key_ = std::min(key_, keys_[i]);
      }
    }
    threshold_ = threshold;
  }
  void unlink(std::int32_t item) {
    const Links links = links_[item];
    links_[links.previous].next = links.next;
    links_[links.next].previous = links.previous;
  }
  void insert(std::int32_t item, std::int32_t key) {
    const std::int32_t head = count_ + key, first = links_[head].next;
    links_[item] = {first, head};
    links_[first].previous = item;
    links_[head].next = item;
  }

  std::int32_t count_, most_;
  std::int32_t threshold_, key_;  // no list below key_ has an item
  int patience_;
  std::vector<std::int32_t> keys_;
  std::vector<Links> links_;  // of the items, then the sentinels
};

}  // namespace heliotrope::detail
