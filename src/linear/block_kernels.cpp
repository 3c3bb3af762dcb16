// SPDX-License-Identifier: Apache-2.0
// Compiled once for each HELIOTROPE_KERNEL_TARGET (baseline, avx2, avx512) with that target's flags. Only raw pointers
// and what is inlined from pack.hpp may appear here: an out-of-line function of the standard library compiled with
// these flags could be the copy that the linker keeps for the whole program.
//
// A *run* is what one residual adds to one contiguous destination: the entries of a small matrix, in storage order. Its
// entries are computed for W lanes at once, W entries (a W x W tile) at a time; the tile is transposed in registers so
// that each lane adds W consecutive numbers to its own destination.
#include "block_kernels.hpp"

#include <cstdint>

#include "heliotrope/config.hpp"
#include "heliotrope/derive/pack.hpp"
#include "kernel_target.hpp"
#include "lane_transpose.hpp"

namespace heliotrope::linear_detail {
namespace {

constexpr int W = Pack::width;
constexpr int lanes = block_lanes;

/// A size: the template argument, or the number given at run time where that is dynamic_size.
template <int N>
struct Size {
  HELIOTROPE_INLINE constexpr explicit Size(int) {}
  HELIOTROPE_INLINE constexpr operator int() const { return N; }
};
template <>
struct Size<dynamic_size> {
  int n;
  HELIOTROPE_INLINE constexpr explicit Size(int size) : n(size) {}
  HELIOTROPE_INLINE constexpr operator int() const { return n; }
};

constexpr int product_size(int a, int b) { return a < 0 || b < 0 ? dynamic_size : a * b; }
constexpr int triangle_size(int a) { return a < 0 ? dynamic_size : a * (a + 1) / 2; }

template <int A, int B>
HELIOTROPE_INLINE Size<product_size(A, B)> times(Size<A> a, Size<B> b) {
  return Size<product_size(A, B)>(a * b);
}

/// Entries of the lower triangle of an a x a matrix.
template <int A>
HELIOTROPE_INLINE Size<triangle_size(A)> triangle(Size<A> a) {
  return Size<triangle_size(A)>(a * (a + 1) / 2);
}

/// The destinations of W lanes for one kind of code, or for all of them; null for the other lanes.
struct Destinations {
  double* of[W];
  HELIOTROPE_INLINE Destinations(const std::int64_t* codes, int kind, double* to) {
    for (int l = 0; l < W; ++l) {
      const bool mine = codes[l] >= 0 && (codes[l] & 3) == kind;
      of[l] = mine ? to + (codes[l] >> 2) : nullptr;
    }
  }
  HELIOTROPE_INLINE Destinations(const std::int64_t* codes, double* to) {
    for (int l = 0; l < W; ++l) of[l] = codes[l] >= 0 ? to + (codes[l] >> 2) : nullptr;
  }
};

/// Adds the run entry.next(), entry.next(), ... of W lanes to their destinations.
template <class Length, class Entry>
HELIOTROPE_INLINE void add_run(Length length, const Destinations& to, Entry entry) {
  int e = 0;
  for (; e + W <= length; e += W) {
    DoubleVector tile[W];
    HELIOTROPE_UNROLL
    for (int k = 0; k < W; ++k) tile[k] = entry.next().lanes();
    transpose(tile);
    HELIOTROPE_UNROLL
    for (int l = 0; l < W; ++l) {
      if (to.of[l]) (Pack::load(to.of[l] + e) + Pack(tile[l])).store(to.of[l] + e);
    }
  }
  if (e == length) return;
  double tail[W][W];  // [entry][lane]
  const int rest = length - e;
  for (int k = 0; k < rest; ++k) entry.next().store(tail[k]);
  HELIOTROPE_UNROLL
  for (int l = 0; l < W; ++l) {
    if (!to.of[l]) continue;
    for (int k = 0; k < rest; ++k) to.of[l][e + k] += tail[k][l];
  }
}

/// sum_m a[m][lanes] b[m][lanes], rows `stride_a` and `stride_b` doubles apart.
template <class Rows>
HELIOTROPE_INLINE Pack dot(Rows rows, const double* a, std::int64_t stride_a, const double* b, std::int64_t stride_b) {
  const int num_rows = rows;
  Pack sum = Pack::load(a) * Pack::load(b);
  for (int m = 1; m < num_rows; ++m) sum += Pack::load(a + m * stride_a) * Pack::load(b + m * stride_b);
  return sum;
}

/// Entries of A'B row by row; A, B are `rows` x width, [row][column][8], rows `stride` doubles apart.
template <class Rows, class WidthB>
struct Rectangle {
  Rows rows;
  WidthB width_b;
  std::int64_t stride;
  const double *a, *b;
  int j = 0;
  HELIOTROPE_INLINE Pack next() {
    const Pack value = dot(rows, a, stride, b + j * lanes, stride);
    if (++j == width_b) {
      j = 0;
      a += lanes;
    }
    return value;
  }
};

/// Entries of the lower triangle of A'A row by row.
template <class Rows>
struct Triangle {
  Rows rows;
  std::int64_t stride;
  const double* a;
  int i = 0, j = 0;
  HELIOTROPE_INLINE Pack next() {
    const Pack value = dot(rows, a + i * lanes, stride, a + j * lanes, stride);
    if (++j > i) {
      j = 0;
      ++i;
    }
    return value;
  }
};

/// Entries of the lower triangle of A'B + B'A row by row.
template <class Rows>
struct Symmetrised {
  Rows rows;
  std::int64_t stride;
  const double *a, *b;
  int i = 0, j = 0;
  HELIOTROPE_INLINE Pack next() {
    const Pack value = dot(rows, a + i * lanes, stride, b + j * lanes, stride) +
                       dot(rows, b + i * lanes, stride, a + j * lanes, stride);
    if (++j > i) {
      j = 0;
      ++i;
    }
    return value;
  }
};

/// Entries of A'y.
template <class Rows>
struct Transposed {
  Rows rows;
  std::int64_t stride;
  const double *a, *y;
  HELIOTROPE_INLINE Pack next() {
    const Pack value = dot(rows, a, stride, y, lanes);
    a += lanes;
    return value;
  }
};

/// Entries of diag(A'A).
template <class Rows>
struct Squares {
  Rows rows;
  std::int64_t stride;
  const double* a;
  HELIOTROPE_INLINE Pack next() {
    const Pack value = dot(rows, a, stride, a, stride);
    a += lanes;
    return value;
  }
};

HELIOTROPE_INLINE unsigned kinds_present(const std::int64_t* codes) {
  unsigned kinds = 0;
  for (int l = 0; l < W; ++l) kinds |= codes[l] < 0 ? 0u : 1u << (codes[l] & 3);
  return kinds;
}

/// One pair of slots for W lanes. `a`, `b`: first columns of the two slots, at the first of the lanes.
template <class Rows, class WidthA, class WidthB>
HELIOTROPE_INLINE void square_pair(Rows rows, WidthA width_a, WidthB width_b, std::int64_t stride, const double* a,
                                   const double* b, const std::int64_t* codes, double* to) {
  const unsigned kinds = kinds_present(codes);
  if (kinds & 1u << scatter_code::direct) {
    add_run(times(width_a, width_b), Destinations(codes, scatter_code::direct, to),
            Rectangle<Rows, WidthB>{rows, width_b, stride, a, b});
  }
  if (__builtin_expect(kinds & 1u << scatter_code::transposed, 0)) {
    add_run(times(width_a, width_b), Destinations(codes, scatter_code::transposed, to),
            Rectangle<Rows, WidthA>{rows, width_a, stride, b, a});
  }
  if (__builtin_expect(kinds & 1u << scatter_code::symmetrised, 0)) {
    add_run(triangle(width_a), Destinations(codes, scatter_code::symmetrised, to),
            Symmetrised<Rows>{rows, stride, a, b});
  }
}

/// The blocks of a part for one pair of slots after the other, sizes known where the template arguments are.
template <int RowsN>
void square_any(const PartView& part, std::int64_t begin, std::int64_t end, const SlotPair* pairs, int num_pairs,
                const std::int64_t* codes, double* to) {
  const Size<RowsN> rows(part.rows);
  const std::int64_t stride = static_cast<std::int64_t>(part.columns) * lanes;
  for (std::int64_t block = begin; block < end; ++block) {
    const double* jacobian = part.jacobian + block * part.rows * stride;
    for (int p = 0; p < num_pairs; ++p) {
      const std::int64_t* pair_codes = codes + (block * num_pairs + p) * lanes;
      const SlotPair pair = pairs[p];
      const double* a = jacobian + part.slot_begin[pair.first] * lanes;
      const double* b = jacobian + part.slot_begin[pair.second] * lanes;
      const Size<dynamic_size> width_a(part.widths[pair.first]), width_b(part.widths[pair.second]);
      for (int sub = 0; sub < lanes; sub += W) {
        if (pair.first == pair.second) {
          add_run(triangle(width_a), Destinations(pair_codes + sub, scatter_code::direct, to),
                  Triangle<Size<RowsN>>{rows, stride, a + sub});
        } else {
          square_pair(rows, width_a, width_b, stride, a + sub, b + sub, pair_codes + sub, to);
        }
      }
    }
  }
}

/// Two slots of known widths A, B, the pairs being (0,0), (1,1) and, in either order, (0,1).
template <int RowsN, int A, int B>
void square_two(const PartView& part, std::int64_t begin, std::int64_t end, const SlotPair* pairs, int num_pairs,
                const std::int64_t* codes, double* to) {
  constexpr Size<RowsN> rows(0);
  constexpr Size<A> width_a(0);
  constexpr Size<B> width_b(0);
  constexpr std::int64_t stride = (A + B) * lanes;
  const bool swapped = pairs[2].first == 1;
  for (std::int64_t block = begin; block < end; ++block) {
    const std::int64_t* block_codes = codes + block * num_pairs * lanes;
    for (int sub = 0; sub < lanes; sub += W) {
      const double* a = part.jacobian + block * RowsN * stride + sub;
      const double* b = a + A * lanes;
      add_run(triangle(width_a), Destinations(block_codes + sub, scatter_code::direct, to),
              Triangle<Size<RowsN>>{rows, stride, a});
      add_run(triangle(width_b), Destinations(block_codes + lanes + sub, scatter_code::direct, to),
              Triangle<Size<RowsN>>{rows, stride, b});
      if (swapped) {
        square_pair(rows, width_b, width_a, stride, b, a, block_codes + 2 * lanes + sub, to);
      } else {
        square_pair(rows, width_a, width_b, stride, a, b, block_codes + 2 * lanes + sub, to);
      }
    }
  }
}

void square(const PartView& part, std::int64_t begin, std::int64_t end, const SlotPair* pairs, int num_pairs,
            const std::int64_t* codes, double* to) {
  const auto shape = [&](int rows, int a, int b) {
    return num_pairs == 3 && part.rows == rows && part.widths[0] == a && part.widths[1] == b;
  };
  if (shape(2, 9, 3)) return square_two<2, 9, 3>(part, begin, end, pairs, num_pairs, codes, to);
  if (shape(2, 6, 3)) return square_two<2, 6, 3>(part, begin, end, pairs, num_pairs, codes, to);
  if (shape(3, 3, 3)) return square_two<3, 3, 3>(part, begin, end, pairs, num_pairs, codes, to);
  if (shape(6, 6, 6)) return square_two<6, 6, 6>(part, begin, end, pairs, num_pairs, codes, to);
  if (part.rows == 1) return square_any<1>(part, begin, end, pairs, num_pairs, codes, to);
  if (part.rows == 2) return square_any<2>(part, begin, end, pairs, num_pairs, codes, to);
  square_any<dynamic_size>(part, begin, end, pairs, num_pairs, codes, to);
}

/// Adds what a variable that is in two slots of a residual adds to diag(J'J): (a + b)^2 = a^2 + b^2 + 2 a b.
void add_repeated_squares(const PartView& part, std::int64_t block, const std::int64_t* codes, double* squares) {
  const double* jacobian = part.jacobian + block * part.rows * part.columns * lanes;
  for (int s = 1; s < part.num_slots; ++s) {
    for (int l = 0; l < lanes; ++l) {
      const std::int64_t code = codes[s * lanes + l];
      if (code < 0 || (code & 3) != scatter_code::repeated) continue;
      for (int t = 0; t < s; ++t) {
        if (codes[t * lanes + l] >> 2 != code >> 2) continue;
        for (int k = 0; k < part.widths[s]; ++k) {
          const double* a = jacobian + (part.slot_begin[s] + k) * lanes + l;
          const double* b = jacobian + (part.slot_begin[t] + k) * lanes + l;
          double sum = 0.0;
          for (int m = 0; m < part.rows; ++m) sum += a[m * part.columns * lanes] * b[m * part.columns * lanes];
          squares[(code >> 2) + k] += 2.0 * sum;
        }
      }
    }
  }
}

/// Whether the lanes of a slot of one column add to numbers that follow one another, as in chains and on grids.
HELIOTROPE_INLINE bool is_consecutive(const std::int64_t* codes) {
  std::int64_t differ = codes[0] < 0;
  for (int l = 1; l < lanes; ++l) differ |= codes[l] - codes[0] - 4 * l;
  return differ == 0;
}

template <int RowsN>
HELIOTROPE_INLINE void transposed_any(const PartView& part, std::int64_t begin, std::int64_t end,
                                      const std::int64_t* codes, const double* y, double* to, double* squares) {
  using Rows = Size<RowsN>;
  const Rows rows(part.rows);
  const std::int64_t stride = static_cast<std::int64_t>(part.columns) * lanes;
  for (std::int64_t block = begin; block < end; ++block) {
    const double* jacobian = part.jacobian + block * part.rows * stride;
    const double* block_y = y + block * part.rows * lanes;
    const std::int64_t* block_codes = codes + block * part.num_slots * lanes;
    std::int64_t kinds = 0;
    for (int slot = 0; slot < part.num_slots; ++slot) {
      const std::int64_t* slot_codes = block_codes + slot * lanes;
      const Size<dynamic_size> width(part.widths[slot]);
      if (!squares && width == 1 && is_consecutive(slot_codes)) {
        double* const first = to + (slot_codes[0] >> 2);
        for (int sub = 0; sub < lanes; sub += W) {
          Transposed<Rows> entry{rows, stride, jacobian + part.slot_begin[slot] * lanes + sub, block_y + sub};
          (Pack::load(first + sub) + entry.next()).store(first + sub);
        }
        continue;
      }
      for (int l = 0; l < lanes; ++l) kinds |= slot_codes[l] < 0 ? 0 : slot_codes[l] & 3;
      for (int sub = 0; sub < lanes; sub += W) {
        const double* a = jacobian + part.slot_begin[slot] * lanes + sub;
        add_run(width, Destinations(slot_codes + sub, to), Transposed<Rows>{rows, stride, a, block_y + sub});
        if (squares) add_run(width, Destinations(slot_codes + sub, squares), Squares<Rows>{rows, stride, a});
      }
    }
    if (squares && kinds) add_repeated_squares(part, block, block_codes, squares);
  }
}

void multiply_transposed(const PartView& part, std::int64_t begin, std::int64_t end, const std::int64_t* codes,
                         const double* y, double* to, double* squares) {
  if (part.rows == 1) return transposed_any<1>(part, begin, end, codes, y, to, squares);
  if (part.rows == 2) return transposed_any<2>(part, begin, end, codes, y, to, squares);
  transposed_any<dynamic_size>(part, begin, end, codes, y, to, squares);
}

void multiply(const PartView& part, std::int64_t begin, std::int64_t end, const std::int64_t* column_blocks,
              const std::int64_t* column_begin, const double* x, double* y) {
  const std::int64_t stride = static_cast<std::int64_t>(part.columns) * lanes;
  for (std::int64_t block = begin; block < end; ++block) {
    double* block_y = y + block * part.rows * lanes;
    for (int i = 0; i < part.rows * lanes; ++i) block_y[i] = 0.0;
    for (int slot = 0; slot < part.num_slots; ++slot) {
      const std::int64_t* columns = column_blocks + (block * part.num_slots + slot) * lanes;
      const double* a = part.jacobian + block * part.rows * stride + part.slot_begin[slot] * lanes;
      for (int j = 0; j < part.widths[slot]; ++j) {
        double x_lanes[lanes];
        for (int l = 0; l < lanes; ++l) x_lanes[l] = columns[l] < 0 ? 0.0 : x[column_begin[columns[l]] + j];
        for (int m = 0; m < part.rows; ++m) {
          for (int sub = 0; sub < lanes; sub += W) {
            double* sum = block_y + m * lanes + sub;
            (Pack::load(sum) + Pack::load(a + m * stride + j * lanes + sub) * Pack::load(x_lanes + sub)).store(sum);
          }
        }
      }
    }
  }
}

}  // namespace

extern const BlockKernels HELIOTROPE_JOIN(block_kernels_, HELIOTROPE_KERNEL_TARGET);
const BlockKernels HELIOTROPE_JOIN(block_kernels_, HELIOTROPE_KERNEL_TARGET) = {
    HELIOTROPE_TEXT(HELIOTROPE_KERNEL_TARGET), multiply, multiply_transposed, square};

}  // namespace heliotrope::linear_detail
