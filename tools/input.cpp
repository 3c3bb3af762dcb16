// SPDX-License-Identifier: Apache-2.0
#include "input.hpp"

#include <utility>

#include "heliotrope/error.hpp"
#include "nist_findings.hpp"

namespace heliotrope_tool {

using namespace heliotrope;

namespace {

std::vector<double> values_of(const Problem& problem) {
  const auto values = problem.values();
  return {values.begin(), values.end()};
}

class BalInput final : public Input {
 public:
  BalInput(BalScene scene, const InputOptions& options)
      : scene_(std::move(scene)), made_(make_problem(scene_, options.residuals)) {
    if (!options.writes) scene_ = {};
  }
  Problem& problem() override { return made_.problem; }
  std::vector<double> parameters() const override {
    BalScene answer;
    store_values(made_, answer);
    answer.cameras.insert(answer.cameras.end(), answer.points.begin(), answer.points.end());
    return std::move(answer.cameras);
  }
  std::string variable_name(std::int64_t variable) const override {
    const std::int64_t cameras = made_.cameras.size();
    return variable < cameras ? "camera " + std::to_string(variable) : "point " + std::to_string(variable - cameras);
  }
  bool is_writable() const override { return true; }
  void write(const std::filesystem::path& path) override {
    store_values(made_, scene_);
    write_bal(path, scene_);
  }

 private:
  BalScene scene_;
  BalProblem made_;
};

class PoseGraphInput final : public Input {
 public:
  PoseGraphInput(const TextFile& file, const InputOptions& options)
      : graph_(parse_g2o(file.name, file.text, {.strict = options.strict})),
        made_(make_problem(graph_, options.residuals)) {}
  Problem& problem() override { return made_.problem; }
  std::vector<double> parameters() const override { return values_of(made_.problem); }
  std::vector<std::string> warnings() const override { return graph_.warnings; }
  std::string note() const override { return made_.gauge; }
  std::string variable_name(std::int64_t variable) const override {
    return "pose " + std::to_string(graph_.ids[static_cast<std::size_t>(variable)]);
  }
  bool is_writable() const override { return true; }
  void write(const std::filesystem::path& path) override {
    store_values(made_, graph_);
    write_g2o(path, graph_);
  }

 private:
  PoseGraph graph_;
  PoseGraphProblem made_;
};

class NistInput final : public Input {
 public:
  NistInput(const TextFile& file, const InputOptions& options)
      : data_(parse_nist(file.name, file.text)), problem_(make_problem(data_, options.start, options.residuals)) {}
  Problem& problem() override { return problem_; }
  std::vector<double> parameters() const override { return values_of(problem_); }
  bool is_writable() const override { return false; }
  void write(const std::filesystem::path& path) override {
    throw Error(path.string() + ": the answer of a NIST data set has no file format; --json FILE holds it");
  }
  std::string findings() const override { return nist_findings(data_, problem_.values()); }

 private:
  NistProblem data_;
  Problem problem_;
};

/// Parses and frees the text, which is about twice as large as the scene.
BalScene parse_and_free(TextFile file) { return parse_bal(file.name, file.text); }

}  // namespace

std::unique_ptr<Input> make_input(TextFile file, FileFormat format, const InputOptions& options) {
  switch (format) {
    case FileFormat::bal:
      return std::make_unique<BalInput>(parse_and_free(std::move(file)), options);
    case FileFormat::g2o:
      return std::make_unique<PoseGraphInput>(file, options);
    case FileFormat::nist:
      return std::make_unique<NistInput>(file, options);
  }
  throw Error(file.name + ": the format has no reader");
}

}  // namespace heliotrope_tool
