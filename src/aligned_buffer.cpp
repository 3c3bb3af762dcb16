// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/aligned_buffer.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace heliotrope {

AlignedBuffer::AlignedBuffer(std::size_t count) : size_(count) {
  const std::size_t bytes = (count * sizeof(double) + 63) / 64 * 64;
  data_.reset(static_cast<double*>(std::aligned_alloc(64, std::max<std::size_t>(bytes, 64))));
  if (!data_) throw std::bad_alloc();
  std::fill_n(data_.get(), count, 0.0);
}
void AlignedBuffer::Free::operator()(double* p) const { std::free(p); }

}  // namespace heliotrope
