// SPDX-License-Identifier: Apache-2.0
#include "scatter_plan.hpp"

#include <algorithm>
#include <string>

#include "heliotrope/config.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/parallel.hpp"

namespace heliotrope::linear_detail {

std::vector<Chunk> make_chunks(const BlockJacobian& jacobian) {
  std::int64_t blocks = 0;
  for (const JacobianPart& part : jacobian.parts) blocks += part.num_blocks;
  const std::int64_t wanted = std::clamp<std::int64_t>(blocks / 64, 1, 64);
  const std::int64_t length = std::max<std::int64_t>(1, (blocks + wanted - 1) / wanted);
  std::vector<Chunk> chunks;
  for (std::size_t p = 0; p < jacobian.parts.size(); ++p) {
    const std::int64_t end = jacobian.parts[p].num_blocks;
    for (std::int64_t begin = 0; begin < end; begin += length) {
      chunks.push_back({static_cast<std::int64_t>(p), begin, std::min(begin + length, end)});
    }
  }
  return chunks;
}

PartView view_of(const JacobianPart& part, const std::vector<int>& slot_begin) {
  PartView view;
  view.rows = part.rows;
  view.columns = part.columns();
  view.num_slots = static_cast<int>(part.widths.size());
  view.widths = part.widths.data();
  view.slot_begin = slot_begin.data();
  view.residuals = part.residuals;
  view.jacobian = part.jacobian;
  return view;
}

std::vector<std::vector<int>> slot_begins(const BlockJacobian& jacobian) {
  std::vector<std::vector<int>> begins;
  for (const JacobianPart& part : jacobian.parts) {
    std::vector<int>& begin = begins.emplace_back();
    int column = 0;
    for (int width : part.widths) {
      begin.push_back(column);
      column += width;
    }
  }
  return begins;
}

LargeVector<std::int64_t> slot_codes(const JacobianPart& part) {
  LargeVector<std::int64_t> codes(part.column_blocks.begin(), part.column_blocks.end());
  const auto slots = static_cast<std::int64_t>(part.widths.size());
  for (std::int64_t e = 0; e < static_cast<std::int64_t>(codes.size()); ++e) {
    const std::int64_t column_block = part.column_blocks[e];
    if (column_block < 0) {
      codes[e] = scatter_code::nowhere;
      continue;
    }
    int kind = scatter_code::direct;
    for (std::int64_t earlier = 1; earlier <= e / block_lanes % slots; ++earlier) {
      if (part.column_blocks[e - earlier * block_lanes] == column_block) kind = scatter_code::repeated;
    }
    codes[e] = column_block * 4 + kind;
  }
  return codes;
}

namespace {

void check_part(const BlockJacobian& jacobian, std::size_t p) {
  const JacobianPart& part = jacobian.parts[p];
  const std::string place = "part " + std::to_string(p) + " of the Jacobian: ";
  const auto slots = static_cast<std::int64_t>(part.widths.size());
  if (part.rows < 1) throw Error(place + "found " + std::to_string(part.rows) + " rows, expected at least 1");
  const auto found = static_cast<std::int64_t>(part.column_blocks.size());
  const std::int64_t expected = part.num_blocks * slots * block_lanes;
  if (found != expected) {
    throw Error(place + "found " + std::to_string(found) + " column blocks, expected " + std::to_string(expected) +
                " ([block][slot][8])");
  }
  for (std::int64_t e = 0; e < found; ++e) {
    const std::int64_t column_block = part.column_blocks[e];
    if (column_block == -1) continue;
    const std::int64_t slot = e / block_lanes % slots;
    const int width = part.widths[slot];
    const bool inside = column_block >= 0 && column_block < jacobian.num_block_columns();
    if (inside && jacobian.column_begin[column_block + 1] - jacobian.column_begin[column_block] == width) continue;
    throw Error(place + "slot " + std::to_string(slot) + " of width " + std::to_string(width) + " names block column " +
                std::to_string(column_block) + ", expected -1 or a block column of that width below " +
                std::to_string(jacobian.num_block_columns()));
  }
}

}  // namespace

void check_structure(const BlockJacobian& jacobian) {
  const std::vector<std::int64_t>& begin = jacobian.column_begin;
  if (begin.empty() || begin.front() != 0 || !std::is_sorted(begin.begin(), begin.end())) {
    throw Error("column_begin of the Jacobian: expected 0 first and no decrease");
  }
  for (std::size_t p = 0; p < jacobian.parts.size(); ++p) check_part(jacobian, p);
}

void ScatterPlan::analyse(std::span<const std::int64_t> destination_begin, std::span<const Chunk> chunks,
                          std::span<LargeVector<std::int64_t>> maps, std::span<const std::int64_t> per_block) {
  const auto num_destinations = static_cast<std::int64_t>(destination_begin.size()) - 1;
  const auto num_chunks = static_cast<std::int64_t>(chunks.size());
  const auto for_codes = [&](std::int64_t c, auto&& body) {
    const Chunk& chunk = chunks[c];
    std::int64_t* codes = maps[chunk.part].data();
    for (std::int64_t e = chunk.begin * per_block[chunk.part]; e < chunk.end * per_block[chunk.part]; ++e) {
      if (codes[e] >= 0) body(codes[e]);
    }
  };

  // How many chunks touch each destination.
  LargeVector<std::int64_t> last_chunk(num_destinations, -1), touches(num_destinations, 0);
  for (std::int64_t c = 0; c < num_chunks; ++c) {
    for_codes(c, [&](std::int64_t code) {
      const std::int64_t destination = code >> 2;
      if (last_chunk[destination] == c) return;
      last_chunk[destination] = c;
      ++touches[destination];
    });
  }

  // Room for the copies of those that several touch.
  shared_.clear();
  copies_.clear();
  LargeVector<std::int64_t> next_copy(num_destinations, -1);
  std::int64_t num_copies = 0;
  buffer_size_ = destination_begin[num_destinations];
  for (std::int64_t d = 0; d < num_destinations; ++d) {
    if (touches[d] < 2) continue;
    const std::int64_t length = destination_begin[d + 1] - destination_begin[d];
    shared_.push_back({destination_begin[d], length, num_copies, num_copies + touches[d]});
    next_copy[d] = num_copies;
    num_copies += touches[d];
    for (std::int64_t t = 0; t < touches[d]; ++t) {
      copies_.push_back(buffer_size_);
      buffer_size_ += length;
    }
  }

  std::fill(last_chunk.begin(), last_chunk.end(), -1);
  for (std::int64_t c = 0; c < num_chunks; ++c) {
    for_codes(c, [&](std::int64_t& code) {
      const std::int64_t destination = code >> 2, kind = code & 3;
      if (touches[destination] < 2) {
        code = destination_begin[destination] * 4 + kind;
        return;
      }
      if (last_chunk[destination] != c) {
        last_chunk[destination] = c;
        ++next_copy[destination];
      }
      code = copies_[next_copy[destination] - 1] * 4 + kind;
    });
  }
}

void ScatterPlan::clear(std::span<double> buffer, int threads) const {
  constexpr std::int64_t piece = 1 << 15;
  const auto size = static_cast<std::int64_t>(buffer.size());
  parallel_for(threads, (size + piece - 1) / piece, [&](std::int64_t i) {
    std::fill(buffer.begin() + i * piece, buffer.begin() + std::min(size, (i + 1) * piece), 0.0);
  });
}

void ScatterPlan::reduce(std::span<double> buffer, int threads) const {
  parallel_for(threads, static_cast<std::int64_t>(shared_.size()), [&](std::int64_t s) {
    const Shared& shared = shared_[s];
    double* sum = buffer.data() + shared.offset;
    for (std::int64_t c = shared.copy_begin; c < shared.copy_end; ++c) {
      const double* copy = buffer.data() + copies_[c];
      for (std::int64_t i = 0; i < shared.length; ++i) sum[i] += copy[i];
    }
  });
}

}  // namespace heliotrope::linear_detail
