// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace heliotrope {

/// Misuse of the interface or unreadable input: one sentence with what was wrong, where, and what was
/// expected. Numerical outcomes of a solve are never exceptions; they are a Status.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message) : std::runtime_error(message) {}
};

}  // namespace heliotrope
