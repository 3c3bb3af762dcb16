// SPDX-License-Identifier: Apache-2.0
// One pack of an elimination plan: eight points, one a lane, and the blocks of their residuals.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "elimination_slots.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/large_vector.hpp"
#include "heliotrope/linear/elimination_plan.hpp"

namespace heliotrope::linear_detail {

/// A residual of a pack's lane. Residuals of one group (part and slot of the point) and kind may share a block.
struct Member {
  std::uint32_t group;
  std::int32_t kind;
  std::int32_t first;  // least kept variable
  std::uint32_t position;

  std::size_t part() const { return group >> 16; }
  int slot() const { return (group & 0xffff) == no_slot ? -1 : static_cast<int>(group & 0xffff); }
  bool shares(const Member& other) const { return group == other.group && kind == other.kind; }
  bool before(const Member& b) const {
    if (group != b.group) return group < b.group;
    if (kind != b.kind) return kind < b.kind;
    if (first != b.first) return first < b.first;
    return position < b.position;
  }
  static constexpr std::uint16_t no_slot = 0xffff;
  static std::uint32_t group_of(std::size_t part, std::uint32_t slot) {
    return static_cast<std::uint32_t>(part) << 16 | slot;
  }
};

/// Few numbers that are mostly in order already.
template <class Vector, class Before>
void insertion_sort(Vector& v, std::size_t begin, const Before& before) {
  for (std::size_t i = begin + 1; i < v.size(); ++i) {
    const auto x = v[i];
    std::size_t k = i;
    for (; k > begin && before(x, v[k - 1]); --k) v[k] = v[k - 1];
    v[k] = x;
  }
}

using Lanes = std::vector<Member>[block_lanes];

/// Makes packs of given members, one behind the other.
class PackMaker {
 public:
  PackMaker(const EliminationStructure& structure, const LargeVector<std::int32_t>& kept_of)
      : structure_(structure), kept_of_(kept_of) {
    plan.parts.resize(structure.parts.size());
    clear();
  }

  /// Forgets what was made and keeps its memory.
  void clear() {
    plan.segments.clear();
    plan.packs.clear();
    plan.list.clear();
    plan.list_begin.assign(1, 0);
    for (EliminationPlan::Part& part : plan.parts) part.source.clear(), part.place.clear(), part.lanes.clear();
  }

  void make(EliminationPlan::Pack pack, Lanes& lanes) {
    for (auto& members : lanes) {
      insertion_sort(members, 0, [](const Member& a, const Member& b) { return a.before(b); });
      pack.repeats |= make_list(members);
    }
    pack.segment_begin = static_cast<std::int64_t>(plan.segments.size());
    std::size_t next[block_lanes] = {};
    while (const Member* least = find_least(lanes, next)) add_block(*least, pack, lanes, next);
    pack.segment_end = static_cast<std::int64_t>(plan.segments.size());
    plan.packs.push_back(pack);
  }

  EliminationPlan plan;

 private:
  std::int32_t kept(std::int32_t column) const { return column < 0 ? -1 : kept_of_[static_cast<std::size_t>(column)]; }

  static const Member* find_least(const Lanes& lanes, const std::size_t (&next)[block_lanes]) {
    const Member* least = nullptr;
    for (int l = 0; l < block_lanes; ++l) {
      if (next[l] == lanes[l].size()) continue;
      const Member& m = lanes[l][next[l]];
      if (least == nullptr || m.group < least->group || (m.group == least->group && m.kind < least->kind)) least = &m;
    }
    return least;
  }

  /// Appends the list of one point; true where its residuals name a variable twice.
  bool make_list(const std::vector<Member>& members) {
    const std::size_t begin = plan.list.size();
    for (const Member& m : members) {
      const SlotColumns columns(structure_.parts[m.part()], m.position);
      for (int s = 0; s < columns.size(); ++s) {
        if (s != m.slot() && kept(columns[s]) >= 0) plan.list.push_back(kept(columns[s]));
      }
    }
    insertion_sort(plan.list, begin, std::less<>());
    const auto end = std::unique(plan.list.begin() + static_cast<std::ptrdiff_t>(begin), plan.list.end());
    const bool repeats = end != plan.list.end();
    if (end - plan.list.begin() - static_cast<std::ptrdiff_t>(begin) >= EliminationPlan::no_place) {
      throw Error("elimination: a variable is joined to 2^16 - 1 others or more, expected fewer");
    }
    plan.list.erase(end, plan.list.end());
    plan.list_begin.push_back(static_cast<std::int64_t>(plan.list.size()));
    return repeats;
  }

  /// One block: the next residual of each lane that shares its group and kind with `like`.
  void add_block(Member like, const EliminationPlan::Pack& pack, const Lanes& lanes, std::size_t (&next)[block_lanes]) {
    EliminationPlan::Part& part = plan.parts[like.part()];
    const ResidualStructure& from = structure_.parts[like.part()];
    const std::int64_t block = part.num_blocks();
    const bool continues = static_cast<std::int64_t>(plan.segments.size()) > pack.segment_begin &&
                           plan.segments.back().part == static_cast<int>(like.part()) &&
                           plan.segments.back().slot == like.slot();
    if (!continues) plan.segments.push_back({static_cast<int>(like.part()), like.slot(), block, block});
    plan.segments.back().block_end = block + 1;

    const std::size_t slots = from.widths.size();
    const std::size_t places = part.place.size(), sources = part.source.size();
    part.place.resize(places + slots * block_lanes, EliminationPlan::no_place);
    part.source.resize(sources + block_lanes, like.position);
    unsigned used = 0;
    const std::size_t first_list = plan.list_begin.size() - 1 - block_lanes;
    for (std::size_t l = 0; l < block_lanes; ++l) {
      if (next[l] == lanes[l].size() || !lanes[l][next[l]].shares(like)) continue;
      const std::uint32_t position = lanes[l][next[l]++].position;
      used |= 1u << l;
      part.source[sources + l] = position;
      const SlotColumns columns(from, position);
      const std::int32_t* const list = plan.list.data() + plan.list_begin[first_list + l];
      for (std::size_t s = 0; s < slots; ++s) {
        const std::int32_t k = static_cast<int>(s) == like.slot() ? -1 : kept(columns[static_cast<int>(s)]);
        if (k < 0) continue;
        std::uint16_t at = 0;
        while (list[at] != k) ++at;
        part.place[places + s * block_lanes + l] = at;
      }
    }
    part.lanes.push_back(static_cast<std::uint8_t>(used));
  }

  const EliminationStructure& structure_;
  const LargeVector<std::int32_t>& kept_of_;
};

}  // namespace heliotrope::linear_detail
