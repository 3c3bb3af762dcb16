// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "heliotrope/aligned_buffer.hpp"
#include "heliotrope/linear/elimination_plan.hpp"
#include "heliotrope/linear/tile_source.hpp"
#include "heliotrope/problem/evaluator.hpp"

namespace heliotrope::detail {

/// What elimination plans from: which variables each residual of a problem names. Views the problem's structure.
EliminationStructure elimination_structure(const Problem& problem, const Structure& structure, int threads);

/// A problem's residuals in the order of an elimination plan: the tiles that a SchurComplement consumes.
///
/// Holds a copy of the data, 4 bytes a slot beside it. The plan must outlive it.
class ArrangedProblem final : public TileSource {
 public:
  struct Options {
    Derivatives derivatives = Derivatives::automatic;
    int threads = 1;
  };
  /// Throws Error where the problem has 2^32 numbers or more.
  ArrangedProblem(const Problem& problem, std::shared_ptr<const Structure> structure, const EliminationPlan& plan,
                  const Options& options);

  /// Copies what changed of the problem since: residuals' data, losses, what is disabled or held, sizes.
  void refresh(const Problem& problem);
  /// The two points, num_values() numbers each and at least 8 spare ones behind; they stay where they are. Prepares
  /// the variables of the present point; those of the candidate are prepared as they move.
  void set_points(const double* present, double* candidate);

  void evaluate(Where where, int part, std::int64_t begin, std::int64_t end, double* residuals, double* jacobian,
                double* cost, int worker) override;
  void move(const std::int64_t* block_columns, std::int64_t count, const double* step) override;

  std::int64_t bytes() const;

 private:
  struct Group {
    int rows = 0, columns = 0, num_scalars = 0;
    bool weighted = false;
    Loss loss;
    Kernel residuals = nullptr, derivatives = nullptr;
    bool central = false;
    std::vector<Slot> slots;
    RawVector<double> data;            ///< [block][scalar][8]
    RawVector<std::uint32_t> offsets;  ///< [block][slot][8]
    RawVector<std::uint32_t> entries;  ///< [block][prepared slot][8]: offsets in its table
    LargeVector<std::uint8_t> used;    ///< [block]: one more than the last used lane
    LargeVector<std::uint8_t> lanes;   ///< [block]: those that count, as bits; empty: the plan's
    RawVector<double> weights;         ///< [block][rows * rows][8]
    std::unique_ptr<ObjectStore> objects;
    PreparedVariables prepared;
    PreparedVariables::Tables present, candidate;
  };
  void arrange(const ResidualGroup& from, const EliminationPlan::Part& part, Group& to) const;
  void arrange_prepared(const ResidualGroup& from, std::int64_t num_values, Group& to) const;
  void copy_data(const ResidualGroup& from, const EliminationPlan::Part& part, Group& to) const;
  void copy_changes(const ResidualGroup& from, const EliminationPlan::Part& part, Group& to) const;
  void copy_coordinates(const Problem& problem);
  void copy_lanes(const ResidualGroup& from, const EliminationPlan::Part& part, Group& to) const;

  const EliminationPlan& plan_;
  std::shared_ptr<const Structure> structure_;
  int threads_;
  std::uint64_t data_version_ = 0;
  LargeVector<std::uint8_t> held_;  ///< as ProblemAccess::held
  LargeVector<double> typical_;     ///< as ProblemAccess::typical
  std::vector<Group> groups_;
  LargeVector<std::int64_t> first_value_;                ///< [block column]
  LargeVector<const ManifoldOperations*> manifolds_;     ///< [block column]
  std::vector<AlignedBuffer> workspace_;                 ///< [worker]: scratch of kernels and weights
  std::vector<std::vector<std::int64_t>> tile_offsets_;  ///< [worker]: [block][slot][8]
  std::vector<std::vector<std::int64_t>> tile_entries_;  ///< [worker]: [block][prepared slot][8]
  const double* present_ = nullptr;
  double* candidate_ = nullptr;
};

}  // namespace heliotrope::detail
