// SPDX-License-Identifier: Apache-2.0
// Losses as text: what they are called, and what a text names.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "heliotrope/error.hpp"
#include "heliotrope/problem/loss.hpp"
#include "shortest_text.hpp"

namespace heliotrope {
namespace {

/// In the order of Loss::Kind.
constexpr std::array<std::string_view, 12> names = {"trivial",  "huber",  "soft_l1",       "cauchy",
                                                    "tukey",    "arctan", "geman_mcclure", "welsch",
                                                    "tolerant", "barron", "composed",      "user"};
/// The losses that have a scale and nothing else.
struct Scaled {
  std::string_view name;
  Loss (*make)(double scale);
};
constexpr std::array<Scaled, 7> scaled_losses = {{{"huber", huber},
                                                  {"soft_l1", soft_l1},
                                                  {"cauchy", cauchy},
                                                  {"tukey", tukey},
                                                  {"arctan", arctan},
                                                  {"geman_mcclure", geman_mcclure},
                                                  {"welsch", welsch}}};

using detail::shortest_text;

std::optional<double> number(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A positive, finite number.
double scale_of(std::string_view text, std::string_view what) {
  const std::optional<double> value = number(text);
  if (value && *value > 0.0 && std::isfinite(*value)) return *value;
  throw Error("the scale of the loss '" + std::string(what) + "' is '" + std::string(text) +
              "': expected a positive number");
}

/// "A,B" in two; the second is empty where there is no comma.
std::pair<std::string_view, std::optional<std::string_view>> pair_of(std::string_view text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, comma), text.substr(comma + 1)};
}

Loss parse_barron(std::string_view text, std::string_view values) {
  const auto [shape, scale] = pair_of(values);
  const std::optional<double> alpha = number(shape);
  if (!alpha || !(*alpha <= 2.0)) {
    throw Error("the shape of the loss '" + std::string(text) + "' is '" + std::string(shape) +
                "': expected a number of at most 2, or -inf, as in barron:-2,0.5");
  }
  return barron(*alpha, scale ? scale_of(*scale, text) : 1.0);
}

Loss parse_tolerant(std::string_view text, std::string_view values) {
  const auto [tolerance, width] = pair_of(values);
  const std::optional<double> a = number(tolerance), b = width ? number(*width) : std::nullopt;
  if (!a || !b || !(*a >= 0.0) || !std::isfinite(*a) || !(*b > 0.0) || !std::isfinite(*b)) {
    throw Error("the loss '" + std::string(text) +
                "' does not give its two numbers: expected tolerant:A,B with A of at least 0 and B above 0");
  }
  return tolerant(*a, *b);
}

}  // namespace

std::string Loss::name() const {
  const std::string times = factor_ == 1.0 ? "" : shortest_text(factor_) + " * ";
  const std::string own(names[static_cast<std::size_t>(kind_)]);
  switch (kind_) {
    case Kind::trivial:
    case Kind::user:
      return times + own;
    case Kind::barron:
    case Kind::tolerant:
      return times + own + ":" + shortest_text(shape_) + "," + shortest_text(scale_);
    case Kind::composed:
      return times + parts_->first.name() + "(" + parts_->second.name() + ")";
    default:
      return times + own + ":" + shortest_text(scale_);
  }
}

Loss parse_loss(std::string_view text) {
  if (const std::size_t open = text.find('('); open != std::string_view::npos) {
    if (text.back() != ')') throw Error("the loss '" + std::string(text) + "' opens a bracket that nothing closes");
    constexpr std::ptrdiff_t deepest = 16;
    if (std::count(text.begin(), text.end(), '(') > deepest) {
      throw Error("a loss of another of another ... more than " + std::to_string(deepest) + " deep is not supported");
    }
    return composed(parse_loss(text.substr(0, open)), parse_loss(text.substr(open + 1, text.size() - open - 2)));
  }
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const bool has_values = colon != std::string_view::npos;
  const std::string_view values = has_values ? text.substr(colon + 1) : std::string_view();
  const auto found =
      std::find_if(scaled_losses.begin(), scaled_losses.end(), [&](const Scaled& loss) { return loss.name == name; });
  if (found != scaled_losses.end()) return found->make(has_values ? scale_of(values, text) : 1.0);
  if (name == "barron") return parse_barron(text, values);
  if (name == "tolerant") return parse_tolerant(text, values);
  if (name != "trivial") {
    throw Error(
        "no loss is named '" + std::string(name) +
        "': expected trivial, huber, soft_l1, cauchy, tukey, arctan, geman_mcclure or welsch, and a scale after "
        "a colon, as in huber:1.5; barron:ALPHA,SCALE; tolerant:A,B; or one of another, as in huber:1(cauchy:2)");
  }
  if (has_values) throw Error("the loss 'trivial' has no scale, but '" + std::string(text) + "' gives one");
  return Loss::trivial();
}

}  // namespace heliotrope
