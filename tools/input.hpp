// SPDX-License-Identifier: Apache-2.0
// What `heliotrope solve` reads: a file, or folder, of one of the formats, as a problem, and the answer back.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "heliotrope/error.hpp"
#include "heliotrope/io/colmap_problem.hpp"
#include "heliotrope/io/format.hpp"
#include "heliotrope/io/ply.hpp"
#include "heliotrope/io/problems.hpp"
#include "heliotrope/io/text_file.hpp"

namespace heliotrope_tool {

struct InputOptions {
  heliotrope::ResidualOptions residuals;  ///< the loss
  bool strict = false;                    ///< pose graphs: refuse indefinite information matrices
  int start = 1;                          ///< NIST: which of the two starts
  heliotrope::ColmapProblemOptions colmap = {};
  bool writes = true;  ///< whether write() will be called; what only it needs is freed otherwise
};

/// A file in memory, stated as a problem.
class Input {
 public:
  virtual ~Input() = default;
  virtual heliotrope::Problem& problem() = 0;

  /// The numbers of all variables, in the units of the file.
  virtual std::vector<double> parameters() const = 0;

  /// What the reader skipped or changed, a sentence each.
  virtual std::vector<std::string> warnings() const { return {}; }
  /// What was decided when the problem was stated, in a sentence; may be empty.
  virtual std::string note() const { return {}; }

  /// A variable of the problem as the file names it: "camera 3", "pose 17".
  virtual std::string variable_name(std::int64_t variable) const { return "variable " + std::to_string(variable); }

  /// Whether the format has a writer.
  virtual bool is_writable() const = 0;
  /// Writes the answer in the format of the input.
  virtual void write(const std::filesystem::path& path) = 0;

  /// The answer as a cloud for viewers. Throws Error where the format has none.
  virtual heliotrope::PlyCloud cloud() { throw heliotrope::Error("the answer of this format is no cloud of points"); }

  /// What there is to say about the answer beside the summary; whole lines, may be empty.
  virtual std::string findings() const { return {}; }
};

/// Parses a file's text and states its problem. Throws Error as the readers do, and where an option is not the
/// format's.
std::unique_ptr<Input> make_input(heliotrope::TextFile file, heliotrope::FileFormat format,
                                  const InputOptions& options);
/// The same for a COLMAP model, which is several files.
std::unique_ptr<Input> make_colmap_input(heliotrope::ColmapFiles files, heliotrope::ColmapModel model,
                                         const InputOptions& options);

}  // namespace heliotrope_tool
