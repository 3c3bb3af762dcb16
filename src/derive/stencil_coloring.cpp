// SPDX-License-Identifier: Apache-2.0
// Colourings of the nodes of a grid: two nodes that one node sees have different colours. Unknown u of a node of colour
// c then has colour `unknowns` c + u.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <vector>

#include "derive/stencil_checks.hpp"
#include "heliotrope/large_vector.hpp"

namespace heliotrope {
namespace {

using Offset = std::array<std::int64_t, 3>;

/// Colours of nodes.
struct NodeColors {
  std::vector<std::int32_t> colors;
  std::int64_t count = 0;
};

/// Residues along one axis under which nodes within 2 radius of each other differ.
NodeColors color_axis(std::int64_t n, int radius, bool periodic) {
  const std::int64_t least = std::min<std::int64_t>(2 * radius + 1, n);
  NodeColors axis;
  axis.colors.resize(static_cast<std::size_t>(n));
  // A ring is cut into segments of at least 2 radius + 1 nodes, as equal as possible; an open line into equal ones.
  const std::int64_t segments = periodic ? n / least : 1;
  for (std::int64_t s = 0; s < segments; ++s) {
    const std::int64_t first = n * s / segments, last = n * (s + 1) / segments;
    for (std::int64_t i = first; i < last; ++i) {
      const std::int64_t color = periodic ? i - first : i % least;
      axis.colors[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(color);
      axis.count = std::max(axis.count, color + 1);
    }
  }
  return axis;
}

NodeColors color_box(const Stencil& stencil) {
  std::array<NodeColors, 3> axes;
  for (int axis = 0; axis < 3; ++axis) {
    axes[axis] = color_axis(stencil.size[axis], stencil.radius, stencil.periodic[axis]);
  }
  NodeColors result;
  result.count = axes[0].count * axes[1].count * axes[2].count;
  detail::reserve_huge(result.colors, static_cast<std::size_t>(stencil.num_nodes()));
  for (const std::int32_t k : axes[2].colors) {
    for (const std::int32_t j : axes[1].colors) {
      const auto line = static_cast<std::int32_t>(axes[0].count * (j + axes[1].count * k));
      for (const std::int32_t i : axes[0].colors) result.colors.push_back(line + i);
    }
  }
  return result;
}

/// Offsets from one node of a star to others that some node sees together with it.
std::vector<Offset> star_conflicts(const Stencil& stencil) {
  std::vector<Offset> arms = {{0, 0, 0}}, conflicts;
  for (int axis = 0; axis < 3; ++axis) {
    for (int step = -stencil.radius; step <= stencil.radius; ++step) {
      Offset arm = {0, 0, 0};
      arm[axis] = step;
      if (step != 0 && (stencil.periodic[axis] || std::abs(step) < stencil.size[axis])) arms.push_back(arm);
    }
  }
  for (const Offset& p : arms) {
    for (const Offset& q : arms) {
      Offset difference;
      bool fits = true, same = true;
      for (int axis = 0; axis < 3; ++axis) {
        const std::int64_t n = stencil.size[axis];
        difference[axis] = p[axis] - q[axis];
        const std::int64_t span =
            std::max({p[axis], q[axis], std::int64_t{0}}) - std::min({p[axis], q[axis], std::int64_t{0}});
        fits = fits && (stencil.periodic[axis] || span < n);
        same = same && (stencil.periodic[axis] ? difference[axis] % n == 0 : difference[axis] == 0);
      }
      if (fits && !same) conflicts.push_back(difference);
    }
  }
  std::sort(conflicts.begin(), conflicts.end());
  conflicts.erase(std::unique(conflicts.begin(), conflicts.end()), conflicts.end());
  return conflicts;
}

/// (a i + b j + c k) mod m.
struct LinearColoring {
  std::int64_t modulus = 1;
  Offset coefficients = {0, 0, 0};

  std::int64_t operator()(const Offset& at) const {
    std::int64_t sum = 0;
    for (int axis = 0; axis < 3; ++axis) sum += coefficients[axis] * (at[axis] % modulus);
    return ((sum % modulus) + modulus) % modulus;
  }
};

/// Whether the colouring closes around periodic axes and no conflict has one colour.
bool is_valid(const LinearColoring& linear, const Stencil& stencil, const std::vector<Offset>& conflicts, bool closed) {
  for (int axis = 0; closed && axis < 3; ++axis) {
    if (stencil.periodic[axis] &&
        linear.coefficients[axis] * (stencil.size[axis] % linear.modulus) % linear.modulus != 0)
      return false;
  }
  return std::none_of(conflicts.begin(), conflicts.end(), [&](const Offset& d) { return linear(d) == 0; });
}

/// The linear colouring with the smallest modulus from `least` to `most`; coefficients in lexicographic order. The
/// first coefficient may be taken to divide the modulus: units multiply colours and keep what is valid.
std::optional<LinearColoring> find_linear(const Stencil& stencil, const std::vector<Offset>& conflicts,
                                          std::int64_t least, std::int64_t most, bool closed) {
  for (std::int64_t m = least; m <= most; ++m) {
    const auto choices = [&](int axis) { return stencil.size[axis] > 1 ? m : 1; };
    for (std::int64_t a = std::min<std::int64_t>(stencil.size[0] - 1, 1); a <= m; ++a) {
      if (a > 0 && m % a != 0) continue;
      if (stencil.size[0] == 1 && a > 0) break;
      for (std::int64_t b = 0; b < choices(1); ++b) {
        for (std::int64_t c = 0; c < choices(2); ++c) {
          const LinearColoring linear = {m, {a, b, c}};
          if (is_valid(linear, stencil, conflicts, closed)) return linear;
        }
      }
    }
  }
  return std::nullopt;
}

NodeColors apply(const LinearColoring& linear, const Stencil& stencil) {
  NodeColors result;
  result.count = linear.modulus;
  detail::reserve_huge(result.colors, static_cast<std::size_t>(stencil.num_nodes()));
  result.colors.resize(static_cast<std::size_t>(stencil.num_nodes()));
  std::int32_t* to = result.colors.data();
  const auto step = static_cast<std::int32_t>(linear.coefficients[0]), m = static_cast<std::int32_t>(linear.modulus);
  for (std::int64_t k = 0; k < stencil.size[2]; ++k) {
    for (std::int64_t j = 0; j < stencil.size[1]; ++j) {
      auto color = static_cast<std::int32_t>(linear({0, j, k}));
      for (std::int64_t i = 0; i < stencil.size[0]; ++i) {
        *to++ = color;
        color += step;
        if (color >= m) color -= m;
      }
    }
  }
  return result;
}

/// Colours the nodes within 2 radius of the end of a periodic axis again, each with the first colour that its conflicts
/// leave.
void recolor_seams(NodeColors& nodes, const Stencil& stencil, const std::vector<Offset>& conflicts) {
  const auto at_seam = [&](int axis, std::int64_t at) {
    return stencil.periodic[axis] && at >= stencil.size[axis] - 2 * stencil.radius;
  };
  const auto number = [&](const Offset& p) {
    return static_cast<std::size_t>(p[0] + stencil.size[0] * (p[1] + stencil.size[1] * p[2]));
  };
  const auto for_seams = [&](const auto& visit) {
    for (std::int64_t k = 0; k < stencil.size[2]; ++k) {
      for (std::int64_t j = 0; j < stencil.size[1]; ++j) {
        const bool whole_line = at_seam(1, j) || at_seam(2, k);
        std::int64_t first = 0;
        if (!whole_line) {
          first =
              stencil.periodic[0] ? std::max<std::int64_t>(0, stencil.size[0] - 2 * stencil.radius) : stencil.size[0];
        }
        for (std::int64_t i = first; i < stencil.size[0]; ++i) visit(Offset{i, j, k});
      }
    }
  };
  for_seams([&](const Offset& p) { nodes.colors[number(p)] = -1; });
  std::vector<char> taken;
  for_seams([&](const Offset& p) {
    taken.assign(static_cast<std::size_t>(nodes.count + 1), 0);
    for (const Offset& d : conflicts) {
      Offset q;
      bool inside = true;
      for (int axis = 0; axis < 3; ++axis) {
        const std::int64_t n = stencil.size[axis];
        q[axis] = p[axis] + d[axis];
        if (stencil.periodic[axis]) q[axis] = ((q[axis] % n) + n) % n;
        inside = inside && q[axis] >= 0 && q[axis] < n;
      }
      if (inside && nodes.colors[number(q)] >= 0) taken[static_cast<std::size_t>(nodes.colors[number(q)])] = 1;
    }
    const auto color = std::find(taken.begin(), taken.end(), 0) - taken.begin();
    nodes.colors[number(p)] = static_cast<std::int32_t>(color);
    nodes.count = std::max<std::int64_t>(nodes.count, color + 1);
  });
}

NodeColors color_star(const Stencil& stencil) {
  const std::vector<Offset> conflicts = star_conflicts(stencil);
  const std::int64_t least = stencil_row_entries(stencil) / stencil.unknowns;
  const bool periodic = stencil.periodic[0] || stencil.periodic[1] || stencil.periodic[2];
  const std::int64_t most = 2 * least;  // chosen, not measured
  if (const auto linear = find_linear(stencil, conflicts, least, least, true)) return apply(*linear, stencil);

  NodeColors best = color_box(stencil);
  if (const auto linear = find_linear(stencil, conflicts, least + 1, std::min(most, best.count - 1), true)) {
    best = apply(*linear, stencil);
  }
  if (!periodic) return best;
  Stencil open = stencil;
  open.periodic = {false, false, false};
  const auto linear = find_linear(open, star_conflicts(open), stencil_row_entries(open) / open.unknowns, most, false);
  if (!linear) return best;
  NodeColors seamed = apply(*linear, stencil);
  recolor_seams(seamed, stencil, conflicts);
  return seamed.count < best.count ? seamed : best;
}

}  // namespace

Coloring color_stencil(const Stencil& stencil) {
  detail::check_stencil(stencil);
  NodeColors nodes = stencil.shape == StencilShape::box ? color_box(stencil) : color_star(stencil);
  Coloring result;
  result.num_colors = static_cast<std::int32_t>(stencil.unknowns * nodes.count);
  if (stencil.unknowns == 1) {
    result.colors = std::move(nodes.colors);
    return result;
  }
  detail::reserve_huge(result.colors, nodes.colors.size() * static_cast<std::size_t>(stencil.unknowns));
  for (const std::int32_t color : nodes.colors) {
    for (std::int32_t u = 0; u < stencil.unknowns; ++u) result.colors.push_back(stencil.unknowns * color + u);
  }
  return result;
}

}  // namespace heliotrope
