// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "heliotrope/large_vector.hpp"
#include "heliotrope/problem/kernel.hpp"
#include "heliotrope/problem/loss.hpp"

namespace heliotrope {

/// What may be said about residuals when they are added.
struct ResidualOptions {
  Loss loss = {};  ///< rho of the squared norm of each residual
  Derivatives derivatives = Derivatives::automatic;
  std::span<const double> sqrt_information = {};  ///< W, row-major rows x rows: one for all residuals, or one each;
                                                  ///< the residual becomes W r, so that |W r|^2 = r' (W'W) r
  std::string name = {};                          ///< shown in messages; by default the type's name
};

/// What may be said about terms when they are added.
struct TermOptions {
  Derivatives derivatives = Derivatives::automatic;
  std::string name = {};  ///< shown in messages; by default the type's name
};

namespace detail {

/// Objects of a type that only the kernels know: functors, or prototypes of blocks.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  virtual std::unique_ptr<ObjectStore> clone() const = 0;
  /// A store whose object i is this one's object sources[i].
  virtual std::unique_ptr<ObjectStore> rearranged(std::span<const std::uint32_t> sources) const = 0;
  virtual const void* data() const = 0;
  virtual std::size_t size() const = 0;
  /// [block]: residuals may share a block where these agree; empty: all may.
  virtual std::span<const std::int32_t> kinds() const = 0;
  /// The same with other blocks, kinds by block: the first ones of each kind, and those with lanes to fill.
  virtual std::unique_ptr<ObjectStore> with_blocks(std::span<const std::uint32_t> sources,
                                                   std::vector<std::int32_t> kinds,
                                                   std::vector<std::int64_t> first_of_kind,
                                                   std::vector<std::int64_t> open) const = 0;
};

/// One address for each residual type, whatever instruction set its data were added from.
template <class T>
inline constexpr char data_tag = 0;

template <class T, class Isa = InstructionSet>
class VectorStore final : public ObjectStore {
 public:
  std::unique_ptr<ObjectStore> clone() const override { return std::make_unique<VectorStore>(*this); }
  std::unique_ptr<ObjectStore> rearranged(std::span<const std::uint32_t> sources) const override {
    auto other = std::make_unique<VectorStore>();
    other->objects.reserve(sources.size());
    for (std::uint32_t source : sources) other->objects.push_back(objects[source]);
    return other;
  }
  const void* data() const override { return objects.data(); }
  std::size_t size() const override { return objects.size(); }
  std::span<const std::int32_t> kinds() const override { return block_kinds; }
  std::unique_ptr<ObjectStore> with_blocks(std::span<const std::uint32_t> sources, std::vector<std::int32_t> kinds,
                                           std::vector<std::int64_t> first,
                                           std::vector<std::int64_t> unfilled) const override {
    auto other = rearranged(sources);
    auto& own = static_cast<VectorStore&>(*other);
    own.block_kinds = std::move(kinds);
    own.first_of_kind = std::move(first);
    own.open = std::move(unfilled);
    return other;
  }

  std::vector<T> objects;
  std::vector<std::int64_t> open;         ///< blocks with unused lanes, where uniform members keep residuals apart
  std::vector<std::int32_t> block_kinds;  ///< [block], where uniform members keep residuals apart
  std::vector<std::int64_t> first_of_kind;
};

/// What a group adds to the cost.
enum class GroupKind {
  residuals,  ///< half of rho of the square of each block
  terms       ///< each value as it is; one row, no loss, no weight
};

/// What tells one group from another: residuals that agree in all of it are stored together.
struct GroupKey {
  GroupKind kind = GroupKind::residuals;
  const void* type = nullptr;
  Loss loss;
  Derivatives derivatives = Derivatives::automatic;
  bool weighted = false;
  std::string name;
  std::vector<int> sizes;  ///< of run-time sized residuals

  friend bool operator==(const GroupKey& a, const GroupKey& b) {
    return a.kind == b.kind && a.type == b.type && a.loss == b.loss && a.derivatives == b.derivatives &&
           a.weighted == b.weighted && a.name == b.name && a.sizes == b.sizes;
  }
};

/// All residuals of one type: contiguous data and variable offsets, in blocks of 8 lanes (docs/design.md).
struct ResidualGroup {
  GroupKey key;
  std::string name;
  int rows = 0;
  int columns = 0;
  int num_scalars = 0;
  std::vector<Slot> slots;
  KernelSet kernels;
  std::size_t scratch_bytes = 0;
  const void* data_type = nullptr;  ///< tag of the type that set_data takes
  bool one_object_each = false;     ///< an object a residual; else data in lanes, and at most a prototype a block

  std::int64_t count = 0;
  LargeVector<double> data;             ///< [block][scalar][8]
  LargeVector<std::int64_t> offsets;    ///< [block][slot][8]
  LargeVector<std::uint8_t> used;       ///< [block]
  std::vector<std::int64_t> positions;  ///< lane position of each residual in order of addition; empty: the same
  LargeVector<double> weights;          ///< [block][rows * rows][8], or empty
  LargeVector<std::uint8_t> left_out;   ///< [block][by themselves, with a variable]: lanes as bits; or shorter
  std::int64_t num_left_out = 0;        ///< residuals that are
  std::uint64_t all_data_version = 0;   ///< of the problem's data, when all of the group's changed last
  LargeVector<std::uint64_t> changed;   ///< [block]: the same where some of its data did; or empty
  std::unique_ptr<ObjectStore> objects;
  std::int64_t function = -1;               ///< rows of a black-box function: which; it has no kernels
  LargeVector<std::int64_t> function_rows;  ///< [block][8]: which block of its rows, or -1

  ResidualGroup();
  ~ResidualGroup();
  ResidualGroup(ResidualGroup&&) noexcept;
  ResidualGroup& operator=(ResidualGroup&&) noexcept;
  ResidualGroup(const ResidualGroup& other);
  ResidualGroup& operator=(const ResidualGroup& other);

  bool is_terms() const { return key.kind == GroupKind::terms; }
  std::int64_t num_blocks() const { return static_cast<std::int64_t>(used.size()); }
  std::int64_t position(std::int64_t residual) const {
    return positions.empty() ? residual : positions[static_cast<std::size_t>(residual)];
  }

  /// The lanes of a block that count, as bits.
  unsigned lanes(std::int64_t block) const {
    const auto b = static_cast<std::size_t>(block);
    const unsigned all = (1u << used[b]) - 1;
    return 2 * b < left_out.size() ? all & ~(left_out[2 * b] | unsigned{left_out[2 * b + 1]}) : all;
  }
  bool is_left_out_by_itself(std::int64_t position) const {
    const auto i = static_cast<std::size_t>(2 * (position / block_lanes) + by_itself);
    return i < left_out.size() && (left_out[i] >> position % block_lanes & 1) != 0;
  }
  bool counts(std::int64_t position) const { return lanes(position / block_lanes) >> position % block_lanes & 1; }
  std::int64_t num_enabled() const { return count - num_left_out; }
  /// Why residuals are left out: by themselves, or because a variable of theirs is.
  enum Reason { by_itself = 0, with_variable = 1 };
  void leave_out(std::int64_t position, Reason reason, bool out);
  void mark_changed(std::int64_t position, std::uint64_t version);

  /// The next free lane of the last block, in a new block where that one is full or `fresh` asks for it.
  std::int64_t next_position(bool fresh = false);
  /// Room for `more` residuals, so that adding many takes little more memory than they fill.
  void reserve(std::int64_t more);
  double* block_data(std::int64_t block) { return data.data() + block * num_scalars * block_lanes; }

  /// The residuals at `kept` positions alone, as if they had been added in that order, none of them left out.
  ResidualGroup only(std::span<const std::int64_t> kept) const;

  /// Sets where the variables of one residual are; the first lane of a block also fills the lanes not yet used.
  void set_offsets(std::int64_t position, std::span<const std::int64_t> starts);
  void set_weight(std::int64_t position, const double* weight);

 private:
  void copy_lane(const ResidualGroup& from, std::int64_t source, std::int64_t position);
};

}  // namespace detail
}  // namespace heliotrope
