// SPDX-License-Identifier: Apache-2.0
#include "input.hpp"

#include <utility>

#include "heliotrope/error.hpp"
#include "heliotrope/io/dlr.hpp"
#include "heliotrope/io/problem_file.hpp"
#include "heliotrope/io/toro.hpp"
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
  PlyCloud cloud() override {
    BalScene answer;
    store_values(made_, answer);
    return to_ply(answer);
  }

 private:
  BalScene scene_;
  BalProblem made_;
};

class BundlerInput final : public Input {
 public:
  BundlerInput(BundlerScene scene, const InputOptions& options)
      : scene_(std::move(scene)), as_bal_(to_bal(scene_)), made_(make_problem(as_bal_.scene, options.residuals)) {}
  Problem& problem() override { return made_.problem; }
  /// Of the registered cameras, as those of a BAL scene.
  std::vector<double> parameters() const override {
    BalScene answer;
    store_values(made_, answer);
    answer.cameras.insert(answer.cameras.end(), answer.points.begin(), answer.points.end());
    return std::move(answer.cameras);
  }
  std::string note() const override {
    const auto left_out = scene_.num_cameras() - as_bal_.scene.num_cameras();
    return left_out == 0 ? "" : std::to_string(left_out) + " cameras are not registered: they are left as they are";
  }
  bool is_writable() const override { return true; }
  void write(const std::filesystem::path& path) override { write_bundler(path, answer()); }
  PlyCloud cloud() override { return to_ply(answer()); }

 private:
  const BundlerScene& answer() {
    store_values(made_, as_bal_.scene);
    store_values(as_bal_, scene_);
    return scene_;
  }

  BundlerScene scene_;
  BundlerAsBal as_bal_;
  BalProblem made_;
};

class ColmapInput final : public Input {
 public:
  ColmapInput(ColmapFiles files, ColmapModel model, const InputOptions& options)
      : files_(std::move(files)),
        model_(std::move(model)),
        made_(make_problem(model_, options.residuals, options.colmap)) {}
  Problem& problem() override { return made_.problem; }
  /// Of every image w x y z and translation, of every point 3, of every camera as many as its model has.
  std::vector<double> parameters() const override {
    ColmapModel answer = model_;
    store_values(made_, answer);
    std::vector<double> all;
    for (const ColmapImage& image : answer.images) {
      all.insert(all.end(), image.rotation.begin(), image.rotation.end());
      all.insert(all.end(), image.translation.begin(), image.translation.end());
    }
    all.insert(all.end(), answer.points.begin(), answer.points.end());
    for (const ColmapCamera& camera : answer.cameras) {
      all.insert(all.end(), camera.parameters.begin(), camera.parameters.begin() + parameters_of(camera.model).total());
    }
    return all;
  }
  std::string note() const override { return made_.note; }
  bool is_writable() const override { return true; }
  void write(const std::filesystem::path& path) override {
    store_values(made_, model_);
    write_colmap(path, model_, encoding_of(files_));
  }
  PlyCloud cloud() override {
    store_values(made_, model_);
    return to_ply(model_);
  }

 private:
  ColmapFiles files_;
  ColmapModel model_;
  ColmapProblem made_;
};

/// How a format of pose graphs is read and written.
struct PoseGraphFormat {
  PoseGraph (*parse)(std::string_view name, std::string_view text, const PoseGraphOptions& options);
  void (*write)(const std::filesystem::path& path, const PoseGraph& graph);  // nullptr: there is no writer
};

class PoseGraphInput final : public Input {
 public:
  PoseGraphInput(const TextFile& file, const PoseGraphFormat& format, const InputOptions& options)
      : format_(format),
        graph_(format.parse(file.name, file.text, {.strict = options.strict})),
        made_(make_problem(graph_, options.residuals)) {}
  Problem& problem() override { return made_.problem; }
  std::vector<double> parameters() const override { return values_of(made_.problem); }
  std::vector<std::string> warnings() const override { return graph_.warnings; }
  std::string note() const override { return made_.gauge; }
  std::string variable_name(std::int64_t variable) const override {
    const std::int64_t landmark = variable - graph_.num_poses();
    if (landmark < 0) return "pose " + std::to_string(graph_.ids[static_cast<std::size_t>(variable)]);
    return "landmark " + std::to_string(graph_.landmark_ids[static_cast<std::size_t>(landmark)]);
  }
  bool is_writable() const override { return format_.write != nullptr; }
  void write(const std::filesystem::path& path) override {
    if (!is_writable()) throw Error(path.string() + ": the format of the input has no writer");
    store_values(made_, graph_);
    format_.write(path, graph_);
  }
  PlyCloud cloud() override {
    store_values(made_, graph_);
    return to_ply(graph_);
  }

 private:
  PoseGraphFormat format_;
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

class ProblemInput final : public Input {
 public:
  explicit ProblemInput(const TextFile& file) : problem_(parse_problem(file.name, file.text)) {}
  Problem& problem() override { return problem_; }
  std::vector<double> parameters() const override { return values_of(problem_); }
  bool is_writable() const override { return true; }
  void write(const std::filesystem::path& path) override { write_problem(path, problem_); }

 private:
  Problem problem_;
};

/// Parses and frees the text, which is about twice as large as the scene.
template <class Scene>
Scene parse_and_free(TextFile file, Scene (*parse)(std::string_view, std::string_view)) {
  return parse(file.name, file.text);
}

}  // namespace

std::unique_ptr<Input> make_input(TextFile file, FileFormat format, const InputOptions& options) {
  switch (format) {
    case FileFormat::bal:
      return std::make_unique<BalInput>(parse_and_free(std::move(file), parse_bal), options);
    case FileFormat::bundler:
      return std::make_unique<BundlerInput>(parse_and_free(std::move(file), parse_bundler), options);
    case FileFormat::g2o:
      return std::make_unique<PoseGraphInput>(file, PoseGraphFormat{parse_g2o, write_g2o}, options);
    case FileFormat::toro:
      return std::make_unique<PoseGraphInput>(file, PoseGraphFormat{parse_toro, write_toro}, options);
    case FileFormat::isam:
      return std::make_unique<PoseGraphInput>(file, PoseGraphFormat{parse_isam, write_isam}, options);
    case FileFormat::dlr:
      return std::make_unique<PoseGraphInput>(file, PoseGraphFormat{parse_dlr_edges, nullptr}, options);
    case FileFormat::nist:
      return std::make_unique<NistInput>(file, options);
    case FileFormat::problem:
      return std::make_unique<ProblemInput>(file);
    case FileFormat::colmap:
      throw Error(file.name + ": found a file, expected the folder of a COLMAP model");
  }
  throw Error(file.name + ": the format has no reader");
}

std::unique_ptr<Input> make_colmap_input(ColmapFiles files, ColmapModel model, const InputOptions& options) {
  return std::make_unique<ColmapInput>(std::move(files), std::move(model), options);
}

}  // namespace heliotrope_tool
