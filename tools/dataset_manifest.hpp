// SPDX-License-Identifier: Apache-2.0
// The public data sets that `heliotrope datasets` knows, and where they are on this machine.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heliotrope_tool {

/// One file of a public collection.
struct Dataset {
  std::string name;        ///< "bal/problem-49-7776-pre.txt": folder and name, without .gz, .bz2 or .xz
  std::string counts;      ///< what is in it
  std::string collection;  ///< what it is from
  std::string home;        ///< a page; may be empty
  std::string url;         ///< of the file itself; empty: none is known
  std::string sha256;      ///< of the uncompressed content
  std::string terms;       ///< the licence, as the publisher states it
};

/// datasets/manifest.tsv as it was when the program was built.
std::string_view built_in_manifest();

/// Tab-separated lines "name counts collection home url sha256 terms", the first a header; "-" stands for nothing.
/// Throws Error, as "name:line: found ..., expected ...", where a line is not of that form.
std::vector<Dataset> parse_manifest(std::string_view name, std::string_view text);

/// The data set of this name, or the only one whose file is called so or begins so ("MGH09", "problem-49").
/// Throws Error with the candidates where there is none, or are several.
const Dataset& find_dataset(const std::vector<Dataset>& all, const std::string& name);

/// Where data sets are kept and looked for.
struct DatasetPlaces {
  std::vector<std::filesystem::path> shared;  ///< used in place: HELIOTROPE_DATASETS, else ../shared/datasets
  std::filesystem::path cache;                ///< XDG_CACHE_HOME/heliotrope, else ~/.cache/heliotrope
};
/// Throws Error where there is neither XDG_CACHE_HOME nor HOME.
DatasetPlaces dataset_places();

/// The file of a data set below the places, plain or compressed; nothing where it is not there.
std::optional<std::filesystem::path> locate(const DatasetPlaces& places, const Dataset& dataset);

}  // namespace heliotrope_tool
