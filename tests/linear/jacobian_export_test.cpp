// SPDX-License-Identifier: Apache-2.0
#include "heliotrope/linear/jacobian_export.hpp"

#include "catch.hpp"
#include "random_jacobian.hpp"

using namespace heliotrope;
using namespace heliotrope_test;

namespace {

Eigen::MatrixXd dense(const CscMatrix& csc) {
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(csc.rows, csc.columns);
  for (std::int64_t c = 0; c < csc.columns; ++c) {
    for (std::int64_t k = csc.column_begin[c]; k < csc.column_begin[c + 1]; ++k) {
      if (k > csc.column_begin[c]) CHECK(csc.row[k] > csc.row[k - 1]);
      matrix(csc.row[k], c) += csc.values[k];
    }
  }
  return matrix;
}

}  // namespace

TEST_CASE("linear: exports by columns and dense equal the Jacobian", "[linear]") {
  for (std::uint32_t seed = 1; seed <= 15; ++seed) {
    const OwnedJacobian owned = random_jacobian(seed, 20, 1 + seed % 4, 10);
    const DenseReference reference = dense_reference(owned.jacobian);
    CHECK(dense(to_csc(owned.jacobian, ExportedRows::all_lanes)) == reference.J);
    Eigen::MatrixXd J(count_rows(owned.jacobian, ExportedRows::all_lanes), owned.jacobian.num_columns());
    Eigen::VectorXd r(J.rows());
    to_dense(owned.jacobian, ExportedRows::all_lanes, {J.data(), static_cast<std::size_t>(J.size())},
             {r.data(), static_cast<std::size_t>(r.size())});
    CHECK(J == reference.J);
    CHECK(r == reference.r);

    const CscMatrix used = to_csc(owned.jacobian, ExportedRows::used_lanes);
    CHECK(used.rows == count_rows(owned.jacobian, ExportedRows::used_lanes));
    CHECK(used.rows < reference.J.rows());
    const Eigen::MatrixXd compact = dense(used);
    CHECK((compact.transpose() * compact - reference.J.transpose() * reference.J).norm() < 1e-12);
  }
}
