// SPDX-License-Identifier: Apache-2.0
// What SchurComplement holds, shared by its structure (schur_complement.cpp) and its sweeps (schur_packs.cpp,
// schur_eliminate.cpp, schur_back_substitute.cpp, schur_products.cpp).
#pragma once

#include <vector>

#include "elimination_kernels.hpp"
#include "heliotrope/aligned_buffer.hpp"
#include "heliotrope/large_vector.hpp"
#include "heliotrope/linear/schur_complement.hpp"
#include "index.hpp"
#include "schur_pattern.hpp"

namespace heliotrope {

namespace linear_detail {
/// Entry (i, j <= i) of a packed lower triangle.
constexpr std::int64_t packed(std::int64_t i, std::int64_t j) { return i * (i + 1) / 2 + j; }
}  // namespace linear_detail

struct SchurComplement::Impl {
  using Kernels = linear_detail::EliminationKernels;
  using Where = TileSource::Where;

  /// What the elimination of one pack leaves for its points' contributions to S, in doubles:
  ///
  ///     Y of lane 0, of lane 1, ...: [list entry: [P][w]]    z: [lane][P]
  ///     segment by segment: Jk [block][lane][kept columns by slot: [row][w]], then r [block][lane][row]
  ///
  /// or, of a simple pack,
  ///
  ///     records of lane 0, of lane 1, ...: [list entry]      z: [lane][P]
  /// The pairs of a chunk's points block by block, where many of them meet in one: a *batch* of packs leaves its
  /// records, and then each block that they meet in takes what all of them add to it in one visit. A batch's pairs
  /// take the place of its points' own in pattern.pairs: the numbers of two records, 16 bits each.
  struct Gathering {
    struct Run {
      std::uint32_t entry;  ///< of the chunk
      std::uint32_t count;
    };
    struct Batch {
      std::int64_t pack_end, pair_begin;
      std::size_t run_end;
    };
    std::vector<Batch> batches;  ///< empty: points add to S one by one
    RawVector<Run> runs;
    std::vector<std::uint32_t> diagonal;  ///< [kept variable]: entry of its own block
    std::int64_t most_records = 0;        ///< of a batch
  };
  /// Consecutive packs, eliminated by one thread into blocks and vectors of the chunk's own. Where the chunks are cut
  /// depends on the structure only; they are added in order.
  struct Chunk {
    std::int64_t pack_begin = 0, pack_end = 0;
    RawVector<std::uint32_t> entries;  ///< of S that the chunk adds to, ascending; its pairs count in these, but not
                                       ///< the first chunk's
    std::vector<std::int64_t> offset;  ///< [entry here]: of its values, where widths differ
    Gathering gathering;
    AlignedBuffer S, vectors;  ///< not used by the only chunk, which adds to S itself
  };
  /// Buffers of one worker.
  struct Worker {
    AlignedBuffer pack;                   ///< what the elimination of a pack leaves
    AlignedBuffer tile;                   ///< residuals and Jacobians of a pack's segments
    AlignedBuffer scratch;                ///< of kernels
    AlignedBuffer small;                  ///< V, g, z and the like of a pack
    std::vector<std::uint32_t> diagonal;  ///< blocks of one point's list, of a chunk that gathers
    std::vector<double*> destinations;
    std::vector<std::int64_t> places;
    std::vector<std::int64_t> lane_offset;  ///< of kept scalars, where widths differ
  };

  Impl(const EliminationPlan& plan_, std::span<const std::int64_t> column_begin_, Form form_,
       linear_detail::SchurPattern pattern_, int threads, double jacobian_bytes = -1.0);

  // structure
  void cut_chunks(std::int64_t count);
  void find_entries(int threads);
  void find_entries_of(Chunk& chunk, std::int64_t stride) const;
  double seconds_of_adding() const;
  void localise_pairs(int threads);
  void make_workers(int threads);
  std::int64_t pack_size(const EliminationPlan::Pack& pack, std::int64_t index) const;
  std::int64_t y_size(std::int64_t pack) const;  ///< scalars of the lists of a pack's lanes

  // sweeps
  void evaluate_pack(TileSource& source, Where where, std::int64_t pack, bool derivatives, Worker& worker, int number,
                     double* cost);
  template <class Real>
  linear_detail::SegmentView<Real> view(const EliminationPlan::Segment& segment, const double* residuals,
                                        const Real* jacobian) const;
  bool eliminate_pack(TileSource& source, std::int64_t pack, double* to, const Vectors& vectors, bool fresh,
                      Worker& worker, int number);
  void eliminate_batches(TileSource& source, Chunk& chunk, const Vectors& vectors, bool fresh, Worker& worker,
                         int number);
  bool factorise_pack(std::int64_t pack, const Vectors& vectors, double* V);
  void set_vectors(std::int64_t pack, const double* V, const double* g, const Vectors& vectors);
  void find_destinations(std::int64_t pack, const EliminationPlan::Segment& segment, double* y, Worker& worker) const;
  std::int64_t* find_places(std::int64_t pack, const EliminationPlan::Segment& segment, std::int64_t* to) const;
  void contribute(std::int64_t pack, const double* from, Chunk& chunk);
  void gather_pairs(Chunk& chunk);
  void eliminate_chunk(TileSource& source, Chunk& chunk, const Vectors& vectors, bool fresh, Worker& worker,
                       int number);
  void add_chunks(int threads);
  void contribute_simple(std::int64_t pack, const double* from, Chunk& chunk);
  void contribute_point(std::int64_t pack, int lane, const double* Y, const double* z, Chunk& chunk);
  void contribute_residual(std::int64_t pack, int lane, const EliminationPlan::Segment& segment, std::int64_t block,
                           const double* J, const double* r, Chunk& chunk);
  void back_substitute_pack(TileSource& source, std::int64_t pack, const Vectors& vectors, std::span<double> step,
                            Worker& worker, int number);
  struct PackOfPoints;
  void settle_pack(TileSource& source, std::int64_t pack, const Vectors& vectors, std::span<double> step,
                   const Settling& how, Worker& worker, int number);
  void cut_products();
  void multiply_columns(std::int64_t begin, std::int64_t end, const double* x, double* y) const;
  void multiply_pack(std::int64_t pack, const double* x, double* y, Worker& worker, int number);
  linear_detail::SegmentView<float> stored_view(const EliminationPlan::Segment& segment);
  void store_packs(double budget);
  double sum_costs() const;
  /// Where a slot without a kept variable reads x: zeros behind the kept columns.
  std::int64_t no_column() const { return plan.num_kept_columns(); }
  bool find_simple(std::int64_t pack) const;
  std::int64_t record_size_of(const EliminationPlan::Pack& pack) const;
  bool is_first(const Chunk& chunk) const { return &chunk == chunks.data(); }
  double* S_of(Chunk& chunk) { return is_first(chunk) ? S.data() : chunk.S.data(); }
  double* block_of(Chunk& chunk, std::uint32_t entry) {
    const std::vector<std::int64_t>& offset = is_first(chunk) ? block_offset : chunk.offset;
    return S_of(chunk) + (uniform_width > 0 ? entry * uniform_block : offset[entry]);
  }
  double* vectors_of(Chunk& chunk, std::int64_t kept) {
    return (is_first(chunk) ? kept_vectors : chunk.vectors).data() + vector_begin(kept);
  }
  std::int64_t vector_begin(std::int64_t kept) const {
    return 3 * (uniform_width > 0 ? kept * linear_detail::round_up_8(uniform_width)
                                  : vector_offset[static_cast<std::size_t>(kept)]);
  }

  /// First scalar of entry e of the lists, counted over all lists.
  std::int64_t list_scalar(std::int64_t e) const {
    return uniform_width > 0 ? e * uniform_width : list_offset[static_cast<std::size_t>(e)];
  }
  double* block_of(std::uint32_t entry) {
    return S.data() + (uniform_width > 0 ? entry * uniform_block : block_offset[entry]);
  }
  const double* block_of(std::uint32_t entry) const { return const_cast<Impl*>(this)->block_of(entry); }

  const EliminationPlan& plan;
  std::vector<std::int64_t> column_begin;
  Form form;
  const Kernels& kernels;
  int uniform_width = 0;  ///< of all kept variables; 0: they differ
  std::int64_t uniform_block = 0;
  LargeVector<std::int64_t> list_offset;   ///< [list entry], where widths differ
  std::vector<std::int64_t> block_offset;  ///< [entry], where widths differ
  linear_detail::SchurPattern pattern;

  std::vector<Chunk> chunks;
  std::vector<Worker> workers;

  AlignedBuffer S;
  AlignedBuffer kept_vectors;               ///< [kept variable]: gradient, diagonal, b, round_up_8(width) numbers each
  AlignedBuffer right_side, kept_step;      ///< of the kept columns
  std::vector<std::int64_t> vector_offset;  ///< [kept variable], where widths differ
  LargeVector<std::uint8_t> simple;         ///< [pack]: one residual for every entry of the lists, of one segment
  LargeVector<double> pack_costs;
  LargeVector<std::uint8_t> pack_failed;
  double lambda = 0.0;
  std::vector<std::int64_t> product_cuts;  ///< of multiply()'s chunks: kept variables, of Form::diagonal packs
  AlignedBuffer products;                  ///< [chunk][kept column]

  // Form::diagonal
  std::int64_t stored_packs = 0;  ///< the first packs, whose Jacobian is stored; that of the others is computed again
  TileSource* present_source = nullptr;    ///< of the last elimination
  std::vector<RawVector<float>> jacobian;  ///< [part]: [block][row][column][8]
  LargeVector<std::int64_t> factor_begin;  ///< [pack]: of its L in factors
  AlignedBuffer factors;
};

template <class Real>
linear_detail::SegmentView<Real> SchurComplement::Impl::view(const EliminationPlan::Segment& segment,
                                                             const double* residuals, const Real* values) const {
  const EliminationPlan::Part& part = plan.parts[static_cast<std::size_t>(segment.part)];
  linear_detail::SegmentView<Real> v;
  v.rows = part.rows;
  v.columns = part.slot_begin.back();
  v.num_slots = static_cast<int>(part.widths.size());
  v.widths = part.widths.data();
  v.slot_begin = part.slot_begin.data();
  v.slot = segment.slot;
  v.num_blocks = segment.block_end - segment.block_begin;
  v.residuals = residuals;
  v.jacobian = values;
  return v;
}

}  // namespace heliotrope
