// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/elimination_plan.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>

#include "elimination_slots.hpp"
#include "heliotrope/error.hpp"

namespace heliotrope {

using namespace linear_detail;

namespace {

// Points among which lanes of like length are found: far fewer than a cache holds. Chosen, not measured.
constexpr std::int64_t window = 512;

/// A residual of a point.
struct Reference {
  std::uint32_t position;
  std::uint16_t part;
  std::uint16_t slot;  // that holds the point
};

/// A residual while its pack is made: residuals of one class may share a block.
struct Member {
  std::uint64_t group;  // part and slot
  std::int32_t kind;
  std::int32_t first;  // least kept variable
  std::uint32_t position;
  friend bool operator<(const Member& a, const Member& b) {
    if (a.group != b.group) return a.group < b.group;
    if (a.kind != b.kind) return a.kind < b.kind;
    if (a.first != b.first) return a.first < b.first;
    return a.position < b.position;
  }
};

class Planner {
 public:
  Planner(const EliminationStructure& structure, std::span<const std::uint8_t> eliminated)
      : structure_(structure), eliminated_(eliminated) {
    for (std::size_t p = 0; p < structure.parts.size(); ++p) readers_.emplace_back(structure, p);
  }

  EliminationPlan make() {
    check();
    number_kept();
    make_parts();
    sort_points();
    collect_references();
    pack_points();
    pack_loose();
    finish();
    return std::move(plan_);
  }

 private:
  void check() const {
    constexpr auto most_parts = std::numeric_limits<std::uint16_t>::max();
    if (structure_.parts.size() > most_parts) {
      throw Error("elimination: found " + std::to_string(structure_.parts.size()) + " kinds of residuals, expected at most " +
                  std::to_string(most_parts));
    }
    for (const ResidualStructure& part : structure_.parts) {
      if (part.num_blocks >= (std::int64_t{1} << 32) / block_lanes) {
        throw Error("elimination: found 2^32 residuals or more of one kind, expected fewer");
      }
    }
  }

  void number_kept() {
    const std::int64_t n = structure_.num_block_columns();
    kept_of_.assign(static_cast<std::size_t>(n), -1);
    plan_.kept_begin.push_back(0);
    for (std::int64_t j = 0; j < n; ++j) {
      if (eliminated_[static_cast<std::size_t>(j)]) continue;
      kept_of_[static_cast<std::size_t>(j)] = static_cast<std::int32_t>(plan_.kept.size());
      plan_.kept.push_back(j);
      plan_.kept_begin.push_back(plan_.kept_begin.back() + structure_.width(j));
    }
  }

  void make_parts() {
    for (const ResidualStructure& from : structure_.parts) {
      EliminationPlan::Part& part = plan_.parts.emplace_back();
      part.rows = from.rows;
      part.widths = from.widths;
      part.slot_begin.push_back(0);
      for (int width : from.widths) part.slot_begin.push_back(part.slot_begin.back() + width);
      const auto blocks = static_cast<std::size_t>(from.num_blocks + from.num_blocks / 16 + 8);
      part.source.reserve(blocks * block_lanes);
      part.lanes.reserve(blocks);
      part.place.reserve(blocks * from.widths.size() * block_lanes);
      plan_.max_rows = std::max(plan_.max_rows, part.rows);
      plan_.max_columns = std::max(plan_.max_columns, part.slot_begin.back());
    }
  }

  /// The least kept variable of a residual, or num_kept.
  std::int32_t first_kept(std::size_t part, std::int64_t position) const {
    std::int32_t least = static_cast<std::int32_t>(plan_.kept.size());
    for (std::size_t s = 0; s < readers_[part].num_slots(); ++s) {
      const std::int64_t j = readers_[part].column(position, s);
      if (j >= 0 && kept_of_[static_cast<std::size_t>(j)] >= 0) least = std::min(least, kept_of_[static_cast<std::size_t>(j)]);
    }
    return least;
  }

  /// order_: points by width, then first kept variable, then (in windows) by falling number of residuals.
  void sort_points() {
    const auto n = static_cast<std::size_t>(structure_.num_block_columns());
    const auto num_kept = static_cast<std::int32_t>(plan_.kept.size());
    count_.assign(n, 0);
    std::vector<std::int32_t> first(n, num_kept);
    for_residuals(structure_, [&](std::size_t p, std::int64_t position, std::span<const std::int64_t> columns) {
      std::int64_t point = -1;
      std::int32_t least = num_kept;
      for (std::int64_t j : columns) {
        if (j < 0) continue;
        const std::int32_t k = kept_of_[static_cast<std::size_t>(j)];
        if (k >= 0) {
          least = std::min(least, k);
        } else if (point >= 0) {
          throw Error("elimination: residual block " + std::to_string(position) + " of part " + std::to_string(p) +
                      " joins the eliminated block columns " + std::to_string(point) + " and " + std::to_string(j) +
                      ", expected at most one");
        } else {
          point = j;
        }
      }
      if (point < 0) return;
      ++count_[static_cast<std::size_t>(point)];
      auto& f = first[static_cast<std::size_t>(point)];
      f = std::min(f, least);
    });

    std::vector<std::int64_t> begin(static_cast<std::size_t>(num_kept) + 2, 0);
    std::vector<int> widths;
    for (std::size_t j = 0; j < n; ++j) {
      if (!eliminated_[j]) continue;
      const int width = structure_.width(static_cast<std::int64_t>(j));
      if (std::find(widths.begin(), widths.end(), width) == widths.end()) widths.push_back(width);
      ++plan_.num_points;
    }
    std::sort(widths.begin(), widths.end());
    order_.reserve(static_cast<std::size_t>(plan_.num_points));
    for (int width : widths) {
      const auto is_member = [&](std::size_t j) {
        return eliminated_[j] && structure_.width(static_cast<std::int64_t>(j)) == width;
      };
      std::fill(begin.begin(), begin.end(), 0);
      for (std::size_t j = 0; j < n; ++j) {
        if (is_member(j)) ++begin[static_cast<std::size_t>(first[j]) + 1];
      }
      std::partial_sum(begin.begin(), begin.end(), begin.begin());
      const std::size_t start = order_.size();
      order_.resize(start + static_cast<std::size_t>(begin.back()));
      for (std::size_t j = 0; j < n; ++j) {
        if (is_member(j)) order_[start + static_cast<std::size_t>(begin[static_cast<std::size_t>(first[j])]++)] = static_cast<std::int64_t>(j);
      }
      for (std::size_t at = start; at < order_.size(); at += window) {
        const auto end = std::min(order_.size(), at + static_cast<std::size_t>(window));
        std::stable_sort(order_.begin() + static_cast<std::ptrdiff_t>(at), order_.begin() + static_cast<std::ptrdiff_t>(end),
                         [&](std::int64_t a, std::int64_t b) {
                           return count_[static_cast<std::size_t>(a)] > count_[static_cast<std::size_t>(b)];
                         });
      }
      while (order_.size() % block_lanes != 0) order_.push_back(-1);
    }
  }

  /// references_: the residuals of each point of order_; loose_: those without a point, by part.
  void collect_references() {
    reference_begin_.assign(1, 0);
    std::vector<std::int64_t> next(static_cast<std::size_t>(structure_.num_block_columns()), -1);
    std::int64_t total = 0;
    for (std::int64_t j : order_) {
      if (j >= 0) {
        next[static_cast<std::size_t>(j)] = total;
        total += count_[static_cast<std::size_t>(j)];
      }
      reference_begin_.push_back(total);
    }
    references_.resize(static_cast<std::size_t>(total));
    loose_.resize(structure_.parts.size());
    for_residuals(structure_, [&](std::size_t p, std::int64_t position, std::span<const std::int64_t> columns) {
      ++plan_.num_residuals;
      for (std::size_t s = 0; s < columns.size(); ++s) {
        if (columns[s] < 0 || next[static_cast<std::size_t>(columns[s])] < 0) continue;
        references_[static_cast<std::size_t>(next[static_cast<std::size_t>(columns[s])]++)] = {
            static_cast<std::uint32_t>(position), static_cast<std::uint16_t>(p), static_cast<std::uint16_t>(s)};
        return;
      }
      loose_[p].push_back(static_cast<std::uint32_t>(position));
    });
    count_ = {};
  }

  std::int32_t kind_of(std::size_t part, std::int64_t position) const {
    const auto& kinds = structure_.parts[part].kinds;
    return kinds.empty() ? 0 : kinds[static_cast<std::size_t>(position / block_lanes)];
  }

  void pack_points() {
    plan_.points = order_;
    plan_.list_begin.assign(1, 0);
    plan_.list_begin.reserve(order_.size() + 1);
    plan_.list.reserve(references_.size());
    std::vector<Member> members[block_lanes];
    for (std::size_t at = 0; at < order_.size(); at += block_lanes) {
      EliminationPlan::Pack pack;
      for (std::size_t l = 0; l < block_lanes; ++l) {
        members[l].clear();
        const std::int64_t point = order_[at + l];
        if (point >= 0) {
          pack.width = structure_.width(point);
          pack.num_lanes = static_cast<int>(l) + 1;
        }
        for (auto r = reference_begin_[at + l]; r < reference_begin_[at + l + 1]; ++r) {
          const Reference& reference = references_[static_cast<std::size_t>(r)];
          members[l].push_back({std::uint64_t{reference.part} << 16 | reference.slot,
                                kind_of(reference.part, reference.position),
                                first_kept(reference.part, reference.position), reference.position});
        }
        std::sort(members[l].begin(), members[l].end());
      }
      make_pack(pack, members);
    }
    references_ = {};
    reference_begin_ = {};
    order_ = {};
  }

  /// Residuals without a point, eight of a part and kind together.
  void pack_loose() {
    constexpr std::uint64_t no_slot = 0xffff;
    std::vector<Member> members[block_lanes];
    for (std::size_t p = 0; p < loose_.size(); ++p) {
      std::stable_sort(loose_[p].begin(), loose_[p].end(), [&](std::uint32_t a, std::uint32_t b) {
        return kind_of(p, a) < kind_of(p, b);
      });
      for (std::size_t at = 0; at < loose_[p].size();) {
        EliminationPlan::Pack pack;
        const std::int32_t kind = kind_of(p, loose_[p][at]);
        for (auto& m : members) m.clear();
        while (pack.num_lanes < block_lanes && at < loose_[p].size() && kind_of(p, loose_[p][at]) == kind) {
          members[pack.num_lanes++].push_back({std::uint64_t{p} << 16 | no_slot, kind, 0, loose_[p][at++]});
        }
        plan_.points.insert(plan_.points.end(), block_lanes, -1);
        make_pack(pack, members);
      }
    }
    loose_ = {};
  }

  void make_pack(EliminationPlan::Pack& pack, std::vector<Member> (&members)[block_lanes]) {
    for (auto& lane : members) pack.repeats |= make_list(lane);
    pack.segment_begin = static_cast<std::int64_t>(plan_.segments.size());
    std::size_t next[block_lanes] = {};
    while (true) {
      const Member* least = nullptr;
      for (int l = 0; l < block_lanes; ++l) {
        if (next[l] == members[l].size()) continue;
        const Member& m = members[l][next[l]];
        const bool before = least == nullptr || m.group < least->group || (m.group == least->group && m.kind < least->kind);
        if (before) least = &m;
      }
      if (least == nullptr) break;
      add_block(*least, pack, members, next);
    }
    pack.segment_end = static_cast<std::int64_t>(plan_.segments.size());
    plan_.max_width = std::max(plan_.max_width, pack.width);
    plan_.packs.push_back(pack);
  }

  /// Appends the list of one point; true where its residuals name a variable twice.
  bool make_list(const std::vector<Member>& members) {
    const auto begin = static_cast<std::ptrdiff_t>(plan_.list.size());
    for (const Member& m : members) {
      const std::size_t p = m.group >> 16;
      for (std::size_t s = 0; s < readers_[p].num_slots(); ++s) {
        const std::int64_t j = readers_[p].column(m.position, s);
        if (j >= 0 && kept_of_[static_cast<std::size_t>(j)] >= 0) plan_.list.push_back(kept_of_[static_cast<std::size_t>(j)]);
      }
    }
    std::sort(plan_.list.begin() + begin, plan_.list.end());
    const auto end = std::unique(plan_.list.begin() + begin, plan_.list.end());
    const bool repeats = end != plan_.list.end();
    plan_.list.erase(end, plan_.list.end());
    plan_.list_begin.push_back(static_cast<std::int64_t>(plan_.list.size()));
    return repeats;
  }

  /// One block: the next residual of each lane that is of the class of `like`.
  void add_block(const Member& like, const EliminationPlan::Pack& pack, std::vector<Member> (&members)[block_lanes],
                 std::size_t (&next)[block_lanes]) {
    const std::uint64_t group = like.group;
    const std::int32_t kind = like.kind;
    const std::size_t p = group >> 16;
    EliminationPlan::Part& part = plan_.parts[p];
    const int slot = (group & 0xffff) == 0xffff ? -1 : static_cast<int>(group & 0xffff);
    const std::int64_t block = part.num_blocks();
    const bool continues = static_cast<std::int64_t>(plan_.segments.size()) > pack.segment_begin &&
                           plan_.segments.back().part == static_cast<int>(p) && plan_.segments.back().slot == slot;
    if (!continues) plan_.segments.push_back({static_cast<int>(p), slot, block, block});
    plan_.segments.back().block_end = block + 1;
    plan_.max_pack_blocks = std::max(plan_.max_pack_blocks, static_cast<int>(block + 1 - plan_.segments.back().block_begin));

    const std::size_t num_slots = part.widths.size();
    const std::size_t places = part.place.size(), sources = part.source.size();
    part.place.resize(places + num_slots * block_lanes, EliminationPlan::no_place);
    part.source.resize(sources + block_lanes, like.position);
    std::uint8_t lanes = 0;
    const std::size_t first_list = plan_.list_begin.size() - 1 - block_lanes;
    for (std::size_t l = 0; l < block_lanes; ++l) {
      if (next[l] == members[l].size() || members[l][next[l]].group != group || members[l][next[l]].kind != kind) continue;
      const std::uint32_t position = members[l][next[l]++].position;
      lanes = static_cast<std::uint8_t>(lanes | 1u << l);
      part.source[sources + l] = position;
      const auto list = plan_.list.begin() + plan_.list_begin[first_list + l];
      const auto end = plan_.list.begin() + plan_.list_begin[first_list + l + 1];
      for (std::size_t s = 0; s < num_slots; ++s) {
        const std::int64_t j = readers_[p].column(position, s);
        if (j < 0 || kept_of_[static_cast<std::size_t>(j)] < 0) continue;
        const auto found = std::lower_bound(list, end, kept_of_[static_cast<std::size_t>(j)]);
        part.place[places + s * block_lanes + l] = static_cast<std::uint32_t>(found - list);
      }
    }
    part.lanes.push_back(lanes);
  }

  void finish() {
    for (EliminationPlan::Part& part : plan_.parts) {
      part.source.shrink_to_fit();
      part.place.shrink_to_fit();
    }
  }

  const EliminationStructure& structure_;
  std::span<const std::uint8_t> eliminated_;
  std::vector<SlotReader> readers_;
  EliminationPlan plan_;
  std::vector<std::int32_t> kept_of_;  // [block column]
  std::vector<std::uint32_t> count_;   // [block column]: residuals of a point
  std::vector<std::int64_t> order_;    // points in packs of 8; -1: none
  std::vector<std::int64_t> reference_begin_;
  std::vector<Reference> references_;
  std::vector<std::vector<std::uint32_t>> loose_;
};

}  // namespace

std::int64_t EliminationPlan::num_pairs() const {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i + 1 < list_begin.size(); ++i) {
    const std::int64_t k = list_begin[i + 1] - list_begin[i];
    sum += k * (k + 1) / 2;
  }
  return sum;
}

EliminationPlan plan_elimination(const EliminationStructure& structure, std::span<const std::uint8_t> eliminated) {
  return Planner(structure, eliminated).make();
}

}  // namespace heliotrope
