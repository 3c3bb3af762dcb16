// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/elimination_plan.hpp"

#include <algorithm>
#include <numeric>

#include "elimination_packs.hpp"
#include "elimination_slots.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/parallel.hpp"

namespace heliotrope {

using namespace linear_detail;

namespace {

// Points among which lanes of like length are found: far fewer than a cache holds. Chosen, not measured.
constexpr std::int64_t window = 512;
// Packs that one task makes before all are joined, and tasks a thread between two joins. Chosen, not measured.
constexpr std::int64_t piece_packs = 512;
constexpr int pieces_a_thread = 4;

/// Residual `position` of a part, with its point in `slot`.
struct Reference {
  std::uint32_t position;
  std::uint16_t part;
  std::uint16_t slot;
};

class Planner {
 public:
  Planner(const EliminationStructure& structure, std::span<const std::uint8_t> eliminated, int threads)
      : structure_(structure), eliminated_(eliminated), threads_(threads) {}

  EliminationPlan make() {
    check_elimination_size(structure_);
    check_elimination_set(structure_, eliminated_);
    number_kept();
    count();
    sort_points();
    collect();
    make_packs();
    return std::move(plan_);
  }

 private:
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
    for (const ResidualStructure& from : structure_.parts) {
      EliminationPlan::Part& part = plan_.parts.emplace_back();
      part.rows = from.rows;
      part.widths = from.widths;
      part.slot_begin.assign(1, 0);
      for (int width : from.widths) part.slot_begin.push_back(part.slot_begin.back() + width);
    }
  }

  /// The residuals of each point, and the least kept variable among theirs.
  void count() {
    const auto n = static_cast<std::size_t>(structure_.num_block_columns());
    const auto num_kept = static_cast<std::int32_t>(plan_.kept.size());
    count_.assign(n, 0);
    first_.assign(n, num_kept);
    for_residuals(structure_, [&](std::size_t, std::int64_t, const SlotColumns& columns) {
      std::int32_t point = -1, least = num_kept;
      for (int s = 0; s < columns.size(); ++s) {
        const std::int32_t j = columns[s];
        if (j < 0) continue;
        const std::int32_t k = kept_of_[static_cast<std::size_t>(j)];
        if (k < 0) {
          point = j;
        } else {
          least = std::min(least, k);
        }
      }
      if (point < 0) return;
      ++count_[static_cast<std::size_t>(point)];
      first_[static_cast<std::size_t>(point)] = std::min(first_[static_cast<std::size_t>(point)], least);
    });
  }

  /// plan_.points: by width, then first kept variable, then (in windows) by falling number of residuals.
  void sort_points() {
    const auto n = static_cast<std::size_t>(structure_.num_block_columns());
    std::vector<int> widths;
    for (std::size_t j = 0; j < n; ++j) {
      if (!eliminated_[j]) continue;
      const int width = structure_.width(static_cast<std::int64_t>(j));
      if (std::find(widths.begin(), widths.end(), width) == widths.end()) widths.push_back(width);
      ++plan_.num_points;
    }
    std::sort(widths.begin(), widths.end());
    LargeVector<std::int64_t>& order = plan_.points;
    order.reserve(static_cast<std::size_t>(plan_.num_points) + widths.size() * block_lanes);
    std::vector<std::int64_t> begin(plan_.kept.size() + 2);
    for (int width : widths) {
      const auto is_member = [&](std::size_t j) {
        return eliminated_[j] && structure_.width(static_cast<std::int64_t>(j)) == width;
      };
      std::fill(begin.begin(), begin.end(), 0);
      for (std::size_t j = 0; j < n; ++j) {
        if (is_member(j)) ++begin[static_cast<std::size_t>(first_[j]) + 1];
      }
      std::partial_sum(begin.begin(), begin.end(), begin.begin());
      const std::size_t start = order.size();
      order.resize(start + static_cast<std::size_t>(begin.back()));
      for (std::size_t j = 0; j < n; ++j) {
        if (is_member(j))
          order[start + static_cast<std::size_t>(begin[static_cast<std::size_t>(first_[j])]++)] =
              static_cast<std::int64_t>(j);
      }
      const auto size = static_cast<std::int64_t>(order.size() - start);
      parallel_for(threads_, (size + window - 1) / window, [&](std::int64_t w) {
        const auto at = order.begin() + static_cast<std::ptrdiff_t>(start) + w * window;
        std::stable_sort(at, at + std::min(window, size - w * window), [&](std::int64_t a, std::int64_t b) {
          return count_[static_cast<std::size_t>(a)] > count_[static_cast<std::size_t>(b)];
        });
      });
      while (order.size() % block_lanes != 0) order.push_back(-1);
    }
    first_ = {};
  }

  /// references_: the residuals of each point of plan_.points; loose_: those without one.
  void collect() {
    reference_begin_.reserve(plan_.points.size() + 1);
    reference_begin_.assign(1, 0);
    LargeVector<std::int64_t> next(static_cast<std::size_t>(structure_.num_block_columns()), -1);
    std::int64_t total = 0;
    for (std::int64_t j : plan_.points) {
      if (j >= 0) {
        next[static_cast<std::size_t>(j)] = total;
        total += count_[static_cast<std::size_t>(j)];
      }
      reference_begin_.push_back(total);
    }
    count_ = {};
    references_.resize(static_cast<std::size_t>(total));
    for_residuals(structure_, [&](std::size_t p, std::int64_t position, const SlotColumns& columns) {
      ++plan_.num_residuals;
      Reference reference{static_cast<std::uint32_t>(position), static_cast<std::uint16_t>(p), Member::no_slot};
      for (int s = 0; s < columns.size(); ++s) {
        if (columns[s] < 0 || next[static_cast<std::size_t>(columns[s])] < 0) continue;
        reference.slot = static_cast<std::uint16_t>(s);
        references_[static_cast<std::size_t>(next[static_cast<std::size_t>(columns[s])]++)] = reference;
        return;
      }
      loose_.push_back(reference);
    });
  }

  Member member_of(const Reference& reference) const {
    const ResidualStructure& part = structure_.parts[reference.part];
    Member member{Member::group_of(reference.part, reference.slot), 0, static_cast<std::int32_t>(plan_.kept.size()),
                  reference.position};
    if (!part.kinds.empty()) member.kind = part.kinds[reference.position / block_lanes];
    const SlotColumns columns(part, reference.position);
    for (int s = 0; s < columns.size(); ++s) {
      if (s == reference.slot || columns[s] < 0) continue;
      member.first = std::min(member.first, kept_of_[static_cast<std::size_t>(columns[s])]);
    }
    return member;
  }

  void make_packs() {
    reserve();
    const auto point_packs = static_cast<std::int64_t>(plan_.points.size() / block_lanes);
    const std::int64_t wave = threads_ * pieces_a_thread;
    std::vector<PackMaker> makers(static_cast<std::size_t>(wave), PackMaker(structure_, kept_of_));
    for (std::int64_t begin = 0; begin < point_packs; begin += wave * piece_packs) {
      parallel_for(threads_, wave, [&](std::int64_t i) {
        const std::int64_t first = begin + i * piece_packs;
        make_piece(first, std::min(point_packs, first + piece_packs), makers[static_cast<std::size_t>(i)]);
      });
      for (PackMaker& maker : makers) append(maker.plan);
    }
    references_ = {};
    reference_begin_ = {};
    makers[0].clear();
    make_loose(makers[0]);
    append(makers[0].plan);
  }

  /// Packs [begin, end) of plan_.points.
  void make_piece(std::int64_t begin, std::int64_t end, PackMaker& maker) const {
    maker.clear();
    Lanes lanes;
    for (std::int64_t p = begin; p < end; ++p) {
      EliminationPlan::Pack pack;
      for (int l = 0; l < block_lanes; ++l) {
        const auto at = static_cast<std::size_t>(p * block_lanes + l);
        lanes[l].clear();
        if (plan_.points[at] < 0) continue;
        pack.width = structure_.width(plan_.points[at]);
        pack.num_lanes = l + 1;
        for (auto r = reference_begin_[at]; r < reference_begin_[at + 1]; ++r) {
          lanes[l].push_back(member_of(references_[static_cast<std::size_t>(r)]));
        }
      }
      maker.make(pack, lanes);
    }
  }

  /// Residuals without a point, eight that share a group and kind together.
  void make_loose(PackMaker& maker) {
    std::vector<Member> members;
    for (const Reference& reference : loose_) members.push_back(member_of(reference));
    loose_ = {};
    std::stable_sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
      return a.group != b.group ? a.group < b.group : a.kind < b.kind;
    });
    Lanes lanes;
    for (std::size_t at = 0; at < members.size();) {
      EliminationPlan::Pack pack;
      for (auto& lane : lanes) lane.clear();
      const Member first = members[at];
      while (pack.num_lanes < block_lanes && at < members.size() && members[at].shares(first)) {
        lanes[pack.num_lanes++].push_back(members[at++]);
      }
      plan_.points.insert(plan_.points.end(), block_lanes, -1);
      maker.make(pack, lanes);
    }
  }

  /// Room for the whole plan; what is not touched costs nothing.
  void reserve() {
    const std::size_t packs = plan_.points.size() / block_lanes + loose_.size();
    plan_.packs.reserve(packs);
    plan_.segments.reserve(packs);
    plan_.list.reserve(references_.size());
    plan_.list_begin.reserve(packs * block_lanes + 1);
    plan_.list_begin.assign(1, 0);
    for (std::size_t p = 0; p < plan_.parts.size(); ++p) {
      EliminationPlan::Part& part = plan_.parts[p];
      const auto blocks =
          static_cast<std::size_t>(structure_.parts[p].num_blocks() + structure_.parts[p].num_blocks() / 8 + 64);
      part.lanes.reserve(blocks);
      part.source.reserve(blocks * block_lanes);
      part.place.reserve(blocks * block_lanes * part.widths.size());
      plan_.max_rows = std::max(plan_.max_rows, part.rows);
      plan_.max_columns = std::max(plan_.max_columns, part.slot_begin.back());
    }
  }

  void append(const EliminationPlan& piece) {
    const auto add = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    const std::int64_t first_list = plan_.list_begin.back(),
                       first_segment = static_cast<std::int64_t>(plan_.segments.size());
    add(plan_.list, piece.list);
    for (std::size_t i = 1; i < piece.list_begin.size(); ++i)
      plan_.list_begin.push_back(first_list + piece.list_begin[i]);
    for (EliminationPlan::Segment segment : piece.segments) {
      const std::int64_t blocks = plan_.parts[static_cast<std::size_t>(segment.part)].num_blocks();
      segment.block_begin += blocks;
      segment.block_end += blocks;
      plan_.max_pack_blocks =
          std::max(plan_.max_pack_blocks, static_cast<int>(segment.block_end - segment.block_begin));
      plan_.segments.push_back(segment);
    }
    for (EliminationPlan::Pack pack : piece.packs) {
      pack.segment_begin += first_segment;
      pack.segment_end += first_segment;
      plan_.max_width = std::max(plan_.max_width, pack.width);
      plan_.packs.push_back(pack);
    }
    for (std::size_t p = 0; p < piece.parts.size(); ++p) {
      add(plan_.parts[p].source, piece.parts[p].source);
      add(plan_.parts[p].place, piece.parts[p].place);
      add(plan_.parts[p].lanes, piece.parts[p].lanes);
    }
  }

  const EliminationStructure& structure_;
  std::span<const std::uint8_t> eliminated_;
  int threads_;
  EliminationPlan plan_;
  LargeVector<std::int32_t> kept_of_;  // [block column]
  LargeVector<std::uint32_t> count_;   // [block column]: residuals of a point
  LargeVector<std::int32_t> first_;    // [block column]: least kept variable of a point
  LargeVector<std::int64_t> reference_begin_;
  RawVector<Reference> references_;
  LargeVector<Reference> loose_;
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

EliminationPlan plan_elimination(const EliminationStructure& structure, std::span<const std::uint8_t> eliminated,
                                 int threads) {
  return Planner(structure, eliminated, threads).make();
}

}  // namespace heliotrope
