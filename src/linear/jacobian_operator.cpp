// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/jacobian_operator.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "block_kernels.hpp"
#include "heliotrope/config.hpp"
#include "heliotrope/error.hpp"
#include "heliotrope/parallel.hpp"
#include "scatter_plan.hpp"

namespace heliotrope {

using namespace linear_detail;

namespace {

void expect_size(std::size_t found, std::int64_t expected, const char* what) {
  if (static_cast<std::int64_t>(found) == expected) return;
  throw Error(std::string(what) + ": found " + std::to_string(found) + " numbers, expected " +
              std::to_string(expected));
}

}  // namespace

struct JacobianOperator::Impl {
  std::vector<std::vector<int>> slot_begin;
  std::vector<Chunk> chunks;
  std::vector<LargeVector<std::int64_t>> maps;  ///< [part][block][slot][8], scatter codes
  std::vector<std::int64_t> residual_begin{0};
  std::int64_t num_columns = 0;
  ScatterPlan plan;
  LargeVector<double> sums, squares;

  /// sums = J'y, squares = diag(J'J) where wanted; y_of(part) are the numbers to multiply with.
  template <class YOf>
  void transposed(const BlockJacobian& jacobian, bool want_squares, const YOf& y_of, int threads) {
    plan.clear(sums, threads);
    if (want_squares) plan.clear(squares, threads);
    parallel_for(threads, static_cast<std::int64_t>(chunks.size()), [&](std::int64_t c) {
      const Chunk& chunk = chunks[c];
      const PartView part = view_of(jacobian.parts[chunk.part], slot_begin[chunk.part]);
      block_kernels().multiply_transposed(part, chunk.begin, chunk.end, maps[chunk.part].data(), y_of(chunk.part),
                                          sums.data(), want_squares ? squares.data() : nullptr);
    });
    plan.reduce(sums, threads);
    if (want_squares) plan.reduce(squares, threads);
  }
};

JacobianOperator::JacobianOperator() : impl_(std::make_unique<Impl>()) {}
JacobianOperator::~JacobianOperator() = default;
JacobianOperator::JacobianOperator(JacobianOperator&&) noexcept = default;
JacobianOperator& JacobianOperator::operator=(JacobianOperator&&) noexcept = default;

void JacobianOperator::analyse(const BlockJacobian& jacobian) {
  check_structure(jacobian);
  impl_ = std::make_unique<Impl>();
  Impl& impl = *impl_;
  impl.slot_begin = slot_begins(jacobian);
  impl.chunks = make_chunks(jacobian);
  impl.num_columns = jacobian.num_columns();
  std::vector<std::int64_t> per_block;
  for (const JacobianPart& part : jacobian.parts) {
    per_block.push_back(static_cast<std::int64_t>(part.widths.size()) * block_lanes);
    impl.maps.push_back(slot_codes(part));
    impl.residual_begin.push_back(impl.residual_begin.back() + part.num_blocks * part.rows * block_lanes);
  }
  impl.plan.analyse(jacobian.column_begin, impl.chunks, impl.maps, per_block);
  impl.sums.resize(impl.plan.buffer_size());
  impl.squares.resize(impl.plan.buffer_size());
}

std::int64_t JacobianOperator::residual_size() const { return impl_->residual_begin.back(); }
std::int64_t JacobianOperator::residual_begin(std::int64_t part) const { return impl_->residual_begin[part]; }

void JacobianOperator::multiply(const BlockJacobian& jacobian, std::span<const double> x, std::span<double> y,
                                int threads) {
  const Impl& impl = *impl_;
  expect_size(x.size(), impl.num_columns, "x in J x");
  expect_size(y.size(), residual_size(), "y in y = J x");
  parallel_for(threads, static_cast<std::int64_t>(impl.chunks.size()), [&](std::int64_t c) {
    const Chunk& chunk = impl.chunks[c];
    const JacobianPart& part = jacobian.parts[chunk.part];
    block_kernels().multiply(view_of(part, impl.slot_begin[chunk.part]), chunk.begin, chunk.end,
                             part.column_blocks.data(), jacobian.column_begin.data(), x.data(),
                             y.data() + impl.residual_begin[chunk.part]);
  });
}

void JacobianOperator::multiply_transposed(const BlockJacobian& jacobian, std::span<const double> y,
                                           std::span<double> x, int threads) {
  Impl& impl = *impl_;
  expect_size(y.size(), residual_size(), "y in J'y");
  expect_size(x.size(), impl.num_columns, "x in x = J'y");
  impl.transposed(
      jacobian, false, [&](std::int64_t p) { return y.data() + impl.residual_begin[p]; }, threads);
  std::copy_n(impl.sums.begin(), impl.num_columns, x.begin());
}

void JacobianOperator::gradient(const BlockJacobian& jacobian, std::span<double> g, std::span<double> d, int threads) {
  Impl& impl = *impl_;
  expect_size(g.size(), impl.num_columns, "g in g = J'r");
  if (!d.empty()) expect_size(d.size(), impl.num_columns, "d in d = diag(J'J)");
  impl.transposed(
      jacobian, !d.empty(), [&](std::int64_t p) { return jacobian.parts[p].residuals; }, threads);
  std::copy_n(impl.sums.begin(), impl.num_columns, g.begin());
  if (!d.empty()) std::copy_n(impl.squares.begin(), impl.num_columns, d.begin());
}

}  // namespace heliotrope
