// SPDX-License-Identifier: Apache-2.0
// The functions of [More1981] with exact second derivatives, dense.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "heliotrope/minimize/second_order.hpp"

namespace heliotrope_test {

/// One of them at its usual n.
class SecondOrderFunction {
 public:
  virtual ~SecondOrderFunction() = default;
  virtual std::string_view name() const = 0;
  virtual std::vector<double> start() const = 0;
  /// f at the known minimum.
  virtual double minimum() const = 0;
  virtual heliotrope::SecondOrderObjective view() = 0;
  virtual heliotrope::SecondOrderObjective products() = 0;
};

/// All 18 for unconstrained minimisation, in the paper's order.
std::vector<std::unique_ptr<SecondOrderFunction>> second_order_functions();

}  // namespace heliotrope_test
