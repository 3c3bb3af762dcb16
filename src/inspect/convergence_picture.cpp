// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "heliotrope/inspect/observers.hpp"
#include "inspect/report_lines.hpp"

namespace heliotrope {

namespace {

using inspect_detail::print;

constexpr double width = 640, height = 360, left = 80, right = 20, top = 20, bottom = 48;

std::string coordinate(double value) { return print("%.1f", value); }

/// Where the numbers of an axis go.
struct Axis {
  double low, high, from, to;
  double operator()(double value) const {
    return high > low ? from + (value - low) / (high - low) * (to - from) : 0.5 * (from + to);
  }
};

/// About `count` round steps from low to high: 1, 2 or 5 times a power of ten apart.
std::vector<double> ticks(double low, double high, int count) {
  const double raw = (high - low) / count;
  if (!(raw > 1e-12 * std::max(std::abs(low), std::abs(high)))) return {low};  // rounding, not a range
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  double step = 10.0 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * power >= raw) step = factor * power;
  }
  std::vector<double> at;
  const double first = std::ceil(low / step) * step;
  for (int k = 0; k <= 2 * count && first + k * step <= high + 1e-9 * step; ++k) at.push_back(first + k * step);
  return at;
}

/// Round costs on a logarithmic axis, as logarithms: 1, 2 and 5 times powers of ten, or powers alone where there are
/// many.
std::vector<double> decades(double low, double high) {
  constexpr int most = 12;
  const int first = static_cast<int>(std::floor(low)), last = static_cast<int>(std::floor(high));
  const bool alone = last - first > 3;
  const int step = std::max(1, (last - first) / most);
  std::vector<double> at;
  for (int k = first; k <= last; k += step) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double t = k + std::log10(factor);
      if ((factor == 1.0 || !alone) && t >= low && t <= high) at.push_back(t);
    }
  }
  return at.empty() ? std::vector<double>{low} : at;
}

std::string text_at(double x, double y, const std::string& anchor, const std::string& text) {
  return "<text x=\"" + coordinate(x) + "\" y=\"" + coordinate(y) + "\" text-anchor=\"" + anchor + "\">" + text +
         "</text>\n";
}
std::string line(double x1, double y1, double x2, double y2, const char* color) {
  return "<line x1=\"" + coordinate(x1) + "\" y1=\"" + coordinate(y1) + "\" x2=\"" + coordinate(x2) + "\" y2=\"" +
         coordinate(y2) + "\" stroke=\"" + color + "\"/>\n";
}

class Picture {
 public:
  explicit Picture(const Summary& summary) {
    for (const Iteration& i : summary.iterations) {
      if (std::isfinite(i.cost)) shown_.push_back(&i);
    }
    logarithmic_ = std::all_of(shown_.begin(), shown_.end(), [](const Iteration* i) { return i->cost > 0.0; });
    double low = 0.0, high = 1.0;
    for (std::size_t k = 0; k < shown_.size(); ++k) {
      const double cost = scaled(shown_[k]->cost);
      low = k == 0 ? cost : std::min(low, cost);
      high = k == 0 ? cost : std::max(high, cost);
    }
    x_ = {0.0, shown_.empty() ? 1.0 : static_cast<double>(shown_.back()->iteration), left, width - right};
    y_ = {low, high, height - bottom, top};
  }

  std::string draw() const {
    std::string text =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"360\" viewBox=\"0 0 640 360\" "
        "font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">\n"
        "<rect width=\"640\" height=\"360\" fill=\"white\"/>\n";
    text += axes();
    std::string points, marks;
    for (const Iteration* i : shown_) {
      const double x = x_(i->iteration), y = y_(scaled(i->cost));
      points.append(points.empty() ? "" : " ").append(coordinate(x)).append(",").append(coordinate(y));
      if (i->accepted) {
        marks += "<circle cx=\"" + coordinate(x) + "\" cy=\"" + coordinate(y) + "\" r=\"3\" fill=\"#7a3ea8\"/>\n";
      } else {
        marks += line(x - 3, y - 3, x + 3, y + 3, "#d1495b") + line(x - 3, y + 3, x + 3, y - 3, "#d1495b");
      }
    }
    text += "<polyline points=\"" + points + "\" fill=\"none\" stroke=\"#7a3ea8\" stroke-width=\"1.5\"/>\n";
    return text + marks + "</svg>\n";
  }

 private:
  double scaled(double cost) const { return logarithmic_ ? std::log10(cost) : cost; }

  std::string axes() const {
    std::string text;
    for (const double t : ticks(x_.low, x_.high, 8)) {
      if (t != std::floor(t)) continue;
      text += line(x_(t), top, x_(t), height - bottom, "#eee");
      text += text_at(x_(t), height - bottom + 16, "middle", print("%.0f", t));
    }
    for (const double t : logarithmic_ ? decades(y_.low, y_.high) : ticks(y_.low, y_.high, 6)) {
      text += line(left, y_(t), width - right, y_(t), "#eee");
      text += text_at(left - 6, y_(t) + 4, "end", print("%.3g", logarithmic_ ? std::pow(10.0, t) : t));
    }
    text += line(left, height - bottom, width - right, height - bottom, "#999");
    text += line(left, top, left, height - bottom, "#999");
    text += text_at(0.5 * (left + width - right), height - 12, "middle", "iteration");
    return text + "<text x=\"16\" y=\"" + coordinate(0.5 * (top + height - bottom)) +
           "\" text-anchor=\"middle\" transform=\"rotate(-90 16 " + coordinate(0.5 * (top + height - bottom)) +
           ")\">cost</text>\n";
  }

  std::vector<const Iteration*> shown_;
  bool logarithmic_ = true;
  Axis x_{}, y_{};
};

}  // namespace

std::string convergence_picture(const Summary& summary) { return Picture(summary).draw(); }

}  // namespace heliotrope
