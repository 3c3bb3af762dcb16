// SPDX-License-Identifier: Apache-2.0
// The kernels of elimination that add to blocks of S, and products with these. Included by elimination_kernels.cpp
// alone.
#pragma once

#include "elimination_sizes.hpp"

namespace heliotrope::linear_detail {
inline namespace HELIOTROPE_ISA {

/// block +-= sum_k a[k] b[k]'.
template <bool Add, int RN, int CN, int KN>
HELIOTROPE_INLINE void rank_update_of(int rows_, int columns_, int rank_, const double* a, const double* b,
                                      double* block) {
  const int rows = size_of<RN>(rows_), columns = size_of<CN>(columns_), rank = size_of<KN>(rank_);
  const int whole = columns / 8 * 8, height = round_up_8(rows);
  constexpr int most = KN == dynamic_size ? 1 : KN;
  const auto apply = [&](double* at, auto&& left, auto&& right) HELIOTROPE_LAMBDA {
    Pack sum = Pack::load(at);
    for (int k = 0; k < rank; ++k) {
      if constexpr (Add) {
        sum += left(k) * right(k);
      } else {
        sum -= left(k) * right(k);
      }
    }
    sum.store(at);
  };
  for (int j = 0; j < whole; j += W) {
    Pack right[most];
    if constexpr (KN != dynamic_size) {
      for (int k = 0; k < rank; ++k) right[k] = Pack::load(b + k * columns + j);
    }
    for (int i = 0; i < rows; ++i) {
      apply(
          block + i * whole + j, [&](int k) HELIOTROPE_LAMBDA { return Pack(a[k * rows + i]); },
          [&](int k) HELIOTROPE_LAMBDA {
            if constexpr (KN == dynamic_size) {
              return Pack::load(b + k * columns + j);
            } else {
              return right[k];
            }
          });
    }
  }
  double* const rest = block + rows * whole;
  for (int i = 0; i < height; i += W) {
    Pack left[most];
    if constexpr (KN != dynamic_size) {
      for (int k = 0; k < rank; ++k) left[k] = Pack::load(a + k * rows + i);
    }
    for (int j = whole; j < columns; ++j) {
      apply(
          rest + (j - whole) * height + i,
          [&](int k) HELIOTROPE_LAMBDA {
            if constexpr (KN == dynamic_size) {
              return Pack::load(a + k * rows + i);
            } else {
              return left[k];
            }
          },
          [&](int k) HELIOTROPE_LAMBDA { return Pack(b[k * columns + j]); });
    }
  }
}

template <bool Add, int RN, int CN, int KN>
void rank_update(int rows, int columns, int rank, const double* a, const double* b, double* block) {
  rank_update_of<Add, RN, CN, KN>(rows, columns, rank, a, b, block);
}

template <bool Add, int RN, int CN>
RankUpdate with_rank(int rank) {
  switch (rank) {
    case 2:
      return rank_update<Add, RN, CN, 2>;
    case 3:
      return rank_update<Add, RN, CN, 3>;
    case 4:
      return rank_update<Add, RN, CN, 4>;
    default:
      return rank_update<Add, RN, CN, dynamic_size>;
  }
}
template <bool Add, int RN>
RankUpdate with_columns(int columns, int rank) {
  switch (columns) {
    case 3:
      return with_rank<Add, RN, 3>(rank);
    case 4:
      return with_rank<Add, RN, 4>(rank);
    case 6:
      return with_rank<Add, RN, 6>(rank);
    case 9:
      return with_rank<Add, RN, 9>(rank);
    default:
      return rank_update<Add, RN, dynamic_size, dynamic_size>;
  }
}
template <bool Add>
RankUpdate product_kernel(int rows, int columns, int rank) {
  switch (rows) {
    case 3:
      return with_columns<Add, 3>(columns, rank);
    case 4:
      return with_columns<Add, 4>(columns, rank);
    case 6:
      return with_columns<Add, 6>(columns, rank);
    case 9:
      return with_columns<Add, 9>(columns, rank);
    default:
      return rank_update<Add, dynamic_size, dynamic_size, dynamic_size>;
  }
}

template <int WN, int PN>
HELIOTROPE_INLINE void point_update_of(int w_, int width_, int length, const double* Y, const std::uint32_t* pairs,
                                       double* S, bool diagonal_only) {
  const int w = size_of<WN>(w_), P = size_of<PN>(width_);
  const Index block = schur_block_size(w, w);
  const Index stride = Index{w} * P;
  for (int a = 0; a < length; ++a) {
    const double* const Ya = Y + a * stride;
    if (diagonal_only) {
      rank_update_of<false, WN, WN, PN>(w, w, P, Ya, Ya, S + block * pairs[a]);
      continue;
    }
    const std::uint32_t* const row = pairs + Index{a} * (a + 1) / 2;
    for (int c = 0; c <= a; ++c) {
      const double* const ahead = S + block * row[c + 2];
      __builtin_prefetch(ahead, 1);
      __builtin_prefetch(ahead + 8, 1);
      __builtin_prefetch(ahead + 16, 1);
      __builtin_prefetch(ahead + 24, 1);
      rank_update_of<false, WN, WN, PN>(w, w, P, Ya, Y + c * stride, S + block * row[c]);
    }
  }
}
inline void point_update(int w, int width, int length, const double* Y, const std::uint32_t* pairs, double* S,
                         bool diagonal_only) {
  const auto call = [&](auto update) HELIOTROPE_LAMBDA { update(w, width, length, Y, pairs, S, diagonal_only); };
  if (width == 3 && w == 9) return call(point_update_of<9, 3>);
  if (width == 3 && w == 6) return call(point_update_of<6, 3>);
  if (width == 3) return call(point_update_of<dynamic_size, 3>);
  call(point_update_of<dynamic_size, dynamic_size>);
}

/// g += J'r, d += J.J, b -= Y z of one record in whole vectors; the three are round_up_8(w) apart.
template <int WN, int PN, int RN>
HELIOTROPE_INLINE void vectors_update(int w_, int width, int rows_, const double* record, const double* z, double* g) {
  const int w = size_of<WN>(w_), P = size_of<PN>(width), rows = size_of<RN>(rows_), H = round_up_8(w);
  const double* const J = record + P * w;
  const double* const r = J + rows * w;
  for (int i = 0; i < H; i += W) {
    Pack gi = Pack::load(g + i), di = Pack::load(g + H + i), bi = Pack::load(g + 2 * H + i);
    for (int m = 0; m < rows; ++m) {
      const Pack j = Pack::load(J + m * w + i);
      gi += j * Pack(r[m]);
      di += j * j;
    }
    for (int p = 0; p < P; ++p) bi -= Pack::load(record + p * w + i) * Pack(z[p]);
    gi.store(g + i);
    di.store(g + H + i);
    bi.store(g + 2 * H + i);
  }
}

/// block += J'J - Y Y' of one record.
template <int WN, int PN, int RN>
HELIOTROPE_INLINE void diagonal_update(int w_, int width, int rows_, const double* record, double* block) {
  if constexpr (PN == dynamic_size || RN == dynamic_size) {
    rank_update_of<false, WN, WN, PN>(w_, w_, width, record, record, block);
    rank_update_of<true, WN, WN, RN>(w_, w_, rows_, record + width * w_, record + width * w_, block);
  } else {
    const int w = size_of<WN>(w_), whole = w / 8 * 8, height = round_up_8(w);
    const auto update = [&](double* at, const Pack(&left)[PN + RN], const Pack(&right)[PN + RN]) HELIOTROPE_LAMBDA {
      Pack sum = Pack::load(at);
      HELIOTROPE_UNROLL
      for (int k = 0; k < PN; ++k) sum -= left[k] * right[k];
      HELIOTROPE_UNROLL
      for (int k = PN; k < PN + RN; ++k) sum += left[k] * right[k];
      sum.store(at);
    };
    Pack left[PN + RN], right[PN + RN];
    for (int j = 0; j < whole; j += W) {
      HELIOTROPE_UNROLL
      for (int k = 0; k < PN + RN; ++k) right[k] = Pack::load(record + k * w + j);
      for (int i = j / W * W; i < w; ++i) {  // what lies above the diagonal is never read
        HELIOTROPE_UNROLL
        for (int k = 0; k < PN + RN; ++k) left[k] = Pack(record[k * w + i]);
        update(block + i * whole + j, left, right);
      }
    }
    for (int i = whole / W * W; i < height; i += W) {
      HELIOTROPE_UNROLL
      for (int k = 0; k < PN + RN; ++k) left[k] = Pack::load(record + k * w + i);
      for (int j = whole; j < w; ++j) {
        HELIOTROPE_UNROLL
        for (int k = 0; k < PN + RN; ++k) right[k] = Pack(record[k * w + j]);
        update(block + w * whole + (j - whole) * height + i, left, right);
      }
    }
  }
}

template <int WN, int PN, int RN>
HELIOTROPE_INLINE void record_update_of(int w_, int width, int rows_, int length, const std::int32_t* list,
                                        const double* records, const double* z, const std::uint32_t* pairs, double* S,
                                        double* vectors, bool diagonal_only) {
  const int w = size_of<WN>(w_), P = size_of<PN>(width), rows = size_of<RN>(rows_);
  const Index block = schur_block_size(w, w), stride = record_size(w, P, rows), vector_stride = 3 * round_up_8(w);
  for (int a = 0; a < length; ++a) {
    const double* const own = records + a * stride;
    vectors_update<WN, PN, RN>(w, P, rows, own, z, vectors + vector_stride * list[a]);
    const std::uint32_t* const row = diagonal_only ? pairs : pairs + Index{a} * (a + 1) / 2;
    if (!diagonal_only) {
      for (int c = 0; c < a; ++c) {
        const double* const ahead = S + block * row[c + 2];
        __builtin_prefetch(ahead, 1);
        __builtin_prefetch(ahead + 8, 1);
        __builtin_prefetch(ahead + 16, 1);
        __builtin_prefetch(ahead + 24, 1);
        rank_update_of<false, WN, WN, PN>(w, w, P, own, records + c * stride, S + block * row[c]);
      }
    }
    double* const diagonal = S + block * row[a];
    diagonal_update<WN, PN, RN>(w, P, rows, own, diagonal);
  }
}
inline void record_update(int w, int width, int rows, int length, const std::int32_t* list, const double* records,
                          const double* z, const std::uint32_t* pairs, double* S, double* vectors, bool diagonal_only) {
  const auto call = [&](auto update) HELIOTROPE_LAMBDA {
    update(w, width, rows, length, list, records, z, pairs, S, vectors, diagonal_only);
  };
  if (w == 9 && width == 3 && rows == 2) return call(record_update_of<9, 3, 2>);
  if (w == 6 && width == 3 && rows == 2) return call(record_update_of<6, 3, 2>);
  if (w == 6 && width == 3 && rows == 3) return call(record_update_of<6, 3, 3>);
  if (width == 3) return call(record_update_of<dynamic_size, 3, dynamic_size>);
  call(record_update_of<dynamic_size, dynamic_size, dynamic_size>);
}

template <int WN, int RN>
HELIOTROPE_INLINE void gradient_update_of(int w_, int rows_, const double* J, const double* r, double* g, double* d) {
  const int w = size_of<WN>(w_), rows = size_of<RN>(rows_);
  for (int m = 0; m < rows; ++m, J += w) {
    const double x = r[m];
    for (int c = 0; c < w; ++c) {
      g[c] += J[c] * x;
      d[c] += J[c] * J[c];
    }
  }
}
inline void gradient_update(int w, int rows, const double* J, const double* r, double* g, double* d) {
  if (w == 9 && rows == 2) return gradient_update_of<9, 2>(w, rows, J, r, g, d);
  gradient_update_of<dynamic_size, dynamic_size>(w, rows, J, r, g, d);
}

template <int WN, int PN>
HELIOTROPE_INLINE void right_side_update_of(int w_, int width_, const double* Y, const double* z, double* b) {
  const int w = size_of<WN>(w_), P = size_of<PN>(width_);
  for (int p = 0; p < P; ++p, Y += w) {
    const double x = z[p];
    for (int c = 0; c < w; ++c) b[c] -= Y[c] * x;
  }
}
inline void right_side_update(int w, int width, const double* Y, const double* z, double* b) {
  if (w == 9 && width == 3) return right_side_update_of<9, 3>(w, width, Y, z, b);
  right_side_update_of<dynamic_size, dynamic_size>(w, width, Y, z, b);
}

template <int RN, int CN>
HELIOTROPE_INLINE void multiply_block_of(int rows_, int columns_, const double* block, const double* x, double* y,
                                         const double* xt, double* yt) {
  const int rows = size_of<RN>(rows_), columns = size_of<CN>(columns_);
  const int whole = columns / 8 * 8, height = round_up_8(rows);
  for (int i = 0; i < rows && whole > 0; ++i) {
    double sum = 0.0;
    const double* row = block + i * whole;
    for (int j = 0; j < whole; ++j) sum += row[j] * x[j];
    y[i] += sum;
    const double xi = xt[i];
    for (int j = 0; j < whole; ++j) yt[j] += row[j] * xi;
  }
  for (int j = whole; j < columns; ++j) {
    const double* column = block + rows * whole + (j - whole) * height;
    const double xj = x[j];
    for (int i = 0; i < rows; ++i) y[i] += column[i] * xj;
    double sum = 0.0;
    for (int i = 0; i < rows; ++i) sum += column[i] * xt[i];
    yt[j] += sum;
  }
}
/// The same for a diagonal block, whose lower triangle alone is read.
inline void multiply_diagonal_block(int rows, const double* block, const double* x, double* y) {
  for (int i = 0; i < rows; ++i) {
    double sum = 0.0;
    for (int j = 0; j < i; ++j) {
      const double value = block[schur_block_entry(rows, rows, i, j)];
      sum += value * x[j];
      y[j] += value * x[i];
    }
    y[i] += sum + block[schur_block_entry(rows, rows, i, i)] * x[i];
  }
}

inline void multiply_block(int rows, int columns, const double* block, const double* x, double* y, const double* xt,
                           double* yt) {
  if (rows == 9 && columns == 9) return multiply_block_of<9, 9>(rows, columns, block, x, y, xt, yt);
  if (rows == 6 && columns == 6) return multiply_block_of<6, 6>(rows, columns, block, x, y, xt, yt);
  multiply_block_of<dynamic_size, dynamic_size>(rows, columns, block, x, y, xt, yt);
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope::linear_detail
