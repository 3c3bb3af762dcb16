// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "heliotrope/derive/coloring.hpp"

namespace heliotrope_test {

inline constexpr heliotrope::ColoringOrder orders[] = {heliotrope::ColoringOrder::natural,
                                                       heliotrope::ColoringOrder::largest_first,
                                                       heliotrope::ColoringOrder::smallest_last,
                                                       heliotrope::ColoringOrder::incidence_degree,
                                                       heliotrope::ColoringOrder::dynamic_largest_first,
                                                       heliotrope::ColoringOrder::random,
                                                       heliotrope::ColoringOrder::best};

}  // namespace heliotrope_test
