// SPDX-License-Identifier: Apache-2.0
#include "supernodal_factor.hpp"

#include <algorithm>

#include "heliotrope/parallel.hpp"
#include "panel_kernels.hpp"

namespace heliotrope::linear_detail {

namespace {

constexpr std::int64_t alignment = 8;
std::int64_t round_up(std::int64_t i) { return (i + alignment - 1) / alignment * alignment; }
std::int64_t round_down(std::int64_t i) { return i / alignment * alignment; }

}  // namespace

void SupernodalFactor::analyse(const BlockSymmetricPattern& pattern, std::span<const std::int64_t> order) {
  analyse(pattern, analyse_supernodes(pattern, order));
}

void SupernodalFactor::analyse(const BlockSymmetricPattern& pattern, SymbolicFactor symbolic) {
  symbolic_ = std::move(symbolic);
  source_.clear();
  for (std::int64_t j : symbolic_.order) {
    for (std::int64_t c = pattern.column_begin[j]; c < pattern.column_begin[j + 1]; ++c) source_.push_back(c);
  }
  make_panels();
  make_targets();
  place_blocks(pattern);
}

void SupernodalFactor::make_panels() {
  panels_.clear();
  row_runs_.clear();
  node_of_.assign(symbolic_.order.size(), 0);
  std::int64_t offset = 0, tallest = 0;
  for (const Supernode& node : symbolic_.supernodes) {
    Panel panel{};
    panel.offset = offset;
    panel.first = symbolic_.scalar_begin[node.first];
    panel.columns = symbolic_.scalar_begin[node.last] - panel.first;
    panel.row_begin = static_cast<std::int64_t>(row_runs_.size());
    std::int64_t row = panel.columns;
    for (std::int64_t k : node.rows) {
      const std::int64_t to = symbolic_.scalar_begin[k], length = symbolic_.width(k);
      const bool follows = static_cast<std::int64_t>(row_runs_.size()) > panel.row_begin &&
                           row_runs_.back().to + row_runs_.back().length == to;
      if (follows) {
        row_runs_.back().length += length;
      } else {
        row_runs_.push_back({row, to, length});
      }
      row += length;
    }
    panel.row_end = static_cast<std::int64_t>(row_runs_.size());
    panel.leading = round_up(row);
    offset += panel.leading * panel.columns;
    tallest = std::max(tallest, panel.leading);
    for (std::int64_t k = node.first; k < node.last; ++k) node_of_[k] = static_cast<std::int64_t>(panels_.size());
    panels_.push_back(panel);
  }
  num_values_ = offset;
  storage_.resize(offset + alignment);
  const auto address = reinterpret_cast<std::uintptr_t>(storage_.data()) / sizeof(double);
  values_ = storage_.data() + (alignment - address % alignment) % alignment;
  y_.assign(source_.size(), 0.0);
  w_.assign(tallest, 0.0);
}

/// The row of panel `node` that holds place k: one of its columns, or one of its rows below.
std::int64_t SupernodalFactor::row_in_panel(std::int64_t node, std::int64_t k) const {
  const Panel& panel = panels_[node];
  const std::int64_t scalar = symbolic_.scalar_begin[k];
  if (scalar < panel.first + panel.columns) return scalar - panel.first;
  const auto after = std::upper_bound(row_runs_.begin() + panel.row_begin, row_runs_.begin() + panel.row_end, scalar,
                                      [](std::int64_t value, const Run& run) { return value < run.to; });
  const Run& run = *(after - 1);
  return run.from + scalar - run.to;
}

void SupernodalFactor::make_targets() {
  targets_.clear();
  runs_.clear();
  std::int64_t largest = 0;
  for (std::size_t s = 0; s < panels_.size(); ++s) {
    const std::vector<std::int64_t>& rows = symbolic_.supernodes[s].rows;
    Panel& panel = panels_[s];
    panel.target_begin = static_cast<std::int64_t>(targets_.size());
    std::int64_t row = panel.columns;
    for (std::size_t group = 0; group < rows.size();) {
      const std::int64_t node = node_of_[rows[group]];
      Target target{node, row, row, static_cast<std::int64_t>(runs_.size()), 0};
      std::size_t next = group;
      std::int64_t from = row;
      for (std::size_t b = group; b < rows.size(); ++b) {
        const std::int64_t length = symbolic_.width(rows[b]), to = row_in_panel(node, rows[b]);
        if (node_of_[rows[b]] == node) {
          target.row_end += length;
          next = b + 1;
        }
        const bool follows =
            static_cast<std::int64_t>(runs_.size()) > target.run_begin && runs_.back().to + runs_.back().length == to;
        if (follows) {
          runs_.back().length += length;
        } else {
          runs_.push_back({from, to, length});
        }
        from += length;
      }
      target.run_end = static_cast<std::int64_t>(runs_.size());
      largest = std::max(largest, (panel.leading - round_down(row)) * (target.row_end - row));
      row = target.row_end;
      group = next;
      targets_.push_back(target);
    }
    panel.target_end = static_cast<std::int64_t>(targets_.size());
  }
  update_.assign(largest, 0.0);
}

void SupernodalFactor::place_blocks(const BlockSymmetricPattern& pattern) {
  std::vector<std::int64_t> place(symbolic_.order.size());
  for (std::size_t k = 0; k < place.size(); ++k) place[symbolic_.order[k]] = static_cast<std::int64_t>(k);
  places_.clear();
  places_.reserve(static_cast<std::size_t>(pattern.num_entries()));
  for (std::int64_t j = 0; j < pattern.num_block_columns(); ++j) {
    for (std::int64_t e = pattern.begin[j]; e < pattern.begin[j + 1]; ++e) {
      const auto [column, row] = std::minmax(place[j], place[pattern.row[e]]);
      const Panel& panel = panels_[node_of_[column]];
      const std::int64_t inside = symbolic_.scalar_begin[column] - panel.first;
      places_.push_back({panel.offset + inside * panel.leading + row_in_panel(node_of_[column], row), panel.leading,
                         place[j] > place[pattern.row[e]]});
    }
  }
}

void NormalBlocks::write(std::int64_t entry, std::int64_t row, std::int64_t column, double* to, std::int64_t row_step,
                         std::int64_t column_step) const {
  const BlockSymmetricPattern& pattern = normal_.pattern();
  const double* from = normal_.values().data() + pattern.offset[entry];
  const std::int64_t height = pattern.width(row), width = pattern.width(column);
  for (std::int64_t a = 0; a < height; ++a, to += row_step) {
    for (std::int64_t b = 0; b < (row == column ? a + 1 : width); ++b) to[b * column_step] = *from++;
  }
}

void SupernodalFactor::assemble(const BlockSymmetricPattern& pattern, const SymmetricBlocks& blocks,
                                std::span<const double> damping, int threads) {
  constexpr std::int64_t zero_piece = 1 << 15, block_piece = 256;
  parallel_for(threads, (num_values_ + zero_piece - 1) / zero_piece, [&](std::int64_t i) {
    std::fill(values_ + i * zero_piece, values_ + std::min(num_values_, (i + 1) * zero_piece), 0.0);
  });
  const std::int64_t n = pattern.num_block_columns();
  parallel_for(threads, (n + block_piece - 1) / block_piece, [&](std::int64_t piece) {
    for (std::int64_t j = piece * block_piece; j < std::min(n, (piece + 1) * block_piece); ++j) {
      for (std::int64_t e = pattern.begin[j]; e < pattern.begin[j + 1]; ++e) {
        const BlockPlace& place = places_[e];
        const std::int64_t row_step = place.swapped ? place.leading : 1,
                           column_step = place.swapped ? 1 : place.leading;
        double* const to = values_ + place.offset;
        blocks.write(e, pattern.row[e], j, to, row_step, column_step);
        if (pattern.row[e] != j) continue;
        for (std::int64_t a = 0; a < pattern.width(j); ++a) {
          to[a * (row_step + column_step)] += damping[pattern.column_begin[j] + a];
        }
      }
    }
  });
}

void SupernodalFactor::update_targets(const Panel& panel) {
  const PanelKernels& kernels = panel_kernels();
  const double* values = values_ + panel.offset;
  for (std::int64_t t = panel.target_begin; t < panel.target_end; ++t) {
    const Target& target = targets_[t];
    const std::int64_t top = round_down(target.row_begin), height = panel.leading - top;
    kernels.negative_product(values + top, values + target.row_begin, panel.leading, panel.columns, update_.data(),
                             height, height, target.row_end - target.row_begin, target.row_begin - top);
    const Panel& to = panels_[target.panel];
    std::int64_t first_run = target.run_begin;
    for (std::int64_t row = target.row_begin; row < target.row_end; ++row) {
      while (runs_[first_run].from + runs_[first_run].length <= row) ++first_run;
      const double* source = update_.data() + (row - target.row_begin) * height - top;
      const std::int64_t column = runs_[first_run].to + row - runs_[first_run].from;
      double* destination = values_ + to.offset + column * to.leading;
      const std::int64_t rest = runs_[first_run].from + runs_[first_run].length - row;
      kernels.add(source + row, rest, destination + column);
      for (std::int64_t r = first_run + 1; r < target.run_end; ++r) {
        kernels.add(source + runs_[r].from, runs_[r].length, destination + runs_[r].to);
      }
    }
  }
}

bool SupernodalFactor::factorise(const BlockSymmetricPattern& pattern, const SymmetricBlocks& blocks,
                                 std::span<const double> damping, int threads) {
  assemble(pattern, blocks, damping, threads);
  for (failed_ = 0; failed_ < panels_.size(); ++failed_) {
    const Panel& panel = panels_[failed_];
    if (!panel_kernels().factorise(values_ + panel.offset, panel.leading, panel.columns)) return false;
    update_targets(panel);
  }
  return true;
}

/// w = the numbers of y_ that belong to the rows of a panel, then zeros.
void SupernodalFactor::gather(const Panel& panel, double* w) const {
  std::copy_n(y_.begin() + panel.first, panel.columns, w);
  std::int64_t end = panel.columns;
  for (std::int64_t r = panel.row_begin; r < panel.row_end; ++r) {
    std::copy_n(y_.begin() + row_runs_[r].to, row_runs_[r].length, w + row_runs_[r].from);
    end = row_runs_[r].from + row_runs_[r].length;
  }
  std::fill(w + end, w + panel.leading, 0.0);
}

void SupernodalFactor::solve(std::span<const double> gradient, std::span<double> x) {
  const PanelKernels& kernels = panel_kernels();
  for (std::size_t k = 0; k < source_.size(); ++k) y_[k] = -gradient[source_[k]];
  for (const Panel& panel : panels_) {
    gather(panel, w_.data());
    kernels.solve_forward(values_ + panel.offset, panel.leading, panel.columns, w_.data());
    std::copy_n(w_.begin(), panel.columns, y_.begin() + panel.first);
    for (std::int64_t r = panel.row_begin; r < panel.row_end; ++r) {
      std::copy_n(w_.begin() + row_runs_[r].from, row_runs_[r].length, y_.begin() + row_runs_[r].to);
    }
  }
  solve_backward(panels_.size());
  for (std::size_t k = 0; k < source_.size(); ++k) x[source_[k]] = y_[k];
}

/// y = inv(L') y over the first panels.
void SupernodalFactor::solve_backward(std::size_t num_panels) {
  while (num_panels-- > 0) {
    const Panel& panel = panels_[num_panels];
    gather(panel, w_.data());
    panel_kernels().solve_backward(values_ + panel.offset, panel.leading, panel.columns, w_.data());
    std::copy_n(w_.begin(), panel.columns, y_.begin() + panel.first);
  }
}

double SupernodalFactor::failing_direction(std::span<double> v) {
  const Panel& panel = panels_[failed_];
  const double* const values = values_ + panel.offset;
  const auto pivot = [&](std::int64_t j) { return values[j * panel.leading + j]; };
  std::int64_t k = 0;
  while (k + 1 < panel.columns && pivot(k) > 0.0) ++k;
  std::fill(y_.begin(), y_.end(), 0.0);
  double* const y = y_.data() + panel.first;
  y[k] = 1.0;
  for (std::int64_t j = k - 1; j >= 0; --j) {
    double sum = 0.0;
    for (std::int64_t i = j + 1; i <= k; ++i) sum += values[j * panel.leading + i] * y[i];
    y[j] = -sum / pivot(j);
  }
  solve_backward(failed_);
  for (std::size_t i = 0; i < source_.size(); ++i) v[source_[i]] = y_[i];
  return pivot(k);
}

}  // namespace heliotrope::linear_detail
