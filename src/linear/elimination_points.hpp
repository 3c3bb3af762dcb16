// SPDX-License-Identifier: Apache-2.0
// The kernels of elimination that work on eight points at once, until each lane's numbers are laid out by themselves.
// Included by elimination_kernels.cpp alone.
#pragma once

#include "elimination_sizes.hpp"

namespace heliotrope::linear_detail {
inline namespace HELIOTROPE_ISA {

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

inline void point_products(const SegmentView<double>& s, int width, double* V, double* g) {
  if (width == 3) return point_products_3(s, V, g);
  point_products_of<dynamic_size>(s, width, V, g);
}
inline void point_products_float(const SegmentView<float>& s, int width, double* V) {
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
inline unsigned factorise(int width, double* V) {
  return width == 3 ? factorise_of<3>(width, V) : factorise_of<dynamic_size>(width, V);
}

inline void solve_lower(int width, const double* L, double* x) {
  for (int lane = 0; lane < lanes; lane += W) {
    for (int i = 0; i < width; ++i) {
      Pack sum = Pack::load(x + i * lanes + lane);
      for (int k = 0; k < i; ++k) sum -= Pack::load(L + packed(i, k) * lanes + lane) * Pack::load(x + k * lanes + lane);
      (sum * Pack::load(L + packed(i, i) * lanes + lane)).store(x + i * lanes + lane);
    }
  }
}
inline void solve_transposed(int width, const double* L, double* x) {
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

inline void cross(const SegmentView<double>& s, int width, const double* L, double* const* to, bool add,
                  double* scratch) {
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
inline void records(const SegmentView<double>& s, int slot, int width, const double* L, double* const* to,
                    double* scratch) {
  if (width == 3 && s.rows == 2) return records_of<3, 2>(s, slot, width, L, to, scratch);
  if (width == 3) return records_of<3, dynamic_size>(s, slot, width, L, to, scratch);
  records_of<dynamic_size, dynamic_size>(s, slot, width, L, to, scratch);
}

inline void transpose_kept(const SegmentView<double>& s, double* to) {
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
inline void back_products(const SegmentView<double>& s, int width, const double* x, const Index* at, double* u,
                          double* t) {
  if (s.rows == 2) return back_products_of<2>(s, width, x, at, u, t);
  back_products_of<dynamic_size>(s, width, x, at, u, t);
}
inline void back_products_float(const SegmentView<float>& s, int width, const double* x, const Index* at, double* u,
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
inline void forward_products(const SegmentView<double>& s, int width, const double* t, const double* v, const Index* at,
                             Index none, double* y, double* scratch) {
  forward_products_of(s, width, t, v, at, none, y, scratch);
}
inline void forward_products_float(const SegmentView<float>& s, int width, const double* t, const double* v,
                                   const Index* at, Index none, double* y, double* scratch) {
  forward_products_of(s, width, t, v, at, none, y, scratch);
}

inline void add(const double* from, Index n, double* to) {
  Index i = 0;
  for (; i + W <= n; i += W) (Pack::load(to + i) + Pack::load(from + i)).store(to + i);
  for (; i < n; ++i) to[i] += from[i];
}

inline void narrow(const double* from, Index n, float* to) {
  for (Index i = 0; i < n; ++i) to[i] = static_cast<float>(from[i]);
}

}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope::linear_detail
