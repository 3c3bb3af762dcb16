// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/problem/check_call.hpp"

#include <cstdint>
#include <cstring>
#include <vector>

#include "heliotrope/error.hpp"

namespace heliotrope::detail {
namespace {

constexpr std::uint64_t unwritten = 0x7ff8a5a5c3c35a5aULL;  // a NaN that no arithmetic makes
constexpr std::size_t guard = 16;                           // numbers after a block, and residuals after the last

bool is_unwritten(double x) { return std::memcmp(&x, &unwritten, sizeof x) == 0; }

/// Copies of variables' numbers, each with a guard behind it.
class GuardedBlocks {
 public:
  explicit GuardedBlocks(std::span<const std::span<const double>> blocks) {
    for (const auto& block : blocks) {
      numbers_.insert(numbers_.end(), block.begin(), block.end());
      ends_.push_back(numbers_.size());
      numbers_.insert(numbers_.end(), guard, 0.75);
    }
    for (std::size_t s = 0; s < blocks.size(); ++s) pointers_.push_back(&numbers_[ends_[s]] - blocks[s].size());
  }

  double& behind(std::size_t slot, std::size_t k) { return numbers_[ends_[slot] + k]; }

  /// The residuals, bit for bit.
  std::vector<std::uint64_t> call(int rows, const DoubleCall& function) const {
    std::vector<double> residual(static_cast<std::size_t>(rows) + guard);
    function(pointers_.data(), residual.data());
    std::vector<std::uint64_t> bits(residual.size());
    std::memcpy(bits.data(), residual.data(), bits.size() * sizeof bits[0]);
    return bits;
  }

 private:
  std::vector<double> numbers_;
  std::vector<std::size_t> ends_;
  std::vector<const double*> pointers_;
};

}  // namespace

void check_writes(int rows, const std::string& type, std::span<const std::span<const double>> blocks,
                  const DoubleCall& call) {
  std::vector<double> buffer(static_cast<std::size_t>(rows) + guard);
  for (double& x : buffer) std::memcpy(&x, &unwritten, sizeof x);
  std::vector<const double*> pointers;
  for (const auto& block : blocks) pointers.push_back(block.data());
  call(pointers.data(), buffer.data());
  for (std::size_t i = 0; i < buffer.size(); ++i) {
    const bool within = i < static_cast<std::size_t>(rows);
    if (within != is_unwritten(buffer[i])) continue;
    const std::string found = within ? " never writes residual " : " writes residual ";
    const std::string declared = std::to_string(rows).append(" declared");
    throw Error("residual type " + type + found + std::to_string(i) + (within ? " of the " : ", past the ") + declared);
  }
}

void check_reads(int rows, const std::string& type, std::span<const std::span<const double>> blocks,
                 const DoubleCall& call) {
  GuardedBlocks guarded(blocks);
  const auto expected = guarded.call(rows, call);
  if (guarded.call(rows, call) != expected) return;
  for (std::size_t s = 0; s < blocks.size(); ++s) {
    for (std::size_t k = 0; k < guard; ++k) guarded.behind(s, k) = -2.5;
    if (guarded.call(rows, call) == expected) continue;
    for (std::size_t k = 0; k < guard; ++k) guarded.behind(s, k) = 0.75;
    for (std::size_t k = 0; k < guard; ++k) {  // the first that changes the answer by itself
      guarded.behind(s, k) = -2.5;
      if (guarded.call(rows, call) == expected && k + 1 < guard) continue;
      throw Error("residual type " + type + " reads number " + std::to_string(blocks[s].size() + k) + " of variable " +
                  std::to_string(s) + " of its residual, which has " + std::to_string(blocks[s].size()) +
                  " (both counted from 0)");
    }
  }
}

}  // namespace heliotrope::detail
