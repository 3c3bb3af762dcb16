// SPDX-License-Identifier: Apache-2.0
// How the rows of a black-box function become residual groups: one for each shape that its rows have.
#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <string>

#include "heliotrope/problem/problem.hpp"

namespace heliotrope {

namespace {

using detail::FunctionResiduals;
using detail::ProblemAccess;
using detail::ResidualGroup;

/// A residual that was never written still holds this.
const double unwritten = std::bit_cast<double>(0x7ff8'dead'beef'0001ULL);
bool is_unwritten(double value) {
  return std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(unwritten);
}

void check_writes(const FunctionResiduals& function, std::span<const double> x) {
  LargeVector<double> r(static_cast<std::size_t>(function.num_rows) + 1, unwritten);
  function.f->evaluate(1, x, std::span(r).first(r.size() - 1));
  if (!is_unwritten(r.back())) {
    throw Error("function " + function.options.name + " writes past its " + std::to_string(function.num_rows) +
                " residuals");
  }
  const auto found = std::find_if(r.begin(), r.end() - 1, is_unwritten);
  if (found == r.end() - 1) return;
  throw Error("function " + function.options.name + " never writes residual " + std::to_string(found - r.begin()) +
              " of " + std::to_string(function.num_rows));
}

void check_shape(const FunctionResiduals& function) {
  const FunctionOptions& options = function.options;
  const std::string what = "function " + options.name + ": ";
  if (options.block_rows < 1 || function.num_rows < 1 || function.num_rows % options.block_rows != 0) {
    throw Error(what + "found " + std::to_string(function.num_rows) + " residuals in blocks of " +
                std::to_string(options.block_rows) + "; expected one block or more, all of the same size");
  }
  if (options.refresh < 1)
    throw Error(what + "refresh is " + std::to_string(options.refresh) + "; expected at least 1");
  if (function.pattern.num_rows != function.num_rows || function.pattern.num_columns != function.num_inputs) {
    throw Error(what + "its pattern is " + std::to_string(function.pattern.num_rows) + " x " +
                std::to_string(function.pattern.num_columns) + "; expected " + std::to_string(function.num_rows) +
                " residuals x " + std::to_string(function.num_inputs) + " numbers of its variables");
  }
  check_pattern(function.pattern);
}

/// The variable of each number that a function takes.
LargeVector<std::int64_t> variables_of_inputs(const Problem& problem, const FunctionResiduals& function) {
  LargeVector<std::int64_t> variable;
  variable.reserve(static_cast<std::size_t>(function.num_inputs));
  std::vector<std::uint8_t> taken(static_cast<std::size_t>(problem.num_variables()), 0);
  for (const VariableRange& range : function.variables) {
    for (std::int64_t v = range.first; v < range.first + range.count; ++v) {
      const ManifoldOperations& manifold = ProblemAccess::manifold(problem, v);
      if (std::exchange(taken[static_cast<std::size_t>(v)], std::uint8_t{1})) {
        throw Error("function " + function.options.name + " takes variable " + std::to_string(v) + " twice");
      }
      if (function.options.refresh > 1 && !manifold.euclidean) {
        throw Error("function " + function.options.name + ": variable " + std::to_string(v) + " is on " +
                    manifold.name + "; expected Euclidean ones where refresh is over 1");
      }
      variable.insert(variable.end(), static_cast<std::size_t>(manifold.ambient_size), v);
    }
  }
  return variable;
}

/// Finds or makes the group of each block of rows.
class RowGroups {
 public:
  RowGroups(Problem& problem, const FunctionResiduals& function, std::int64_t index)
      : problem_(problem), function_(function), index_(index), variable_(variables_of_inputs(problem, function)) {
    last_seen_.assign(static_cast<std::size_t>(problem.num_variables()), -1);
  }

  void place(std::int64_t block_of_rows) {
    find_variables(block_of_rows);
    ResidualGroup& group = find_group();
    starts_.clear();
    for (std::int64_t v : variables_) starts_.push_back(ProblemAccess::offset(problem_, v));
    const std::int64_t position = group.next_position();
    group.function_rows.resize(static_cast<std::size_t>(group.num_blocks() * block_lanes), -1);
    group.function_rows[static_cast<std::size_t>(position)] = block_of_rows;
    group.set_offsets(position, starts_);
    ++group.used[static_cast<std::size_t>(position / block_lanes)];
    ++group.count;
  }

 private:
  /// Variables of a block of rows, those of a kind together; rows that depend on none get one all the same.
  void find_variables(std::int64_t block_of_rows) {
    variables_.clear();
    const std::int64_t rows = function_.options.block_rows;
    for (std::int64_t i = block_of_rows * rows; i < (block_of_rows + 1) * rows; ++i) {
      for (std::int32_t j : function_.pattern.row(i)) {
        const std::int64_t v = variable_[static_cast<std::size_t>(j)];
        if (std::exchange(last_seen_[static_cast<std::size_t>(v)], block_of_rows) != block_of_rows)
          variables_.push_back(v);
      }
    }
    if (variables_.empty()) variables_.push_back(variable_.front());
    std::sort(variables_.begin(), variables_.end(), [&](std::int64_t a, std::int64_t b) {
      const int kind_a = ProblemAccess::manifold_index(problem_, a),
                kind_b = ProblemAccess::manifold_index(problem_, b);
      return kind_a != kind_b ? kind_a < kind_b : a < b;
    });
  }

  ResidualGroup& find_group() {
    shape_.clear();
    for (std::int64_t v : variables_) {
      const int kind = ProblemAccess::manifold_index(problem_, v);
      if (shape_.empty() || shape_.back().first != kind) shape_.push_back({kind, 0});
      ++shape_.back().second;
    }
    if (shape_ != last_shape_) {
      const auto [at, is_new] = groups_.try_emplace(shape_, ProblemAccess::groups(problem_).size());
      if (is_new) make_group();
      last_shape_ = shape_;
      last_group_ = at->second;
    }
    return ProblemAccess::groups(problem_)[last_group_];
  }

  void make_group() {
    ResidualOptions options;
    options.loss = function_.options.loss;
    ResidualGroup& group =
        ProblemAccess::new_group(problem_, detail::GroupKind::residuals, options, function_.options.name);
    group.function = index_;
    group.rows = function_.options.block_rows;
    std::int64_t columns = 0;
    for (std::int64_t v : variables_) {
      const ManifoldOperations& manifold = ProblemAccess::manifold(problem_, v);
      group.slots.push_back({&manifold, manifold.ambient_size, manifold.tangent_size});
      columns += manifold.tangent_size;
    }
    if (columns * group.rows > std::numeric_limits<int>::max() / block_lanes) {
      throw Error("function " + function_.options.name + ": a block of " + std::to_string(group.rows) +
                  " residuals depends on " + std::to_string(columns) + " columns; expected at most 2^28 entries");
    }
    group.columns = static_cast<int>(columns);
  }

  using Shape = std::vector<std::pair<int, std::int64_t>>;  // kinds of variables, and how many of each

  Problem& problem_;
  const FunctionResiduals& function_;
  std::int64_t index_;
  LargeVector<std::int64_t> variable_;   // [input]
  LargeVector<std::int64_t> last_seen_;  // [variable]: the block of rows that named it last
  std::vector<std::int64_t> variables_, starts_;
  Shape shape_, last_shape_;
  std::map<Shape, std::size_t> groups_;
  std::size_t last_group_ = 0;
};

}  // namespace

LargeVector<double> Problem::gather(const FunctionVariables& variables) const {
  LargeVector<double> x;
  for (const VariableRange& range : variables.ranges) {
    if (range.count == 0) continue;
    check(AnyVariable(range.first));
    check(AnyVariable(range.first + range.count - 1));
    for (std::int64_t v = range.first; v < range.first + range.count; ++v) {
      const VariableValue numbers = value(AnyVariable(v));
      x.insert(x.end(), numbers.begin(), numbers.end());
    }
  }
  if (x.empty()) throw Error("add_function: found no variables; expected at least one");
  return x;
}

void Problem::append_function(std::shared_ptr<const detail::VectorFunction> f, std::int64_t num_residuals,
                              const FunctionVariables& variables, const SparsityPattern& pattern, Coloring coloring,
                              const FunctionOptions& options) {
  const LargeVector<double> x = gather(variables);
  auto function = std::make_shared<FunctionResiduals>();
  function->f = std::move(f);
  function->options = options;
  if (options.name.empty()) function->options.name = "function";
  function->num_rows = num_residuals;
  function->num_inputs = static_cast<std::int64_t>(x.size());
  function->variables = variables.ranges;
  function->pattern = pattern;
  function->coloring = std::move(coloring);
  function->first_group = groups_.size();
  check_shape(*function);
  check_writes(*function, x);
  try {
    RowGroups rows(*this, *function, static_cast<std::int64_t>(functions_.size()));
    structure_changed();
    for (std::int64_t i = 0; i < num_residuals / options.block_rows; ++i) rows.place(i);
  } catch (...) {
    groups_.resize(function->first_group);
    last_group_ = 0;
    throw;
  }
  function->num_groups = groups_.size() - function->first_group;
  functions_.push_back(std::move(function));
}

}  // namespace heliotrope
