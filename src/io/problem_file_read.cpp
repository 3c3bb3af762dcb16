// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "heliotrope/io/problem_file.hpp"
#include "heliotrope/io/text_file.hpp"
#include "heliotrope/io/text_parser.hpp"
#include "io/problem_file.hpp"

namespace heliotrope {

namespace {

class ProblemReader {
 public:
  ProblemReader(std::string_view name, std::string_view text) : name_(name), parser_(name, text), size_(text.size()) {}

  Problem read() {
    parser_.next_line();
    const char* const first = parser_.mark();
    if (parser_.rest() != detail::problem_file_head) {
      parser_.fail(first, "'" + std::string(detail::problem_file_head) + "'");
    }
    while (true) {
      line("'variables', 'residuals', 'end' or what is said of a variable");
      const char* const at = parser_.mark();
      const std::string_view word = parser_.word();
      if (word == "end") break;
      if (!checked_section(word, at)) {
        parser_.fail(at, "'variables', 'residuals', 'end' or what is said of a variable");
      }
      end_of_line();
    }
    if (parser_.next_line() && !parser_.at_end()) parser_.fail("nothing after 'end'");
    return std::move(problem_);
  }

 private:
  /// What the problem or a loss refuses gets its place.
  bool checked_section(std::string_view word, const char* at) {
    try {
      return section(word);
    } catch (const Error& error) {
      const std::string_view what = error.what();
      if (what.starts_with(name_)) throw;
      throw Error(name_ + ":" + std::to_string(parser_.line_of(at)) + ": " + std::string(what));
    }
  }

  bool section(std::string_view word) {
    if (word == "variables") return read_variables(), true;
    if (word == "residuals") return read_residuals(), true;
    if (word == "out") return problem_.disable(last_[index(last_.size())]), true;
    if (word != "fixed" && word != "disabled" && word != "held" && word != "bounds" && word != "typical") return false;
    const AnyVariable v(index(problem_.num_variables()));
    if (word == "fixed") problem_.fix(v);
    if (word == "disabled") problem_.disable(v);
    if (word == "held")
      problem_.hold(v, static_cast<int>(index(detail::ProblemAccess::manifold(problem_, v.index()).tangent_size)));
    if (word == "bounds") read_bounds(v);
    if (word == "typical") read_typical(v);
    return true;
  }

  void read_variables() {
    const char* const at = parser_.mark();
    const std::string_view manifold = parser_.word();
    const std::int64_t size = count("the number of numbers of a variable"), many = count("a number of variables");
    if (size == 0) parser_.fail(at, "at least one number a variable");
    end_of_line();
    std::vector<double> values;
    for (std::int64_t i = 0; i < many; ++i) {
      line("the numbers of a variable");
      values.clear();
      for (std::int64_t k = 0; k < size; ++k) values.push_back(number());
      if (manifold == "euclidean") {
        problem_.add_variable(values);
      } else if (manifold == "se2" && size == 3) {
        problem_.add_variable<SE2>(std::span<const double>(values));
      } else if (manifold == "se3" && size == 7) {
        const double norm = std::hypot(std::hypot(values[3], values[4]), std::hypot(values[5], values[6]));
        if (!(std::abs(norm - 1.0) < 1e-6)) parser_.fail("a unit quaternion behind the position");
        problem_.add_variable<SE3>(std::span<const double>(values));
      } else {
        parser_.fail(at, "euclidean, se2 3 or se3 7");
      }
      end_of_line();
    }
    more_lines_ = true;
  }

  void read_residuals() {
    const detail::ShippedType& type = read_type();
    const std::int64_t many = count("a number of residuals");
    ResidualOptions options;
    const std::string loss(parser_.word());
    options.loss = parse_loss(loss);
    const double factor = number();
    if (factor != 1.0) options.loss = scaled(factor, options.loss);
    options.derivatives = read_derivatives();
    const char* const at = parser_.mark();
    const std::string_view weighted = parser_.word();
    if (weighted != "weighted" && weighted != "plain") parser_.fail(at, "weighted or plain");
    end_of_line();
    const int weights = weighted == "weighted" ? type.rows * type.rows : 0;
    std::vector<double> data, all_weights;
    std::vector<std::vector<std::int64_t>> variables(static_cast<std::size_t>(type.slots));
    for (std::int64_t k = 0; k < many; ++k) {
      line("a residual");
      for (std::size_t s = 0; s < variables.size(); ++s) variables[s].push_back(variable_for(type, s));
      for (int i = 0; i < type.scalars; ++i) data.push_back(number(NonFinite::accept));
      for (int i = 0; i < weights; ++i) all_weights.push_back(number());
      end_of_line();
    }
    options.sqrt_information = all_weights;
    last_ = type.add(problem_, data, variables, options);
    more_lines_ = true;
  }

  std::int64_t variable_for(const detail::ShippedType& type, std::size_t slot) {
    const char* const at = parser_.mark();
    const std::int64_t v = index(problem_.num_variables());
    const ManifoldOperations& found = detail::ProblemAccess::manifold(problem_, v);
    const ManifoldOperations& wanted = *type.manifolds[slot];
    if (found.plus != wanted.plus || found.ambient_size != wanted.ambient_size) {
      parser_.fail(at, "a variable of " + std::to_string(wanted.ambient_size) + " numbers on " + wanted.name);
    }
    return v;
  }

  const detail::ShippedType& read_type() {
    const char* const at = parser_.mark();
    const std::string_view word = parser_.word();
    for (const detail::ShippedType& type : detail::shipped_types()) {
      if (type.name == word) return type;
    }
    parser_.fail(at, "a residual type that ships");
  }

  Derivatives read_derivatives() {
    const char* const at = parser_.mark();
    const std::string_view word = parser_.word();
    for (const auto& [name, value] : detail::derivative_words) {
      if (name == word) return value;
    }
    parser_.fail(at, "a way to differentiate");
  }

  void read_bounds(AnyVariable v) {
    std::vector<double> bounds;
    const std::size_t size = problem_.value(v).size();
    for (std::size_t i = 0; i < 2 * size; ++i) bounds.push_back(number(NonFinite::accept));
    problem_.set_bounds(v, std::span(bounds).first(size), std::span(bounds).subspan(size));
  }

  void read_typical(AnyVariable v) {
    std::vector<double> sizes;
    const int coordinates = detail::ProblemAccess::manifold(problem_, v.index()).tangent_size;
    for (int i = 0; i < coordinates; ++i) sizes.push_back(number(NonFinite::accept));
    problem_.set_typical(v, sizes);
  }

  void line(const char* expected) {
    if (!parser_.next_line()) parser_.fail(expected);
  }
  double number(NonFinite non_finite = NonFinite::refuse) {
    double value = 0.0;
    if (!parser_.number(value, non_finite)) parser_.fail("a number");
    return value;
  }
  /// A count that text of this size can hold.
  std::int64_t count(const char* what) {
    const char* const at = parser_.mark();
    std::int64_t value = -1;
    if (!parser_.integer(value) || value < 0 || value > static_cast<std::int64_t>(size_)) parser_.fail(at, what);
    return value;
  }
  std::int64_t index(std::int64_t end) {
    const char* const at = parser_.mark();
    std::int64_t value = -1;
    if (!parser_.integer(value) || value < 0 || value >= end) {
      parser_.fail(at, "an index under " + std::to_string(end));
    }
    return value;
  }
  void end_of_line() {
    if (more_lines_) {  // the section ended with a line of its own
      more_lines_ = false;
      return;
    }
    if (!parser_.at_end()) parser_.fail("the end of the line");
  }

  std::string name_;
  TextParser parser_;
  std::size_t size_;
  Problem problem_;
  Residuals last_;
  bool more_lines_ = false;
};

}  // namespace

Problem parse_problem(std::string_view name, std::string_view text) { return ProblemReader(name, text).read(); }

Problem read_problem(const std::filesystem::path& path) {
  const TextFile file = read_file(path);
  return parse_problem(file.name, file.text);
}

}  // namespace heliotrope
