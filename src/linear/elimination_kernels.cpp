// SPDX-License-Identifier: Apache-2.0
// Compiled once for each HELIOTROPE_KERNEL_TARGET (baseline, avx2, avx512); see block_kernels.cpp for what may be used.
#include "elimination_kernels.hpp"

#include "lane_transpose.hpp"

#ifndef HELIOTROPE_KERNEL_TARGET
#define HELIOTROPE_KERNEL_TARGET baseline
#endif
#define HELIOTROPE_JOIN_(a, b) a##b
#define HELIOTROPE_JOIN(a, b) HELIOTROPE_JOIN_(a, b)
#define HELIOTROPE_TEXT_(a) #a
#define HELIOTROPE_TEXT(a) HELIOTROPE_TEXT_(a)

namespace heliotrope::linear_detail {
namespace {

constexpr int W = Pack::width;
constexpr int lanes = block_lanes;
using Index = std::int64_t;

/// A size: the template argument, or what is given at run time where that is dynamic_size.
template <int N>
HELIOTROPE_INLINE constexpr int size_of(int given) {
  return N == dynamic_size ? given : N;
}

HELIOTROPE_INLINE Pack load(const double* from) { return Pack::load(from); }
HELIOTROPE_INLINE Pack load(const float* from) {
  using FloatVector = float __attribute__((vector_size(4 * W)));
  FloatVector narrow;
  __builtin_memcpy(&narrow, from, sizeof(narrow));
  return Pack(__builtin_convertvector(narrow, DoubleVector));
}

// ---- eight points at once -------------------------------------------------------------------------------------------

template <int PN, class Real>
HELIOTROPE_INLINE void point_products_of(const SegmentView<Real>& s, int width, double* V, double* g) {
  const int P = size_of<PN>(width);
  const Index row_stride = Index{s.columns} * lanes;
  for (int lane = 0; lane < lanes; lane += W) {
    const Real* J = s.jacobian + s.slot_begin[s.slot] * lanes + lane;
    const double* r = s.residuals + lane;
    for (Index i = 0; i < s.num_blocks * s.rows; ++i, J += row_stride, r += lanes) {
      for (int p = 0, at = lane; p < P; ++p) {
        const Pack jp = load(J + p * lanes);
        for (int q = 0; q <= p; ++q, at += lanes) (Pack::load(V + at) + jp * load(J + q * lanes)).store(V + at);
        if (g != nullptr) (Pack::load(g + p * lanes + lane) + jp * Pack::load(r)).store(g + p * lanes + lane);
      }
    }
  }
}

/// The usual width, with sums in registers.
template <class Real>
HELIOTROPE_INLINE void point_products_3(const SegmentView<Real>& s, double* V, double* g) {
  const Index row_stride = Index{s.columns} * lanes;
  for (int lane = 0; lane < lanes; lane += W) {
    const Real* J = s.jacobian + s.slot_begin[s.slot] * lanes + lane;
    const double* r = s.residuals + lane;
    Pack v[6], h[3];
    HELIOTROPE_UNROLL
    for (int k = 0; k < 6; ++k) v[k] = Pack::load(V + k * lanes + lane);
    HELIOTROPE_UNROLL
    for (int k = 0; k < 3; ++k) h[k] = g != nullptr ? Pack::load(g + k * lanes + lane) : Pack(0.0);
    for (Index i = 0; i < s.num_blocks * s.rows; ++i, J += row_stride, r += lanes) {
      const Pack a = load(J), b = load(J + lanes), c = load(J + 2 * lanes);
      v[0] += a * a;
      v[1] += b * a;
      v[2] += b * b;
      v[3] += c * a;
      v[4] += c * b;
      v[5] += c * c;
      if (g == nullptr) continue;
      const Pack x = Pack::load(r);
      h[0] += a * x;
      h[1] += b * x;
      h[2] += c * x;
    }
    HELIOTROPE_UNROLL
    for (int k = 0; k < 6; ++k) v[k].store(V + k * lanes + lane);
    if (g == nullptr) continue;
    HELIOTROPE_UNROLL
    for (int k = 0; k < 3; ++k) h[k].store(g + k * lanes + lane);
  }
}

void point_products(const SegmentView<double>& s, int width, double* V, double* g) {
  if (width == 3) return point_products_3(s, V, g);
  point_products_of<dynamic_size>(s, width, V, g);
}
void point_products_float(const SegmentView<float>& s, int width, double* V) {
  if (width == 3) return point_products_3(s, V, nullptr);
  point_products_of<dynamic_size>(s, width, V, nullptr);
}

HELIOTROPE_INLINE constexpr int packed(int i, int j) { return i * (i + 1) / 2 + j; }

template <int PN>
HELIOTROPE_INLINE unsigned factorise_of(int width, double* V) {
  const int P = size_of<PN>(width);
  unsigned failed = 0;
  for (int lane = 0; lane < lanes; lane += W) {
    double* L = V + lane;
    for (int j = 0; j < P; ++j) {
      Pack pivot = Pack::load(L + packed(j, j) * lanes);
      for (int k = 0; k < j; ++k) {
        const Pack l = Pack::load(L + packed(j, k) * lanes);
        pivot -= l * l;
      }
      const Mask good = (pivot > 0.0) & (pivot <= 1.7976931348623157e308);
      for (int l = 0; l < W; ++l) failed |= good[l] ? 0u : 1u << (lane + l);
      const Pack inverse = 1.0 / Pack(pack_detail::square_root(select(good, pivot, Pack(1.0)).lanes()));
      inverse.store(L + packed(j, j) * lanes);
      for (int i = j + 1; i < P; ++i) {
        Pack sum = Pack::load(L + packed(i, j) * lanes);
        for (int k = 0; k < j; ++k) sum -= Pack::load(L + packed(i, k) * lanes) * Pack::load(L + packed(j, k) * lanes);
        (sum * inverse).store(L + packed(i, j) * lanes);
      }
    }
  }
  return failed;
}
unsigned factorise(int width, double* V) {
  return width == 3 ? factorise_of<3>(width, V) : factorise_of<dynamic_size>(width, V);
}

void solve_lower(int width, const double* L, double* x) {
  for (int lane = 0; lane < lanes; lane += W) {
    for (int i = 0; i < width; ++i) {
      Pack sum = Pack::load(x + i * lanes + lane);
      for (int k = 0; k < i; ++k) sum -= Pack::load(L + packed(i, k) * lanes + lane) * Pack::load(x + k * lanes + lane);
      (sum * Pack::load(L + packed(i, i) * lanes + lane)).store(x + i * lanes + lane);
    }
  }
}
void solve_transposed(int width, const double* L, double* x) {
  for (int lane = 0; lane < lanes; lane += W) {
    for (int i = width - 1; i >= 0; --i) {
      Pack sum = Pack::load(x + i * lanes + lane);
      for (int k = i + 1; k < width; ++k) {
        sum -= Pack::load(L + packed(k, i) * lanes + lane) * Pack::load(x + k * lanes + lane);
      }
      (sum * Pack::load(L + packed(i, i) * lanes + lane)).store(x + i * lanes + lane);
    }
  }
}

/// to[lane][e] = or += from[e][lane] for `length` entries; lanes without a destination are left out.
template <bool Add>
HELIOTROPE_INLINE void spread(const double* from, int length, double* const* to) {
  for (int lane = 0; lane < lanes; lane += W) {
    int e = 0;
    for (; e + W <= length; e += W) {
      DoubleVector tile[W];
      HELIOTROPE_UNROLL
      for (int k = 0; k < W; ++k) tile[k] = Pack::load(from + (e + k) * lanes + lane).lanes();
      transpose(tile);
      HELIOTROPE_UNROLL
      for (int l = 0; l < W; ++l) {
        double* const at = to[lane + l];
        if (at == nullptr) continue;
        if constexpr (Add) {
          (Pack::load(at + e) + Pack(tile[l])).store(at + e);
        } else {
          Pack(tile[l]).store(at + e);
        }
      }
    }
    for (; e < length; ++e) {
      for (int l = 0; l < W; ++l) {
        double* const at = to[lane + l];
        if (at == nullptr) continue;
        at[e] = (Add ? at[e] : 0.0) + from[e * lanes + lane + l];
      }
    }
  }
}

/// Y of one block and slot for all lanes into scratch: [P][w][8].
template <int PN, int RN>
HELIOTROPE_INLINE void cross_block(const SegmentView<double>& s, Index block, int slot, int width, const double* L,
                                   double* scratch) {
  const int P = size_of<PN>(width), rows = size_of<RN>(s.rows), w = s.widths[slot];
  const Index row_stride = Index{s.columns} * lanes;
  const double* const base = s.jacobian + block * s.rows * row_stride;
  for (int lane = 0; lane < lanes; lane += W) {
    const double* Jp = base + s.slot_begin[s.slot] * lanes + lane;
    const double* Jk = base + s.slot_begin[slot] * lanes + lane;
    for (int c = 0; c < w; ++c) {
      double* y = scratch + c * lanes + lane;
      for (int p = 0; p < P; ++p) {  // forward substitution: Y L' = Jk'Jp
        Pack sum = Pack::load(Jk + c * lanes) * Pack::load(Jp + p * lanes);
        for (int m = 1; m < rows; ++m) {
          sum += Pack::load(Jk + m * row_stride + c * lanes) * Pack::load(Jp + m * row_stride + p * lanes);
        }
        for (int q = 0; q < p; ++q) sum -= Pack::load(L + packed(p, q) * lanes + lane) * Pack::load(y + q * w * lanes);
        (sum * Pack::load(L + packed(p, p) * lanes + lane)).store(y + p * w * lanes);
      }
    }
  }
}

void cross(const SegmentView<double>& s, int width, const double* L, double* const* to, bool add, double* scratch) {
  for (Index block = 0; block < s.num_blocks; ++block) {
    for (int slot = 0; slot < s.num_slots; ++slot, to += lanes) {
      if (slot == s.slot) continue;
      if (width == 3 && s.rows == 2) {
        cross_block<3, 2>(s, block, slot, width, L, scratch);
      } else if (width == 3) {
        cross_block<3, dynamic_size>(s, block, slot, width, L, scratch);
      } else {
        cross_block<dynamic_size, dynamic_size>(s, block, slot, width, L, scratch);
      }
      if (add) {
        spread<true>(scratch, width * s.widths[slot], to);
      } else {
        spread<false>(scratch, width * s.widths[slot], to);
      }
    }
  }
}

template <int PN, int RN>
HELIOTROPE_INLINE void records_of(const SegmentView<double>& s, int slot, int width, const double* L, double* const* to,
                                  double* scratch) {
  const int P = size_of<PN>(width), rows = size_of<RN>(s.rows), w = s.widths[slot];
  const Index row_stride = Index{s.columns} * lanes;
  const int length = (P + rows) * w + rows;
  for (int e = length; e < round_up_8(length); ++e) {
    for (int lane = 0; lane < lanes; lane += W) Pack(0.0).store(scratch + e * lanes + lane);
  }
  for (Index block = 0; block < s.num_blocks; ++block, to += lanes) {
    cross_block<PN, RN>(s, block, slot, width, L, scratch);
    double* next = scratch + P * w * lanes;
    for (int m = 0; m < rows; ++m) {
      const double* Jk = s.jacobian + (block * rows + m) * row_stride + s.slot_begin[slot] * lanes;
      for (int i = 0; i < w * lanes; i += W) Pack::load(Jk + i).store(next + i);
      next += w * lanes;
    }
    const double* r = s.residuals + block * rows * lanes;
    for (int i = 0; i < rows * lanes; i += W) Pack::load(r + i).store(next + i);
    spread<false>(scratch, round_up_8(length), to);
  }
}
void records(const SegmentView<double>& s, int slot, int width, const double* L, double* const* to, double* scratch) {
  if (width == 3 && s.rows == 2) return records_of<3, 2>(s, slot, width, L, to, scratch);
  if (width == 3) return records_of<3, dynamic_size>(s, slot, width, L, to, scratch);
  records_of<dynamic_size, dynamic_size>(s, slot, width, L, to, scratch);
}

void transpose_kept(const SegmentView<double>& s, double* to) {
  const Index row_stride = Index{s.columns} * lanes;
  const int kept = s.columns - (s.slot < 0 ? 0 : s.widths[s.slot]);
  const Index lane_stride = Index{kept} * s.rows;
  for (Index block = 0; block < s.num_blocks; ++block, to += lane_stride * lanes) {
    double* at[lanes];
    for (int l = 0; l < lanes; ++l) at[l] = to + l * lane_stride;
    for (int slot = 0; slot < s.num_slots; ++slot) {
      if (slot == s.slot) continue;
      for (int m = 0; m < s.rows; ++m) {
        spread<false>(s.jacobian + (block * s.rows + m) * row_stride + s.slot_begin[slot] * lanes, s.widths[slot], at);
        for (int l = 0; l < lanes; ++l) at[l] += s.widths[slot];
      }
    }
  }
}

/// W numbers from each lane's place in x, as W packs: x[at[l] + c + k] is lane l of to[k].
HELIOTROPE_INLINE void gather(const double* x, const Index* at, int c, DoubleVector* to) {
  HELIOTROPE_UNROLL
  for (int l = 0; l < W; ++l) to[l] = Pack::load(x + at[l] + c).lanes();
  transpose(to);
}

HELIOTROPE_INLINE DoubleVector gather_one(const double* x, const Index* at) {
  double each[W];
  HELIOTROPE_UNROLL
  for (int l = 0; l < W; ++l) each[l] = x[at[l]];
  return Pack::load(each).lanes();
}

template <int RN, class Real>
HELIOTROPE_INLINE void back_products_of(const SegmentView<Real>& s, int width, const double* x, const Index* at,
                                        double* u, double* t) {
  const int rows = size_of<RN>(s.rows);
  const Index row_stride = Index{s.columns} * lanes;
  for (Index block = 0; block < s.num_blocks; ++block) {
    const Real* const J = s.jacobian + block * rows * row_stride;
    const Index* const at_block = at + block * s.num_slots * lanes;
    for (int lane = 0; lane < lanes; lane += W) {
      Pack product[RN == dynamic_size ? 1 : RN];
      double* const out = t + block * rows * lanes + lane;
      for (int m = 0; m < rows; ++m) {
        if constexpr (RN == dynamic_size) {
          Pack(0.0).store(out + m * lanes);
        } else {
          product[m] = Pack(0.0);
        }
      }
      for (int slot = 0; slot < s.num_slots; ++slot) {
        if (slot == s.slot) continue;
        const int w = s.widths[slot];
        for (int first = 0; first < w; first += W) {
          DoubleVector values[W];
          const int count = w - first < W ? w - first : W;
          const Index* const places = at_block + slot * lanes + lane;
          if (4 * count > W) {
            gather(x, places, first, values);
          } else {
            for (int k = 0; k < count; ++k) values[k] = gather_one(x + first + k, places);
          }
          const Real* column = J + (s.slot_begin[slot] + first) * lanes + lane;
          const auto add = [&](int k) HELIOTROPE_LAMBDA {
            for (int m = 0; m < rows; ++m) {
              const Pack term = load(column + m * row_stride + k * lanes) * Pack(values[k]);
              if constexpr (RN == dynamic_size) {
                (Pack::load(out + m * lanes) + term).store(out + m * lanes);
              } else {
                product[m] += term;
              }
            }
          };
          if (count == W) {
            HELIOTROPE_UNROLL
            for (int k = 0; k < W; ++k) add(k);
          } else {
            for (int k = 0; k < count; ++k) add(k);
          }
        }
      }
      if constexpr (RN != dynamic_size) {
        for (int m = 0; m < rows; ++m) product[m].store(out + m * lanes);
      }
      const Real* Jp = J + (s.slot < 0 ? 0 : s.slot_begin[s.slot]) * lanes + lane;
      for (int p = 0; p < width; ++p) {
        Pack sum = Pack::load(u + p * lanes + lane);
        for (int m = 0; m < rows; ++m) sum += load(Jp + m * row_stride + p * lanes) * Pack::load(out + m * lanes);
        sum.store(u + p * lanes + lane);
      }
    }
  }
}
void back_products(const SegmentView<double>& s, int width, const double* x, const Index* at, double* u, double* t) {
  if (s.rows == 2) return back_products_of<2>(s, width, x, at, u, t);
  back_products_of<dynamic_size>(s, width, x, at, u, t);
}
void back_products_float(const SegmentView<float>& s, int width, const double* x, const Index* at, double* u,
                         double* t) {
  if (s.rows == 2) return back_products_of<2>(s, width, x, at, u, t);
  back_products_of<dynamic_size>(s, width, x, at, u, t);
}

template <class Real>
HELIOTROPE_INLINE void forward_products_of(const SegmentView<Real>& s, int width, const double* t, const double* v,
                                           const Index* at, Index none, double* y, double* scratch) {
  const Index row_stride = Index{s.columns} * lanes;
  double* const q = scratch;  // [row][8]
  double* const products = scratch + s.rows * lanes;
  for (Index block = 0; block < s.num_blocks; ++block) {
    const Real* const J = s.jacobian + block * s.rows * row_stride;
    for (int lane = 0; lane < lanes; lane += W) {
      const Real* Jp = J + (s.slot < 0 ? 0 : s.slot_begin[s.slot]) * lanes + lane;
      for (int m = 0; m < s.rows; ++m) {
        Pack sum = Pack::load(t + (block * s.rows + m) * lanes + lane);
        for (int p = 0; p < width; ++p) sum -= load(Jp + m * row_stride + p * lanes) * Pack::load(v + p * lanes + lane);
        sum.store(q + m * lanes + lane);
      }
    }
    for (int slot = 0; slot < s.num_slots; ++slot) {
      if (slot == s.slot) continue;
      const Index* const where = at + (block * s.num_slots + slot) * lanes;
      double* to[lanes];
      for (int l = 0; l < lanes; ++l) to[l] = where[l] == none ? nullptr : y + where[l];
      for (int c = 0; c < s.widths[slot]; ++c) {
        for (int lane = 0; lane < lanes; lane += W) {
          const Real* column = J + (s.slot_begin[slot] + c) * lanes + lane;
          Pack sum = load(column) * Pack::load(q + lane);
          for (int m = 1; m < s.rows; ++m) sum += load(column + m * row_stride) * Pack::load(q + m * lanes + lane);
          sum.store(products + c * lanes + lane);
        }
      }
      spread<true>(products, s.widths[slot], to);
    }
  }
}
void forward_products(const SegmentView<double>& s, int width, const double* t, const double* v, const Index* at,
                      Index none, double* y, double* scratch) {
  forward_products_of(s, width, t, v, at, none, y, scratch);
}
void forward_products_float(const SegmentView<float>& s, int width, const double* t, const double* v, const Index* at,
                            Index none, double* y, double* scratch) {
  forward_products_of(s, width, t, v, at, none, y, scratch);
}

void add(const double* from, Index n, double* to) {
  Index i = 0;
  for (; i + W <= n; i += W) (Pack::load(to + i) + Pack::load(from + i)).store(to + i);
  for (; i < n; ++i) to[i] += from[i];
}

void narrow(const double* from, Index n, float* to) {
  for (Index i = 0; i < n; ++i) to[i] = static_cast<float>(from[i]);
}

// ---- blocks of S ----------------------------------------------------------------------------------------------------

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
void point_update(int w, int width, int length, const double* Y, const std::uint32_t* pairs, double* S,
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
void record_update(int w, int width, int rows, int length, const std::int32_t* list, const double* records,
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

/// sums[t][v] -= sum over pairs and p of x[p][broadcast + t] y[p][vector + W v], where x and y are the two records.
template <bool upper_is_vector, int T, int V, int WN, int PN>
HELIOTROPE_INLINE void gather_sums(Index stride, const std::uint32_t* pairs, Index count, const double* records,
                                   int broadcast, int vector, Pack (&sums)[T][V]) {
  for (Index i = 0; i < count; ++i) {
    const double* const a = records + Index{pairs[i] >> 16} * stride;
    const double* const c = records + Index{pairs[i] & 0xffff} * stride;
    const double* const x = (upper_is_vector ? c : a) + broadcast;
    const double* const y = (upper_is_vector ? a : c) + vector;
    HELIOTROPE_UNROLL
    for (int p = 0; p < PN; ++p) {
      HELIOTROPE_UNROLL
      for (int v = 0; v < V; ++v) {
        const Pack right = Pack::load(y + p * WN + W * v);
        HELIOTROPE_UNROLL
        for (int t = 0; t < T; ++t) sums[t][v] -= Pack(x[p * WN + t]) * right;
      }
    }
  }
}

/// The whole of a block in registers where it fits them: 9 x 9 and 6 x 6 on AVX-512.
template <int WN, int PN>
HELIOTROPE_INLINE void gather_whole(Index stride, const std::uint32_t* pairs, Index count, const double* records,
                                    double* block) {
  constexpr int whole = WN / 8 * 8, left_over = WN % 8, height = round_up_8(WN);
  constexpr int V = whole > 0 ? whole / W : 1, H = height / W;
  Pack sums[WN][V], rest[left_over][H];
  if constexpr (whole > 0) {
    HELIOTROPE_UNROLL
    for (int i = 0; i < WN; ++i) sums[i][0] = Pack::load(block + i * whole);
  }
  HELIOTROPE_UNROLL
  for (int j = 0; j < left_over; ++j) {
    HELIOTROPE_UNROLL
    for (int h = 0; h < H; ++h) rest[j][h] = Pack::load(block + WN * whole + j * height + h * W);
  }
  for (Index i = 0; i < count; ++i) {
    const double* const a = records + Index{pairs[i] >> 16} * stride;
    const double* const c = records + Index{pairs[i] & 0xffff} * stride;
    HELIOTROPE_UNROLL
    for (int p = 0; p < PN; ++p) {
      if constexpr (whole > 0) {
        const Pack right = Pack::load(c + p * WN);
        HELIOTROPE_UNROLL
        for (int t = 0; t < WN; ++t) sums[t][0] -= Pack(a[p * WN + t]) * right;
      }
      HELIOTROPE_UNROLL
      for (int h = 0; h < H; ++h) {
        const Pack left = Pack::load(a + p * WN + h * W);
        HELIOTROPE_UNROLL
        for (int j = 0; j < left_over; ++j) rest[j][h] -= left * Pack(c[p * WN + whole + j]);
      }
    }
  }
  if constexpr (whole > 0) {
    HELIOTROPE_UNROLL
    for (int i = 0; i < WN; ++i) sums[i][0].store(block + i * whole);
  }
  HELIOTROPE_UNROLL
  for (int j = 0; j < left_over; ++j) {
    HELIOTROPE_UNROLL
    for (int h = 0; h < H; ++h) rest[j][h].store(block + WN * whole + j * height + h * W);
  }
}

/// Strip after strip of a block where registers are few.
template <int WN, int PN>
HELIOTROPE_INLINE void gather_strips(Index stride, const std::uint32_t* pairs, Index count, const double* records,
                                     double* block) {
  constexpr int whole = WN / 8 * 8, left_over = WN % 8, height = round_up_8(WN);
  for (int j = 0; j < whole; j += W) {
    Pack sums[WN][1];
    HELIOTROPE_UNROLL
    for (int i = 0; i < WN; ++i) sums[i][0] = Pack::load(block + i * whole + j);
    gather_sums<false, WN, 1, WN, PN>(stride, pairs, count, records, 0, j, sums);
    HELIOTROPE_UNROLL
    for (int i = 0; i < WN; ++i) sums[i][0].store(block + i * whole + j);
  }
  double* const at = block + WN * whole;
  for (int h = 0; h < height; h += W) {
    Pack sums[left_over][1];
    HELIOTROPE_UNROLL
    for (int j = 0; j < left_over; ++j) sums[j][0] = Pack::load(at + j * height + h);
    gather_sums<true, left_over, 1, WN, PN>(stride, pairs, count, records, whole, h, sums);
    HELIOTROPE_UNROLL
    for (int j = 0; j < left_over; ++j) sums[j][0].store(at + j * height + h);
  }
}

void gather_update(int w, int width, Index stride, const std::uint32_t* pairs, Index count, const double* records,
                   double* block) {
  const auto call = [&](auto whole, auto strips) HELIOTROPE_LAMBDA {
    W == 8 ? whole(stride, pairs, count, records, block) : strips(stride, pairs, count, records, block);
  };
  if (width == 3 && w == 9) return call(gather_whole<9, 3>, gather_strips<9, 3>);
  if (width == 3 && w == 6) return call(gather_whole<6, 3>, gather_strips<6, 3>);
  for (Index i = 0; i < count; ++i) {
    rank_update_of<false, dynamic_size, dynamic_size, dynamic_size>(
        w, w, width, records + Index{pairs[i] >> 16} * stride, records + Index{pairs[i] & 0xffff} * stride, block);
  }
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
void gradient_update(int w, int rows, const double* J, const double* r, double* g, double* d) {
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
void right_side_update(int w, int width, const double* Y, const double* z, double* b) {
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
void multiply_diagonal_block(int rows, const double* block, const double* x, double* y) {
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

void multiply_block(int rows, int columns, const double* block, const double* x, double* y, const double* xt,
                    double* yt) {
  if (rows == 9 && columns == 9) return multiply_block_of<9, 9>(rows, columns, block, x, y, xt, yt);
  if (rows == 6 && columns == 6) return multiply_block_of<6, 6>(rows, columns, block, x, y, xt, yt);
  multiply_block_of<dynamic_size, dynamic_size>(rows, columns, block, x, y, xt, yt);
}

}  // namespace

extern const EliminationKernels HELIOTROPE_JOIN(elimination_kernels_, HELIOTROPE_KERNEL_TARGET);
const EliminationKernels HELIOTROPE_JOIN(elimination_kernels_, HELIOTROPE_KERNEL_TARGET) = {
    HELIOTROPE_TEXT(HELIOTROPE_KERNEL_TARGET),
    point_products,
    point_products_float,
    factorise,
    solve_lower,
    solve_transposed,
    cross,
    transpose_kept,
    back_products,
    back_products_float,
    forward_products,
    forward_products_float,
    records,
    record_update,
    gather_update,
    add,
    narrow,
    point_update,
    gradient_update,
    right_side_update,
    product_kernel<true>,
    product_kernel<false>,
    multiply_block,
    multiply_diagonal_block};

}  // namespace heliotrope::linear_detail
