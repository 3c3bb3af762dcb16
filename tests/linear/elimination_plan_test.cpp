// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/elimination_plan.hpp"

#include <map>
#include <set>

#include "catch.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/io/generate.hpp"
#include "random_elimination.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

/// A structure as a problem gives it: counts of used lanes, some of them of residuals that name no variable, and kinds.
struct DetailedStructure {
  EliminationStructure structure;
  std::vector<std::vector<std::int32_t>> kinds;

  explicit DetailedStructure(const BlockJacobian& jacobian) : structure(elimination_structure(jacobian)) {
    for (ResidualStructure& part : structure.parts) {
      const auto stride = static_cast<std::int64_t>(part.widths.size()) * 8;
      auto& kind = kinds.emplace_back();
      for (std::int64_t b = 0; b < part.num_blocks(); ++b) {
        std::int64_t last = -1;
        for (std::int64_t i = 0; i < stride; ++i) {
          if (part.columns[b * stride + i] >= 0) last = std::max(last, i % 8);
        }
        part.used.push_back(static_cast<std::uint8_t>(std::min<std::int64_t>(8, last + 2)));
        kind.push_back(static_cast<std::int32_t>(b * 7 % 3));
      }
    }
    for (std::size_t p = 0; p < kinds.size(); ++p) structure.parts[p].kinds = kinds[p];
  }
};

/// Block columns that a residual names, slot by slot.
std::vector<std::int64_t> columns_of(const EliminationStructure& structure, std::size_t part, std::int64_t position) {
  const ResidualStructure& from = structure.parts[part];
  const auto slots = static_cast<std::int64_t>(from.widths.size());
  std::vector<std::int64_t> columns;
  for (std::int64_t s = 0; s < slots; ++s)
    columns.push_back(from.columns[(position / 8 * slots + s) * 8 + position % 8]);
  return columns;
}

/// Lanes up to the last that names a variable, where nothing else is said.
bool is_used(const EliminationStructure& structure, std::size_t part, std::int64_t position) {
  if (!structure.parts[part].used.empty()) return position % 8 < structure.parts[part].used[position / 8];
  for (std::int64_t p = position; p < position / 8 * 8 + 8; ++p) {
    for (std::int64_t j : columns_of(structure, part, p)) {
      if (j >= 0) return true;
    }
  }
  return false;
}

template <class Body>
void for_used(const EliminationStructure& structure, const Body& body) {
  for (std::size_t p = 0; p < structure.parts.size(); ++p) {
    for (std::int64_t i = 0; i < structure.parts[p].num_blocks() * 8; ++i) {
      if (is_used(structure, p, i)) body(p, i, columns_of(structure, p, i));
    }
  }
}

/// Residuals of a lane in a pack, and the list that they make.
void check_lane(const EliminationStructure& structure, const EliminationPlan& plan, std::int64_t pack, int lane,
                const std::vector<std::int32_t>& kept_of, std::vector<std::vector<int>>& times) {
  const EliminationPlan::Pack& description = plan.packs[pack];
  const std::int64_t point = plan.points[pack * 8 + lane];
  const std::int32_t* list = plan.list.data() + plan.list_begin[pack * 8 + lane];
  const std::int64_t length = plan.list_begin[pack * 8 + lane + 1] - plan.list_begin[pack * 8 + lane];
  std::set<std::int32_t> named;
  for (auto s = description.segment_begin; s < description.segment_end; ++s) {
    const EliminationPlan::Segment& segment = plan.segments[s];
    const EliminationPlan::Part& part = plan.parts[segment.part];
    const auto slots = static_cast<std::int64_t>(part.widths.size());
    for (std::int64_t b = segment.block_begin; b < segment.block_end; ++b) {
      const bool used = part.lanes[b] >> lane & 1;
      const std::int64_t source = part.source[b * 8 + lane];
      REQUIRE(is_used(structure, segment.part, source));
      const auto& kinds = structure.parts[segment.part].kinds;
      if (!kinds.empty()) CHECK(kinds[source / 8] == kinds[part.source[b * 8] / 8]);
      const auto columns = columns_of(structure, segment.part, source);
      times[segment.part][source] += used;
      std::int64_t found = -1;
      for (std::int64_t t = 0; t < slots; ++t) {
        const std::uint32_t place = part.place[(b * slots + t) * 8 + lane];
        const std::int32_t kept = columns[t] < 0 ? -1 : kept_of[columns[t]];
        if (!used || kept < 0) {
          CHECK(place == EliminationPlan::no_place);
        } else {
          REQUIRE(static_cast<std::int64_t>(place) < length);
          CHECK(list[place] == kept);
          named.insert(kept);
        }
        if (columns[t] >= 0 && kept < 0) found = t;
      }
      if (!used) continue;
      CHECK(found == segment.slot);
      CHECK((segment.slot < 0 ? -1 : columns[segment.slot]) == point);
    }
  }
  CHECK(std::vector<std::int32_t>(list, list + length) == std::vector<std::int32_t>(named.begin(), named.end()));
}

void check_plan(const EliminationStructure& structure, const std::vector<std::uint8_t>& eliminated) {
  const EliminationPlan plan = plan_elimination(structure, eliminated);
  std::vector<std::int32_t> kept_of(eliminated.size(), -1);
  std::vector<std::vector<int>> times(structure.parts.size());
  for (std::size_t p = 0; p < times.size(); ++p) times[p].assign(structure.parts[p].num_blocks() * 8, 0);
  std::int64_t k = 0, columns = 0, pairs = 0;
  for (std::size_t j = 0; j < eliminated.size(); ++j) {
    if (eliminated[j]) continue;
    kept_of[j] = static_cast<std::int32_t>(k);
    REQUIRE(plan.kept[k] == static_cast<std::int64_t>(j));
    CHECK(plan.kept_begin[k++] == columns);
    columns += structure.width(static_cast<std::int64_t>(j));
  }
  CHECK(plan.num_kept() == k);
  CHECK(plan.num_kept_columns() == columns);
  REQUIRE(plan.points.size() == plan.packs.size() * 8);
  REQUIRE(plan.list_begin.size() == plan.points.size() + 1);

  std::vector<int> placed(eliminated.size(), 0);
  std::int64_t segments = 0;
  std::vector<std::int64_t> blocks(plan.parts.size(), 0);
  for (std::int64_t p = 0; p < plan.num_packs(); ++p) {
    const EliminationPlan::Pack& pack = plan.packs[p];
    CHECK(pack.segment_begin == segments);
    segments = pack.segment_end;
    for (auto s = pack.segment_begin; s < pack.segment_end; ++s) {
      CHECK(plan.segments[s].block_begin == blocks[plan.segments[s].part]);
      blocks[plan.segments[s].part] = plan.segments[s].block_end;
      CHECK((plan.segments[s].slot < 0) == (pack.width == 0));
    }
    for (int l = 0; l < 8; ++l) {
      const std::int64_t point = plan.points[p * 8 + l];
      CHECK((point >= 0) == (pack.width > 0 && l < pack.num_lanes));
      if (point >= 0) {
        ++placed[point];
        CHECK(structure.width(point) == pack.width);
      }
      check_lane(structure, plan, p, l, kept_of, times);
      const std::int64_t length = plan.list_begin[p * 8 + l + 1] - plan.list_begin[p * 8 + l];
      pairs += length * (length + 1) / 2;
    }
  }
  CHECK(segments == static_cast<std::int64_t>(plan.segments.size()));
  for (std::size_t p = 0; p < plan.parts.size(); ++p) CHECK(blocks[p] == plan.parts[p].num_blocks());
  CHECK(plan.num_pairs() == pairs);
  for (std::size_t j = 0; j < eliminated.size(); ++j) CHECK(placed[j] == eliminated[j]);
  CHECK(plan.num_points == std::count(eliminated.begin(), eliminated.end(), 1));

  std::int64_t residuals = 0;
  for (std::size_t p = 0; p < times.size(); ++p) {
    for (std::size_t i = 0; i < times[p].size(); ++i) {
      const bool used = is_used(structure, p, static_cast<std::int64_t>(i));
      CHECK(times[p][i] == used);
      residuals += used;
    }
  }
  CHECK(plan.num_residuals == residuals);
}

/// Whether some point's residuals name a kept variable twice.
bool has_repeats(const EliminationStructure& structure, const std::vector<std::uint8_t>& eliminated) {
  std::map<std::int64_t, std::vector<std::int64_t>> kept;
  for_used(structure, [&](std::size_t, std::int64_t, const std::vector<std::int64_t>& columns) {
    for (std::int64_t point : columns) {
      if (point < 0 || !eliminated[point]) continue;
      for (std::int64_t j : columns) {
        if (j >= 0 && j != point) kept[point].push_back(j);
      }
    }
  });
  for (auto& [point, list] : kept) {
    std::sort(list.begin(), list.end());
    if (std::adjacent_find(list.begin(), list.end()) != list.end()) return true;
  }
  return false;
}

/// Independent, by brute force.
void check_independent(const EliminationStructure& structure, const std::vector<std::uint8_t>& eliminated) {
  REQUIRE(static_cast<std::int64_t>(eliminated.size()) == structure.num_block_columns());
  for_used(structure, [&](std::size_t, std::int64_t, const std::vector<std::int64_t>& columns) {
    CHECK(std::count_if(columns.begin(), columns.end(), [&](auto j) { return j >= 0 && eliminated[j]; }) <= 1);
  });
}

BlockJacobian bal_structure(const BalScene& scene, bool cameras_first) {
  const std::int64_t cameras = scene.num_cameras(), points = scene.num_points();
  BlockJacobian jacobian;
  jacobian.column_begin = {0};
  const auto add = [&](std::int64_t count, int width) {
    for (std::int64_t i = 0; i < count; ++i) jacobian.column_begin.push_back(jacobian.column_begin.back() + width);
  };
  if (cameras_first) add(cameras, 9), add(points, 3);
  if (!cameras_first) add(points, 3), add(cameras, 9);
  JacobianPart part;
  part.rows = 2;
  part.widths = {9, 3};
  part.num_blocks = (scene.num_observations() + 7) / 8;
  part.column_blocks.assign(part.num_blocks * 16, -1);
  for (std::int64_t k = 0; k < scene.num_observations(); ++k) {
    part.column_blocks[k / 8 * 16 + k % 8] = scene.camera_index[k] + (cameras_first ? 0 : points);
    part.column_blocks[k / 8 * 16 + 8 + k % 8] = scene.point_index[k] + (cameras_first ? cameras : 0);
  }
  jacobian.parts.push_back(part);
  return jacobian;
}

}  // namespace

TEST_CASE("elimination: what is found is independent", "[linear][schur]") {
  std::int64_t found = 0;
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    const OwnedJacobian owned = random_jacobian(seed, 10 + 4 * static_cast<int>(seed), 1 + seed % 5, 10);
    const EliminationStructure structure = elimination_structure(owned.jacobian);
    const auto eliminated = find_elimination_set(structure);
    check_independent(structure, eliminated);
    CHECK_NOTHROW(check_elimination_set(structure, eliminated));
    found += std::count(eliminated.begin(), eliminated.end(), 1);

    CHECK(find_elimination_set(DetailedStructure(owned.jacobian).structure) == eliminated);
  }
  CHECK(found > 200);
}

TEST_CASE("elimination: in bundle adjustment the points are found, whatever the order", "[linear][schur]") {
  for (const auto kind : {BalStructure::street, BalStructure::crowd}) {
    const BalScene scene =
        generate_bal({.structure = kind, .num_cameras = 20, .num_points = 1500, .mean_track = 4.0, .seed = 3});
    for (const bool cameras_first : {true, false}) {
      const BlockJacobian jacobian = bal_structure(scene, cameras_first);
      const auto eliminated = find_elimination_set(elimination_structure(jacobian));
      for (std::int64_t j = 0; j < jacobian.num_block_columns(); ++j) {
        const bool is_point = jacobian.column_begin[j + 1] - jacobian.column_begin[j] == 3;
        CHECK(eliminated[j] == is_point);
      }
    }
  }
}

TEST_CASE("elimination: cameras are found where they have the fewer residuals", "[linear][schur]") {
  BalScene scene;  // 200 cameras, each sees 3 of 10 points
  scene.cameras.resize(200 * 9);
  scene.points.resize(10 * 3);
  for (int c = 0; c < 200; ++c) {
    for (int k = 0; k < 3; ++k) scene.camera_index.push_back(c), scene.point_index.push_back((c + 3 * k) % 10);
  }
  for (const bool cameras_first : {true, false}) {
    const BlockJacobian jacobian = bal_structure(scene, cameras_first);
    const auto eliminated = find_elimination_set(elimination_structure(jacobian));
    for (std::int64_t j = 0; j < jacobian.num_block_columns(); ++j) {
      const bool is_camera = jacobian.column_begin[j + 1] - jacobian.column_begin[j] == 9;
      CHECK(eliminated[j] == is_camera);
    }
  }
}

TEST_CASE("elimination: a variable that a residual names twice, or none, is not found", "[linear][schur]") {
  // Block columns 0 .. 3: residuals (0, 0), (1, 1), (1, 2), (3, fixed); 4 is named by none.
  BlockJacobian jacobian;
  jacobian.column_begin = {0, 2, 4, 6, 8, 10};
  JacobianPart part;
  part.rows = 1;
  part.widths = {2, 2};
  part.num_blocks = 1;
  part.column_blocks.assign(16, -1);
  const std::int64_t names[4][2] = {{0, 0}, {1, 1}, {1, 2}, {3, -1}};
  for (int l = 0; l < 4; ++l) part.column_blocks[l] = names[l][0], part.column_blocks[8 + l] = names[l][1];
  jacobian.parts.push_back(part);
  const auto structure = elimination_structure(jacobian);
  CHECK(find_elimination_set(structure) == std::vector<std::uint8_t>{0, 0, 1, 1, 0});
  check_plan(structure, {0, 0, 1, 1, 0});
  check_plan(structure, {0, 0, 0, 0, 1});
}

TEST_CASE("elimination: a plan has every residual once, its point in its lane, its list in order", "[linear][schur]") {
  int repeats = 0;
  for_mixtures([&](const Mixture& mixture) {
    const auto structure = elimination_structure(mixture.owned.jacobian);
    check_plan(structure, mixture.eliminated);
    check_plan(DetailedStructure(mixture.owned.jacobian).structure, mixture.eliminated);
    check_plan(structure, find_elimination_set(structure));
    check_plan(structure, std::vector<std::uint8_t>(mixture.eliminated.size(), 0));
    const auto& packs = plan_elimination(structure, mixture.eliminated).packs;
    const bool found = std::any_of(packs.begin(), packs.end(), [](const auto& p) { return p.width > 0 && p.repeats; });
    CHECK(found == has_repeats(structure, mixture.eliminated));
    repeats += found;
  });
  CHECK(2 * repeats > static_cast<int>(mixtures().size()));
}

TEST_CASE("elimination: points in more than one window, same plan for any threads", "[linear][schur][threads]") {
  const OwnedJacobian owned = bundle_jacobian(12, 1300, 5000, 4);
  const auto structure = elimination_structure(owned.jacobian);
  std::vector<std::uint8_t> eliminated(12, 0);
  eliminated.resize(1312, 1);
  check_plan(structure, eliminated);
  const EliminationPlan plan = plan_elimination(structure, eliminated);
  CHECK(plan.num_packs() == (1300 + 7) / 8);
  for (int threads : {2, 3}) {
    const EliminationPlan other = plan_elimination(structure, eliminated, threads);
    CHECK(other.points == plan.points);
    CHECK(other.list == plan.list);
    CHECK(other.parts[0].source == plan.parts[0].source);
    CHECK(other.parts[0].place == plan.parts[0].place);
  }
  // Lanes of like length: few lanes of the blocks are idle.
  CHECK(plan.parts[0].num_blocks() < owned.jacobian.parts[0].num_blocks * 5 / 4);
}

TEST_CASE("elimination: joined variables and wrong lengths are told", "[linear][schur][fault]") {
  const OwnedJacobian owned = bundle_jacobian(3, 20, 60, 1);
  const auto structure = elimination_structure(owned.jacobian);
  const std::vector<std::uint8_t> all(23, 1), few(5, 0);
  for (const auto expected :
       {"joins the eliminated block columns", "residual block 0 of part 0", "expected at most one"}) {
    CHECK_THROWS_WITH(plan_elimination(structure, all), Catch::Contains(expected));
    CHECK_THROWS_WITH(check_elimination_set(structure, all), Catch::Contains(expected));
  }
  CHECK_THROWS_WITH(check_elimination_set(structure, few),
                    Catch::Contains("found 5 flags, expected one for each of 23"));

  BlockJacobian twice;  // one residual that names one variable in both slots
  twice.column_begin = {0, 2};
  JacobianPart& part = twice.parts.emplace_back();
  part.rows = 1;
  part.widths = {2, 2};
  part.num_blocks = 1;
  part.column_blocks.assign(16, 0);
  const std::vector<std::uint8_t> one{1};
  CHECK_THROWS_AS(plan_elimination(elimination_structure(twice), one), Error);
  CHECK_THROWS_AS(check_elimination_set(elimination_structure(twice), one), Error);
}
