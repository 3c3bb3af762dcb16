// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/inspect/rank_report.hpp"

#include <algorithm>
#include <cmath>

#include "heliotrope/problem/evaluator.hpp"
#include "inspect/disjoint_sets.hpp"
#include "inspect/report_lines.hpp"
#include "null_space.hpp"

namespace heliotrope {

using namespace inspect_detail;

namespace {

/// The widest variable of which the columns are looked at by themselves.
constexpr std::int64_t widest_local = 64;

std::string plural(std::int64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

/// Block columns that residuals join.
DisjointSets connected_parts(const Problem& problem, const BlockJacobian& jacobian) {
  DisjointSets parts(jacobian.num_block_columns());
  for (std::size_t g = 0; g < jacobian.parts.size(); ++g) {
    const JacobianPart& part = jacobian.parts[g];
    const detail::ResidualGroup& group = detail::ProblemAccess::groups(problem)[g];
    const auto slots = static_cast<std::int64_t>(part.widths.size());
    for (std::int64_t block = 0; block < part.num_blocks; ++block) {
      for (std::int64_t lane = 0; lane < block_lanes; ++lane) {
        if (!group.counts(block * block_lanes + lane)) continue;
        std::int64_t first = -1;
        for (std::int64_t s = 0; s < slots; ++s) {
          const std::int64_t b = part.column_blocks[static_cast<std::size_t>((block * slots + s) * block_lanes + lane)];
          if (b < 0) continue;
          if (first >= 0) parts.join(first, b);
          first = b;
        }
      }
    }
  }
  return parts;
}

class RankSearch {
 public:
  RankSearch(const Problem& problem, const RankOptions& options)
      : problem_(problem),
        options_(options),
        evaluator_(problem, {.derivatives = options.derivatives, .threads = options.threads}),
        parts_(0) {}

  RankReport run() && {
    report_.num_columns = report_.rank = evaluator_.num_columns();
    if (report_.num_columns > 0 && !look()) return std::move(report_);
    std::int64_t lost = 0;
    for (const DependentDirections& entry : report_.dependent) lost += entry.dimension;
    report_.rank -= lost;
    report_.message = std::string("the Jacobian has rank ") + (report_.complete ? "" : "at most ") +
                      std::to_string(report_.rank) + " of " + plural(report_.num_columns, "column", "columns");
    return std::move(report_);
  }

 private:
  /// False where the Jacobian is not finite.
  bool look() {
    evaluator_.linearise(problem_, problem_.values());
    jacobian_.blocks = &evaluator_.jacobian();
    jacobian_.matrix = to_csc(evaluator_.jacobian(), ExportedRows::used_lanes);
    if (!std::all_of(jacobian_.matrix.values.begin(), jacobian_.matrix.values.end(),
                     [](double value) { return std::isfinite(value); })) {
      report_.complete = false;
      report_.message = "a derivative is not finite at the present values: the rank of the Jacobian is not known";
      return false;
    }
    name_columns();
    named_ = detail::find_namings(problem_);
    for (std::int64_t b = 0; b < evaluator_.jacobian().num_block_columns(); ++b) look_at_variable(b);
    parts_ = connected_parts(problem_, evaluator_.jacobian());
    look_at_all();
    return true;
  }

  void name_columns() {
    const std::vector<std::int64_t>& begin = evaluator_.jacobian().column_begin;
    variable_.resize(begin.size() - 1);
    const auto& block_column = evaluator_.structure()->block_column;
    for (std::size_t v = 0; v < block_column.size(); ++v) {
      if (block_column[v] >= 0) variable_[static_cast<std::size_t>(block_column[v])] = static_cast<std::int64_t>(v);
    }
    const CscMatrix& J = jacobian_.matrix;
    block_of_.resize(static_cast<std::size_t>(J.columns));
    jacobian_.norms.resize(block_of_.size());
    jacobian_.held.assign(block_of_.size(), 0);
    for (std::size_t b = 0; b + 1 < begin.size(); ++b) {
      for (std::int64_t c = begin[b]; c < begin[b + 1]; ++c)
        block_of_[static_cast<std::size_t>(c)] = static_cast<std::int64_t>(b);
    }
    for (std::size_t c = 0; c < block_of_.size(); ++c) {
      const auto first = static_cast<std::size_t>(J.column_begin[c]),
                 end = static_cast<std::size_t>(J.column_begin[c + 1]);
      jacobian_.norms[c] = stable_norm(std::span(J.values).subspan(first, end - first));
    }
  }

  RankCoordinate coordinate(std::int64_t column, double weight) const {
    const std::int64_t b = block_of_[static_cast<std::size_t>(column)];
    return {.variable = variable_[static_cast<std::size_t>(b)],
            .coordinate = static_cast<int>(column - evaluator_.jacobian().column_begin[static_cast<std::size_t>(b)]),
            .weight = weight};
  }

  std::string name(std::int64_t variable) const {
    return "variable " + std::to_string(variable) + " (" + detail::ProblemAccess::manifold(problem_, variable).name +
           ")";
  }

  /// What a variable lacks whatever the others do: its columns are absent, zero, or depend on one another.
  void look_at_variable(std::int64_t b) {
    const std::vector<std::int64_t>& begin = evaluator_.jacobian().column_begin;
    const std::int64_t first = begin[static_cast<std::size_t>(b)], end = begin[static_cast<std::size_t>(b) + 1];
    std::vector<std::int64_t> zero, rest;
    for (std::int64_t c = first; c < end; ++c) {
      const bool held =
          problem_.is_held(AnyVariable(variable_[static_cast<std::size_t>(b)]), static_cast<int>(c - first));
      if (held) {
        jacobian_.held[static_cast<std::size_t>(c)] = 1;
        --report_.num_columns, --report_.rank;
      } else {
        (jacobian_.norms[static_cast<std::size_t>(c)] > 0.0 ? rest : zero).push_back(c);
      }
    }
    for (std::int64_t c : zero) jacobian_.held[static_cast<std::size_t>(c)] = 1;
    if (!zero.empty()) {
      const std::vector<std::int64_t>& at = jacobian_.matrix.column_begin;
      const bool absent = at[static_cast<std::size_t>(first)] == at[static_cast<std::size_t>(first) + 1];
      const bool disabled =
          named_[static_cast<std::size_t>(variable_[static_cast<std::size_t>(b)])] == detail::named_by_disabled;
      const RankReason reason = disabled ? RankReason::disabled
                                : absent ? RankReason::no_residual
                                         : RankReason::zero_derivatives;
      add_columns(reason, b, zero, rest.empty());
    }
    if (rest.size() < 2 || end - first > widest_local) return;
    NullSpace space = find_local_null_space(jacobian_, rest, options_.tolerance);
    for (std::int64_t k = 0; k < space.basis.count(); ++k) {
      add_combination(rest, space.basis.at(k));
      const std::int64_t pivot = space.pivots[static_cast<std::size_t>(k)];
      jacobian_.held[static_cast<std::size_t>(rest[static_cast<std::size_t>(pivot)])] = 1;
    }
  }

  void add_columns(RankReason reason, std::int64_t b, const std::vector<std::int64_t>& columns, bool all) {
    DependentDirections entry{.reason = reason, .dimension = static_cast<int>(columns.size())};
    entry.num_coordinates = static_cast<std::int64_t>(columns.size());
    entry.num_variables = 1;
    std::string list;
    for (std::int64_t c : columns) {
      if (std::ssize(entry.coordinates) == options_.max_coordinates) break;
      entry.coordinates.push_back(coordinate(c, 1.0));
      list += ' ';
      list += std::to_string(entry.coordinates.back().coordinate);
    }
    if (std::ssize(entry.coordinates) < entry.num_coordinates) list += " ...";
    entry.sentence = name(variable_[static_cast<std::size_t>(b)]);
    if (reason == RankReason::no_residual) {
      entry.sentence += ": no residual touches it";
    } else if (reason == RankReason::disabled) {
      entry.sentence += ": its residuals are disabled";
    } else {
      if (!all) entry.sentence += columns.size() == 1 ? ", coordinate" : ", coordinates";
      if (!all) entry.sentence += list;
      entry.sentence += ": " + std::string(columns.size() == 1 || all ? "its" : "their") + " derivatives are zero here";
    }
    report_.dependent.push_back(std::move(entry));
  }

  /// A null vector of the scaled columns: the numbers of `columns`, one after another.
  void add_combination(std::span<const std::int64_t> columns, const double* vector) {
    std::vector<std::size_t> moved;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      if (vector[k] != 0.0) moved.push_back(k);
    }
    const auto size_of = [&](std::size_t k) { return std::llround(1e6 * std::log(std::abs(vector[k]))); };
    std::stable_sort(moved.begin(), moved.end(), [&](std::size_t a, std::size_t b) { return size_of(a) > size_of(b); });
    DependentDirections entry{.reason = RankReason::combination};
    entry.num_coordinates = std::ssize(moved);
    entry.num_variables = count_variables(columns, moved);
    const auto move_of = [&](std::size_t k) {
      return vector[k] / jacobian_.norms[static_cast<std::size_t>(columns[k])];
    };
    for (std::size_t k : moved) {
      if (std::ssize(entry.coordinates) == options_.max_coordinates) break;
      entry.coordinates.push_back(coordinate(columns[k], move_of(k) / move_of(moved[0])));
    }
    entry.sentence = "combination of ";
    for (std::size_t i = 0; i < entry.coordinates.size(); ++i) {
      const RankCoordinate& at = entry.coordinates[i];
      if (i > 0) entry.sentence += ", ";
      entry.sentence +=
          name(at.variable) + " coordinate " + std::to_string(at.coordinate) + " (" + print("%.4g", at.weight) + ")";
    }
    const std::int64_t more = entry.num_coordinates - std::ssize(entry.coordinates);
    if (more > 0) entry.sentence += " and " + std::to_string(more) + " more";
    entry.sentence += ": moved by these amounts they change no residual";
    report_.dependent.push_back(std::move(entry));
  }

  std::int64_t count_variables(std::span<const std::int64_t> columns, const std::vector<std::size_t>& moved) const {
    std::vector<std::int64_t> blocks;
    for (std::size_t k : moved) blocks.push_back(block_of_[static_cast<std::size_t>(columns[k])]);
    std::sort(blocks.begin(), blocks.end());
    return std::unique(blocks.begin(), blocks.end()) - blocks.begin();
  }

  /// The null space of all columns that are left, told apart into gauges and combinations.
  void look_at_all() {
    NullSpace space = find_null_space(jacobian_, options_.tolerance, options_.max_directions, options_.threads);
    report_.complete = space.complete;
    if (space.basis.count() == 0) return;
    make_sparse(space);
    std::vector<std::int64_t> all(block_of_.size());
    std::iota(all.begin(), all.end(), 0);
    const std::size_t count = space.pivots.size();
    std::vector<std::uint8_t> gauge(count);
    for (std::size_t k = 0; k < count; ++k) gauge[k] = is_gauge(space, k);
    for (std::size_t k = 0; k < count; ++k) {
      if (!gauge[k]) {
        add_combination(all, space.basis.at(static_cast<std::int64_t>(k)));
        continue;
      }
      // The gauges of one connected part are told together, with the first of them.
      std::vector<std::size_t> together;
      for (std::size_t other = 0; other < count; ++other) {
        if (gauge[other] && part_of_pivot(space, other) == part_of_pivot(space, k)) together.push_back(other);
      }
      if (together[0] == k) add_gauge(space, together);
    }
  }

  std::int64_t block_of_pivot(const NullSpace& space, std::size_t k) const {
    return block_of_[static_cast<std::size_t>(space.pivots[k])];
  }
  std::int64_t part_of_pivot(const NullSpace& space, std::size_t k) { return parts_.find(block_of_pivot(space, k)); }

  /// Whether vector k moves every variable of its connected part, but for those that pivots of others hold. A part of
  /// fewer than three variables is better told by its coordinates.
  bool is_gauge(const NullSpace& space, std::size_t k) {
    const std::int64_t part = part_of_pivot(space, k);
    const auto num_blocks = static_cast<std::size_t>(evaluator_.jacobian().num_block_columns());
    std::vector<std::uint8_t> free(num_blocks, 0), moves(num_blocks, 0);
    const double* vector = space.basis.at(static_cast<std::int64_t>(k));
    for (std::size_t c = 0; c < block_of_.size(); ++c) {
      const auto b = static_cast<std::size_t>(block_of_[c]);
      free[b] |= !jacobian_.held[c];
      moves[b] |= vector[c] != 0.0;
    }
    for (std::size_t other = 0; other < space.pivots.size(); ++other) {
      moves[static_cast<std::size_t>(block_of_pivot(space, other))] = 1;
    }
    std::int64_t size = 0;
    for (std::size_t b = 0; b < num_blocks; ++b) {
      if (!free[b] || parts_.find(static_cast<std::int64_t>(b)) != part) continue;
      if (!moves[b]) return false;
      ++size;
    }
    return size >= 3;
  }

  void add_gauge(const NullSpace& space, const std::vector<std::size_t>& together) {
    DependentDirections entry{.reason = RankReason::gauge, .dimension = static_cast<int>(together.size())};
    std::vector<std::size_t> moved;
    std::vector<std::int64_t> all(block_of_.size());
    std::iota(all.begin(), all.end(), 0);
    for (std::size_t c = 0; c < all.size(); ++c) {
      const bool moves = std::any_of(together.begin(), together.end(), [&](std::size_t k) {
        return space.basis.at(static_cast<std::int64_t>(k))[c] != 0.0;
      });
      if (moves) moved.push_back(c);
    }
    entry.num_coordinates = std::ssize(moved);
    entry.num_variables = count_variables(all, moved);
    std::string list;
    for (std::size_t k : together) {
      if (std::ssize(entry.coordinates) == options_.max_coordinates) break;
      entry.coordinates.push_back(coordinate(space.pivots[k], 1.0));
      const RankCoordinate& at = entry.coordinates.back();
      if (!list.empty()) list += ", ";
      list += std::to_string(at.variable) + ":" + std::to_string(at.coordinate);
    }
    if (std::ssize(entry.coordinates) < entry.dimension) list += ", ...";
    entry.sentence = "gauge: " + name(entry.coordinates[0].variable) +
                     " moves with all others of its connected part (" + std::to_string(entry.num_variables) +
                     " variables) in " + plural(entry.dimension, "direction", "directions") +
                     " without changing a residual; holding variable:coordinate " + list + " takes that away";
    report_.dependent.push_back(std::move(entry));
  }

  const Problem& problem_;
  const RankOptions& options_;
  Evaluator evaluator_;
  ScaledJacobian jacobian_;
  DisjointSets parts_;
  std::vector<std::int64_t> variable_;  ///< [block column]
  std::vector<std::uint8_t> named_;     ///< [variable]
  std::vector<std::int64_t> block_of_;  ///< [column]
  RankReport report_;
};

}  // namespace

RankReport find_rank_deficiency(const Problem& problem, const RankOptions& options) {
  return RankSearch(problem, options).run();
}

std::string rank_lines(const RankReport& report) {
  std::string lines = report.message + "\n";
  for (const DependentDirections& entry : report.dependent) lines += entry.sentence + "\n";
  return lines;
}

}  // namespace heliotrope
