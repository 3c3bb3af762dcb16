// SPDX-License-Identifier: Apache-2.0
#include "derive/neighbors.hpp"

#include <algorithm>
#include <numeric>

#include "derive/net_unions.hpp"

namespace heliotrope::detail {

namespace {

/// What is walked to find the neighbours of a group: the members of its nets, or, if it is of the hub, those that are
/// not.
struct Walks {
  ListsView all;
  ListsView outside;
  Hub hub;
  std::int64_t visits = 0;  ///< no fewer than there are pairs to be found
  bool complete = true;     ///< no net was left out
  Lists kept_all, kept_outside;
};

/// The lists' items that `keep` keeps.
template <class Keep>
Lists filtered(ListsView lists, const Keep& keep) {
  Lists result;
  result.begin.reserve(lists.begin.size());
  result.begin.push_back(0);
  for (std::int32_t n = 0; n < lists.size(); ++n) {
    for (std::int32_t u : lists[n]) {
      if (keep(n, u)) result.items.push_back(u);
    }
    result.begin.push_back(static_cast<std::int64_t>(result.items.size()));
  }
  return result;
}

/// Members that a hub has at least (chosen).
constexpr std::int64_t least_hub = 64;

/// The largest net is a hub where it has at least that many groups and a quarter of all groups or of all pairs
/// (chosen). `pairs`: the squared sizes of all nets.
Hub find_hub(const VertexNets& graph, ListsView members, double& pairs) {
  Hub hub;
  std::int64_t largest = 0, most = 0;
  pairs = 0.0;
  for (std::int64_t n = 0; n < members.size(); ++n) {
    const std::int64_t count = members.begin[n + 1] - members.begin[n];
    pairs += static_cast<double>(count) * static_cast<double>(count);
    if (count > most) most = count, largest = n;
  }
  if (most < least_hub) return hub;
  const double size = static_cast<double>(most);
  if (4.0 * size < graph.num_groups() && 4.0 * size * size < pairs) return hub;
  hub.has.assign(static_cast<std::size_t>(graph.num_groups()), 0);
  for (std::int32_t g : members[largest]) {
    hub.has[g] = 1;
    hub.num_vertices += graph.group_size(g);
  }
  return hub;
}

/// Nets are left out, those with the most visits first, until there are at most `budget`.
Walks walks_within(const VertexNets& graph, std::int64_t budget) {
  Walks walks;
  walks.all = graph.members();
  double sum = 0.0;
  walks.hub = find_hub(graph, walks.all, sum);
  if (walks.hub.exists()) {
    walks.kept_outside = filtered(walks.all, [&](std::int32_t, std::int32_t u) { return !walks.hub.has[u]; });
    walks.outside = walks.kept_outside.view();
  }
  // A net is walked whole from each member outside, and its members outside from each in the hub.
  const auto visits = [&](std::int32_t n) {
    const std::int64_t whole = static_cast<std::int64_t>(walks.all[n].size());
    if (!walks.hub.exists()) return whole * whole;
    const std::int64_t outside = static_cast<std::int64_t>(walks.outside[n].size());
    return outside * (2 * whole - outside);
  };
  if (walks.hub.exists()) {
    sum = 0.0;
    for (std::int32_t n = 0; n < walks.all.size(); ++n) sum += static_cast<double>(visits(n));
  }
  if (sum <= static_cast<double>(budget)) {
    walks.visits = static_cast<std::int64_t>(sum);
    return walks;
  }
  walks.complete = false;
  std::vector<std::int32_t> nets(static_cast<std::size_t>(walks.all.size()));
  std::iota(nets.begin(), nets.end(), 0);
  std::stable_sort(nets.begin(), nets.end(), [&](std::int32_t a, std::int32_t b) { return visits(a) < visits(b); });
  std::vector<char> kept(nets.size(), 0);
  for (std::int32_t n : nets) {
    if (walks.visits + visits(n) > budget) break;
    walks.visits += visits(n);
    kept[n] = 1;
  }
  const auto keep = [&](std::int32_t n, std::int32_t) { return kept[n] != 0; };
  walks.kept_all = filtered(walks.all, keep);
  if (walks.hub.exists()) walks.kept_outside = filtered(walks.outside, keep);
  walks.all = walks.kept_all.view();
  walks.outside = walks.kept_outside.view();
  return walks;
}

/// Where group g has the neighbours of g - 1, each one further on: stencils on grids, nearly everywhere. Its nets are
/// then those of g - 1, each one further on, and so are their members. Never where nets are left out or there is a hub:
/// a list would then lack what the lists of its neighbours have, and keys fall below 0.
class Translation {
 public:
  Translation(const VertexNets& graph, const Walks& walks) : nets_(graph.nets()), members_(graph.members()) {
    if (!walks.complete || walks.hub.exists() || graph.grouped()) return;
    if (!is_likely(members_)) return;
    follows_.resize(static_cast<std::size_t>(members_.size()));
    follows_[0] = 0;
    for (std::int32_t n = 1; n < members_.size(); ++n) follows_[n] = follows(members_, n);
  }

  /// Whether about half of a sample of 256 nets are those before them, moved (the share is chosen).
  static bool is_likely(ListsView members) {
    const std::int64_t step = members.size() / 256 + 1;
    std::int64_t seen = 0, moved = 0;
    for (std::int64_t n = 1; n < members.size(); n += step) {
      ++seen;
      moved += members[n].size() > 1 && follows(members, n);
    }
    return 2 * moved > seen;
  }

  bool holds(std::int32_t g) const {
    if (follows_.empty() || g == 0) return false;
    const bool same = nets_.items.data() == members_.items.data();  // of a symmetric pattern
    if (same ? !follows_[g] : !follows(nets_, g)) return false;
    bool all = true;
    for (std::int32_t net : nets_[g]) all &= follows_[net] != 0;
    return all;
  }

 private:
  static bool follows(ListsView lists, std::int64_t i) {
    const std::span<const std::int32_t> list = lists[i], before = lists[i - 1];
    if (list.size() != before.size()) return false;
    for (std::size_t k = 0; k < list.size(); ++k) {
      if (list[k] != before[k] + 1) return false;
    }
    return true;
  }

  ListsView nets_, members_;
  RawVector<char> follows_;  // [net] its members are those of the net before it, each one further on
};

/// Calls f(g, union) for every group, with the union that finds its neighbours.
template <class F>
void with_both(const VertexNets& graph, const Walks& walks, const F& f) {
  with_union(walks.all, graph.nets(), [&](auto&& all) {
    if (!walks.hub.exists()) {
      for (std::int32_t g = 0; g < graph.num_groups(); ++g) f(g, all);
      return;
    }
    StampUnion outside(walks.outside, graph.nets());
    for (std::int32_t g = 0; g < graph.num_groups(); ++g) {
      if (walks.hub.has[g]) {
        f(g, outside);
      } else {
        f(g, all);
      }
    }
  });
}

/// Neighbours of g's vertices that no list holds: the others of g, and of the hub.
std::int32_t implied(const VertexNets& graph, const Hub& hub, std::int32_t g, bool with_hub) {
  const bool in_hub = hub.exists() && hub.has[g];
  if (in_hub) return with_hub ? hub.num_vertices - 1 : 0;
  return graph.group_size(g) - 1;
}

std::int32_t sum_of_sizes(const VertexNets& graph, std::span<const std::int32_t> groups) {
  if (!graph.grouped()) return static_cast<std::int32_t>(groups.size());
  std::int32_t sum = 0;
  for (std::int32_t u : groups) sum += graph.group_size(u);
  return sum;
}

/// Counts of all groups at once, each pair met from the smaller of the two: lists are sorted, so what follows g in its
/// nets are the larger ones.
RawVector<std::int32_t> count_pairs(ListsView nets, ListsView members) {
  RawVector<std::int32_t> counts;
  counts.resize(static_cast<std::size_t>(nets.size()));
  struct Seen {
    std::int32_t by, count;
  };
  RawVector<Seen> seen(counts.size(), Seen{-1, 0});
  RawVector<std::int64_t> next(members.begin.begin(), members.begin.end());  // [net] behind the last that was walked
  const std::int32_t* items = members.items.data();
  for (std::int32_t g = 0; g < nets.size(); ++g) {
    std::int32_t found = 0;
    for (const std::int32_t net : nets[g]) {
      const std::int64_t end = members.begin[net + 1];
      std::int64_t k = ++next[net];
      for (; k < end; ++k) {
        Seen& other = seen[items[k]];
        const bool is_new = other.by != g;
        other = {g, other.count + is_new};
        found += is_new;
      }
    }
    counts[g] = seen[g].count + found;
  }
  return counts;
}

/// Whether all nets are short, and groups are not those before them, moved.
bool suits_pairs(const VertexNets& graph) {
  if (graph.grouped()) return false;
  const ListsView members = graph.members();
  std::int64_t most = 0;
  for (std::int64_t n = 0; n < members.size(); ++n) most = std::max(most, members.begin[n + 1] - members.begin[n]);
  return most < least_hub && !Translation::is_likely(members);
}

}  // namespace

RawVector<std::int32_t> neighbor_counts(const VertexNets& graph) {
  if (suits_pairs(graph)) return count_pairs(graph.nets(), graph.members());
  const Walks walks =
      walks_within(graph, 1024 * static_cast<std::int64_t>(graph.members().items.size()) + (std::int64_t{1} << 28));
  RawVector<std::int32_t> counts;
  counts.resize(static_cast<std::size_t>(graph.num_groups()));
  RawVector<std::int32_t> list;
  list.resize(graph.grouped() ? counts.size() + 1 : 0);
  const Translation translation(graph, walks);
  with_both(graph, walks, [&](std::int32_t g, auto& all) {
    const std::span<const std::int32_t> nets = graph.nets()[g];
    if (translation.holds(g)) {
      counts[g] = counts[g - 1];
      return;
    }
    if (graph.grouped()) {
      const std::size_t size = static_cast<std::size_t>(all.list(g, nets, list.data()));
      counts[g] = sum_of_sizes(graph, {list.data(), size});
    } else {
      counts[g] = all.count(g, nets);
    }
    counts[g] += implied(graph, walks.hub, g, true);
  });
  return counts;
}

RawVector<std::int32_t> neighbor_counts(const VertexNets& graph, const Neighbors& neighbors, bool with_hub) {
  RawVector<std::int32_t> counts;
  counts.resize(static_cast<std::size_t>(graph.num_groups()));
  for (std::int32_t g = 0; g < graph.num_groups(); ++g) {
    std::int32_t sum = neighbors.lists[g].size;
    if (graph.grouped()) {
      sum = 0;
      neighbors.for_each(g, [&](std::int32_t u) { sum += graph.group_size(u); });
    }
    counts[g] = sum + implied(graph, neighbors.hub, g, with_hub);
  }
  return counts;
}

Neighbors neighbor_groups(const VertexNets& graph) {
  Walks walks =
      walks_within(graph, 64 * static_cast<std::int64_t>(graph.members().items.size()) + (std::int64_t{1} << 27));
  const std::int64_t groups = graph.num_groups();
  Neighbors neighbors;
  neighbors.lists.resize(static_cast<std::size_t>(groups));
  neighbors.items.resize(static_cast<std::size_t>(std::min(walks.visits, groups * groups)) + 1);  // not touched yet
  std::int64_t count = 0;
  const Translation translation(graph, walks);
  with_both(graph, walks, [&](std::int32_t g, auto& all) {
    if (translation.holds(g)) {
      neighbors.lists[g] = neighbors.lists[g - 1];
      ++neighbors.lists[g].shift;
      return;
    }
    const std::int64_t size = all.list(g, graph.nets()[g], neighbors.items.data() + count);
    neighbors.lists[g] = {count, static_cast<std::int32_t>(size), 0};
    count += size;
  });
  neighbors.hub = std::move(walks.hub);
  return neighbors;
}

}  // namespace heliotrope::detail
