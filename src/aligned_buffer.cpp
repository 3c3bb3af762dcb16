// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/aligned_buffer.hpp"

#include <algorithm>

#include "heliotrope/large_vector.hpp"

namespace heliotrope {

AlignedBuffer::AlignedBuffer(std::size_t count)
    : data_(static_cast<double*>(detail::allocate_large(count * sizeof(double)))), size_(count) {
  std::fill_n(data_.get(), count, 0.0);
}
void AlignedBuffer::Free::operator()(double* p) const { detail::free_large(p); }

}  // namespace heliotrope
