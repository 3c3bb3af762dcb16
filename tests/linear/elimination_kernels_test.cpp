// SPDX-License-Identifier: Apache-2.0
// The kernels of Schur elimination, of every instruction set, against simple loops.
#include "linear/kernel_segments.hpp"

using namespace heliotrope_test;

TEST_CASE("elimination kernels: products of points", "[linear][schur]") {
  for_segments(false, [](Segment& s, std::mt19937& random) {
    const int P = s.width();
    Numbers V0 = random_numbers(random, P * (P + 1) / 2 * 8), g0 = random_numbers(random, P * 8);
    Numbers V = copy(V0), Vf = copy(V0), g = copy(g0);
    for (std::int64_t b = 0; b < s.view.num_blocks; ++b) {
      for (int m = 0; m < s.view.rows; ++m) {
        for (int l = 0; l < 8; ++l) {
          for (int i = 0; i < P; ++i) {
            g[i * 8 + l] += s.J(b, m, s.view.slot, i, l) * s.r(b, m, l);
            for (int j = 0; j <= i; ++j) {
              V[packed(i, j) * 8 + l] += s.J(b, m, s.view.slot, i, l) * s.J(b, m, s.view.slot, j, l);
              Vf[packed(i, j) * 8 + l] += s.Jf(b, m, s.view.slot, i, l) * s.Jf(b, m, s.view.slot, j, l);
            }
          }
        }
      }
    }
    for_sets([&](const EliminationKernels& kernels) {
      Numbers foundV = copy(V0), foundg = copy(g0);
      kernels.point_products(s.view, P, foundV.data(), foundg.data());
      check_near(foundV, V);
      check_near(foundg, g);
      foundV = copy(V0);
      kernels.point_products(s.view, P, foundV.data(), nullptr);
      check_near(foundV, V);
      foundV = copy(V0);
      kernels.point_products_float(s.view_float, P, foundV.data());
      check_near(foundV, Vf);
    });
  });
}

TEST_CASE("elimination kernels: factors of points, and solves with them", "[linear][schur]") {
  std::mt19937 random(3);
  for (const int P : {1, 2, 3, 4, 6, 10}) {
    CAPTURE(P);
    Numbers V = definite(random, P), x0 = random_numbers(random, P * 8);
    for_sets([&](const EliminationKernels& kernels) {
      Numbers L = copy(V), lower = copy(x0), x = copy(x0);
      CHECK(kernels.factorise(P, L.data()) == 0);
      kernels.solve_lower(P, L.data(), lower.data());
      kernels.solve_lower(P, L.data(), x.data());
      kernels.solve_transposed(P, L.data(), x.data());
      const auto entry = [&](int i, int j, int l) {
        return i == j ? 1.0 / L[packed(i, i) * 8 + l] : L[packed(i, j) * 8 + l];
      };
      Numbers square(V.size()), back(P * 8), whole(P * 8);
      for (int l = 0; l < 8; ++l) {
        for (int i = 0; i < P; ++i) {
          for (int j = 0; j <= i; ++j) {
            back[i * 8 + l] += entry(i, j, l) * lower[j * 8 + l];
            for (int k = 0; k <= j; ++k) square[packed(i, j) * 8 + l] += entry(i, k, l) * entry(j, k, l);
          }
          for (int j = 0; j < P; ++j)
            whole[i * 8 + l] += V[packed(std::max(i, j), std::min(i, j)) * 8 + l] * x[j * 8 + l];
        }
      }
      check_near(square, V);
      check_near(back, x0, 1e-12);
      check_near(whole, x0, 1e-12);
      CHECK(L.guard_holds());

      // Lanes that are not positive definite, or not finite, are named; the others are factorised all the same.
      Numbers bad = copy(V);
      bad[packed(P - 1, P - 1) * 8 + 2] = -1.0;
      bad[packed(0, 0) * 8 + 5] = std::nan("");
      bad[packed(P / 2, P / 2) * 8 + 7] = INFINITY;
      CHECK(kernels.factorise(P, bad.data()) == (1u << 2 | 1u << 5 | 1u << 7));
      for (int i = 0; i < P * (P + 1) / 2; ++i) CHECK(bad[i * 8 + 4] == L[i * 8 + 4]);
    });
  }
}

TEST_CASE("elimination kernels: cross products, and derivatives by lane", "[linear][schur]") {
  for_segments(false, [](Segment& s, std::mt19937& random) {
    const int P = s.width();
    Numbers V = definite(random, P);
    for_sets([&](const EliminationKernels& kernels) {
      Numbers L = copy(V);
      REQUIRE(kernels.factorise(P, L.data()) == 0);
      // Every third destination is not wanted.
      const std::int64_t count = s.view.num_blocks * s.view.num_slots * 8;
      std::vector<Numbers> Y;
      std::vector<double*> to;
      for (std::int64_t i = 0; i < count; ++i) Y.emplace_back(P * s.widths[i / 8 % s.view.num_slots], 0.5);
      for (std::int64_t i = 0; i < count; ++i) to.push_back(i % 3 == 2 ? nullptr : Y[i].data());
      Numbers scratch(P * 10 * 8);
      for (const bool add : {false, true}) {
        kernels.cross(s.view, P, L.data(), to.data(), add, scratch.data());
        for (std::int64_t i = 0; i < count; ++i) {
          const int slot = static_cast<int>(i / 8 % s.view.num_slots), w = s.widths[slot], l = static_cast<int>(i % 8);
          const std::int64_t b = i / 8 / s.view.num_slots;
          Numbers expected(P * w, 0.5);
          if (slot != s.view.slot && to[i]) {
            for (int c = 0; c < w; ++c) {
              for (int p = 0; p < P; ++p) {
                double sum = 0.0;
                for (int m = 0; m < s.view.rows; ++m) sum += s.J(b, m, slot, c, l) * s.J(b, m, s.view.slot, p, l);
                for (int q = 0; q < p; ++q) sum -= L[packed(p, q) * 8 + l] * expected[q * w + c];
                expected[p * w + c] = sum * L[packed(p, p) * 8 + l];
              }
            }
            for (int e = 0; e < P * w && add; ++e) expected[e] *= 2.0;  // on what the first round stored
          }
          check_near(Y[i], expected, 1e-12);
        }
      }
    });
  });
  for_segments(true, [](Segment& s, std::mt19937&) {
    const int kept = s.view.columns - s.width();
    for_sets([&](const EliminationKernels& kernels) {
      Numbers found(s.view.num_blocks * 8 * kept * s.view.rows), expected(found.size());
      kernels.transpose(s.view, found.data());
      std::int64_t at = 0;
      for (std::int64_t b = 0; b < s.view.num_blocks; ++b) {
        for (int l = 0; l < 8; ++l) {
          for (int slot = 0; slot < s.view.num_slots; ++slot) {
            for (int m = 0; m < s.view.rows && slot != s.view.slot; ++m) {
              for (int c = 0; c < s.widths[slot]; ++c) expected[at++] = s.J(b, m, slot, c, l);
            }
          }
        }
      }
      check_near(found, expected, 0.0);
    });
  });
}

TEST_CASE("elimination kernels: products with steps and vectors", "[linear][schur]") {
  for_segments(true, [](Segment& s, std::mt19937& random) {
    const int P = s.width(), rows = s.view.rows;
    const std::int64_t blocks = s.view.num_blocks;
    Numbers x(60), u0 = random_numbers(random, P * 8), v = random_numbers(random, P * 8);
    for (int i = 0; i < 40; ++i) x[i] = std::cos(1.0 + i);  // zeros behind, where a slot has no variable
    Numbers y0 = random_numbers(random, 40), given = random_numbers(random, blocks * rows * 8);
    const std::vector<std::int64_t> at = s.places(random, 40);
    const auto place = [&](std::int64_t b, int slot, int l) {
      const std::int64_t found = at[(b * s.view.num_slots + slot) * 8 + l];
      return slot == s.view.slot || found == 40 ? -1 : found;
    };
    for (const bool single : {false, true}) {
      const auto J = [&](std::int64_t b, int m, int slot, int c, int l) {
        return single ? s.Jf(b, m, slot, c, l) : s.J(b, m, slot, c, l);
      };
      Numbers t(blocks * rows * 8), u = copy(u0), y = copy(y0);
      for (std::int64_t b = 0; b < blocks; ++b) {
        for (int l = 0; l < 8; ++l) {
          for (int m = 0; m < rows; ++m) {
            double sum = 0.0, rest = given[(b * rows + m) * 8 + l];
            for (int slot = 0; slot < s.view.num_slots; ++slot) {
              for (int c = 0; c < s.widths[slot] && place(b, slot, l) >= 0; ++c) {
                sum += J(b, m, slot, c, l) * x[place(b, slot, l) + c];
              }
            }
            t[(b * rows + m) * 8 + l] = sum;
            for (int p = 0; p < P; ++p) {
              u[p * 8 + l] += J(b, m, s.view.slot, p, l) * sum;
              rest -= J(b, m, s.view.slot, p, l) * v[p * 8 + l];
            }
            for (int slot = 0; slot < s.view.num_slots; ++slot) {
              for (int c = 0; c < s.widths[slot] && place(b, slot, l) >= 0; ++c) {
                y[place(b, slot, l) + c] += J(b, m, slot, c, l) * rest;
              }
            }
          }
        }
      }
      for_sets([&](const EliminationKernels& kernels) {
        Numbers foundt(t.size(), 9.0), foundu = copy(u0), foundy = copy(y0), scratch((rows + 10) * 8);
        if (!single) kernels.back_products(s.view, P, x.data(), at.data(), foundu.data(), foundt.data());
        if (single) {
          kernels.back_products_float(s.view_float, P, x.data(), at.data(), foundu.data(), foundt.data());
          kernels.forward_products_float(s.view_float, P, given.data(), v.data(), at.data(), 40, foundy.data(),
                                         scratch.data());
          check_near(foundy, y, 1e-12);
        }
        check_near(foundt, t);
        check_near(foundu, u, 1e-12);
      });
    }
  });
  for_sets([](const EliminationKernels& kernels) {
    const double from[] = {1.0 / 3.0, -2.5, 1e30, 1e-60, 0.0};
    float to[6] = {0, 0, 0, 0, 0, 7};
    kernels.narrow(from, 5, to);
    for (int i = 0; i < 5; ++i) CHECK(to[i] == static_cast<float>(from[i]));
    CHECK(to[5] == 7.0f);
  });
}

TEST_CASE("elimination kernels: blocks of S of every size", "[linear][schur]") {
  std::mt19937 random(5);
  for (int rows = 1; rows <= 10; ++rows) {
    for (int columns = 1; columns <= 10; ++columns) {
      const auto at = [&](int i, int j) { return schur_block_entry(rows, columns, i, j); };
      const std::int64_t size = schur_block_size(rows, columns);
      CAPTURE(rows, columns);
      Numbers zero(size), first = random_numbers(random, size);
      for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < columns; ++j) {
          REQUIRE(at(i, j) < size);
          zero[at(i, j)] += 1.0;
        }
      }
      CHECK(std::count(zero.data(), zero.data() + size, 1.0) == rows * columns);  // entries do not overlap

      for (const int rank : {1, 2, 3, 4, 6}) {
        Numbers a = random_numbers(random, rank * rows), b = random_numbers(random, rank * columns);
        for_sets([&](const EliminationKernels& kernels) {
          for (const double sign : {1.0, -1.0}) {
            Numbers block = copy(first);
            const auto update = sign > 0 ? kernels.add_product : kernels.subtract_product;
            update(rows, columns, rank)(rows, columns, rank, a.data(), b.data(), block.data());
            double worst = 0.0;
            for (int i = 0; i < rows; ++i) {
              for (int j = 0; j < columns; ++j) {
                double sum = first[at(i, j)];
                for (int k = 0; k < rank; ++k) sum += sign * a[k * rows + i] * b[k * columns + j];
                worst = std::max(worst, std::abs(block[at(i, j)] - sum));
              }
            }
            CHECK(worst < 1e-14);
            CHECK(block.guard_holds());
          }
        });
      }

      Numbers x = random_numbers(random, columns), xt = random_numbers(random, rows);
      Numbers y0 = random_numbers(random, rows), yt0 = random_numbers(random, columns), y = copy(y0), yt = copy(yt0);
      for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < columns; ++j) y[i] += first[at(i, j)] * x[j], yt[j] += first[at(i, j)] * xt[i];
      }
      for_sets([&](const EliminationKernels& kernels) {
        Numbers foundy = copy(y0), foundyt = copy(yt0);
        kernels.multiply_block(rows, columns, first.data(), x.data(), foundy.data(), xt.data(), foundyt.data());
        check_near(foundy, y);
        check_near(foundyt, yt);
      });
    }
  }
}

TEST_CASE("elimination kernels: updates by points and residuals", "[linear][schur]") {
  std::mt19937 random(9);
  for (const int w : {1, 3, 6, 8, 9, 10}) {
    for (const int P : {1, 2, 3, 4, 6}) {
      CAPTURE(w, P);
      constexpr int length = 5;
      const std::int64_t size = schur_block_size(w, w);
      Numbers Y = random_numbers(random, length * w * P), z = random_numbers(random, P);
      const auto y = [&](int a, int p, int i) { return Y[(a * P + p) * w + i]; };
      for (const bool only : {false, true}) {
        std::vector<std::uint32_t> pairs(length * (length + 1) / 2);
        for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = static_cast<std::uint32_t>(pairs.size() - 1 - i);
        pairs.resize(pairs.size() + kernel_slack);
        Numbers S0 = random_numbers(random, size * 15);
        for (const int points : {length, 3, 0}) {
          Numbers expected = copy(S0);
          for (int a = 0; a < points; ++a) {
            for (int c = only ? a : 0; c <= a; ++c) {
              double* block = expected.data() + size * (only ? pairs[a] : pairs[packed(a, c)]);
              for (int i = 0; i < w; ++i) {
                for (int j = 0; j < w; ++j) {
                  for (int p = 0; p < P; ++p) block[schur_block_entry(w, w, i, j)] -= y(a, p, i) * y(c, p, j);
                }
              }
            }
          }
          for_sets([&](const EliminationKernels& kernels) {
            Numbers S = copy(S0);
            kernels.point_update(w, P, points, Y.data(), pairs.data(), S.data(), only);
            double worst = 0.0;
            for (std::int64_t block = 0; block < 15; ++block) {
              for (int i = 0; i < w; ++i) {
                for (int j = 0; j < w; ++j) {
                  const std::int64_t at = block * size + schur_block_entry(w, w, i, j);
                  worst = std::max(worst, std::abs(S[at] - expected[at]));
                }
              }
            }
            CHECK(worst < 1e-13);
            CHECK(S.guard_holds());
          });
        }
      }
      Numbers b0 = random_numbers(random, w), b = copy(b0);
      for (int i = 0; i < w; ++i) {
        for (int p = 0; p < P; ++p) b[i] -= y(0, p, i) * z[p];
      }
      const int rows = P;
      Numbers J = random_numbers(random, rows * w), r = random_numbers(random, rows), g = copy(b0), d = copy(b0);
      for (int m = 0; m < rows; ++m) {
        for (int c = 0; c < w; ++c) g[c] += J[m * w + c] * r[m], d[c] += J[m * w + c] * J[m * w + c];
      }
      for_sets([&](const EliminationKernels& kernels) {
        Numbers foundb = copy(b0), foundg = copy(b0), foundd = copy(b0);
        kernels.right_side_update(w, P, Y.data(), z.data(), foundb.data());
        kernels.gradient_update(w, rows, J.data(), r.data(), foundg.data(), foundd.data());
        check_near(foundb, b);
        check_near(foundg, g);
        check_near(foundd, d);
      });
    }
  }
}
