// SPDX-License-Identifier: Apache-2.0
#include "derive/neighbors.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

namespace heliotrope::detail {

namespace {

/// Nets with more members than this are left out, so that at most `budget` members are visited.
std::int64_t largest_net_within(ListsView members, std::int64_t budget) {
  double visits = 0.0;
  for (std::int32_t n = 0; n < members.size(); ++n) {
    const double size = static_cast<double>(members[n].size());
    visits += size * size;
  }
  if (visits <= static_cast<double>(budget)) return std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> sizes;
  for (std::int32_t n = 0; n < members.size(); ++n) sizes.push_back(static_cast<std::int64_t>(members[n].size()));
  std::sort(sizes.begin(), sizes.end());
  std::int64_t left = budget;
  for (std::int64_t size : sizes) {
    if (size * size > left) return size - 1;
    left -= size * size;
  }
  return sizes.back();
}

/// The members of nets as bits: those in one range of 64 groups are one word. Meshes number what is near nearly alike,
/// and have several times fewer words than members.
class PackedMembers {
 public:
  struct Word {
    std::uint64_t bits;
    std::int64_t at;
  };

  /// Words of every step-th net.
  static std::int64_t count(ListsView members, std::int64_t step) {
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

  PackedMembers(ListsView members, std::int64_t count) {
    begin_.resize(members.begin.size());
    words_.resize(static_cast<std::size_t>(count));
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

  std::span<const Word> operator[](std::int32_t net) const {
    return {words_.data() + begin_[net], words_.data() + begin_[net + 1]};
  }

 private:
  RawVector<std::int64_t> begin_;
  RawVector<Word> words_;
};

/// The union of nets, member by member.
class StampUnion {
 public:
  StampUnion(ListsView members, std::int32_t num_groups)
      : members_(members), stamps_(static_cast<std::size_t>(num_groups), -1) {}

  /// Writes the groups that share one of `nets`, not longer than `largest`, with g, without g; returns how many.
  /// There must be room for one more.
  std::int64_t list(std::int32_t g, std::span<const std::int32_t> nets, std::int64_t largest, std::int32_t* out) {
    std::int64_t count = 0;
    std::int32_t* stamps = stamps_.data();
    stamps[g] = g;
    for (std::int32_t net : nets) {
      const std::span<const std::int32_t> others = members_[net];
      if (static_cast<std::int64_t>(others.size()) > largest) continue;
      for (std::int32_t u : others) {
        out[count] = u;
        count += stamps[u] != g;
        stamps[u] = g;
      }
    }
    return count;
  }

  std::int32_t count(std::int32_t g, std::span<const std::int32_t> nets, std::int64_t largest) {
    std::int32_t count = 0;
    std::int32_t* stamps = stamps_.data();
    stamps[g] = g;
    for (std::int32_t net : nets) {
      const std::span<const std::int32_t> others = members_[net];
      if (static_cast<std::int64_t>(others.size()) > largest) continue;
      for (std::int32_t u : others) {
        count += stamps[u] != g;
        stamps[u] = g;
      }
    }
    return count;
  }

 private:
  ListsView members_;
  std::vector<std::int32_t> stamps_;  // the group that saw this one last
};

/// The union of nets, 64 groups at a time.
class WordUnion {
 public:
  WordUnion(ListsView members, std::int64_t num_words, std::int32_t num_groups)
      : members_(members),
        packed_(members, num_words),
        bits_(static_cast<std::size_t>(num_groups) / 64 + 1, 0),
        touched_(bits_.size() + 1) {}

  std::int64_t list(std::int32_t g, std::span<const std::int32_t> nets, std::int64_t largest, std::int32_t* out) {
    std::int64_t count = 0;
    unite(g, nets, largest, [&](std::int64_t at, std::uint64_t bits) {
      for (; bits != 0; bits &= bits - 1) out[count++] = static_cast<std::int32_t>(64 * at + std::countr_zero(bits));
    });
    return count;
  }

  std::int32_t count(std::int32_t g, std::span<const std::int32_t> nets, std::int64_t largest) {
    std::int32_t count = 0;
    unite(g, nets, largest, [&](std::int64_t, std::uint64_t bits) { count += ones(bits); });
    return count;
  }

 private:
  /// Without the instruction that the baseline lacks.
  static std::int32_t ones(std::uint64_t x) {
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return static_cast<std::int32_t>((x * 0x0101010101010101u) >> 56);
  }

  template <class Visit>
  void unite(std::int32_t g, std::span<const std::int32_t> nets, std::int64_t largest, const Visit& visit) {
    std::uint64_t* all = bits_.data();
    std::size_t count = 0;
    for (std::int32_t net : nets) {
      if (static_cast<std::int64_t>(members_[net].size()) > largest) continue;
      for (const PackedMembers::Word& word : packed_[net]) {
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

  ListsView members_;
  PackedMembers packed_;
  std::vector<std::uint64_t> bits_;
  std::vector<std::int64_t> touched_;
};

/// Calls f with the cheaper union: words where there are at most half as many as members (chosen, not measured), by a
/// sample of about 256 nets.
template <class F>
void with_union(const VertexNets& graph, const F& f) {
  const ListsView members = graph.members();
  const std::int64_t step = members.size() / 256 + 1;
  std::int64_t sampled = 0;
  for (std::int64_t n = 0; n < members.size(); n += step) sampled += static_cast<std::int64_t>(members[n].size());
  if (2 * PackedMembers::count(members, step) <= sampled) {
    f(WordUnion(members, PackedMembers::count(members, 1), graph.num_groups()));
  } else {
    f(StampUnion(members, graph.num_groups()));
  }
}

std::int32_t sum_of_sizes(const VertexNets& graph, std::span<const std::int32_t> groups) {
  std::int32_t sum = 0;
  for (std::int32_t u : groups) sum += graph.group_size(u);
  return sum;
}

}  // namespace

std::vector<std::int32_t> neighbor_counts(const VertexNets& graph) {
  const ListsView nets = graph.nets(), members = graph.members();
  const std::int64_t largest =
      largest_net_within(members, 1024 * static_cast<std::int64_t>(members.items.size()) + (std::int64_t{1} << 28));
  std::vector<std::int32_t> counts(static_cast<std::size_t>(graph.num_groups()));
  std::vector<std::int32_t> list(graph.grouped() ? counts.size() + 1 : 0);
  with_union(graph, [&](auto&& all) {
    for (std::int32_t g = 0; g < graph.num_groups(); ++g) {
      if (graph.grouped()) {
        const std::int64_t size = all.list(g, nets[g], largest, list.data());
        counts[g] = graph.group_size(g) - 1 + sum_of_sizes(graph, {list.data(), static_cast<std::size_t>(size)});
      } else {
        counts[g] = all.count(g, nets[g], largest);
      }
    }
  });
  return counts;
}

std::vector<std::int32_t> neighbor_counts(const VertexNets& graph, ListsView neighbors) {
  std::vector<std::int32_t> counts(static_cast<std::size_t>(graph.num_groups()));
  for (std::int32_t g = 0; g < graph.num_groups(); ++g) {
    counts[g] = graph.grouped() ? graph.group_size(g) - 1 + sum_of_sizes(graph, neighbors[g])
                                : static_cast<std::int32_t>(neighbors[g].size());
  }
  return counts;
}

Lists neighbor_groups(const VertexNets& graph) {
  const ListsView nets = graph.nets(), members = graph.members();
  const std::int64_t largest =
      largest_net_within(members, 64 * static_cast<std::int64_t>(members.items.size()) + (std::int64_t{1} << 27));
  std::int64_t room = 0;
  for (std::int32_t n = 0; n < members.size(); ++n) {
    const std::int64_t size = static_cast<std::int64_t>(members[n].size());
    if (size <= largest) room += size * size;
  }
  const std::int64_t groups = graph.num_groups();
  Lists neighbors;
  neighbors.begin.resize(static_cast<std::size_t>(groups) + 1);
  neighbors.items.resize(static_cast<std::size_t>(std::min(room, groups * groups)) + 1);  // raw: untouched if unused
  std::int64_t count = 0;
  with_union(graph, [&](auto&& all) {
    for (std::int32_t g = 0; g < graph.num_groups(); ++g) {
      neighbors.begin[g] = count;
      count += all.list(g, nets[g], largest, neighbors.items.data() + count);
    }
  });
  neighbors.begin[groups] = count;
  return neighbors;
}

}  // namespace heliotrope::detail
