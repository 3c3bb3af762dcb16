// SPDX-License-Identifier: Apache-2.0
// What the tests of elimination kernels share: guarded arrays, random segments, loops over instruction sets.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "../src/linear/elimination_kernels.hpp"
#include "catch.hpp"
#include "heliotrope/aligned_buffer.hpp"

namespace heliotrope_test {

using namespace heliotrope;
using namespace heliotrope::linear_detail;

/// Numbers on a 64-byte boundary with the slack that kernels may read, and a guard behind it.
class Numbers {
 public:
  explicit Numbers(std::int64_t size, double value = 0.0)
      : size_(size), buffer_(static_cast<std::size_t>(size + kernel_slack + 8)) {
    std::fill_n(buffer_.data(), size, value);
    std::fill_n(buffer_.data() + size, kernel_slack + 8, guard);
  }
  double* data() { return buffer_.data(); }
  double& operator[](std::int64_t i) { return buffer_.data()[i]; }
  std::int64_t size() const { return size_; }
  bool guard_holds() {
    return std::all_of(data() + size_, data() + size_ + kernel_slack + 8, [](double x) { return x == guard; });
  }

 private:
  static constexpr double guard = 1234.5;
  std::int64_t size_;
  AlignedBuffer buffer_;
};

inline Numbers random_numbers(std::mt19937& random, std::int64_t size) {
  Numbers numbers(size);
  for (std::int64_t i = 0; i < size; ++i) numbers[i] = std::uniform_real_distribution<double>(-1.0, 1.0)(random);
  return numbers;
}

inline Numbers copy(Numbers& from) {
  Numbers to(from.size());
  std::copy_n(from.data(), from.size(), to.data());
  return to;
}

inline void check_near(Numbers& found, Numbers& expected, double tolerance = 1e-13) {
  REQUIRE(found.size() == expected.size());
  double worst = 0.0;
  for (std::int64_t i = 0; i < found.size(); ++i) {
    const double error = std::abs(found[i] - expected[i]) / (1.0 + std::abs(expected[i]));
    worst = error <= worst ? worst : error;  // nan stays
  }
  CHECK(worst <= tolerance);
  CHECK(found.guard_holds());
}

template <class Body>
void for_sets(const Body& body) {
  int sets = 0;
  for (const EliminationKernels* const* set = all_elimination_kernels(); *set; ++set, ++sets) {
    INFO((*set)->name);
    body(**set);
  }
  CHECK(sets >= 1);
}

/// A segment with random numbers.
struct Segment {
  std::vector<int> widths, slot_begin{0};
  Numbers residuals, jacobian;
  std::vector<float> narrow;
  SegmentView<double> view;
  SegmentView<float> view_float;

  Segment(std::mt19937& random, int rows, std::vector<int> slot_widths, int slot, std::int64_t blocks)
      : widths(std::move(slot_widths)), residuals(0), jacobian(0) {
    for (int w : widths) slot_begin.push_back(slot_begin.back() + w);
    const int columns = slot_begin.back(), slots = static_cast<int>(widths.size());
    residuals = random_numbers(random, blocks * rows * 8);
    jacobian = random_numbers(random, blocks * rows * columns * 8);
    for (std::int64_t i = 0; i < jacobian.size(); ++i) narrow.push_back(static_cast<float>(jacobian[i]));
    view = {rows, columns, slots, widths.data(), slot_begin.data(), slot, blocks, residuals.data(), jacobian.data()};
    view_float = {rows,   columns,          slots,        widths.data(), slot_begin.data(), slot,
                  blocks, residuals.data(), narrow.data()};
  }
  int width() const { return view.slot < 0 ? 0 : widths[view.slot]; }
  double r(std::int64_t block, int m, int l) { return residuals[(block * view.rows + m) * 8 + l]; }
  double J(std::int64_t block, int m, int slot, int c, int l) {
    return jacobian[((block * view.rows + m) * view.columns + slot_begin[slot] + c) * 8 + l];
  }
  double Jf(std::int64_t block, int m, int slot, int c, int l) { return static_cast<float>(J(block, m, slot, c, l)); }
  /// Random places for x of each block, slot and lane; some are `size`, which stands for none.
  std::vector<std::int64_t> places(std::mt19937& random, int size) const {
    std::vector<std::int64_t> at;
    for (std::int64_t i = 0; i < view.num_blocks * view.num_slots * 8; ++i) {
      const int w = widths[i / 8 % view.num_slots];
      at.push_back(std::uniform_int_distribution<int>(0, 9)(random) == 0
                       ? size
                       : std::uniform_int_distribution<int>(0, size - w)(random));
    }
    return at;
  }
};

template <class Body>
void for_segments(bool loose, const Body& body) {
  std::mt19937 random(7);
  for (const int point : {1, 2, 3, 4, 6}) {
    for (const int rows : {1, 2, 3, 5}) {
      INFO("point of " << point << ", rows " << rows);
      std::vector<std::pair<std::vector<int>, int>> shapes = {
          {{9, point}, 1}, {{point, 6}, 0}, {{10, point, 5}, 1}, {{7, 8, 1, point}, 3}, {{point}, 0}};
      if (loose) shapes.push_back({{point, 4}, -1});
      for (const auto& [widths, slot] : shapes) {
        Segment segment(random, rows, widths, slot, 3);
        body(segment, random);
      }
    }
  }
}

inline constexpr int packed(int i, int j) { return i * (i + 1) / 2 + j; }

/// Eight positive definite matrices, packed, in lanes.
inline Numbers definite(std::mt19937& random, int P) {
  Numbers V(P * (P + 1) / 2 * 8);
  for (int l = 0; l < 8; ++l) {
    Numbers A = random_numbers(random, P * P);
    for (int i = 0; i < P; ++i) {
      for (int j = 0; j <= i; ++j) {
        double sum = i == j ? 1.0 : 0.0;
        for (int k = 0; k < P; ++k) sum += A[i * P + k] * A[j * P + k];
        V[packed(i, j) * 8 + l] = sum;
      }
    }
  }
  return V;
}

}  // namespace heliotrope_test
