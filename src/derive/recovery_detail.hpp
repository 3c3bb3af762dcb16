// SPDX-License-Identifier: Apache-2.0
// What the recoveries share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "derive/substitution.hpp"
#include "heliotrope/derive/symmetric_coloring_check.hpp"

namespace heliotrope::symmetric_detail {

/// Throws Error unless an array has the expected size.
void require_size(std::size_t found, std::int64_t expected, const char* what);
/// Throws Error unless every row or column has a color or -1.
void require_colors(const Coloring& coloring, std::int64_t count, const char* what);
void require_recoverable(const std::optional<UnrecoverableEntry>& fault);
[[noreturn]] void unrecoverable(std::int64_t row, std::int64_t column);

/// [entry] whether it is the only one of its row in columns of its column's color.
std::vector<std::uint8_t> alone_in_row(const SparsityPattern& pattern, const Coloring& columns);

/// The steps in order, read(source) being the number of the compressed products that a step starts from.
template <class Read>
void substitute(const SubstitutionSteps& steps, std::span<double> values, const Read& read) {
  const bool symmetric = !steps.mirror.empty();
  const std::int64_t* begin = steps.subtract_begin.data();
  for (std::size_t s = 0; s < steps.entry.size(); ++s) {
    double value = read(steps.source[s]);
    for (std::int64_t k = begin[s]; k < begin[s + 1]; ++k) value -= values[steps.subtract[k]];
    values[steps.entry[s]] = value;
    if (symmetric) values[steps.mirror[s]] = value;
  }
}

}  // namespace heliotrope::symmetric_detail
