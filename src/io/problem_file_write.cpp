// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "heliotrope/io/output_file.hpp"
#include "heliotrope/io/problem_file.hpp"
#include "io/problem_file.hpp"

namespace heliotrope {

namespace {

using detail::ProblemAccess;
using detail::ResidualGroup;

/// The shortest decimal that reads back as the same double; data may be nan.
std::string text_of(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

/// Lines of the form "word number number ...".
class Lines {
 public:
  explicit Lines(const std::filesystem::path& path) : file_(path) {}
  Lines& word(std::string_view text) {
    if (!at_start_) file_.text(" ");
    at_start_ = false;
    file_.text(text);
    return *this;
  }
  Lines& number(double value) { return word(text_of(value)); }
  Lines& integer(std::int64_t value) { return word(std::to_string(value)); }
  void end() {
    file_.text("\n");
    at_start_ = true;
  }
  void commit() { file_.commit(); }

 private:
  OutputFile file_;
  bool at_start_ = true;
};

std::string word_of(const ManifoldOperations& manifold) {
  if (manifold.euclidean) return "euclidean " + std::to_string(manifold.ambient_size);
  if (manifold.plus == manifold_operations<SE2>().plus) return "se2 3";
  if (manifold.plus == manifold_operations<SE3>().plus) return "se3 7";
  throw Error("a variable on " + std::string(manifold.name) +
              " has no word in problem files: Euclidean, SE2 and SE3 do");
}

void write_variables(const Problem& problem, Lines& lines) {
  const std::int64_t count = problem.num_variables();
  for (std::int64_t v = 0, end = 0; v < count; v = end) {
    const ManifoldOperations& manifold = ProblemAccess::manifold(problem, v);
    while (end < count && &ProblemAccess::manifold(problem, end) == &manifold) ++end;
    lines.word("variables").word(word_of(manifold)).integer(end - v).end();
    for (std::int64_t i = v; i < end; ++i) {
      for (const double x : problem.value(AnyVariable(i))) lines.number(x);
      lines.end();
    }
  }
}

void write_limits(const Problem& problem, Lines& lines) {
  for (std::int64_t i = 0; i < problem.num_variables(); ++i) {
    const AnyVariable v(i);
    const ManifoldOperations& manifold = ProblemAccess::manifold(problem, i);
    if (problem.is_fixed(v)) lines.word("fixed").integer(i).end();
    if (!problem.is_enabled(v)) lines.word("disabled").integer(i).end();
    for (int c = 0; c < manifold.tangent_size; ++c) {
      if (problem.is_held(v, c)) lines.word("held").integer(i).integer(c).end();
    }
    if (const std::vector<double> sizes = problem.typical(v); !sizes.empty()) {
      lines.word("typical").integer(i);
      for (const double size : sizes) lines.number(size);
      lines.end();
    }
    if (!problem.has_bounds() || !manifold.euclidean) continue;
    const std::vector<double> lower = problem.lower_bounds(v), upper = problem.upper_bounds(v);
    const auto infinite = [](double x) { return std::isinf(x); };
    if (std::all_of(lower.begin(), lower.end(), infinite) && std::all_of(upper.begin(), upper.end(), infinite))
      continue;
    lines.word("bounds").integer(i);
    for (const double x : lower) lines.number(x);
    for (const double x : upper) lines.number(x);
    lines.end();
  }
}

/// The name of a loss without its factor.
std::string word_of(const Loss& loss) {
  std::string name = loss.name();
  if (const std::size_t star = name.find(" * "); star < name.find('(')) name.erase(0, star + 3);
  if (name.find("user") != name.npos || name.find(' ') != name.npos) {
    throw Error("the loss " + loss.name() + " cannot be written to a problem file");
  }
  return name;
}

const detail::ShippedType& type_of(const ResidualGroup& group) {
  if (group.function >= 0) throw Error("a black-box function cannot be written to a problem file");
  if (group.is_terms()) throw Error("terms cannot be written to a problem file");
  for (const detail::ShippedType& type : detail::shipped_types()) {
    if (type.data_type == group.data_type && type.slots == std::ssize(group.slots)) return type;
  }
  throw Error("residuals of type " + group.name + " cannot be written to a problem file: the library does not ship it");
}

void write_group(const Problem& problem, const ResidualGroup& group, Lines& lines) {
  const detail::ShippedType& type = type_of(group);
  const std::string loss = word_of(group.key.loss);
  const auto derivatives = std::find_if(detail::derivative_words.begin(), detail::derivative_words.end(),
                                        [&](const auto& word) { return word.second == group.key.derivatives; });
  lines.word("residuals").word(type.name).integer(group.count).word(loss).number(group.key.loss.factor());
  lines.word(derivatives->first).word(group.key.weighted ? "weighted" : "plain").end();
  const auto offsets = ProblemAccess::offsets(problem);
  const auto lane_of = [](const auto& array, std::int64_t position, std::int64_t width, std::int64_t i) {
    return array[static_cast<std::size_t>((position / block_lanes * width + i) * block_lanes + position % block_lanes)];
  };
  for (std::int64_t k = 0; k < group.count; ++k) {
    const std::int64_t position = group.position(k);
    for (int s = 0; s < type.slots; ++s) {
      const std::int64_t at = lane_of(group.offsets, position, type.slots, s);
      lines.integer(std::upper_bound(offsets.begin(), offsets.end(), at) - offsets.begin() - 1);
    }
    for (int i = 0; i < type.scalars; ++i) lines.number(lane_of(group.data, position, type.scalars, i));
    const int weights = group.key.weighted ? group.rows * group.rows : 0;
    for (int i = 0; i < weights; ++i) lines.number(lane_of(group.weights, position, weights, i));
    lines.end();
  }
  for (std::int64_t k = 0; k < group.count; ++k) {
    if (group.is_left_out_by_itself(group.position(k))) lines.word("out").integer(k).end();
  }
}

}  // namespace

const std::vector<detail::ShippedType>& detail::shipped_types() {
  static const std::vector<ShippedType> types = [] {
    std::vector<ShippedType> all;
    append_bal_types(all);
    append_pose_graph_types(all);
    append_colmap_types(all);
    append_nist_types(all);
    return all;
  }();
  return types;
}

void write_problem(const std::filesystem::path& path, const Problem& problem) {
  for (const ResidualGroup& group : ProblemAccess::groups(problem)) type_of(group), word_of(group.key.loss);
  Lines lines(path);
  lines.word(detail::problem_file_head).end();
  write_variables(problem, lines);
  for (const ResidualGroup& group : ProblemAccess::groups(problem)) write_group(problem, group, lines);
  write_limits(problem, lines);
  lines.word("end").end();
  lines.commit();
}

}  // namespace heliotrope
