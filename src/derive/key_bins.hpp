// SPDX-License-Identifier: Apache-2.0
// Items with small keys that fall by one at a time. An item whose first key is absent_key is not there at all.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include "heliotrope/large_vector.hpp"

namespace heliotrope::detail {

inline constexpr std::int32_t absent_key = std::numeric_limits<std::int32_t>::max();

inline std::int32_t largest_key(std::span<const std::int32_t> keys) {
  std::int32_t most = 0;
  for (std::int32_t key : keys) {
    if (key != absent_key) most = std::max(most, key);
  }
  return most;
}

/// The item with the smallest key is wanted.
///
/// Items whose keys are at most a threshold are in lists: one doubly linked list a key, closed by a sentinel of its
/// own; what comes to a list goes to its front. Those above are nowhere, and a key that falls there is a number that
/// falls: most do. When all lists are empty, one pass finds the smallest key, and (after `patience` such passes, which
/// take a single item each) raises the threshold.
///
/// Of equal keys the one that fell last is taken first. That matters: it keeps a traversal of a mesh together. On a
/// five-point grid smallest last then needs 5 colours, and 7 where items change places in ranges of one array.
class SmallestKeys {
 public:
  SmallestKeys(RawVector<std::int32_t> keys, std::int32_t threshold, int patience)
      : count_(static_cast<std::int32_t>(keys.size())),
        most_(largest_key(keys)),
        patience_(patience),
        keys_(std::move(keys)) {
    links_.resize(keys_.size() + static_cast<std::size_t>(most_) + 1);
    for (std::int32_t h = count_; h <= count_ + most_; ++h) links_[h] = {h, h};
    raise(threshold);
  }

  static bool goes_before(std::int32_t key, std::int32_t other) { return key < other; }
  std::int32_t key(std::int32_t item) const { return keys_[item]; }

  /// The item with the smallest key that came there last. There must be one.
  std::int32_t next() {
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
    keys_[item] = absent_key;  // so large that no fall makes it a key again
  }

  /// Does nothing that matters for items that are not there. The key must be above 0.
  void decrement(std::int32_t item) {
    const std::int32_t key = --keys_[item];
    if (key > threshold_) return;
    if (key != threshold_) unlink(item);
    insert(item, key);
    key_ = std::min(key_, key);
  }

 private:
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
  std::int32_t threshold_ = -1, key_ = 0;  // no list below key_ has an item
  int patience_;
  RawVector<std::int32_t> keys_;
  RawVector<Links> links_;  // of the items, then the sentinels
};

/// The item with the largest key is wanted. Keys fall only: an item stays in the list of an older key until it is
/// looked at there, and is then moved down.
class LargestKeys {
 public:
  explicit LargestKeys(RawVector<std::int32_t> keys) : top_(largest_key(keys)), keys_(std::move(keys)) {
    first_.assign(static_cast<std::size_t>(top_) + 1, none);
    next_.resize(keys_.size());
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] != absent_key) push(static_cast<std::int32_t>(i));
    }
  }

  static bool goes_before(std::int32_t key, std::int32_t other) { return key > other; }
  std::int32_t key(std::int32_t item) const { return keys_[item]; }

  std::int32_t next() {
    while (true) {
      const std::int32_t item = first_[top_];
      if (item == none) {
        --top_;
      } else if (keys_[item] == top_) {
        return item;
      } else {
        first_[top_] = next_[item];
        push(item);
      }
    }
  }

  /// Only what next() has just returned.
  void remove(std::int32_t item) { first_[top_] = next_[item]; }
  void decrement(std::int32_t item) { --keys_[item]; }

 private:
  static constexpr std::int32_t none = -1;
  void push(std::int32_t item) {
    next_[item] = first_[keys_[item]];
    first_[keys_[item]] = item;
  }

  std::int32_t top_;
  RawVector<std::int32_t> keys_, first_, next_;
};

}  // namespace heliotrope::detail
