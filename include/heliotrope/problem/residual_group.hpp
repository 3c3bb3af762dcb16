// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

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

namespace detail {

/// Objects of a type that only the kernels know: functors, or prototypes of blocks.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  virtual std::unique_ptr<ObjectStore> clone() const = 0;
  virtual const void* data() const = 0;
};

template <class T>
class VectorStore final : public ObjectStore {
 public:
  std::unique_ptr<ObjectStore> clone() const override { return std::make_unique<VectorStore>(*this); }
  const void* data() const override { return objects.data(); }

  std::vector<T> objects;
  std::vector<std::int64_t> open;  ///< blocks with unused lanes, where uniform members keep residuals apart
};

/// What tells one group from another: residuals that agree in all of it are stored together.
struct GroupKey {
  const void* type = nullptr;
  Loss loss;
  Derivatives derivatives = Derivatives::automatic;
  bool weighted = false;
  std::string name;
  std::vector<int> sizes;  ///< of run-time sized residuals

  friend bool operator==(const GroupKey& a, const GroupKey& b) {
    return a.type == b.type && a.loss == b.loss && a.derivatives == b.derivatives && a.weighted == b.weighted &&
           a.name == b.name && a.sizes == b.sizes;
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
  std::vector<double> data;             ///< [block][scalar][8]
  std::vector<std::int64_t> offsets;    ///< [block][slot][8]
  std::vector<std::uint8_t> used;       ///< [block]
  std::vector<std::int64_t> positions;  ///< lane position of each residual in order of addition; empty: the same
  std::vector<double> weights;          ///< [block][rows * rows][8], or empty
  std::unique_ptr<ObjectStore> objects;

  ResidualGroup() = default;
  ResidualGroup(ResidualGroup&&) = default;
  ResidualGroup& operator=(ResidualGroup&&) = default;
  ResidualGroup(const ResidualGroup& other)
      : key(other.key),
        name(other.name),
        rows(other.rows),
        columns(other.columns),
        num_scalars(other.num_scalars),
        slots(other.slots),
        kernels(other.kernels),
        scratch_bytes(other.scratch_bytes),
        data_type(other.data_type),
        one_object_each(other.one_object_each),
        count(other.count),
        data(other.data),
        offsets(other.offsets),
        used(other.used),
        positions(other.positions),
        weights(other.weights),
        objects(other.objects ? other.objects->clone() : nullptr) {}
  ResidualGroup& operator=(const ResidualGroup& other) { return *this = ResidualGroup(other); }

  std::int64_t num_blocks() const { return static_cast<std::int64_t>(used.size()); }
  std::int64_t position(std::int64_t residual) const {
    return positions.empty() ? residual : positions[static_cast<std::size_t>(residual)];
  }

  /// The next free lane of the last block, in a new block where that one is full or `fresh` asks for it.
  std::int64_t next_position(bool fresh = false) {
    if (fresh || used.empty() || used.back() == block_lanes) {
      used.push_back(0);
      data.resize(data.size() + static_cast<std::size_t>(num_scalars * block_lanes));
      offsets.resize(offsets.size() + slots.size() * block_lanes);
      if (key.weighted) weights.resize(weights.size() + static_cast<std::size_t>(rows * rows * block_lanes));
    }
    return (num_blocks() - 1) * block_lanes + used.back();
  }
  /// Room for `more` residuals, so that adding many takes little more memory than they fill.
  void reserve(std::int64_t more) {
    const auto blocks = static_cast<std::size_t>((more + block_lanes - 1) / block_lanes);
    const auto grow = [](auto& v, std::size_t by) {
      if (v.size() + by > v.capacity()) v.reserve(std::max(v.size() + by, v.capacity() + v.capacity() / 2));
    };
    grow(used, blocks);
    grow(data, blocks * static_cast<std::size_t>(num_scalars * block_lanes));
    grow(offsets, blocks * slots.size() * block_lanes);
    if (key.weighted) grow(weights, blocks * static_cast<std::size_t>(rows * rows * block_lanes));
  }
  double* block_data(std::int64_t block) { return data.data() + block * num_scalars * block_lanes; }

  /// Sets where the variables of one residual are; the first lane of a block also fills the lanes not yet used.
  void set_offsets(std::int64_t position, std::span<const std::int64_t> starts) {
    const std::int64_t block = position / block_lanes;
    const int lane = static_cast<int>(position % block_lanes);
    std::int64_t* to = offsets.data() + block * static_cast<std::int64_t>(slots.size()) * block_lanes;
    for (std::size_t s = 0; s < starts.size(); ++s) {
      for (int l = lane; l < (lane == 0 ? block_lanes : lane + 1); ++l) to[s * block_lanes + l] = starts[s];
    }
  }
  void set_weight(std::int64_t position, const double* weight) {
    double* to = weights.data() + (position / block_lanes) * rows * rows * block_lanes + position % block_lanes;
    for (int i = 0; i < rows * rows; ++i) to[i * block_lanes] = weight[i];
  }
};

}  // namespace detail
}  // namespace heliotrope
