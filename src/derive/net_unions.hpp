// SPDX-License-Identifier: Apache-2.0
// The union of several lists of groups, each group once: what neighbours are.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

#include "derive/vertex_nets.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope::detail {

/// Member by member.
class StampUnion {
 public:
  /// `nets` are those of all groups: while one is walked, the lists of the next are fetched into the cache.
  StampUnion(ListsView members, ListsView nets)
      : members_(members), end_of_nets_(nets.items.data() + nets.items.size()) {
    stamps_.assign(static_cast<std::size_t>(nets.size()), -1);
  }

  /// Writes the members of `nets` without g; returns how many. There must be room for one more.
  std::int64_t list(std::int32_t g, std::span<const std::int32_t> nets, std::int32_t* out) {
    std::int64_t count = 0;
    walk(g, nets, [&](std::int32_t u, bool is_new) {
      out[count] = u;
      count += is_new;
    });
    return count;
  }

  std::int32_t count(std::int32_t g, std::span<const std::int32_t> nets) {
    std::int32_t count = 0;
    walk(g, nets, [&](std::int32_t, bool is_new) { count += is_new; });
    return count;
  }

 private:
  static constexpr std::ptrdiff_t lookahead = 8;  // nets; chosen, not measured

  template <class Visit>
  void walk(std::int32_t g, std::span<const std::int32_t> nets, const Visit& visit) {
    std::int32_t* stamps = stamps_.data();
    const std::int64_t* begin = members_.begin.data();
    const std::int32_t* items = members_.items.data();
    stamps[g] = g;
    for (const std::int32_t& net : nets) {
      const std::int32_t* ahead = &net + lookahead;
      if (ahead + lookahead < end_of_nets_) {
        __builtin_prefetch(begin + ahead[lookahead]);
        __builtin_prefetch(items + begin[*ahead]);
      }
      for (std::int64_t k = begin[net]; k < begin[net + 1]; ++k) {
        const std::int32_t u = items[k];
        visit(u, stamps[u] != g);
        stamps[u] = g;
      }
    }
  }

  ListsView members_;
  const std::int32_t* end_of_nets_;
  RawVector<std::int32_t> stamps_;  // the group that saw this one last
};

/// 64 groups at a time. Meshes number what is near nearly alike: the members of a net lie in several times fewer words.
class WordUnion {
 public:
  /// Words of every step-th net.
  static std::int64_t count_words(ListsView members, std::int64_t step) {
    std::int64_t words = 0;
    for (std::int64_t n = 0; n < members.size(); n += step) {
      std::int32_t last = -1;
      for (std::int32_t u : members[n]) {
        words += (u >> 6) != last;
        last = u >> 6;
      }
    }
    return words;
  }

  WordUnion(ListsView members, std::int32_t num_groups) {
    begin_.resize(members.begin.size());
    words_.resize(static_cast<std::size_t>(count_words(members, 1)));
    bits_.assign(static_cast<std::size_t>(num_groups) / 64 + 1, 0);
    touched_.resize(bits_.size() + 1);
    std::int64_t at = -1;
    for (std::int32_t n = 0; n < members.size(); ++n) {
      begin_[n] = at + 1;
      std::int32_t last = -1;
      for (std::int32_t u : members[n]) {
        if ((u >> 6) != last) words_[++at] = {0, last = u >> 6};
        words_[at].bits |= std::uint64_t{1} << (u & 63);
      }
    }
    begin_[members.size()] = at + 1;
  }

  std::int64_t list(std::int32_t g, std::span<const std::int32_t> nets, std::int32_t* out) {
    std::int64_t count = 0;
    unite(g, nets, [&](std::int64_t at, std::uint64_t bits) {
      for (; bits != 0; bits &= bits - 1) out[count++] = static_cast<std::int32_t>(64 * at + std::countr_zero(bits));
    });
    return count;
  }

  std::int32_t count(std::int32_t g, std::span<const std::int32_t> nets) {
    std::int32_t count = 0;
    unite(g, nets, [&](std::int64_t, std::uint64_t bits) { count += ones(bits); });
    return count;
  }

 private:
  struct Word {
    std::uint64_t bits;
    std::int64_t at;
  };

  /// Without the instruction that the baseline lacks.
  static std::int32_t ones(std::uint64_t x) {
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return static_cast<std::int32_t>((x * 0x0101010101010101u) >> 56);
  }

  template <class Visit>
  void unite(std::int32_t g, std::span<const std::int32_t> nets, const Visit& visit) {
    std::uint64_t* all = bits_.data();
    std::size_t count = 0;
    for (std::int32_t net : nets) {
      for (std::int64_t k = begin_[net]; k < begin_[net + 1]; ++k) {
        const Word word = words_[k];
        touched_[count] = word.at;
        count += all[word.at] == 0;
        all[word.at] |= word.bits;
      }
    }
    if (count > 0) all[g / 64] &= ~(std::uint64_t{1} << (g % 64));
    for (std::size_t k = 0; k < count; ++k) {
      visit(touched_[k], all[touched_[k]]);
      all[touched_[k]] = 0;
    }
  }

  RawVector<std::int64_t> begin_;
  RawVector<Word> words_;
  RawVector<std::uint64_t> bits_;
  RawVector<std::int64_t> touched_;
};

/// Calls f with the cheaper union: words where there are at most a quarter as many as members (a word takes about as
/// long as three members), by a sample of about 256 nets.
template <class F>
void with_union(ListsView members, ListsView nets, const F& f) {
  const std::int64_t step = members.size() / 256 + 1;
  std::int64_t sampled = 0;
  for (std::int64_t n = 0; n < members.size(); n += step) sampled += static_cast<std::int64_t>(members[n].size());
  if (4 * WordUnion::count_words(members, step) <= sampled) {
    f(WordUnion(members, nets.size()));
  } else {
    f(StampUnion(members, nets));
  }
}

}  // namespace heliotrope::detail
