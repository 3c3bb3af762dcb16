// SPDX-License-Identifier: Apache-2.0
// A small SVG writer: one panel a result, three in a row.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "report.hpp"

namespace bundle {

namespace {

constexpr double panel_width = 440.0, panel_height = 310.0;
constexpr double left = 66.0, right = 14.0, top = 34.0, bottom = 46.0;  // margins of a panel
constexpr double floor_of_plot = 1e-6, ceiling_of_plot = 1e6;
constexpr int panels_a_row = 3;
constexpr const char* colours[] = {"#d9480f", "#1864ab", "#2b8a3e", "#862e9c", "#e64980", "#0c8599", "#868e96"};

/// Decimal logarithms of data, mapped to pixels of a panel.
struct Axis {
  double low, high, from, to;
  double operator()(double value) const { return from + (std::log10(value) - low) / (high - low) * (to - from); }
};

std::string format(const char* form, auto... values) {
  char text[400];
  std::snprintf(text, sizeof text, form, values...);
  return text;
}

std::string text_at(double x, double y, const char* anchor, int size, const std::string& text, const char* more = "") {
  return format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\" %s>", x, y, anchor, size, more) +
         text + "</text>\n";
}

std::string line(double x1, double y1, double x2, double y2, const char* style) {
  return format("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1, y1, x2, y2, style);
}

double excess(double cost, double best) { return std::clamp(cost / best - 1.0, floor_of_plot, ceiling_of_plot); }

Axis time_axis(const Result& result) {
  double first = never, last = 0.0;
  for (const Row& row : result.rows) {
    if (row.solves.front().trace.empty()) continue;
    first = std::min(first, std::max(1e-5, row.typical().trace.front().seconds));
    last = std::max(last, row.typical().seconds);
  }
  if (!(last > first)) first = 0.1, last = 1.0;
  return {std::log10(0.9 * first), std::log10(1.1 * last), left, panel_width - right};
}

Axis cost_axis(const Result& result) {
  double most = 0.1;
  for (const Row& row : result.rows) {
    if (!row.solves.front().trace.empty()) most = std::max(most, excess(row.typical().trace.front().cost, result.best));
  }
  return {std::log10(floor_of_plot), std::log10(1.3 * most), panel_height - bottom, top};
}

std::string frame(const Result& result, const Axis& x, const Axis& y) {
  std::string svg = format(
      "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" "
      "stroke=\"#868e96\"/>\n",
      x.from, y.to, x.to - x.from, y.from - y.to);
  for (int decade = -6; decade < y.high; ++decade) {
    const double at = y(std::pow(10.0, decade));
    svg += line(x.from, at, x.to, at, "stroke=\"#e9ecef\"");
    if (decade % 2 == 0) svg += text_at(x.from - 6, at + 4, "end", 12, decade == 0 ? "1" : format("1e%d", decade));
  }
  const bool short_range = x.high - x.low < 2.5;
  for (int decade = -5; decade <= 4; ++decade) {
    for (const int digit : {1, 2, 5}) {
      const double seconds = digit * std::pow(10.0, decade), at = std::log10(seconds);
      if (at < x.low || at > x.high || (digit > 1 && !short_range)) continue;
      svg += line(x(seconds), y.from, x(seconds), y.to, "stroke=\"#e9ecef\"");
      svg += text_at(x(seconds), y.from + 16, "middle", 12, format("%g", seconds));
    }
  }
  for (const double target : {1e-2, 1e-3}) {
    svg += line(x.from, y(target), x.to, y(target), "stroke=\"#495057\" stroke-dasharray=\"5 4\"");
    svg += text_at(x.from + 5, y(target) - 4, "start", 11, format("%gx", 1.0 + target), "fill=\"#495057\"");
  }
  const std::string title = result.problem + format(", %d thread%s", result.threads, result.threads == 1 ? "" : "s");
  svg += text_at(0.5 * (x.from + x.to), top - 10, "middle", 14, title, "font-weight=\"bold\"");
  svg += text_at(0.5 * (x.from + x.to), panel_height - 10, "middle", 12, "seconds, set-up included");
  return svg + text_at(0, 0, "middle", 12, "cost / best - 1",
                       format("transform=\"translate(16 %.1f) rotate(-90)\"", 0.5 * (y.from + y.to)).c_str());
}

/// A staircase from the first cost known to the end of the solve; a dot where it converged, a cross where it did not.
std::string curve(const Row& row, double best, const Axis& x, const Axis& y, const char* colour, bool bold) {
  const Solve& solve = row.typical();
  std::string path;
  double at = 0.0;
  for (const Solve::Point& point : solve.trace) {
    const double px = x(std::max(1e-5, point.seconds));
    path += path.empty() ? format("M%.1f %.1f", px, y(excess(point.cost, best))) : format("L%.1f %.1f", px, at);
    at = y(excess(point.cost, best));
    path += format("L%.1f %.1f", px, at);
  }
  const double end = x(solve.seconds);
  path += format("L%.1f %.1f", end, at);
  std::string svg =
      "<path d=\"" + path + format("\" fill=\"none\" stroke=\"%s\" stroke-width=\"%g\"/>\n", colour, bold ? 2.6 : 1.6);
  if (solve.outcome == "converged")
    return svg + format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n", end, at, colour);
  return svg +
         format("<path d=\"M%.1f %.1fl8 8m0 -8l-8 8\" stroke=\"%s\" stroke-width=\"2\"/>\n", end - 4, at - 4, colour);
}

/// Names of solvers in order of appearance: their place decides their colour.
std::vector<std::string> solvers_of(const std::vector<Result>& results) {
  std::vector<std::string> solvers;
  for (const Result& result : results) {
    for (const Row& row : result.rows) {
      if (std::find(solvers.begin(), solvers.end(), row.solver) == solvers.end()) solvers.push_back(row.solver);
    }
  }
  return solvers;
}

/// Names beside their colours, in as many lines as fit `width`; `height` is what they take.
std::string legend(const std::vector<std::string>& solvers, double width, double& height) {
  std::string svg;
  double x = 20.0;
  height = 24.0;
  for (std::size_t s = 0; s < solvers.size(); ++s) {
    const double length = 60.0 + 8.4 * static_cast<double>(solvers[s].size());
    if (s > 0 && x + length > width) {
      x = 20.0;
      height += 24.0;
    }
    svg += line(x, height, x + 26, height, format("stroke=\"%s\" stroke-width=\"3\"", colours[s % 7]).c_str());
    svg += text_at(x + 32, height + 5, "start", 14, solvers[s]);
    x += length;
  }
  height += 20.0;
  return svg;
}

std::string panel(const Result& result, const std::vector<std::string>& solvers) {
  const Axis x = time_axis(result), y = cost_axis(result);
  std::string svg = frame(result, x, y);
  for (std::size_t r = result.rows.size(); r-- > 0;) {
    const Row& row = result.rows[r];
    if (row.typical().trace.empty()) continue;
    const auto s = static_cast<std::size_t>(std::find(solvers.begin(), solvers.end(), row.solver) - solvers.begin());
    svg += curve(row, result.best, x, y, colours[s % 7], s == 0);
  }
  return svg;
}

}  // namespace

void write_plot(std::ostream& out, const std::vector<Result>& results) {
  const std::vector<std::string> solvers = solvers_of(results);
  const int columns = std::clamp(static_cast<int>(results.size()), 1, panels_a_row);
  const int lines = (static_cast<int>(results.size()) + columns - 1) / columns;
  const double width = columns * panel_width;
  double legend_height = 0.0;
  const std::string names = legend(solvers, width, legend_height);
  const double height = legend_height + lines * panel_height;
  out << format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" width=\"%g\" height=\"%g\" "
             "font-family=\"DejaVu Sans, Verdana, sans-serif\">\n<rect width=\"100%%\" height=\"100%%\" "
             "fill=\"white\"/>\n",
             width, height, width, height)
      << names;
  for (int i = 0; i < static_cast<int>(results.size()); ++i) {
    const int row = i / columns, column = i % columns;
    out << format("<g transform=\"translate(%g %g)\">\n", column * panel_width, legend_height + row * panel_height)
        << panel(results[static_cast<std::size_t>(i)], solvers) << "</g>\n";
  }
  out << "</svg>\n";
}

}  // namespace bundle
