// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace heliotrope::detail {

/// Items sorted by small keys that fall by one at a time, of which the smallest is wanted.
///
/// One array holds the items in order of their keys; start_[d] is where those with key d begin. An item whose key falls
/// changes places with the first of its bin, and the bin begins one later: it is then the last one of the bin below,
/// and of equal keys the one that fell last is taken first [Batagelj2003]. O(1) each, no lists.
class KeyBins {
 public:
  explicit KeyBins(std::vector<std::int32_t> keys) : items_(keys.size()), places_(keys.size()) {
    const std::int32_t most = keys.empty() ? 0 : *std::max_element(keys.begin(), keys.end());
    start_.assign(static_cast<std::size_t>(most) + 2, 0);
    for (std::int32_t key : keys) ++start_[key + 1];
    for (std::size_t d = 1; d < start_.size(); ++d) start_[d] += start_[d - 1];
    std::vector<std::int32_t> at(start_.begin(), start_.end() - 1);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      places_[i] = {keys[i], at[keys[i]]++};
      items_[places_[i].at] = static_cast<std::int32_t>(i);
    }
  }

  /// The item with the smallest key that came there last. There must be one.
  std::int32_t smallest() {
    while (start_[key_] == start_[key_ + 1]) ++key_;
    if (key_ > 0) start_[key_ - 1] = start_[key_];  // bins below are empty; an item may fall into the next one
    return items_[start_[key_ + 1] - 1];
  }

  /// Removes what smallest() has just returned.
  void remove_smallest() {
    const std::int32_t begin = start_[key_], last = start_[key_ + 1] - 1;
    places_[items_[last]].key = removed;
    items_[last] = items_[begin];
    places_[items_[begin]].at = last;
    start_[key_] = begin + 1;
    if (key_ > 0) start_[--key_] = begin + 1;
  }

  /// Does nothing for items that were removed. The key must be above 0, and not below that of the last smallest().
  void decrement(std::int32_t item) {
    Place& place = places_[item];
    if (place.key == removed) return;
    const std::int32_t first = start_[place.key]++;
    const std::int32_t other = items_[first];
    items_[place.at] = other;
    places_[other].at = place.at;
    items_[first] = item;
    place.at = first;
    --place.key;
    key_ = std::min(key_, place.key);
  }

 private:
  static constexpr std::int32_t removed = -1;
  struct Place {
    std::int32_t key, at;
  };
  std::vector<std::int32_t> items_;
  std::vector<Place> places_;
  std::vector<std::int32_t> start_;
  std::int32_t key_ = 0;
};

}  // namespace heliotrope::detail
