// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace heliotrope::linear_detail {

/// What standard containers count with. i >= 0.
inline std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace heliotrope::linear_detail
