// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "heliotrope/error.hpp"

namespace heliotrope::detail {

/// Throws the Error "name: not written: found ..., expected ...".
[[noreturn]] inline void refuse_to_write(const std::string& name, const std::string& found,
                                         const std::string& expected) {
  throw Error(name + ": not written: found " + found + ", expected " + expected);
}

}  // namespace heliotrope::detail
