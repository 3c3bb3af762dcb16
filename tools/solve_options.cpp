// SPDX-License-Identifier: Apache-2.0
#include "solve_options.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "heliotrope/error.hpp"
#include "objective_words.hpp"

namespace heliotrope_tool {

using namespace heliotrope;

namespace {

/// The words of an option and what they stand for.
template <class Value, std::size_t N>
using Words = std::array<std::pair<std::string_view, Value>, N>;

constexpr Words<FileFormat, 9> formats{{{"bal", FileFormat::bal},
                                        {"bundler", FileFormat::bundler},
                                        {"colmap", FileFormat::colmap},
                                        {"g2o", FileFormat::g2o},
                                        {"nist", FileFormat::nist},
                                        {"problem", FileFormat::problem},
                                        {"toro", FileFormat::toro},
                                        {"isam", FileFormat::isam},
                                        {"dlr", FileFormat::dlr}}};
constexpr Words<FreeIntrinsics, 4> intrinsics{{{"none", FreeIntrinsics::none},
                                               {"focal", FreeIntrinsics::focal},
                                               {"focal+distortion", FreeIntrinsics::focal_and_distortion},
                                               {"all", FreeIntrinsics::all}}};
constexpr Words<Method, 4> methods{{{"lm", Method::levenberg_marquardt},
                                    {"gauss-newton", Method::gauss_newton},
                                    {"dogleg", Method::dogleg},
                                    {"subspace-dogleg", Method::subspace_dogleg}}};
constexpr Words<DampingPolicy, 5> dampings{{{"auto", DampingPolicy::automatic},
                                            {"eager", DampingPolicy::eager},
                                            {"fletcher", DampingPolicy::fletcher},
                                            {"nielsen", DampingPolicy::nielsen},
                                            {"classical", DampingPolicy::classical}}};
constexpr Words<LinearSolverType, 14> linear_solvers{{{"auto", LinearSolverType::automatic},
                                                      {"cholesky", LinearSolverType::cholesky},
                                                      {"cholesky-simplicial", LinearSolverType::cholesky_simplicial},
                                                      {"cholesky-supernodal", LinearSolverType::cholesky_supernodal},
                                                      {"eigen", LinearSolverType::eigen_cholesky},
                                                      {"dense", LinearSolverType::dense_cholesky},
                                                      {"dense-qr", LinearSolverType::dense_qr},
                                                      {"sparse-qr", LinearSolverType::sparse_qr},
                                                      {"cg", LinearSolverType::conjugate_gradients},
                                                      {"streamed", LinearSolverType::streamed},
                                                      {"schur-cholesky", LinearSolverType::schur_cholesky},
                                                      {"schur-dense", LinearSolverType::schur_dense},
                                                      {"schur-pcg", LinearSolverType::schur_pcg},
                                                      {"schur-implicit", LinearSolverType::schur_implicit}}};
constexpr Words<Derivatives, 5> derivatives{{{"autodiff", Derivatives::autodiff},
                                             {"forward", Derivatives::forward},
                                             {"central", Derivatives::central},
                                             {"complex", Derivatives::complex_step},
                                             {"coloured", Derivatives::coloured}}};

class Stopwatch {
 public:
  /// Seconds since it was made or last read.
  double lap() {
    const auto before = std::exchange(start_, std::chrono::steady_clock::now());
    return std::chrono::duration<double>(start_ - before).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

template <class Value, std::size_t N>
CLI::Validator one_of(const Words<Value, N>& words) {
  std::vector<std::string> names;
  for (const auto& [name, value] : words) names.emplace_back(name);
  return CLI::IsMember(names);
}

template <class Value, std::size_t N>
Value meaning(const Words<Value, N>& words, std::string_view word) {
  for (const auto& [name, value] : words) {
    if (name == word) return value;
  }
  throw Error("'" + std::string(word) + "' is no word of its option");
}

template <class Value, std::size_t N>
std::string word_for(const Words<Value, N>& words, Value value) {
  for (const auto& [name, candidate] : words) {
    if (candidate == value) return std::string(name);
  }
  throw Error("a default has no word");
}

/// Refuses what is not a number, nan, and what `good` refuses.
CLI::Validator number_where(bool (*good)(double), const std::string& expected) {
  const auto check = [=](const std::string& text) {
    double value = 0.0;
    const bool passes = CLI::detail::lexical_cast(text, value) && good(value);
    return passes ? std::string() : "found '" + text + "', expected " + expected;
  };
  return CLI::Validator(check, "", "number");
}

void declare_method(CLI::App& command, SolveOptions& options) {
  const std::string group = "Method";
  options.method = word_for(methods, options.minimize.method);
  options.damping = word_for(dampings, options.minimize.damping);
  options.linear = word_for(linear_solvers, options.minimize.linear);
  std::vector<std::string> all_methods = objective_methods();
  all_methods.insert(all_methods.begin(), {"lm", "gauss-newton", "dogleg", "subspace-dogleg"});
  command
      .add_option(
          "--method", options.method,
          "Minimiser: lm, gauss-newton and the doglegs solve linear systems, the others see the gradient of the cost "
          "alone")
      ->check(CLI::IsMember(all_methods))
      ->group(group)
      ->capture_default_str();
  command.add_option("--damping", options.damping, "How Levenberg-Marquardt changes its damping")
      ->check(one_of(dampings))
      ->group(group)
      ->capture_default_str();
  command.add_option("--linear", options.linear, "Linear solver")
      ->check(one_of(linear_solvers))
      ->group(group)
      ->capture_default_str();
  command.add_option("--line-search", options.line_search, "Of gradient methods; left out: what suits the method")
      ->check(CLI::IsMember(line_searches()))
      ->group(group);
  command.add_option("--memory", options.memory, "Past steps that lbfgs keeps")
      ->check(CLI::Range(1, 1000))
      ->group(group)
      ->capture_default_str();
  command.add_option("--derivatives", options.derivatives, "Derivatives; left out: the best that the residuals offer")
      ->check(one_of(derivatives))
      ->group(group);
  declare_loss(command, options)->group(group);
  command.add_option("--threads", options.minimize.threads, "Threads; the answer does not depend on them")
      ->check(CLI::Range(1, 1024))
      ->group(group)
      ->capture_default_str();
}

void declare_limits(CLI::App& command, SolveOptions& options) {
  const std::string group = "Limits and tolerances";
  const CLI::Validator not_negative = number_where([](double x) { return x >= 0.0; }, "a number of at least 0");
  const CLI::Validator positive =
      number_where([](double x) { return x > 0.0 && std::isfinite(x); }, "a finite number above 0");
  const auto number = [&](const char* name, double& value, const CLI::Validator& validator, const char* what) {
    command.add_option(name, value, what)->check(validator)->group(group)->capture_default_str();
  };
  MinimizeOptions& m = options.minimize;
  command
      .add_option("--max-iterations", m.max_iterations,
                  "Iterations at most, rejected steps included (gradient methods: 5000 unless said)")
      ->check(CLI::NonNegativeNumber)
      ->group(group)
      ->capture_default_str();
  command
      .add_option("--point-iterations", m.point_iterations,
                  "Steps of each eliminated variable by itself, at each candidate")
      ->group(group)
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  number("--time-limit", m.time_limit, not_negative, "Seconds after which to stop at the best point");
  number("--cost-tolerance", m.cost_tolerance, not_negative,
         "Converged where the cost falls by this part or less (gradient methods: 1e-10 unless said)");
  number("--gradient-tolerance", m.gradient_tolerance, not_negative,
         "Converged where |J_j' r| / (|J_j| |r|) is at most this (gradient methods: where max |g_j| is; 1e-6 unless "
         "said)");
  number("--step-tolerance", m.step_tolerance, not_negative,
         "Converged where every variable changes by this part or less");
  number("--initial-damping", m.initial_damping, positive, "First damping, relative to the diagonal of J'J");
}

}  // namespace

CLI::Option* declare_loss(CLI::App& command, SolveOptions& options) {
  return command
      .add_option(
          "--loss", options.loss,
          "Loss: trivial, huber, soft_l1, cauchy, tukey, arctan, geman_mcclure or welsch, the scale being 1 unless "
          "said; barron:ALPHA,SCALE; tolerant:A,B (squared norms); or one of another, as 'huber:1(cauchy:2)'")
      ->type_name("NAME[:NUMBERS]");
}

void declare_input(CLI::App& command, SolveOptions& options) {
  options.command = &command;
  command
      .add_option("INPUT", options.input,
                  "File to read, plain or compressed (.gz, .bz2, .xz), or the folder of a COLMAP model")
      ->required()
      ->type_name("");
  command.add_option("--format", options.format, "Format of INPUT; left out: told from its text")
      ->check(one_of(formats));
  command.add_flag("--strict", options.strict,
                   "Pose graphs: refuse indefinite information matrices instead of clipping them");
  command.add_option("--start", options.start, "NIST: from which of the two starts [1]")->check(CLI::Range(1, 2));
  options.intrinsics = word_for(intrinsics, ColmapProblemOptions().intrinsics);
  command.add_option("--intrinsics", options.intrinsics, "COLMAP: which intrinsics of the cameras are free")
      ->check(one_of(intrinsics))
      ->capture_default_str();
}

void declare_options(CLI::App& command, SolveOptions& options) {
  declare_input(command, options);
  command.add_option("--output", options.output, "Write the answer in INPUT's format (all but nist, dlr)")
      ->type_name("FILE");
  command.add_option("--ply", options.ply, "Write points, cameras and poses of the answer for viewers (all but nist)")
      ->type_name("FILE");
  command.add_option("--json", options.json, "Write what happened as JSON ('-': to standard output)")
      ->type_name("FILE");
  command
      .add_option("--dump", options.dump,
                  "Write the problem before it is solved: variables, types, data; solve reads it")
      ->type_name("FILE");
  command.add_option("--log", options.log, "Write every iteration as comma-separated values")->type_name("FILE");
  command.add_option("--picture", options.picture, "Draw the cost over the iterations (SVG)")->type_name("FILE");
  command
      .add_option("--checkpoint", options.checkpoint,
                  "Write what is needed to go on from here, every so often (lm, gauss-newton)")
      ->type_name("FILE");
  command
      .add_option("--checkpoint-interval", options.minimize.checkpoint_seconds, "Seconds between checkpoints, at least")
      ->check(number_where([](double x) { return x >= 0.0; }, "a number of at least 0"))
      ->capture_default_str();
  command
      .add_option("--resume", options.resume,
                  "Go on from a checkpoint of the same INPUT and options, with the bits of a run that never stopped")
      ->type_name("FILE");
  command.add_flag("--accounting", options.accounting, "Tell cost, count and time of each type of residual");
  command.add_option("--worst", options.worst, "Name this many residuals of the highest cost; implies --accounting")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
  command.add_flag("--quiet", options.quiet, "Print nothing but errors");
  declare_method(command, options);
  declare_limits(command, options);
}

MinimizeOptions minimize_options(const SolveOptions& options) {
  MinimizeOptions made = options.minimize;
  made.method = meaning(methods, options.method);
  made.damping = meaning(dampings, options.damping);
  made.linear = meaning(linear_solvers, options.linear);
  made.derivatives = derivatives_option(options);
  return made;
}

bool is_objective_method(const SolveOptions& options) {
  const std::vector<std::string> words = objective_methods();
  return std::find(words.begin(), words.end(), options.method) != words.end();
}

ObjectiveOptions objective_options(const SolveOptions& options) {
  ObjectiveOptions made{.method = meaning_of<ObjectiveMethod>(objective_methods(), options.method),
                        .memory = options.memory,
                        .threads = options.minimize.threads,
                        .max_iterations = 5000,  // this and the next chosen, not measured
                        .time_limit = options.minimize.time_limit,
                        .value_tolerance = 1e-10};
  if (!options.line_search.empty()) {
    made.line_search.type = meaning_of<LineSearchType>(line_searches(), options.line_search);
  }
  if (options.said("--max-iterations")) made.max_iterations = options.minimize.max_iterations;
  if (options.said("--cost-tolerance")) made.value_tolerance = options.minimize.cost_tolerance;
  if (options.said("--gradient-tolerance")) made.gradient_tolerance = options.minimize.gradient_tolerance;
  return made;
}

Derivatives derivatives_option(const SolveOptions& options) {
  return options.derivatives.empty() ? Derivatives::automatic : meaning(derivatives, options.derivatives);
}

void check_method(const SolveOptions& options) {
  const bool objective = is_objective_method(options);
  const auto refuse = [&](std::initializer_list<const char*> others, const char* expected) {
    for (const char* option : others) {
      if (!options.said(option)) continue;
      throw Error(std::string(option) + " is for " + expected + ", found --method " + options.method);
    }
  };
  if (objective) {
    refuse({"--damping", "--linear", "--point-iterations", "--step-tolerance", "--initial-damping", "--checkpoint",
            "--checkpoint-interval", "--resume", "--log", "--picture"},
           "the methods lm, gauss-newton, dogleg and subspace-dogleg");
  } else {
    refuse({"--line-search", "--memory"}, "gradient methods");
  }
}

namespace {

bool is_pose_graph(FileFormat format) {
  constexpr FileFormat graphs[] = {FileFormat::g2o, FileFormat::toro, FileFormat::isam, FileFormat::dlr};
  return std::find(std::begin(graphs), std::end(graphs), format) != std::end(graphs);
}

}  // namespace

InputOptions input_options(const SolveOptions& options, FileFormat format) {
  const auto refuse = [&](const char* option, const char* expected) {
    throw Error(options.input + ": " + option + " is for " + expected + ", found a file in format " +
                std::string(to_string(format)));
  };
  if (options.strict && !is_pose_graph(format)) refuse("--strict", "pose graphs (g2o, toro, isam, dlr)");
  if (options.start != 0 && format != FileFormat::nist) refuse("--start", "NIST data sets");
  if (options.loss != "trivial" && format == FileFormat::problem) refuse("--loss", "files that state no losses");
  if (options.said("--intrinsics") && format != FileFormat::colmap) refuse("--intrinsics", "COLMAP models");
  if (!options.output.empty() && (format == FileFormat::nist || format == FileFormat::dlr)) {
    refuse("--output", "all formats but nist and dlr (--json takes all)");
  }
  if (!options.ply.empty() && (format == FileFormat::nist || format == FileFormat::problem)) {
    refuse("--ply", "scenes and graphs");
  }
  return {.residuals = {.loss = parse_loss(options.loss)},
          .strict = options.strict,
          .start = options.start == 0 ? 1 : options.start,
          .colmap = {.intrinsics = meaning(intrinsics, options.intrinsics)},
          .writes = !options.output.empty()};
}

std::optional<FileFormat> format_option(const SolveOptions& options) {
  if (options.format.empty()) return std::nullopt;
  return meaning(formats, options.format);
}

ReadProblem read_problem(const SolveOptions& options) {
  ReadProblem made;
  Stopwatch watch;
  if (std::filesystem::is_directory(options.input)) {
    made.format = format_option(options).value_or(FileFormat::colmap);
    if (made.format != FileFormat::colmap) throw Error(options.input + ": found a folder, expected a file");
    ColmapFiles files = find_colmap_files(options.input);
    ColmapModel model = read_colmap(files);
    made.seconds_read = watch.lap();
    made.input = make_colmap_input(std::move(files), std::move(model), input_options(options, made.format));
  } else {
    TextFile file = read_file(options.input);
    made.seconds_read = watch.lap();
    made.format = options.format.empty() ? detect_format(options.input, file.text) : *format_option(options);
    made.input = make_input(std::move(file), made.format, input_options(options, made.format));
  }
  made.seconds_prepare = watch.lap();
  return made;
}

}  // namespace heliotrope_tool
