// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <string>

#include "derive/stencil_checks.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope {
namespace detail {

void check_stencil(const Stencil& stencil) {
  constexpr std::int64_t limit = 2147483647;
  std::int64_t columns = stencil.unknowns;
  if (stencil.unknowns < 1 || stencil.unknowns > 1000000) {
    throw Error("stencil: found " + std::to_string(stencil.unknowns) + " unknowns of a node, expected 1 to 1000000");
  }
  if (stencil.radius < 0 || stencil.radius > 16) {
    throw Error("stencil: found radius " + std::to_string(stencil.radius) + ", expected 0 to 16");
  }
  for (int axis = 0; axis < 3; ++axis) {
    const std::int64_t n = stencil.size[axis];
    if (n < 1 || n > limit || columns > limit / n) {
      throw Error("stencil: found " + std::to_string(n) + " nodes along axis " + std::to_string(axis) +
                  ", expected at least 1 and at most 2^31 - 1 unknowns in all");
    }
    columns *= n;
  }
}

}  // namespace detail

namespace {

/// Nodes of one grid line (fixed j and k) that the rows of another depend on: those within `reach` along the line.
struct LinePart {
  std::int64_t first_node;  // the line's node with i = 0
  int reach;
};

/// The lines that the nodes of line (j, k) depend on, in the order of their nodes, each once.
void find_parts(const Stencil& stencil, std::int64_t j, std::int64_t k, std::vector<LinePart>& parts) {
  const int radius = stencil.radius;
  const auto wrap = [&](int axis, std::int64_t at) -> std::int64_t {  // -1: outside
    const std::int64_t n = stencil.size[axis];
    if (stencil.periodic[axis]) return ((at % n) + n) % n;
    return at < 0 || at >= n ? -1 : at;
  };
  parts.clear();
  for (int dk = -radius; dk <= radius; ++dk) {
    for (int dj = -radius; dj <= radius; ++dj) {
      const bool star = stencil.shape == StencilShape::star;
      if (star && dj != 0 && dk != 0) continue;
      const std::int64_t other_j = wrap(1, j + dj), other_k = wrap(2, k + dk);
      if (other_j < 0 || other_k < 0) continue;
      parts.push_back(
          {stencil.size[0] * (other_j + stencil.size[1] * other_k), star && (dj != 0 || dk != 0) ? 0 : radius});
    }
  }
  if (!stencil.periodic[1] && !stencil.periodic[2]) return;
  // Around a short ring one line is met several times: the longest reach counts.
  std::sort(parts.begin(), parts.end(), [](const LinePart& a, const LinePart& b) {
    return a.first_node != b.first_node ? a.first_node < b.first_node : a.reach > b.reach;
  });
  const auto same = [](const LinePart& a, const LinePart& b) { return a.first_node == b.first_node; };
  parts.erase(std::unique(parts.begin(), parts.end(), same), parts.end());
}

/// Writes the columns of one row and returns the end of what it wrote.
class RowWriter {
 public:
  explicit RowWriter(const Stencil& stencil)
      : n_(stencil.size[0]), unknowns_(stencil.unknowns), periodic_(stencil.periodic[0]) {}

  std::int32_t* row(const std::vector<LinePart>& parts, std::int64_t i, std::int32_t* to) const {
    for (const LinePart& part : parts) {
      const std::int64_t low = i - part.reach, high = i + part.reach;
      if (!periodic_ || (low >= 0 && high < n_)) {
        to = nodes(part, std::max<std::int64_t>(low, 0), std::min(high, n_ - 1), to);
      } else if (high - low + 1 >= n_) {
        to = nodes(part, 0, n_ - 1, to);
      } else if (low < 0) {
        to = nodes(part, n_ + low, n_ - 1, nodes(part, 0, high, to));
      } else {
        to = nodes(part, low, n_ - 1, nodes(part, 0, high - n_, to));
      }
    }
    return to;
  }

 private:
  std::int32_t* nodes(const LinePart& part, std::int64_t first, std::int64_t last, std::int32_t* to) const {
    auto column = static_cast<std::int32_t>(unknowns_ * (part.first_node + first));
    for (std::int64_t count = unknowns_ * (last - first + 1); count > 0; --count) *to++ = column++;
    return to;
  }

  std::int64_t n_, unknowns_;
  bool periodic_;
};

}  // namespace

SparsityPattern stencil_pattern(const Stencil& stencil) {
  detail::check_stencil(stencil);
  const std::int64_t nodes = stencil.num_nodes(), unknowns = stencil.unknowns;
  SparsityPattern pattern;
  pattern.num_rows = pattern.num_columns = nodes * unknowns;
  detail::reserve_huge(pattern.row_begin, static_cast<std::size_t>(pattern.num_rows + 1));
  pattern.row_begin.resize(static_cast<std::size_t>(pattern.num_rows + 1));
  const std::int64_t most = stencil_row_entries(stencil);
  detail::reserve_huge(pattern.columns, static_cast<std::size_t>(most * pattern.num_rows));
  pattern.columns.resize(static_cast<std::size_t>(most * pattern.num_rows));

  const RowWriter writer(stencil);
  std::vector<LinePart> parts;
  std::int32_t* to = pattern.columns.data();
  std::int64_t* row_end = pattern.row_begin.data();
  for (std::int64_t line = 0; line < stencil.size[1] * stencil.size[2]; ++line) {
    find_parts(stencil, line % stencil.size[1], line / stencil.size[1], parts);
    for (std::int64_t i = 0; i < stencil.size[0]; ++i) {
      const std::int32_t* const first = to;
      to = writer.row(parts, i, to);
      const std::int64_t entries = to - first;
      for (std::int64_t u = 1; u < unknowns; ++u) to = std::copy_n(first, entries, to);
      for (std::int64_t u = 0; u < unknowns; ++u, ++row_end) row_end[1] = row_end[0] + entries;
    }
  }
  pattern.columns.resize(static_cast<std::size_t>(to - pattern.columns.data()));
  return pattern;
}

std::int64_t stencil_row_entries(const Stencil& stencil) {
  detail::check_stencil(stencil);
  // Along an axis of n nodes the best placed node has min(2 radius, n - 1) neighbours.
  std::int64_t star = 1, box = 1;
  for (const std::int64_t n : stencil.size) {
    const std::int64_t neighbours = std::min<std::int64_t>(2 * stencil.radius, n - 1);
    star += neighbours;
    box *= neighbours + 1;
  }
  return stencil.unknowns * (stencil.shape == StencilShape::star ? star : box);
}

}  // namespace heliotrope
