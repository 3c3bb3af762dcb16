// SPDX-License-Identifier: Apache-2.0
// What a problem is before it is solved: counts, structure, the cost at its values, and how it would be solved.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "heliotrope/minimize/linear_choice.hpp"
#include "heliotrope/problem/problem.hpp"

namespace heliotrope {

/// Variables of one manifold.
struct VariableKind {
  std::string manifold;
  int ambient_size = 0, tangent_size = 0;
  std::int64_t count = 0, fixed = 0;
};

/// Residuals, or terms, of one group: same type, loss and name.
struct ResidualKind {
  std::string type;
  bool terms = false;
  std::int64_t count = 0;              ///< blocks
  int rows = 0;                        ///< residuals in a block
  std::vector<int> widths;             ///< tangent size of each variable of a block
  std::vector<std::string> manifolds;  ///< of each
  std::string loss, derivatives;
  bool weighted = false;      ///< square-root information is applied
  double cost = 0.0;          ///< the group's part of the cost at the problem's values
  std::int64_t largest = -1;  ///< block whose norm |r| is the largest, in order of addition (of a black-box
                              ///< function: of its rows' blocks); -1: none
  double largest_norm = 0.0;  ///< that norm, weighted, without loss
};

/// What report_problem found.
struct ProblemReport {
  std::vector<VariableKind> variables;
  std::vector<ResidualKind> residuals;
  std::int64_t num_variables = 0, num_fixed = 0, num_columns = 0;
  std::int64_t num_residual_blocks = 0, num_residuals = 0, num_terms = 0;
  std::int64_t num_nonzeros = 0;        ///< of J, by structure; a variable that a residual names twice counts twice
  std::int64_t num_parts = 0;           ///< connected parts of the variables that residuals name, fixed ones included
  std::int64_t num_floating_parts = 0;  ///< of those, without a fixed variable
  std::int64_t largest_part = 0;        ///< variables in the largest
  std::int64_t num_unused = 0;          ///< free variables that no residual names: J has columns of zeros there
  double cost = 0.0;                    ///< at the problem's values
  std::string not_finite;               ///< names a residual that is not finite there; empty: there is none
  LinearChoice linear;                  ///< empty for a problem with terms: minimize does not take it
};

/// Evaluates the problem once at its values and analyses its structure; changes nothing.
///
/// Cost: two evaluations without derivatives, and choose_linear; memory of the residuals and of the symbolic
/// factorisations. Errors: as choose_linear.
ProblemReport report_problem(const Problem& problem, const MinimizeOptions& options = {});

/// What a report does not know: where the problem is from. Lines that are empty are left out.
struct ProblemContext {
  std::string_view source;                ///< a file's name
  std::string_view kind;                  ///< "bal", "g2o", "nist", or a word of the caller's
  std::span<const std::string> warnings;  ///< what reading changed
  std::string_view gauge;                 ///< what holds the gauge, in a sentence
};

/// Lines "name   value", then a table of the linear solvers. Every line ends in a newline.
std::string to_text(const ProblemReport& report, const ProblemContext& context = {});

/// One JSON object, ending in a newline. The keys are stable:
///
///     source, kind, warnings[], gauge,
///     problem{variables,fixed,parameters,residual_blocks,residuals,terms},
///     variables[]{manifold,ambient,tangent,count,fixed},
///     residuals[]{type,terms,count,rows,widths[],manifolds[],loss,derivatives,weighted,cost,largest{block,norm}},
///     jacobian{rows,columns,nonzeros}, parts{count,floating,largest,unused_variables}, cost, not_finite,
///     linear{chosen,reason,eliminated,
///            solvers[]{name,flops_form,flops_solve,iterative,bytes,seconds}}
///
/// Numbers that are not finite are null; seconds is null where no rate is known.
std::string to_json(const ProblemReport& report, const ProblemContext& context = {});

}  // namespace heliotrope
