// SPDX-License-Identifier: Apache-2.0
#include "dataset_manifest.hpp"

#include <algorithm>
#include <cstdlib>

#include "heliotrope/error.hpp"

namespace heliotrope_tool {

using heliotrope::Error;

namespace {

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> fields;
  for (std::size_t begin = 0, end = 0; begin <= line.size(); begin = end + 1) {
    end = std::min(line.find('\t', begin), line.size());
    fields.emplace_back(line.substr(begin, end - begin));
    if (fields.back() == "-") fields.back().clear();
  }
  return fields;
}

std::string file_name(const std::string& name) { return name.substr(name.rfind('/') + 1); }

/// A name that stays below the folder that it is put into.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '/' && name.find("..") == std::string_view::npos &&
         name.find('\\') == std::string_view::npos;
}

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::vector<Dataset> parse_manifest(std::string_view name, std::string_view text) {
  std::vector<Dataset> all;
  for (std::size_t begin = 0, end = 0, number = 1; begin < text.size(); begin = end + 1, ++number) {
    end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    if (number == 1 || line.empty()) continue;
    const std::vector<std::string> fields = split(line);
    const std::string place = std::string(name) + ":" + std::to_string(number) + ": ";
    if (fields.size() != 7) {
      throw Error(place + "found " + std::to_string(fields.size()) + " fields, expected 7 between tabs");
    }
    if (!is_plain_name(fields[0])) throw Error(place + "found the name '" + fields[0] + "', expected FOLDER/FILE");
    if (fields[5].size() != 64 || fields[5].find_first_not_of("0123456789abcdef") != std::string::npos) {
      throw Error(place + "found the sum '" + fields[5] + "', expected 64 hexadecimal digits");
    }
    all.push_back({fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], fields[6]});
  }
  return all;
}

const Dataset& find_dataset(const std::vector<Dataset>& all, const std::string& name) {
  const auto exact = std::find_if(all.begin(), all.end(), [&](const Dataset& dataset) {
    return dataset.name == name || file_name(dataset.name) == name;
  });
  if (exact != all.end()) return *exact;
  std::vector<const Dataset*> found;
  for (const Dataset& dataset : all) {
    if (dataset.name.starts_with(name) || file_name(dataset.name).starts_with(name)) found.push_back(&dataset);
  }
  if (found.size() == 1) return *found.front();
  if (found.empty())
    throw Error("found no data set '" + name + "', expected one that 'heliotrope datasets list' names");
  std::string names;
  for (std::size_t k = 0; k < std::min<std::size_t>(found.size(), 5); ++k) names += (k ? ", " : "") + found[k]->name;
  if (found.size() > 5) names += ", ...";
  throw Error("found " + std::to_string(found.size()) + " data sets '" + name + "' (" + names + "), expected one");
}

DatasetPlaces dataset_places() {
  DatasetPlaces places;
  const std::string named = from_environment("HELIOTROPE_DATASETS");
  places.shared.emplace_back(named.empty() ? "../shared/datasets" : named);
  const std::string cache = from_environment("XDG_CACHE_HOME"), home = from_environment("HOME");
  if (cache.empty() && home.empty()) {
    throw Error("there is no folder for data sets: found neither XDG_CACHE_HOME nor HOME in the environment");
  }
  places.cache = (cache.empty() ? std::filesystem::path(home) / ".cache" : std::filesystem::path(cache)) / "heliotrope";
  return places;
}

std::optional<std::filesystem::path> locate(const DatasetPlaces& places, const Dataset& dataset) {
  std::vector<std::filesystem::path> folders = places.shared;
  folders.push_back(places.cache);
  for (const auto& folder : folders) {
    for (const char* ending : {"", ".xz", ".gz", ".bz2"}) {
      const auto path = folder / (dataset.name + ending);
      std::error_code ignored;
      if (std::filesystem::is_regular_file(path, ignored)) return path;
    }
  }
  return std::nullopt;
}

}  // namespace heliotrope_tool
