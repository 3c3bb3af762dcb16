// SPDX-License-Identifier: Apache-2.0
// The kernels for points whose residuals name one kept variable each, of every instruction set, against simple loops.
#include "linear/kernel_segments.hpp"

using namespace heliotrope_test;

TEST_CASE("elimination kernels: records of residuals with one kept variable", "[linear][schur]") {
  std::mt19937 random(11);
  for (const int P : {1, 2, 3, 4, 6}) {
    for (const int rows : {1, 2, 3, 5}) {
      for (const int w : {1, 3, 6, 8, 9, 10}) {
        for (const int slot : {0, 1}) {
          CAPTURE(P, rows, w, slot);
          Segment s(random, rows, slot == 0 ? std::vector<int>{w, P} : std::vector<int>{P, w}, 1 - slot, 3);
          Numbers V = definite(random, P);
          const int size = record_size(w, P, rows);
          for_sets([&](const EliminationKernels& kernels) {
            Numbers L = copy(V), found(24 * size, 0.5), expected(24 * size, 0.5), scratch(size * 8);
            REQUIRE(kernels.factorise(P, L.data()) == 0);
            std::vector<double*> to;
            for (int i = 0; i < 24; ++i) to.push_back(i % 5 == 4 ? nullptr : found.data() + (23 - i) * size);
            kernels.records(s.view, slot, P, L.data(), to.data(), scratch.data());
            for (int i = 0; i < 24; ++i) {
              double* record = expected.data() + (23 - i) * size;
              if (!to[i]) continue;
              std::fill_n(record, size, 0.0);
              const int b = i / 8, l = i % 8;
              for (int c = 0; c < w; ++c) {
                for (int p = 0; p < P; ++p) {
                  double sum = 0.0;
                  for (int m = 0; m < rows; ++m) sum += s.J(b, m, slot, c, l) * s.J(b, m, 1 - slot, p, l);
                  for (int q = 0; q < p; ++q) sum -= L[packed(p, q) * 8 + l] * record[q * w + c];
                  record[p * w + c] = sum * L[packed(p, p) * 8 + l];
                }
                for (int m = 0; m < rows; ++m) record[(P + m) * w + c] = s.J(b, m, slot, c, l);
              }
              for (int m = 0; m < rows; ++m) record[(P + rows) * w + m] = s.r(b, m, l);
            }
            check_near(found, expected, 1e-12);
          });
        }
      }
    }
  }
}

TEST_CASE("elimination kernels: updates by records", "[linear][schur]") {
  std::mt19937 random(13);
  constexpr int length = 5;
  const std::int32_t list[length] = {0, 2, 3, 5, 6};
  for (const int P : {1, 2, 3, 4, 6}) {
    for (const int rows : {1, 2, 3, 5}) {
      for (const int w : {1, 3, 6, 8, 9, 10}) {
        CAPTURE(P, rows, w);
        const std::int64_t size = schur_block_size(w, w), stride = record_size(w, P, rows), apart = round_up_8(w);
        Numbers records = random_numbers(random, length * stride), z = random_numbers(random, P);
        Numbers S0 = random_numbers(random, 15 * size), vectors0 = random_numbers(random, 7 * 3 * apart);
        const auto y = [&](int a, int p, int i) { return records[a * stride + p * w + i]; };
        const auto J = [&](int a, int m, int i) { return records[a * stride + (P + m) * w + i]; };
        for (const bool only : {false, true}) {
          std::vector<std::uint32_t> pairs(length * (length + 1) / 2);
          for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = static_cast<std::uint32_t>(pairs.size() - 1 - i);
          pairs.resize(pairs.size() + kernel_slack);
          for (const int end : {length, 4, 0}) {
            Numbers S = copy(S0), vectors = copy(vectors0);
            for (int a = 0; a < end; ++a) {
              for (int c = only ? a : 0; c <= a; ++c) {
                double* block = S.data() + size * (only ? pairs[a] : pairs[packed(a, c)]);
                for (int i = 0; i < w; ++i) {
                  for (int j = 0; j < w; ++j) {
                    double& entry = block[schur_block_entry(w, w, i, j)];
                    for (int p = 0; p < P; ++p) entry -= y(a, p, i) * y(c, p, j);
                    for (int m = 0; m < rows && a == c; ++m) entry += J(a, m, i) * J(a, m, j);
                  }
                }
              }
              double* g = vectors.data() + 3 * apart * list[a];
              for (int i = 0; i < w; ++i) {
                for (int m = 0; m < rows; ++m) {
                  g[i] += J(a, m, i) * records[a * stride + (P + rows) * w + m];
                  g[apart + i] += J(a, m, i) * J(a, m, i);
                }
                for (int p = 0; p < P; ++p) g[2 * apart + i] -= y(a, p, i) * z[p];
              }
            }
            for_sets([&](const EliminationKernels& kernels) {
              Numbers foundS = copy(S0), found = copy(vectors0);
              kernels.record_update(w, P, rows, end, list, records.data(), z.data(), pairs.data(), foundS.data(),
                                    found.data(), only);
              double worst = 0.0;
              for (std::int64_t block = 0; block < 15; ++block) {
                // On the diagonal of S only the lower triangle counts.
                bool diagonal = false;
                for (int a = 0; a < length; ++a)
                  diagonal = diagonal || block == (only ? pairs[a] : pairs[packed(a, a)]);
                for (int i = 0; i < w; ++i) {
                  for (int j = 0; j < (diagonal ? i + 1 : w); ++j) {
                    const std::int64_t at = block * size + schur_block_entry(w, w, i, j);
                    worst = std::max(worst, std::abs(foundS[at] - S[at]));
                  }
                }
              }
              for (int v = 0; v < 7 * 3; ++v) {
                for (int i = 0; i < w; ++i)
                  worst = std::max(worst, std::abs(found[v * apart + i] - vectors[v * apart + i]));
              }
              CHECK(worst < 1e-13);
              CHECK(foundS.guard_holds());
              CHECK(found.guard_holds());
            });
          }
        }
      }
    }
  }
}

TEST_CASE("elimination kernels: many pairs of records in one visit to a block", "[linear][schur]") {
  std::mt19937 random(9);
  for (const int w : {1, 4, 6, 8, 9, 11}) {
    for (const int P : {1, 3}) {
      const std::int64_t stride = record_size(w, P, 2), size = schur_block_size(w, w), num_records = 40;
      Numbers records = random_numbers(random, num_records * stride), before = random_numbers(random, size);
      for (const std::int64_t count : {0, 1, 2, 57}) {
        std::vector<std::uint32_t> pairs;
        Numbers expected = copy(before);
        for (std::int64_t k = 0; k < count; ++k) {
          const std::uint32_t a = random() % num_records, c = random() % num_records;
          pairs.push_back(a << 16 | c);
          for (int i = 0; i < w; ++i) {
            for (int j = 0; j < w; ++j) {
              double& entry = expected[schur_block_entry(w, w, i, j)];
              for (int p = 0; p < P; ++p) entry -= records[a * stride + p * w + i] * records[c * stride + p * w + j];
            }
          }
        }
        for_sets([&](const EliminationKernels& kernels) {
          Numbers found = copy(before);
          kernels.gather_update(w, P, stride, pairs.data(), count, records.data(), found.data());
          double worst = 0.0;
          for (int i = 0; i < w; ++i) {
            for (int j = 0; j < w; ++j) {
              const std::int64_t at = schur_block_entry(w, w, i, j);
              worst = std::max(worst, std::abs(found[at] - expected[at]));
            }
          }
          CHECK(worst < 1e-12);
          CHECK(found.guard_holds());
        });
      }
    }
  }
}
