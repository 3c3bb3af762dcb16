// SPDX-License-Identifier: Apache-2.0
// heliotrope datasets: the public data sets, from their homes.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "commands.hpp"
#include "dataset_manifest.hpp"
#include "download.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/inspect/json_writer.hpp"
#include "heliotrope/io/text_file.hpp"
#include "output.hpp"
#include "sha256.hpp"

namespace heliotrope_tool {

using heliotrope::Error;
using heliotrope::JsonWriter;

namespace {

struct DatasetOptions {
  std::string manifest, mirror;
  std::vector<std::string> names;
  bool json = false;
  const CLI::App* command = nullptr;
};

std::vector<Dataset> read_manifest(const DatasetOptions& options) {
  if (options.manifest.empty()) return parse_manifest("manifest.tsv", built_in_manifest());
  return parse_manifest(options.manifest, heliotrope::read_file(options.manifest).text);
}

std::string list_text(const std::vector<Dataset>& all, const DatasetPlaces& places) {
  std::string text;
  for (const Dataset& dataset : all) {
    char line[96];
    std::snprintf(line, sizeof line, "%-46s ", dataset.name.c_str());
    text += line + dataset.counts + "\n    " + dataset.collection + "; " + dataset.terms + "\n    ";
    const auto path = locate(places, dataset);
    text += path                    ? "at " + path->string()
            : !dataset.url.empty()  ? "fetch takes it from " + dataset.url
            : !dataset.home.empty() ? "to be had at " + dataset.home
                                    : "no address is known";
    text += "\n";
  }
  return text;
}

std::string list_json(const std::vector<Dataset>& all, const DatasetPlaces& places) {
  JsonWriter json;
  json.begin_array();
  for (const Dataset& dataset : all) {
    const auto path = locate(places, dataset);
    json.begin_object(JsonWriter::Layout::line);
    json.key("name").string(dataset.name).key("counts").string(dataset.counts);
    json.key("collection").string(dataset.collection).key("home").string(dataset.home);
    json.key("url").string(dataset.url).key("sha256").string(dataset.sha256).key("terms").string(dataset.terms);
    json.key("path").string(path ? path->string() : "").end_object();
  }
  json.end_array();
  return json.text() + "\n";
}

/// The sum of a file's uncompressed content is the manifest's.
bool is_sound(const std::filesystem::path& path, const Dataset& dataset) {
  return sha256(heliotrope::read_file(path).text) == dataset.sha256;
}

/// Where a data set is downloaded from: its file below the mirror, or its own address.
std::string address_of(const Dataset& dataset, const std::string& mirror, const DatasetPlaces& places) {
  if (!mirror.empty()) {
    const std::string ending = dataset.url.ends_with(".bz2") ? ".bz2" : "";
    return mirror + (mirror.ends_with("/") ? "" : "/") + dataset.name + ending;
  }
  if (!dataset.url.empty()) return dataset.url;
  throw Error(dataset.name + ": no address of the file itself is known; " +
              (dataset.home.empty() ? "" : "download it from " + dataset.home + " and ") + "put it at " +
              (places.cache / dataset.name).string());
}

/// Downloads into the cache: FILE.part, which is checked and then renamed, so that FILE is whole or not there.
std::filesystem::path fetch_to_cache(const Dataset& dataset, const std::string& url, const DatasetPlaces& places) {
  const bool compressed = url.ends_with(".bz2");
  if (compressed && !heliotrope::has_compression()) {
    throw Error(url + ": is compressed, and this build has no libarchive to read it with (nothing was fetched)");
  }
  const auto target = places.cache / (dataset.name + (compressed ? ".bz2" : ""));
  auto part = target;
  part += ".part";
  std::filesystem::create_directories(target.parent_path());
  const bool resumed = std::filesystem::exists(part), terminal = isatty(STDERR_FILENO) != 0;
  if (terminal) std::cerr << url << std::endl;
  for (const bool again : {resumed, false}) {  // a part may be of another edition: then once more from the start
    download(url, part, terminal);
    std::string fault;
    try {
      if (is_sound(part, dataset)) break;
      fault = "found content with another sum";
    } catch (const Error& error) {
      fault = error.what();
    }
    std::filesystem::remove(part);
    if (!again) throw Error(url + ": " + fault + ", expected sha256 " + dataset.sha256 + " (nothing was kept)");
  }
  std::filesystem::rename(part, target);
  return target;
}

std::filesystem::path fetch(const Dataset& dataset, const std::string& mirror, const DatasetPlaces& places) {
  if (const auto path = locate(places, dataset)) {
    if (is_sound(*path, dataset)) return *path;
    throw Error(path->string() + ": found content with another sum, expected sha256 " + dataset.sha256 +
                " (remove the file to have it fetched again)");
  }
  return fetch_to_cache(dataset, address_of(dataset, mirror, places), places);
}

ExitCode datasets(const DatasetOptions& options) {
  const std::vector<Dataset> all = read_manifest(options);
  const DatasetPlaces places = dataset_places();
  if (options.command->got_subcommand("list")) {
    write_text("-", options.json ? list_json(all, places) : list_text(all, places));
    return ExitCode::success;
  }
  std::vector<const Dataset*> chosen;
  for (const std::string& name : options.names) chosen.push_back(&find_dataset(all, name));
  const bool path_only = options.command->got_subcommand("path");
  for (const Dataset* dataset : chosen) {
    if (!path_only) {
      std::cout << fetch(*dataset, options.mirror, places).string() << std::endl;
      continue;
    }
    const auto path = locate(places, *dataset);
    if (!path) throw Error(dataset->name + ": is not here; 'heliotrope datasets fetch " + dataset->name + "' gets it");
    std::cout << path->string() << std::endl;
  }
  return ExitCode::success;
}

}  // namespace

Command add_datasets(CLI::App& program) {
  CLI::App& command = *program.add_subcommand("datasets", "List, fetch and find public data sets");
  command.require_subcommand(1);
  command.footer(
      "Files are used in place where the folder HELIOTROPE_DATASETS (else ../shared/datasets) has them; what is\n"
      "fetched is kept in XDG_CACHE_HOME/heliotrope (else ~/.cache/heliotrope), checked by its SHA-256 sum.");
  const auto options = std::make_shared<DatasetOptions>();
  options->command = &command;
  if (const char* mirror = std::getenv("HELIOTROPE_DATASETS_MIRROR")) options->mirror = mirror;
  command.add_option("--manifest", options->manifest, "Another list of data sets than the built-in one")
      ->type_name("FILE");
  CLI::App& list = *command.add_subcommand("list", "Tell what there is, under which terms, and where");
  list.add_flag("--json", options->json, "Print JSON");
  CLI::App& fetch = *command.add_subcommand("fetch", "Download what is not here, and print where it is");
  fetch
      .add_option("--mirror", options->mirror,
                  "Address with the files below it, in place of their homes; also\n"
                  "HELIOTROPE_DATASETS_MIRROR")
      ->type_name("URL");
  CLI::App& path = *command.add_subcommand("path", "Print where it is");
  for (CLI::App* named : {&fetch, &path}) {
    named->add_option("NAME", options->names, "Names that list tells, or beginnings that only one has")
        ->required()
        ->type_name("");
  }
  return [options] { return datasets(*options); };
}

}  // namespace heliotrope_tool
