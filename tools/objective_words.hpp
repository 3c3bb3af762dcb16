// SPDX-License-Identifier: Apache-2.0
// The words of the command line for methods and line searches of objectives: those of name(), with dashes.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "heliotrope/error.hpp"
#include "heliotrope/minimize/minimize_objective.hpp"

namespace heliotrope_tool {

template <class Enum>
std::string word_of(Enum value) {
  std::string word(heliotrope::name(value));
  std::replace(word.begin(), word.end(), '_', '-');
  return word;
}

template <class Enum>
std::vector<std::string> words_until(Enum last) {
  std::vector<std::string> words;
  for (int k = 0; k <= static_cast<int>(last); ++k) words.push_back(word_of(static_cast<Enum>(k)));
  return words;
}

/// Of all values that have a name.
template <class Enum>
std::vector<std::string> all_words() {
  std::vector<std::string> words;
  for (int k = 0; !heliotrope::name(static_cast<Enum>(k)).empty(); ++k) words.push_back(word_of(static_cast<Enum>(k)));
  return words;
}

inline std::vector<std::string> objective_methods() { return words_until(heliotrope::ObjectiveMethod::broyden); }
inline std::vector<std::string> line_searches() { return words_until(heliotrope::LineSearchType::fixed); }

/// What a word of one of these lists stands for. Throws Error where it is not there.
template <class Enum>
Enum meaning_of(const std::vector<std::string>& words, std::string_view word) {
  const auto at = std::find(words.begin(), words.end(), word);
  if (at == words.end()) throw heliotrope::Error("'" + std::string(word) + "' is no word of its option");
  return static_cast<Enum>(at - words.begin());
}

}  // namespace heliotrope_tool
