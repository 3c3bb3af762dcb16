// SPDX-License-Identifier: Apache-2.0
// What tests of losses share.
#pragma once

#include <string>
#include <vector>

#include "catch.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/problem/loss.hpp"
#include "problem/joined.hpp"

namespace heliotrope_test {

struct Rho {
  double value, first, second;
};
inline Rho at(const heliotrope::Loss& loss, double s) {
  Rho rho;
  loss.evaluate(&s, 1, &rho.value, &rho.first, &rho.second);
  return rho;
}

/// What parse_loss says of a text that it refuses; empty where it takes it.
inline std::string message(const std::string& text) {
  try {
    heliotrope::parse_loss(text);
  } catch (const heliotrope::Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace heliotrope_test
