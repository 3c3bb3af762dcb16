// SPDX-License-Identifier: Apache-2.0
// Random mixtures of residuals with variables to eliminate ("points") among others, and what elimination means for
// dense matrices.
#pragma once

#include <Eigen/Cholesky>
#include <cmath>
#include <span>

#include "heliotrope/linear/schur_complement.hpp"
#include "random_jacobian.hpp"

namespace heliotrope_test {

struct MixtureOptions {
  std::uint32_t seed = 1;
  std::vector<int> point_widths = {1, 2, 3, 4, 6};
  std::vector<int> kept_widths = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  int num_points = 60;
  int num_kept = 15;
  int num_parts = 6;
  int max_blocks = 12;  ///< of a part
};

/// A Jacobian and one flag a block column: whether it is a point.
struct Mixture {
  OwnedJacobian owned;
  std::vector<std::uint8_t> eliminated;
};

/// Points and kept variables in random order. Parts of 1 to 5 rows and 1 to 4 slots. A residual has its point in any
/// slot that fits, or none; it may name a kept variable twice, fixed variables, or be missing (an unused lane). Some
/// points and kept variables are named by no residual.
inline Mixture random_mixture(const MixtureOptions& options) {
  std::mt19937 random(options.seed);
  const auto integer = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  const auto one_of = [&](const auto& list) { return list[integer(0, static_cast<int>(list.size()) - 1)]; };
  Mixture mixture;
  auto& flags = mixture.eliminated;
  flags.assign(options.num_points, 1);
  flags.resize(options.num_points + options.num_kept, 0);
  std::shuffle(flags.begin(), flags.end(), random);
  auto& begin = mixture.owned.jacobian.column_begin;
  begin = {0};
  std::vector<std::vector<std::int64_t>> points(16), kept(16);  // [width]
  for (std::size_t j = 0; j < flags.size(); ++j) {
    const int width = flags[j] ? one_of(options.point_widths) : one_of(options.kept_widths);
    begin.push_back(begin.back() + width);
    if (integer(0, 19) > 0) (flags[j] ? points : kept)[width].push_back(static_cast<std::int64_t>(j));
  }

  for (int p = 0; p < options.num_parts; ++p) {
    heliotrope::JacobianPart part;
    part.rows = integer(1, 5);
    const int slots = integer(1, 4);
    for (int s = 0; s < slots; ++s) part.widths.push_back(one_of(options.kept_widths));
    if (integer(0, 4) > 0) part.widths[integer(0, slots - 1)] = one_of(options.point_widths);
    if (integer(0, 2) == 0) part.widths[0] = part.widths[slots - 1];
    part.num_blocks = integer(1, options.max_blocks);
    part.column_blocks.assign(part.num_blocks * slots * 8, -1);
    for (std::int64_t position = 0; position < part.num_blocks * 8; ++position) {
      if (integer(0, 15) == 0) continue;
      const auto column = [&](int slot) -> std::int64_t& {
        return part.column_blocks[(position / 8 * slots + slot) * 8 + position % 8];
      };
      const int first = integer(0, 7) == 0 ? slots : integer(0, slots - 1);  // where the search for the point's begins
      bool has_point = first == slots;
      for (int k = 0; k < slots; ++k) {
        const int s = (first + k) % slots, width = part.widths[s];
        if (!has_point && !points[width].empty()) {
          has_point = true;
          column(s) = one_of(points[width]);
        } else if (integer(0, 11) > 0 && !kept[width].empty()) {
          column(s) = one_of(kept[width]);
          for (int t = 0; t < slots; ++t) {
            if (t == s || part.widths[t] != width || column(t) < 0 || flags[column(t)]) continue;
            if (integer(0, 3) == 0) column(s) = column(t);
          }
        }
      }
    }
    mixture.owned.jacobian.parts.push_back(part);
  }
  mixture.owned.randomise(random);
  return mixture;
}

/// Points of one width, each with one residual from every kept variable of a random set: tracks of bundle adjustment.
inline Mixture random_tracks(std::uint32_t seed, int num_kept, int kept_width, int num_points, int point_width,
                             int rows) {
  std::mt19937 random(seed);
  const auto integer = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  Mixture mixture;
  auto& begin = mixture.owned.jacobian.column_begin;
  begin = {0};
  for (int i = 0; i < num_kept + num_points; ++i)
    begin.push_back(begin.back() + (i < num_kept ? kept_width : point_width));
  mixture.eliminated.assign(num_kept, 0);
  mixture.eliminated.resize(num_kept + num_points, 1);
  heliotrope::JacobianPart part;
  part.rows = rows;
  const int point_slot = integer(0, 1);
  part.widths = {point_slot == 0 ? point_width : kept_width, point_slot == 0 ? kept_width : point_width};
  std::int64_t count = 0;
  std::vector<int> order(num_kept);
  for (int i = 0; i < num_kept; ++i) order[i] = i;
  for (int p = 0; p < num_points; ++p) {
    std::shuffle(order.begin(), order.end(), random);
    for (int k = integer(1, std::min(num_kept, 7)); k-- > 0; ++count) {
      if (count % 8 == 0) part.column_blocks.insert(part.column_blocks.end(), 16, -1);
      std::int64_t* const to = part.column_blocks.data() + count / 8 * 16 + count % 8;
      to[point_slot * 8] = num_kept + p;
      to[8 - point_slot * 8] = order[k];
    }
  }
  part.num_blocks = (count + 7) / 8;
  mixture.owned.jacobian.parts.push_back(part);
  mixture.owned.randomise(random);
  return mixture;
}

/// The sanitizers make dense references a hundred times slower: a third of the cases there.
#ifdef HELIOTROPE_SANITIZED
inline constexpr std::uint32_t case_stride = 3;
#else
inline constexpr std::uint32_t case_stride = 1;
#endif

/// Mixtures of every kind that the tests go through.
inline std::vector<MixtureOptions> mixtures() {
  std::vector<MixtureOptions> all;
  for (std::uint32_t seed = 1; seed <= 6; seed += case_stride) {
    all.push_back({.seed = seed, .num_parts = 2 + static_cast<int>(seed % 6)});
    all.push_back({.seed = 100 + seed, .kept_widths = {9}, .num_kept = 4 + 2 * static_cast<int>(seed)});
    all.push_back({.seed = 200 + seed, .point_widths = {3}, .kept_widths = {6}, .num_points = 150});
    all.push_back({.seed = 300 + seed, .point_widths = {3}, .kept_widths = {3, 6, 9}, .max_blocks = 30});
  }
  return all;
}

/// Calls body(mixture) for random mixtures, and for tracks of the shapes that have code of their own and others.
template <class Body>
void for_mixtures(const Body& body) {
  for (const MixtureOptions& options : mixtures()) {
    INFO("mixture of seed " << options.seed);
    body(random_mixture(options));
  }
  std::uint32_t seed = 1000;
  for (const int kept_width : {1, 3, 6, 7, 8, 9, 10}) {
    for (const int point_width : {1, 2, 3, 4}) {
      for (const int rows : {1, 2, 3}) {
        if (++seed % case_stride != 0) continue;
        INFO("tracks of kept width " << kept_width << ", points of " << point_width << ", " << rows << " rows");
        body(random_tracks(seed, 9, kept_width, 45, point_width, rows));
      }
    }
  }
}

/// The damped system of a mixture as dense matrices: columns of the kept variables, then of the points, each in the
/// order of block columns.
struct DenseElimination {
  Eigen::MatrixXd H;  ///< damped, kept and points
  Eigen::MatrixXd S;
  Eigen::VectorXd g, b, step;
  std::vector<std::int64_t> order;  ///< [dense column]: column of the Jacobian
  std::int64_t num_kept = 0;

  DenseElimination(const DenseReference& reference, const heliotrope::BlockJacobian& jacobian,
                   std::span<const std::uint8_t> eliminated, double lambda, const std::vector<double>& scale) {
    for (int points = 0; points < 2; ++points) {
      for (std::int64_t j = 0; j < jacobian.num_block_columns(); ++j) {
        if (eliminated[j] != points) continue;
        for (auto c = jacobian.column_begin[j]; c < jacobian.column_begin[j + 1]; ++c) order.push_back(c);
      }
      if (points == 0) num_kept = static_cast<std::int64_t>(order.size());
    }
    const auto n = static_cast<Eigen::Index>(order.size());
    Eigen::MatrixXd J(reference.J.rows(), n);
    for (Eigen::Index c = 0; c < n; ++c) J.col(c) = reference.J.col(order[c]);
    H = J.transpose() * J;
    g = J.transpose() * reference.r;
    Eigen::MatrixXd undamped = H;
    for (Eigen::Index c = 0; c < n; ++c) H(c, c) += lambda * scale[order[c]];
    const Eigen::Index k = num_kept, p = n - k;
    const Eigen::LDLT<Eigen::MatrixXd> V(H.bottomRightCorner(p, p));
    const Eigen::MatrixXd W = H.topRightCorner(k, p);
    S = undamped.topLeftCorner(k, k) - W * V.solve(W.transpose());
    b = g.head(k) - W * V.solve(g.tail(p));
    step = -H.ldlt().solve(g);
  }
  /// A vector with one number a column of the Jacobian, in the order of the dense columns.
  Eigen::VectorXd ordered(std::span<const double> v) const {
    Eigen::VectorXd out(static_cast<Eigen::Index>(order.size()));
    for (Eigen::Index c = 0; c < out.size(); ++c) out(c) = v[order[c]];
    return out;
  }
};

/// Stored residuals r and Jacobian J as a TileSource: at the candidate the residuals are r + J step.
class StoredTiles final : public heliotrope::TileSource {
 public:
  StoredTiles(const heliotrope::BlockJacobian& jacobian, const heliotrope::EliminationPlan& plan)
      : jacobian_(jacobian), plan_(plan), moved_(static_cast<std::size_t>(jacobian.num_columns()), 0.0) {}

  void evaluate(Where where, int part, std::int64_t begin, std::int64_t end, double* residuals, double* jacobian,
                double* cost, int) override {
    const heliotrope::JacobianPart& from = jacobian_.parts[part];
    const heliotrope::EliminationPlan::Part& to = plan_.parts[part];
    const std::int64_t slots = static_cast<std::int64_t>(from.widths.size()), columns = from.columns();
    for (std::int64_t b = begin; b < end; ++b) {
      for (int l = 0; l < 8; ++l) {
        const bool used = to.lanes[b] >> l & 1;
        const std::int64_t source = to.source[b * 8 + l];
        const double* r = from.residuals + source / 8 * from.rows * 8 + source % 8;
        const double* J = from.jacobian + source / 8 * from.rows * columns * 8 + source % 8;
        for (int m = 0; m < from.rows; ++m) {
          double sum = used ? r[m * 8] : 0.0;
          std::int64_t c = 0;
          for (std::int64_t s = 0; s < slots; ++s) {
            const std::int64_t column = from.column_blocks[(source / 8 * slots + s) * 8 + source % 8];
            for (int k = 0; k < from.widths[s]; ++k, ++c) {
              const double slope = used ? J[(m * columns + c) * 8] : 0.0;
              if (jacobian) jacobian[(((b - begin) * from.rows + m) * columns + c) * 8 + l] = slope;
              if (where == Where::candidate && column >= 0) sum += slope * moved_[jacobian_.column_begin[column] + k];
            }
          }
          residuals[((b - begin) * from.rows + m) * 8 + l] = sum;
          cost[l] += sum * sum;
        }
      }
    }
  }

  void move(const std::int64_t* block_columns, std::int64_t count, const double* step) override {
    for (std::int64_t i = 0; i < count; ++i) {
      if (block_columns[i] < 0) continue;
      for (auto c = jacobian_.column_begin[block_columns[i]]; c < jacobian_.column_begin[block_columns[i] + 1]; ++c) {
        moved_[c] = step[c];
      }
    }
  }

  /// Where the candidate is.
  const std::vector<double>& moved() const { return moved_; }

 private:
  const heliotrope::BlockJacobian& jacobian_;
  const heliotrope::EliminationPlan& plan_;
  std::vector<double> moved_;
};

/// The vectors of an elimination, filled with numbers that must be overwritten, and a scale from earlier on.
struct EliminationVectors {
  std::vector<double> gradient, diagonal, scale;
  explicit EliminationVectors(std::int64_t n) : gradient(n, 77.0), diagonal(n, 77.0), scale(n) {
    for (std::int64_t i = 0; i < n; ++i) scale[i] = i % 5 == 0 ? 4.0 : 0.0;
  }
  heliotrope::SchurComplement::Vectors view() { return {gradient, diagonal, scale, 0.3}; }
};

/// What the scale becomes by the rule of SchurComplement::Vectors.
inline std::vector<double> expected_scale(const DenseReference& reference) {
  std::vector<double> scale = EliminationVectors(reference.J.cols()).scale;
  for (Eigen::Index c = 0; c < reference.J.cols(); ++c) {
    scale[c] = std::max(0.3 * scale[c], reference.J.col(c).squaredNorm());
    if (scale[c] == 0.0) scale[c] = 1.0;
  }
  return scale;
}

/// S as a dense matrix.
inline Eigen::MatrixXd dense(const heliotrope::SchurComplement& schur) {
  const heliotrope::BlockSymmetricPattern& pattern = schur.pattern();
  const std::int64_t n = pattern.num_columns();
  Eigen::MatrixXd S = Eigen::MatrixXd::Zero(n, n);
  for (std::int64_t j = 0; j < pattern.num_block_columns(); ++j) {
    for (std::int64_t e = pattern.begin[j]; e < pattern.begin[j + 1]; ++e) {
      double* to = S.data() + pattern.column_begin[pattern.row[e]] + n * pattern.column_begin[j];
      schur.write_block(e, pattern.row[e], j, to, 1, n);
    }
  }
  return S.selfadjointView<Eigen::Lower>();
}

}  // namespace heliotrope_test
