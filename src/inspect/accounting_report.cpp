// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "heliotrope/inspect/accounting.hpp"
#include "heliotrope/inspect/json_writer.hpp"
#include "inspect/report_lines.hpp"

namespace heliotrope {

namespace {

using inspect_detail::print;

/// A table of text: columns as wide as their longest entry, the first to the left, the others to the right.
std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string space(widths[c] - row[c].size(), ' ');
      line += (c == 0 ? "" : "  ") + (c == 0 || c + 1 == row.size() ? row[c] + space : space + row[c]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string milliseconds(double seconds) { return print("%.3g", 1e3 * seconds); }

}  // namespace

void write_accounting(JsonWriter& json, const Accounting& accounting) {
  using Layout = JsonWriter::Layout;
  json.key("accounting").begin_object().key("types").begin_array();
  for (const TypeAccount& type : accounting.types) {
    json.begin_object(Layout::line);
    json.key("type").string(type.name).key("terms").boolean(type.is_terms);
    json.key("blocks").integer(type.count).key("rows").integer(type.rows);
    json.key("cost").number(type.cost).key("largest").number(type.largest);
    json.key("down_weighted").integer(type.down_weighted);
    json.key("seconds_residuals").number(type.seconds_residuals);
    json.key("seconds_jacobian").number(type.seconds_jacobian).end_object();
  }
  json.end_array().key("worst").begin_array();
  for (const ResidualAccount& worst : accounting.worst) {
    json.begin_object(Layout::line);
    json.key("type").string(worst.type).key("index").integer(worst.index);
    json.key("norm").number(worst.norm).key("cost").number(worst.cost);
    json.key("residuals").begin_array(Layout::line);
    for (const double r : worst.residuals) json.number(r);
    json.end_array().key("variables").begin_array(Layout::line);
    for (const std::int64_t v : worst.variables) json.integer(v);
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

std::string accounting_report(const Accounting& accounting,
                              const std::function<std::string(std::int64_t variable)>& name_of) {
  const bool timed = std::any_of(accounting.types.begin(), accounting.types.end(),
                                 [](const TypeAccount& type) { return type.seconds_jacobian > 0.0; });
  std::vector<std::vector<std::string>> rows{{"type", "blocks", "cost", "share", "largest", "down-weighted"}};
  if (timed) rows[0].insert(rows[0].end(), {"residuals [ms]", "with J [ms]"});
  for (const TypeAccount& type : accounting.types) {
    rows.push_back({type.name, std::to_string(type.count), print("%.6e", type.cost),
                    accounting.cost != 0.0 ? print("%.1f %%", 100.0 * type.cost / accounting.cost) : "-",
                    print("%.4g", type.largest), std::to_string(type.down_weighted)});
    if (timed) {
      rows.back().push_back(milliseconds(type.seconds_residuals));
      rows.back().push_back(milliseconds(type.seconds_jacobian));
    }
  }
  std::string text = table(rows);
  if (accounting.worst.empty()) return text;
  rows = {{"worst", "index", "size", "cost", "of"}};
  for (const ResidualAccount& worst : accounting.worst) {
    std::string variables;
    for (const std::int64_t v : worst.variables) {
      variables += (variables.empty() ? "" : ", ") + (name_of ? name_of(v) : "variable " + std::to_string(v));
    }
    rows.push_back(
        {worst.type, std::to_string(worst.index), print("%.6g", worst.norm), print("%.4e", worst.cost), variables});
  }
  return text + "\n" + table(rows);
}

}  // namespace heliotrope
