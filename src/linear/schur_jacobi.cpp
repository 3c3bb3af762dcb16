// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "index.hpp"
#include "preconditioners.hpp"

namespace heliotrope::linear_detail {

namespace {

class SchurJacobi final : public Preconditioner {
 public:
  explicit SchurJacobi(const SchurComplement& schur) : pattern_(schur.pattern()) {
    std::int64_t size = 0;
    for (std::int64_t j = 0; j < pattern_.num_block_columns(); ++j) {
      begin_.push_back(size);
      size += pattern_.width(j) * pattern_.width(j);
    }
    blocks_.resize(index(size));
  }

  /// Cholesky factors of the diagonal blocks, row-major.
  bool factorise(const SchurComplement& schur, std::span<const double> damping, int) override {
    for (std::int64_t j = 0; j < pattern_.num_block_columns(); ++j) {
      const std::int64_t w = pattern_.width(j);
      double* const L = blocks_.data() + begin_[index(j)];
      schur.write_block(pattern_.begin[index(j)], j, j, L, w, 1);
      for (std::int64_t a = 0; a < w; ++a) {
        L[a * w + a] += damping[index(pattern_.column_begin[index(j)] + a)];
        for (std::int64_t b = 0; b <= a; ++b) {
          double sum = L[a * w + b];
          for (std::int64_t c = 0; c < b; ++c) sum -= L[a * w + c] * L[b * w + c];
          if (a == b && !(sum > 0.0)) return false;
          L[a * w + b] = a == b ? std::sqrt(sum) : sum / L[b * w + b];
        }
      }
    }
    return true;
  }

  void apply(std::span<const double> r, std::span<double> to) override {
    std::copy(r.begin(), r.end(), to.begin());
    for (std::int64_t j = 0; j < pattern_.num_block_columns(); ++j) {
      const std::int64_t w = pattern_.width(j);
      const double* const L = blocks_.data() + begin_[index(j)];
      double* const z = to.data() + pattern_.column_begin[index(j)];
      for (std::int64_t a = 0; a < w; ++a) {
        for (std::int64_t b = 0; b < a; ++b) z[a] -= L[a * w + b] * z[b];
        z[a] /= L[a * w + a];
      }
      for (std::int64_t a = w - 1; a >= 0; --a) {
        for (std::int64_t b = a + 1; b < w; ++b) z[a] -= L[b * w + a] * z[b];
        z[a] /= L[a * w + a];
      }
    }
  }

 private:
  const BlockSymmetricPattern& pattern_;
  std::vector<std::int64_t> begin_;
  std::vector<double> blocks_;
};

}  // namespace

std::unique_ptr<Preconditioner> make_schur_jacobi(const SchurComplement& schur) {
  return std::make_unique<SchurJacobi>(schur);
}

}  // namespace heliotrope::linear_detail
