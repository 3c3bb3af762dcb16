// SPDX-License-Identifier: Apache-2.0
#include "io/matrix_assembly.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

namespace heliotrope::detail {
namespace {

class Assembly final {
 public:
  Assembly(const MatrixEntries& entries, MatrixMarket& matrix) : entries_(entries), matrix_(matrix) {}

  void run() {
    scatter();
    for (std::int64_t i = 0, first = 0; i < matrix_.pattern.num_rows; ++i) {
      const std::int64_t last = matrix_.pattern.row_begin[i + 1];
      matrix_.pattern.row_begin[i] = end_;
      place_row(first, last);
      first = last;
    }
    matrix_.pattern.row_begin.back() = end_;
    matrix_.pattern.columns.resize(end_);
    if (!matrix_.values.empty()) matrix_.values.resize(end_);
    if (!matrix_.imaginary.empty()) matrix_.imaginary.resize(end_);
  }

 private:
  /// Entries to their rows, those of a row as the file lists them.
  void scatter() {
    SparsityPattern& pattern = matrix_.pattern;
    const std::size_t count = entries_.rows.size();
    reserve_huge(pattern.row_begin, static_cast<std::size_t>(pattern.num_rows + 1));
    pattern.row_begin.assign(static_cast<std::size_t>(pattern.num_rows + 1), 0);
    for (const std::int32_t i : entries_.rows) ++pattern.row_begin[i + 1];
    std::partial_sum(pattern.row_begin.begin(), pattern.row_begin.end(), pattern.row_begin.begin());
    resize(pattern.columns, count);
    resize(matrix_.values, entries_.real.size());
    resize(matrix_.imaginary, entries_.imaginary.size());
    RawVector<std::int64_t> next(pattern.row_begin.begin(), pattern.row_begin.end() - 1);
    for (std::size_t e = 0; e < count; ++e) {
      const std::int64_t at = next[entries_.rows[e]]++;
      pattern.columns[at] = entries_.columns[e];
      if (!matrix_.values.empty()) matrix_.values[at] = entries_.real[e];
      if (!matrix_.imaginary.empty()) matrix_.imaginary[at] = entries_.imaginary[e];
    }
  }
  template <class T>
  static void resize(std::vector<T>& list, std::size_t count) {
    reserve_huge(list, count);
    list.resize(count);
  }

  /// Most files are sorted by columns or by rows, and nothing is left to do.
  void place_row(std::int64_t first, std::int64_t last) {
    const std::int32_t* columns = matrix_.pattern.columns.data();
    const bool ascending = std::adjacent_find(columns + first, columns + last, std::greater_equal()) == columns + last;
    if (ascending && end_ == first) {
      end_ = last;
      return;
    }
    if (!ascending) put_in_order(first, last);
    gather(first, last);
  }
  void put_in_order(std::int64_t first, std::int64_t last) {
    const std::int32_t* columns = matrix_.pattern.columns.data();
    order_.resize(static_cast<std::size_t>(last - first));
    std::iota(order_.begin(), order_.end(), first);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::int64_t a, std::int64_t b) { return columns[a] < columns[b]; });
    permute(matrix_.pattern.columns, first);
    permute(matrix_.values, first);
    permute(matrix_.imaginary, first);
  }
  template <class T>
  void permute(std::vector<T>& list, std::int64_t first) const {
    if (list.empty()) return;
    std::vector<T> sorted(order_.size());
    for (std::size_t k = 0; k < order_.size(); ++k) sorted[k] = list[order_[k]];
    std::copy(sorted.begin(), sorted.end(), list.begin() + first);
  }

  /// Moves a row behind those before it, and adds up its entries of one column.
  void gather(std::int64_t first, std::int64_t last) {
    const std::int64_t begin = end_;
    std::vector<std::int32_t>& columns = matrix_.pattern.columns;
    for (std::int64_t e = first; e < last; ++e) {
      const bool again = end_ > begin && columns[end_ - 1] == columns[e];
      const std::int64_t at = again ? end_ - 1 : end_++;
      columns[at] = columns[e];
      put(matrix_.values, at, e, again);
      put(matrix_.imaginary, at, e, again);
    }
  }
  static void put(std::vector<double>& list, std::int64_t to, std::int64_t from, bool add) {
    if (!list.empty()) list[to] = add ? list[to] + list[from] : list[from];
  }

  const MatrixEntries& entries_;
  MatrixMarket& matrix_;
  std::int64_t end_ = 0;             // of the entries that are in their places
  std::vector<std::int64_t> order_;  // workspace of a row
};

}  // namespace

void assemble(const MatrixEntries& entries, MatrixMarket& matrix) { Assembly(entries, matrix).run(); }

}  // namespace heliotrope::detail
