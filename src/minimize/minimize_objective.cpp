// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/minimize/minimize_objective.hpp"

#include <cmath>
#include <iterator>
#include <string>

#include "heliotrope/error.hpp"
#include "minimize/line_search_loop.hpp"
#include "minimize/objective_trust_region.hpp"
#include "minimize/retraction.hpp"

namespace heliotrope {

namespace {

constexpr int nonmonotone_window = 10;  // [Raydan1997, 3]

bool is_conjugate_gradient(ObjectiveMethod method) {
  return method >= ObjectiveMethod::fletcher_reeves && method <= ObjectiveMethod::hager_zhang;
}
bool is_dense(ObjectiveMethod method) { return method >= ObjectiveMethod::bfgs && method <= ObjectiveMethod::broyden; }

bool has_line_search(ObjectiveMethod method) {
  return method <= ObjectiveMethod::broyden || method == ObjectiveMethod::newton ||
         method == ObjectiveMethod::truncated_newton;
}
bool needs_hessian(ObjectiveMethod method) {
  return method == ObjectiveMethod::newton || method == ObjectiveMethod::damped_newton ||
         method == ObjectiveMethod::more_sorensen;
}
bool takes_product(ObjectiveMethod method) {
  return method == ObjectiveMethod::truncated_newton || method == ObjectiveMethod::trust_region_newton;
}

/// Past steps that the method needs to see; lbfgs without bounds keeps its own pairs.
int past_of(const ObjectiveOptions& options, const detail::Bounds& bounds) {
  if (options.method > ObjectiveMethod::broyden) return 0;
  return bounds.empty() ? 1 : options.memory;
}

/// What automatic stands for.
ObjectiveOptions resolve(ObjectiveOptions options) {
  auto& search = options.line_search;
  if (search.type == LineSearchType::automatic) {
    search.type = options.method == ObjectiveMethod::gradient_descent   ? LineSearchType::fixed
                  : options.method == ObjectiveMethod::barzilai_borwein ? LineSearchType::backtracking
                  : options.method == ObjectiveMethod::hager_zhang || options.method > ObjectiveMethod::broyden
                      ? LineSearchType::hager_zhang
                      : LineSearchType::more_thuente;
  }
  if (search.curvature == 0.0) {
    const bool nearly_exact = is_conjugate_gradient(options.method) || options.method == ObjectiveMethod::dfp;
    search.curvature = nearly_exact ? 0.1 : 0.9;
  }
  return options;
}

void check_options(const ObjectiveOptions& options) {
  const auto require = [](bool good, const char* what) {
    if (!good) throw Error(what);
  };
  const auto& search = options.line_search;
  require(options.max_iterations >= 0, "max_iterations is negative; expected 0 or more");
  require(options.max_evaluations >= 1, "max_evaluations is less than 1; expected 1 or more");
  require(options.threads >= 1, "threads is less than 1; expected 1 or more");
  require(options.memory >= 1, "memory is less than 1; expected 1 or more");
  require(options.time_limit >= 0.0, "time_limit is negative or nan; expected seconds, 0 or more");
  require(options.gradient_tolerance >= 0.0, "gradient_tolerance is negative or nan; expected 0 or more");
  require(options.value_tolerance >= 0.0, "value_tolerance is negative or nan; expected 0 or more");
  require(search.sufficient_decrease > 0.0 && search.sufficient_decrease < 0.5,
          "line_search.sufficient_decrease is not between 0 and 1/2");
  require(search.curvature >= search.sufficient_decrease && search.curvature < 1.0,
          "line_search.curvature is not between sufficient_decrease and 1");
  require(search.max_evaluations >= 1, "line_search.max_evaluations is less than 1; expected 1 or more");
  require(options.trust_region.first_radius >= 0.0 && std::isfinite(options.trust_region.first_radius),
          "trust_region.first_radius is negative or not finite; expected 0 or more");
  require(options.trust_region.most_radius > 0.0, "trust_region.most_radius is not positive");
  require(search.first_step >= 0.0, "line_search.first_step is negative or nan; expected 0 or more");
}

void check_second_derivatives(const SecondOrderObjective& f, ObjectiveMethod method, std::size_t size) {
  if (!needs_hessian(method) && !takes_product(method)) return;
  if (f.hessian) {
    if (!f.pattern) throw Error("a Hessian without its pattern; expected one of both triangles");
    if (f.pattern->num_rows != static_cast<std::int64_t>(size) || !is_symmetric(*f.pattern)) {
      throw Error("the pattern of the Hessian has " + std::to_string(f.pattern->num_rows) + " rows and is " +
                  (is_symmetric(*f.pattern) ? "" : "not ") + "symmetric; expected a symmetric one of " +
                  std::to_string(size) + " rows");
    }
  } else if (needs_hessian(method) || !f.product) {
    throw Error("the method " + std::string(name(method)) + " without the Hessian" +
                (needs_hessian(method) ? "" : " or its products") + "; see SecondOrderObjective");
  }
}

/// The bounds, checked; empty where there are none.
detail::Bounds make_bounds(const ObjectiveOptions& options, std::size_t size) {
  const detail::Bounds bounds{options.lower, options.upper};
  if (options.lower.empty() && options.upper.empty()) return bounds;
  if (options.method != ObjectiveMethod::lbfgs) {
    throw Error("bounds with the method " + std::string(name(options.method)) + "; expected lbfgs");
  }
  if (options.lower.size() != size || options.upper.size() != size) {
    throw Error("bounds of " + std::to_string(options.lower.size()) + " and " + std::to_string(options.upper.size()) +
                " variables; expected both of " + std::to_string(size) + " (infinite where there is none)");
  }
  if (options.memory > detail::most_bounded_memory) {
    throw Error("memory is " + std::to_string(options.memory) + " with bounds; expected at most " +
                std::to_string(detail::most_bounded_memory));
  }
  for (std::size_t j = 0; j < size; ++j) {
    if (options.lower[j] <= options.upper[j]) continue;
    throw Error("lower bound " + std::to_string(options.lower[j]) + " of variable " + std::to_string(j) +
                " is not at most the upper, " + std::to_string(options.upper[j]));
  }
  return bounds;
}

std::unique_ptr<detail::Direction> make_direction(const SecondOrderObjective& f, const ObjectiveOptions& options,
                                                  const detail::Bounds& bounds, std::int64_t size,
                                                  std::int64_t padded_size, ObjectiveSummary& summary) {
  if (options.method == ObjectiveMethod::newton) return detail::make_newton(f, options.threads, summary);
  if (options.method == ObjectiveMethod::truncated_newton) {
    return detail::make_truncated_newton(f, size, options.threads, summary);
  }
  if (!bounds.empty()) return detail::make_bounded_lbfgs(options, bounds, size);
  if (options.method == ObjectiveMethod::lbfgs) return detail::make_lbfgs(options, padded_size);
  if (is_conjugate_gradient(options.method)) return detail::make_conjugate_gradient(options);
  if (is_dense(options.method)) return detail::make_quasi_newton(options, size);
  return detail::make_gradient_descent(options);
}

std::unique_ptr<detail::TrustMethod> make_trust_method(const SecondOrderObjective& f, const ObjectiveOptions& options,
                                                       std::int64_t size, ObjectiveSummary& summary) {
  if (options.method == ObjectiveMethod::damped_newton) return detail::make_damped_newton(f, options, summary);
  if (options.method == ObjectiveMethod::more_sorensen) return detail::make_more_sorensen(f, options, summary);
  if (options.method == ObjectiveMethod::sr1) return detail::make_sr1(options, size, summary);
  return detail::make_steihaug(f, options, size, summary);
}

std::unique_ptr<detail::LineSearch> make_search(const ObjectiveOptions& options) {
  const bool spectral = options.method == ObjectiveMethod::barzilai_borwein;
  switch (options.line_search.type) {
    case LineSearchType::hager_zhang:
      return detail::make_hager_zhang_search(options.line_search);
    case LineSearchType::strong_wolfe:
      return detail::make_strong_wolfe(options.line_search);
    case LineSearchType::backtracking:
      return detail::make_backtracking(options.line_search, spectral ? nonmonotone_window : 1);
    case LineSearchType::fixed:
      return detail::make_fixed_step();
    case LineSearchType::automatic:
    case LineSearchType::more_thuente:
      break;
  }
  return detail::make_more_thuente(options.line_search);
}

bool may_rise(const ObjectiveOptions& options) {
  return options.line_search.type == LineSearchType::fixed || options.line_search.type == LineSearchType::hager_zhang ||
         options.method == ObjectiveMethod::barzilai_borwein;
}

}  // namespace

std::string_view name(ObjectiveMethod method) {
  constexpr std::string_view names[] = {"lbfgs",
                                        "gradient_descent",
                                        "barzilai_borwein",
                                        "fletcher_reeves",
                                        "polak_ribiere",
                                        "hestenes_stiefel",
                                        "hager_zhang",
                                        "bfgs",
                                        "dfp",
                                        "broyden",
                                        "newton",
                                        "damped_newton",
                                        "truncated_newton",
                                        "trust_region_newton",
                                        "more_sorensen",
                                        "sr1"};
  const auto k = static_cast<std::size_t>(method);
  return k < std::size(names) ? names[k] : std::string_view();
}

std::string_view name(LineSearchType type) {
  constexpr std::string_view names[] = {"automatic",    "more_thuente", "hager_zhang",
                                        "strong_wolfe", "backtracking", "fixed"};
  const auto k = static_cast<std::size_t>(type);
  return k < std::size(names) ? names[k] : std::string_view();
}

ObjectiveSummary minimize_objective(Objective f, std::span<double> x, const ObjectiveOptions& options) {
  return detail::minimize_objective_on(SecondOrderObjective{f}, nullptr, x, options);
}

ObjectiveSummary minimize_objective(const SecondOrderObjective& f, std::span<double> x,
                                    const ObjectiveOptions& options) {
  return detail::minimize_objective_on(f, nullptr, x, options);
}

ObjectiveSummary detail::minimize_objective_on(const SecondOrderObjective& f, Retraction* retraction,
                                               std::span<double> x, const ObjectiveOptions& given) {
  const auto start = ObjectiveRun::Clock::now();
  const ObjectiveOptions options = resolve(given);
  check_options(options);
  check_second_derivatives(f, options.method, x.size());
  const bool searches = has_line_search(options.method);
  ObjectiveSummary summary;
  summary.method = std::string(name(options.method)) +
                   (searches ? " (" + std::string(name(options.line_search.type)) + ")" : " (trust region)");
  summary.message.reserve(256);  // nothing is allocated later on

  const Bounds bounds = make_bounds(options, x.size());
  Iterates at(x, past_of(options, bounds), options.threads, bounds, retraction);
  summary.num_parameters = at.size();
  ObjectiveRun run(f.objective, at, options, summary, start);
  if (searches) {
    const auto direction = make_direction(f, options, bounds, at.size(), at.padded_size(), summary);
    const auto search = make_search(options);
    const bool changes = !bounds.empty() && given.line_search.type == LineSearchType::automatic;
    const auto by_slopes = changes ? make_hager_zhang_search(options.line_search) : nullptr;
    LineSearchLoop(run, at, *direction, *search, by_slopes.get(), changes || may_rise(options), options, summary)
        .run(x);
  } else {
    const auto method = make_trust_method(f, options, at.size(), summary);
    ObjectiveTrustRegion(run, at, *method, summary).run(x);
  }
  if (summary.hessians_not_finite > 0) {
    summary.message += "; " + std::to_string(summary.hessians_not_finite) + " of " + std::to_string(summary.hessians) +
                       " Hessians were not finite";
  }
  return summary;
}

}  // namespace heliotrope
