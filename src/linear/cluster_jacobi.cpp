// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <vector>

#include "block_ordering.hpp"
#include "index.hpp"
#include "preconditioners.hpp"
#include "supernodal_factor.hpp"

namespace heliotrope::linear_detail {

namespace {

/// Kept variables of a cluster, at most: factors of a few megaflops. Chosen, not measured.
constexpr std::int64_t cluster_size = 32;

/// The blocks of S that join two variables of one cluster.
class ClusterBlocks final : public SymmetricBlocks {
 public:
  ClusterBlocks(const SchurComplement& schur, const std::vector<std::int64_t>& entries)
      : schur_(schur), entries_(entries) {}
  void write(std::int64_t entry, std::int64_t row, std::int64_t column, double* to, std::int64_t row_step,
             std::int64_t column_step) const override {
    schur_.write_block(entries_[index(entry)], row, column, to, row_step, column_step);
  }

 private:
  const SchurComplement& schur_;
  const std::vector<std::int64_t>& entries_;
};

class ClusterJacobi final : public Preconditioner {
 public:
  explicit ClusterJacobi(const SchurComplement& schur) {
    const BlockSymmetricPattern& all = schur.pattern();
    const std::int64_t n = all.num_block_columns();
    std::vector<std::int64_t> order = nested_dissection_order(all);
    if (order.empty()) order = block_order(all);
    std::vector<std::int64_t> cluster(index(n));
    for (std::int64_t k = 0; k < n; ++k) cluster[index(order[index(k)])] = k / cluster_size;
    pattern_.column_begin = all.column_begin;
    pattern_.begin.assign(1, 0);
    pattern_.offset.assign(1, 0);
    for (std::int64_t j = 0; j < n; ++j) {
      for (std::int64_t e = all.begin[index(j)]; e < all.begin[index(j) + 1]; ++e) {
        const std::int64_t i = all.row[index(e)];
        if (cluster[index(i)] != cluster[index(j)]) continue;
        pattern_.row.push_back(i);
        pattern_.offset.push_back(pattern_.offset.back() + all.offset[index(e) + 1] - all.offset[index(e)]);
        entries_.push_back(e);
      }
      pattern_.begin.push_back(pattern_.num_entries());
    }
    factor_.analyse(pattern_, order);
    negative_.resize(index(all.num_columns()));
  }

  bool factorise(const SchurComplement& schur, std::span<const double> damping, int threads) override {
    return factor_.factorise(pattern_, ClusterBlocks(schur, entries_), damping, threads);
  }

  void apply(std::span<const double> r, std::span<double> z) override {
    std::transform(r.begin(), r.end(), negative_.begin(), [](double x) { return -x; });
    factor_.solve(negative_, z);  // solves for the negative of what it is given
  }

 private:
  BlockSymmetricPattern pattern_;
  std::vector<std::int64_t> entries_;  ///< of S
  SupernodalFactor factor_;
  std::vector<double> negative_;
};

}  // namespace

std::unique_ptr<Preconditioner> make_cluster_jacobi(const SchurComplement& schur) {
  return std::make_unique<ClusterJacobi>(schur);
}

}  // namespace heliotrope::linear_detail
