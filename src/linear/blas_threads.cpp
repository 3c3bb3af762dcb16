// SPDX-License-Identifier: Apache-2.0
#include "blas_threads.hpp"

#include <mutex>

#if __has_include(<dlfcn.h>)
#include <dlfcn.h>
#endif

namespace heliotrope::linear_detail {

namespace {

template <class Function>
Function* find(const char* name) {
#if __has_include(<dlfcn.h>)
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
#else
  (void)name;
  return nullptr;
#endif
}

/// The functions that the process has loaded; null where it has not.
struct Functions {
  void (*set_blas_threads)(int) = find<void(int)>("openblas_set_num_threads");
  int (*blas_threads)() = find<int()>("openblas_get_num_threads");
  char* (*blas_config)() = find<char*()>("openblas_get_config");
  void (*set_active_levels)(int) = find<void(int)>("omp_set_max_active_levels");
  int (*active_levels)() = find<int()>("omp_get_max_active_levels");
};

const Functions& functions() {
  static const Functions found;
  return found;
}

std::mutex mutex;
int guards = 0;
int threads_before = 0;

}  // namespace

BlasThreadGuard::BlasThreadGuard() {
  const Functions& f = functions();
  if (f.set_active_levels && f.active_levels) {
    active_levels_ = f.active_levels();
    f.set_active_levels(0);
  }
  if (!f.set_blas_threads || !f.blas_threads) return;
  const std::lock_guard lock(mutex);
  if (guards++ > 0) return;
  threads_before = f.blas_threads();
  if (threads_before != 1) f.set_blas_threads(1);
}

BlasThreadGuard::~BlasThreadGuard() {
  const Functions& f = functions();
  if (active_levels_ >= 0) f.set_active_levels(active_levels_);
  if (!f.set_blas_threads || !f.blas_threads) return;
  const std::lock_guard lock(mutex);
  if (--guards == 0 && threads_before != 1) f.set_blas_threads(threads_before);
}

std::string blas_name() {
  const Functions& f = functions();
  if (f.blas_config) return f.blas_config();
  return f.set_blas_threads ? "OpenBLAS" : "unknown BLAS";
}

}  // namespace heliotrope::linear_detail
