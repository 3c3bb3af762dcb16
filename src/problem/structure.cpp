// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "heliotrope/problem/evaluator.hpp"

namespace heliotrope::detail {

namespace {

/// Blocks in a chunk: enough work to share out, few enough that its residuals stay in cache. Chosen, not measured.
constexpr std::int64_t chunk_blocks = 32;

void add_columns(const Problem& problem, Structure& structure) {
  const auto fixed = ProblemAccess::fixed(problem);
  const auto offsets = ProblemAccess::offsets(problem);
  auto& begin = structure.column_begin;
  begin.push_back(0);
  structure.block_column.assign(fixed.size(), -1);
  for (std::size_t v = 0; v < fixed.size(); ++v) {
    if (fixed[v]) continue;
    const ManifoldOperations& manifold = ProblemAccess::manifold(problem, static_cast<std::int64_t>(v));
    structure.block_column[v] = static_cast<std::int64_t>(begin.size()) - 1;
    const bool continues =
        !structure.runs.empty() && v > 0 && !fixed[v - 1] && structure.runs.back().manifold == &manifold;
    if (!continues) structure.runs.push_back({&manifold, 0, offsets[v], begin.back()});
    ++structure.runs.back().count;
    begin.push_back(begin.back() + manifold.tangent_size);
  }
}

/// The block column of every lane and slot of a group, found from where its variables start.
JacobianPart make_part(const ResidualGroup& group, const std::vector<std::int64_t>& column_at) {
  JacobianPart part;
  part.rows = group.rows;
  for (const Slot& slot : group.slots) part.widths.push_back(slot.tangent_size);
  part.num_blocks = group.num_blocks();
  part.column_blocks.resize(group.offsets.size());
  const std::size_t stride = group.slots.size() * block_lanes;
  for (std::size_t i = 0; i < group.offsets.size(); ++i) {
    const bool used = static_cast<int>(i % block_lanes) < group.used[i / stride];
    part.column_blocks[i] = used ? column_at[static_cast<std::size_t>(group.offsets[i])] : -1;
  }
  return part;
}

}  // namespace

std::shared_ptr<const Structure> make_structure(const Problem& problem) {
  auto structure = std::make_shared<Structure>();
  add_columns(problem, *structure);

  const auto& groups = ProblemAccess::groups(problem);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    structure->scratch_bytes = std::max(structure->scratch_bytes, groups[g].scratch_bytes);
    for (std::int64_t begin = 0; begin < groups[g].num_blocks(); begin += chunk_blocks) {
      const std::int64_t end = std::min(begin + chunk_blocks, groups[g].num_blocks());
      structure->chunks.push_back({g, begin, end});
      structure->max_chunk_rows =
          std::max(structure->max_chunk_rows, static_cast<int>(end - begin) * groups[g].rows * block_lanes);
    }
  }
  for (const auto& function : ProblemAccess::functions(problem)) {
    structure->functions.push_back(make_function_structure(problem, *function));
  }
  return structure;
}

void plus(const Structure& structure, std::span<const double> values, std::span<const double> step,
          std::span<double> out) {
  std::copy(values.begin(), values.end(), out.begin());
  for (const Structure::Run& run : structure.runs) {
    double* x = out.data() + run.first_value;
    const double* delta = step.data() + run.first_column;
    if (run.manifold->euclidean) {
      for (std::int64_t i = 0; i < run.count * run.manifold->ambient_size; ++i) x[i] += delta[i];
      continue;
    }
    for (std::int64_t i = 0; i < run.count; ++i) {
      const double* from = values.data() + run.first_value + i * run.manifold->ambient_size;
      run.manifold->plus(from, delta + i * run.manifold->tangent_size, x + i * run.manifold->ambient_size);
    }
  }
}

BlockJacobian make_jacobian(const Problem& problem, const Structure& structure) {
  BlockJacobian jacobian;
  jacobian.column_begin = structure.column_begin;
  const auto offsets = ProblemAccess::offsets(problem);
  std::vector<std::int64_t> column_at(static_cast<std::size_t>(problem.num_values()), -1);
  for (std::size_t v = 0; v < offsets.size(); ++v) {
    column_at[static_cast<std::size_t>(offsets[v])] = structure.block_column[v];
  }
  for (const ResidualGroup& group : ProblemAccess::groups(problem))
    jacobian.parts.push_back(make_part(group, column_at));
  return jacobian;
}

std::vector<std::uint8_t> find_namings(const Problem& problem) {
  const auto offsets = ProblemAccess::offsets(problem);
  std::vector<std::uint8_t> named(offsets.size(), 0);
  LargeVector<std::int64_t> variable_at(static_cast<std::size_t>(problem.num_values()), -1);
  for (std::size_t v = 0; v < offsets.size(); ++v) {
    variable_at[static_cast<std::size_t>(offsets[v])] = static_cast<std::int64_t>(v);
  }
  for (const ResidualGroup& group : ProblemAccess::groups(problem)) {
    const auto num_slots = std::ssize(group.slots);
    for (std::int64_t k = 0; k < group.count; ++k) {
      const std::int64_t position = group.position(k);
      const std::uint8_t bit = group.counts(position) ? named_by_enabled : named_by_disabled;
      for (std::int64_t s = 0; s < num_slots; ++s) {
        const std::int64_t i = (position / block_lanes * num_slots + s) * block_lanes + position % block_lanes;
        const std::int64_t variable = variable_at[static_cast<std::size_t>(group.offsets[static_cast<std::size_t>(i)])];
        named[static_cast<std::size_t>(variable)] |= bit;
      }
    }
  }
  for (const auto& function : ProblemAccess::functions(problem)) {
    for (const VariableRange& range : function->variables) {
      std::fill_n(named.begin() + range.first, range.count, std::uint8_t{named_by_enabled});
    }
  }
  return named;
}

std::string name_coordinate(const Problem& problem, std::int64_t variable, int coordinate) {
  const ManifoldOperations& manifold = ProblemAccess::manifold(problem, variable);
  std::string name = (manifold.euclidean ? "number " : "direction ") + std::to_string(coordinate) + " of variable " +
                     std::to_string(variable);
  if (!manifold.euclidean) name += std::string(" (") + manifold.name + ")";
  return name;
}

}  // namespace heliotrope::detail
