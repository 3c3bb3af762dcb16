// SPDX-License-Identifier: Apache-2.0
#include "results.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <limits>
#include <map>
#include <set>

#include "timing.hpp"

namespace coloring_bench {

using heliotrope::ColoringOrder;

bool Settings::wants(const std::string& kind) const {
  return kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool Settings::wants(ColoringOrder order) const {
  return orders.empty() || std::find(orders.begin(), orders.end(), order) != orders.end();
}

Result Result::of(const std::string& kind, const Case& one, ColoringOrder order) {
  Result result;
  result.kind = kind;
  result.pattern = one.name;
  result.entries = one.pattern.num_entries();
  result.order = to_string(order);
  return result;
}

const std::vector<ColoringOrder>& single_orders() {
  static const std::vector<ColoringOrder> orders = {
      ColoringOrder::natural,          ColoringOrder::largest_first,         ColoringOrder::smallest_last,
      ColoringOrder::incidence_degree, ColoringOrder::dynamic_largest_first, ColoringOrder::random};
  return orders;
}

const std::vector<ColoringOrder>& all_orders() {
  static const std::vector<ColoringOrder> orders = [] {
    std::vector<ColoringOrder> list = single_orders();
    list.push_back(ColoringOrder::best);
    return list;
  }();
  return orders;
}

namespace {

std::string text(const char* format, double a, double b = 0.0) {
  char buffer[128];
  std::snprintf(buffer, sizeof buffer, format, a, b);
  return buffer;
}

std::string place(const Result& r) { return r.pattern + ", " + r.kind + ", " + r.order; }

}  // namespace

double median_ratio(const Results& results) {
  std::vector<double> ratios;
  for (const Result& r : results) ratios.push_back(r.ratio());
  return median(std::move(ratios));
}

Bar smallest_ratio_bar(const std::string& label, const Results& results, double bar) {
  if (results.empty()) return {label, "not run", false};
  const Result& worst = *std::min_element(results.begin(), results.end(),
                                          [](const Result& a, const Result& b) { return a.ratio() < b.ratio(); });
  const auto below = std::count_if(results.begin(), results.end(), [&](const Result& r) { return r.ratio() < bar; });
  return {label,
          text("smallest %.2f", worst.ratio()) + " (" + place(worst) + ")" +
              text(", %.0f of %.0f below", static_cast<double>(below), static_cast<double>(results.size())),
          below == 0};
}

Bar median_ratio_bar(const std::string& label, const Results& results, double bar) {
  if (results.empty()) return {label, "not run", false};
  const double measured = median_ratio(results);
  return {label, text("%.2f over %.0f", measured, static_cast<double>(results.size())), measured >= bar};
}

Bar colors_bar(const std::string& label, const Results& results, double share) {
  if (results.empty()) return {label, "not run", false};
  std::size_t kept = 0;
  const Result* worst = nullptr;
  for (const Result& r : results) {
    const auto excess = [](const Result& s) { return s.colors - s.peer_colors; };
    if (excess(r) <= 0) {
      ++kept;
    } else if (!worst || excess(r) > excess(*worst)) {
      worst = &r;
    }
  }
  std::string measured = text("%.0f of %.0f", static_cast<double>(kept), static_cast<double>(results.size()));
  if (worst) {
    measured +=
        "; " + place(*worst) +
        text(": %.0f against %.0f", static_cast<double>(worst->colors), static_cast<double>(worst->peer_colors));
  }
  return {label, measured, static_cast<double>(kept) >= share * static_cast<double>(results.size())};
}

Bar valid_bar(const std::string& label, const Results& results) {
  const auto valid = std::count_if(results.begin(), results.end(), [](const Result& r) { return r.valid; });
  return {label, text("%.0f of %.0f", static_cast<double>(valid), static_cast<double>(results.size())),
          !results.empty() && valid == static_cast<std::ptrdiff_t>(results.size())};
}

Results best_colors(const Results& results) {
  std::map<std::pair<std::string, std::string>, Result> best;
  for (const Result& r : results) {
    auto [at, made] = best.try_emplace({r.kind, r.pattern}, r);
    at->second.order = "best";
    at->second.colors = std::min(at->second.colors, r.colors);
    at->second.peer_colors = std::min(at->second.peer_colors, r.peer_colors);
  }
  Results list;
  for (const auto& entry : best) list.push_back(entry.second);
  return list;
}

void print_header() {
  std::printf("%-22s %9s %-13s %-22s %11s %11s %8s %8s %8s\n", "pattern", "entries", "kind", "order", "seconds",
              "ColPack", "times", "colors", "ColPack");
}

void print(const Result& r) {
  std::printf("%-22s %9lld %-13s %-22s %11.6f", r.pattern.c_str(), static_cast<long long>(r.entries), r.kind.c_str(),
              r.order.c_str(), r.seconds);
  if (r.has_peer()) {
    std::printf(" %11.6f %8.2f %8lld %8lld", r.peer_seconds, r.ratio(), static_cast<long long>(r.colors),
                static_cast<long long>(r.peer_colors));
  } else {
    std::printf(" %11s %8s %8lld %8s", "", "", static_cast<long long>(r.colors), "");
  }
  std::printf("%s\n", r.valid ? "" : "  NOT A COLORING");
  std::fflush(stdout);
}

void print_medians(const Results& results) {
  std::vector<std::pair<std::string, std::string>> seen;
  std::printf("\n%-13s %-22s %9s %9s %9s %9s\n", "kind", "order", "patterns", "median", "smallest", "largest");
  for (const Result& r : results) {
    const std::pair<std::string, std::string> key{r.kind, r.order};
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) continue;
    seen.push_back(key);
    const Results all = select(results, r.kind, r.order, counts_for_speed);
    if (all.empty()) continue;
    double smallest = std::numeric_limits<double>::infinity(), largest = 0.0;
    for (const Result& s : all) {
      smallest = std::min(smallest, s.ratio());
      largest = std::max(largest, s.ratio());
    }
    std::printf("%-13s %-22s %9zu %9.2f %9.2f %9.2f\n", r.kind.c_str(), r.order.c_str(), all.size(), median_ratio(all),
                smallest, largest);
  }
}

void print(const std::vector<Bar>& bars) {
  std::printf("\n");
  for (const Bar& bar : bars) {
    std::printf("%s  %s: %s\n", bar.pass ? "pass" : "MISS", bar.text.c_str(), bar.measured.c_str());
  }
}

void write_csv(const std::string& path, const Results& results) {
  std::ofstream out(path);
  out << "kind,pattern,entries,order,seconds,colpack_seconds,colors,colpack_colors,valid\n";
  for (const Result& r : results) {
    out << r.kind << ',' << r.pattern << ',' << r.entries << ',' << r.order << ',' << r.seconds << ',';
    if (r.has_peer()) out << r.peer_seconds;
    out << ',' << r.colors << ',';
    if (r.has_peer()) out << r.peer_colors;
    out << ',' << (r.valid ? 1 : 0) << '\n';
  }
  out.flush();
  if (!out) std::fprintf(stderr, "cannot write %s\n", path.c_str());
}

}  // namespace coloring_bench
