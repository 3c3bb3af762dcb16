// SPDX-License-Identifier: Apache-2.0
// Interval a of a level is the columns [a width, (a + 1) width). The intervals that a row is known to depend on are a
// row of a sparse pattern over intervals; a level splits each in two, colours that pattern, and asks colour by colour.
#include "derive/probe_search.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "heliotrope/derive/coloring.hpp"

namespace heliotrope::detail {
namespace {

constexpr std::int64_t first_intervals = 16;    // of the first level, asked one by one
constexpr std::int64_t least_full_level = 128;  // intervals that a row must fill before it is suspected to be full
constexpr int full_samples = 16;                // columns that must then change it; all three chosen, not measured

class Search final {
 public:
  Search(Prober& prober, std::int64_t num_rows, std::int64_t num_columns) : prober_(prober), num_columns_(num_columns) {
    active_.num_rows = num_rows;
    finding_.full.assign(static_cast<std::size_t>(num_rows), 0);
    never_full_.assign(static_cast<std::size_t>(num_rows), 0);
  }

  ProbeFinding run() {
    first_level();
    while (width_ > 1) {
      find_full_rows();
      halve();
    }
    finding_.pattern = fill_full_rows();
    return std::move(finding_);
  }

 private:
  std::int64_t num_intervals() const { return (num_columns_ + width_ - 1) / width_; }
  ColumnRange range(std::int64_t interval) const {
    return {interval * width_, std::min((interval + 1) * width_, num_columns_)};
  }

  void first_level() {
    width_ = 1;
    while (num_intervals() > first_intervals) width_ *= 2;
    active_.num_columns = num_intervals();
    std::vector<std::uint16_t> found(static_cast<std::size_t>(active_.num_rows), 0);  // one bit an interval
    for (std::int64_t a = 0; a < num_intervals(); ++a) {
      const ColumnRange all = range(a);
      prober_.probe({&all, 1});
      for (std::size_t i = 0; i < found.size(); ++i) {
        found[i] = static_cast<std::uint16_t>(found[i] | (prober_.changed()[i] << a));
      }
    }
    for (const std::uint16_t bits : found) {
      for (std::int32_t a = 0; a < first_intervals; ++a) {
        if (bits >> a & 1) active_.columns.push_back(a);
      }
      active_.row_begin.push_back(active_.num_entries());
    }
  }

  /// Rows that fill a level are tried with single columns, all such rows at once.
  void find_full_rows() {
    if (num_intervals() < least_full_level) return;
    std::vector<std::int64_t> suspects;
    for (std::int64_t i = 0; i < active_.num_rows; ++i) {
      const bool fills = active_.row_begin[i + 1] - active_.row_begin[i] == num_intervals();
      if (fills && !finding_.full[i] && !never_full_[i]) suspects.push_back(i);
    }
    if (suspects.empty()) return;
    for (int sample = 0; sample < full_samples; ++sample) {
      const std::int64_t column = prober_.random().below(num_columns_);
      const ColumnRange one = {column, column + 1};
      prober_.probe({&one, 1});
      for (const std::int64_t i : suspects) never_full_[i] |= !prober_.changed()[i];
    }
    for (const std::int64_t i : suspects) finding_.full[i] = !never_full_[i];
  }

  void halve() {
    width_ /= 2;
    split();
    const Coloring coloring = color_candidates();
    transpose();
    std::vector<std::uint8_t> found(candidates_.columns.size(), 0);  // [entry]
    const std::int64_t num_full = std::count(finding_.full.begin(), finding_.full.end(), 1);

    std::vector<std::vector<std::int32_t>> groups(coloring.num_colors);
    for (std::int64_t a = 0; a < candidates_.num_columns; ++a) {
      if (coloring.colors[a] >= 0) groups[coloring.colors[a]].push_back(static_cast<std::int32_t>(a));
    }
    std::vector<ColumnRange> ranges;
    for (const auto& group : groups) {
      ranges.clear();
      for (const std::int32_t a : group) ranges.push_back(range(a));
      std::int64_t unexplained = prober_.probe(ranges);
      for (const std::int32_t a : group) {
        for (std::int64_t e = interval_begin_[a]; e < interval_begin_[a + 1]; ++e) {
          const bool changed = prober_.changed()[interval_rows_[e]];
          found[interval_entries_[e]] = changed;
          unexplained -= changed;
        }
      }
      if (unexplained > 0 && num_full == 0) finding_.is_consistent = false;
      if (num_full > 0 && unexplained > num_full) finding_.is_consistent = false;
    }
    keep(found);
  }

  /// candidates_: the halves of the active intervals; rows taken as full have none.
  void split() {
    candidates_ = {};
    candidates_.num_rows = active_.num_rows;
    candidates_.num_columns = num_intervals();
    candidates_.columns.reserve(2 * active_.columns.size());
    candidates_.row_begin.reserve(active_.row_begin.size());
    for (std::int64_t i = 0; i < active_.num_rows; ++i) {
      if (!finding_.full[i]) {
        for (const std::int32_t a : active_.row(i)) {
          candidates_.columns.push_back(2 * a);
          if (2 * a + 1 < candidates_.num_columns) candidates_.columns.push_back(2 * a + 1);
        }
      }
      candidates_.row_begin.push_back(candidates_.num_entries());
    }
  }

  /// Neighbouring rows often have the same candidates, all but the last levels: only one of them is coloured.
  Coloring color_candidates() const {
    SparsityPattern distinct;
    distinct.num_columns = candidates_.num_columns;
    for (std::int64_t i = 0; i < candidates_.num_rows; ++i) {
      const auto row = candidates_.row(i);
      if (row.empty()) continue;
      if (distinct.num_rows > 0) {
        const auto last = distinct.row(distinct.num_rows - 1);
        if (std::equal(row.begin(), row.end(), last.begin(), last.end())) continue;
      }
      distinct.columns.insert(distinct.columns.end(), row.begin(), row.end());
      distinct.row_begin.push_back(distinct.num_entries());
      ++distinct.num_rows;
    }
    return color_columns(distinct, {.order = ColoringOrder::smallest_last});
  }

  void transpose() {
    interval_begin_.assign(static_cast<std::size_t>(candidates_.num_columns + 1), 0);
    for (const std::int32_t a : candidates_.columns) ++interval_begin_[a + 1];
    std::partial_sum(interval_begin_.begin(), interval_begin_.end(), interval_begin_.begin());
    std::vector<std::int64_t> next(interval_begin_.begin(), interval_begin_.end() - 1);
    interval_rows_.resize(candidates_.columns.size());
    interval_entries_.resize(candidates_.columns.size());
    for (std::int64_t i = 0; i < candidates_.num_rows; ++i) {
      for (std::int64_t e = candidates_.row_begin[i]; e < candidates_.row_begin[i + 1]; ++e) {
        const std::int64_t to = next[candidates_.columns[e]]++;
        interval_rows_[to] = static_cast<std::int32_t>(i);
        interval_entries_[to] = e;
      }
    }
  }

  void keep(const std::vector<std::uint8_t>& found) {
    active_.num_columns = candidates_.num_columns;
    active_.columns.clear();
    for (std::int64_t i = 0; i < candidates_.num_rows; ++i) {
      for (std::int64_t e = candidates_.row_begin[i]; e < candidates_.row_begin[i + 1]; ++e) {
        if (found[e]) active_.columns.push_back(candidates_.columns[e]);
      }
      active_.row_begin[i + 1] = active_.num_entries();
    }
  }

  SparsityPattern fill_full_rows() const {
    if (std::count(finding_.full.begin(), finding_.full.end(), 1) == 0) return active_;
    SparsityPattern filled;
    filled.num_rows = active_.num_rows;
    filled.num_columns = num_columns_;
    for (std::int64_t i = 0; i < active_.num_rows; ++i) {
      const auto row = active_.row(i);
      if (finding_.full[i]) {
        filled.columns.resize(filled.columns.size() + static_cast<std::size_t>(num_columns_));
        std::iota(filled.columns.end() - num_columns_, filled.columns.end(), 0);
      } else {
        filled.columns.insert(filled.columns.end(), row.begin(), row.end());
      }
      filled.row_begin.push_back(filled.num_entries());
    }
    return filled;
  }

  Prober& prober_;
  std::int64_t num_columns_;
  std::int64_t width_ = 1;
  SparsityPattern active_, candidates_;       // over intervals of this level, and of the next
  std::vector<std::uint8_t> never_full_;      // [row] tried, and not changed by some column
  std::vector<std::int64_t> interval_begin_;  // candidates_ by columns
  std::vector<std::int32_t> interval_rows_;
  std::vector<std::int64_t> interval_entries_;
  ProbeFinding finding_;
};

}  // namespace

ProbeFinding search_pattern(Prober& prober, std::int64_t num_rows, std::int64_t num_columns) {
  return Search(prober, num_rows, num_columns).run();
}

}  // namespace heliotrope::detail
