// SPDX-License-Identifier: Apache-2.0
// CHOLMOD's objects with owners. Its 64-bit interface (cholmod_l_) is used throughout: a factor of 2^31 numbers is 16
// GiB, well within a workstation, and the 32-bit interface fails there.
#pragma once

#include <cholmod.h>

#include <cstdint>
#include <span>
#include <string>

#include "heliotrope/error.hpp"

namespace heliotrope::linear_detail {

/// CHOLMOD's parameters and workspace; silent.
class CholmodContext {
 public:
  CholmodContext() {
    cholmod_l_start(&common_);
    common_.print = 0;
    common_.error_handler = nullptr;
    common_.quick_return_if_not_posdef = 1;
    common_.final_ll = 1;  // LL' tells a matrix that is not positive definite; LDL' would go on
    common_.grow2 = 0;     // the factor is never updated: exact room
    common_.nmethods = 1;
    common_.method[0].ordering = CHOLMOD_NATURAL;
    common_.postorder = 0;
  }
  ~CholmodContext() { cholmod_l_finish(&common_); }
  CholmodContext(const CholmodContext&) = delete;
  CholmodContext& operator=(const CholmodContext&) = delete;

  cholmod_common* get() { return &common_; }
  cholmod_common* operator->() { return &common_; }

  /// Throws Error where the last call failed for another reason than the values of the matrix.
  void check(const char* call) const {
    if (common_.status >= CHOLMOD_OK) return;
    const std::string reason = common_.status == CHOLMOD_OUT_OF_MEMORY ? "not enough memory"
                               : common_.status == CHOLMOD_TOO_LARGE   ? "problem too large"
                                                                       : "status " + std::to_string(common_.status);
    throw Error(std::string("CHOLMOD, ") + call + ": " + reason);
  }

 private:
  cholmod_common common_;
};

static_assert(sizeof(SuiteSparse_long) == sizeof(std::int64_t));

/// A view of compressed columns as a CHOLMOD matrix: stype -1 lower triangle, 1 upper; pattern only where values is
/// null.
inline cholmod_sparse cholmod_view(std::int64_t n, std::span<const std::int64_t> begin,
                                   std::span<const std::int64_t> row, double* values, int stype) {
  cholmod_sparse matrix{};
  matrix.nrow = matrix.ncol = static_cast<std::size_t>(n);
  matrix.nzmax = row.size();
  matrix.p = const_cast<std::int64_t*>(begin.data());  // CHOLMOD reads only what it is given as a matrix
  matrix.i = const_cast<std::int64_t*>(row.data());
  matrix.x = values;
  matrix.stype = stype;
  matrix.itype = CHOLMOD_LONG;
  matrix.xtype = values ? CHOLMOD_REAL : CHOLMOD_PATTERN;
  matrix.dtype = CHOLMOD_DOUBLE;
  matrix.sorted = 1;
  matrix.packed = 1;
  return matrix;
}

/// A factor that frees itself.
class CholmodFactor {
 public:
  explicit CholmodFactor(CholmodContext& context) : context_(context) {}
  ~CholmodFactor() { reset(nullptr); }
  CholmodFactor(const CholmodFactor&) = delete;
  CholmodFactor& operator=(const CholmodFactor&) = delete;

  void reset(cholmod_factor* factor) {
    if (factor_) cholmod_l_free_factor(&factor_, context_.get());
    factor_ = factor;
  }
  cholmod_factor* get() const { return factor_; }
  cholmod_factor* operator->() const { return factor_; }

 private:
  CholmodContext& context_;
  cholmod_factor* factor_ = nullptr;
};

/// A dense vector that CHOLMOD may allocate and reuse.
class CholmodVector {
 public:
  explicit CholmodVector(CholmodContext& context) : context_(context) {}
  ~CholmodVector() { reset(nullptr); }
  CholmodVector(const CholmodVector&) = delete;
  CholmodVector& operator=(const CholmodVector&) = delete;

  void reset(cholmod_dense* dense) {
    if (dense_) cholmod_l_free_dense(&dense_, context_.get());
    dense_ = dense;
  }
  cholmod_dense** address() { return &dense_; }
  cholmod_dense* get() const { return dense_; }
  double* data() const { return static_cast<double*>(dense_->x); }

 private:
  CholmodContext& context_;
  cholmod_dense* dense_ = nullptr;
};

}  // namespace heliotrope::linear_detail
