// SPDX-License-Identifier: Apache-2.0
// The other functions of the least-squares set of [More1981]: fits to data, and two of two variables. Structs as in
// more_garbow_hillstrom.hpp.
#pragma once

#include "heliotrope/residuals/more_garbow_hillstrom.hpp"

namespace heliotrope::more_garbow_hillstrom {

/// (2) x1 - x2 (2 - x2 (5 - x2)) - 13, x1 - x2 (14 - x2 (1 + x2)) - 29
struct FreudensteinRoth : Fixed<2> {
  static constexpr std::string_view name = "freudenstein-roth";
  static int residuals(int) { return 2; }
  static void start(int, double* x) { x[0] = 0.5, x[1] = -2.0; }
  static double minimum(int) { return 0.0; }  // and 48.98425, where the standard start leads
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    r[0] = x[0] - x[1] * (2.0 - x[1] * (5.0 - x[1])) - 13.0;
    r[1] = x[0] - x[1] * (14.0 - x[1] * (1.0 + x[1])) - 29.0;
  }
};

/// (6) 2 + 2 i - exp(i x1) - exp(i x2), i = 1 .. 10
struct JennrichSampson : Fixed<2> {
  static constexpr std::string_view name = "jennrich-sampson";
  static int residuals(int) { return 10; }
  static void start(int, double* x) { x[0] = 0.3, x[1] = 0.4; }
  static double minimum(int) { return 124.362; }
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    using namespace heliotrope::math;
    for (int i = 0; i < 10; ++i) r[i] = 4.0 + 2.0 * i - exp((i + 1.0) * x[0]) - exp((i + 1.0) * x[1]);
  }
};

/// (8) y - x1 - u / (v x2 + w x3), u = i, v = 16 - i, w = min(u, v)
struct Bard : Fixed<3> {
  static constexpr std::string_view name = "bard";
  static int residuals(int) { return 15; }
  static void start(int, double* x) { x[0] = x[1] = x[2] = 1.0; }
  static double minimum(int) { return 8.21487e-3; }  // and 17.4286, at infinity
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    constexpr double y[] = {0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39};
    for (int i = 0; i < 15; ++i) {
      const double u = i + 1.0, v = 15.0 - i, w = u < v ? u : v;
      r[i] = y[i] - x[0] - u / (v * x[1] + w * x[2]);
    }
  }
};

/// (10) x1 exp(x2 / (t + x3)) - y, t = 45 + 5 i
struct Meyer : Fixed<3> {
  static constexpr std::string_view name = "meyer";
  static int residuals(int) { return 16; }
  static void start(int, double* x) { x[0] = 0.02, x[1] = 4000.0, x[2] = 250.0; }
  static double minimum(int) { return 87.9458; }
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    using namespace heliotrope::math;
    constexpr double y[] = {34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744,
                            8261,  7030,  6005,  5147,  4427,  3820,  3307,  2872};
    for (int i = 0; i < 16; ++i) r[i] = x[0] * exp(x[1] / (50.0 + 5.0 * i + x[2])) - y[i];
  }
};

/// (15) y - x1 (u^2 + u x2) / (u^2 + u x3 + x4)
struct KowalikOsborne : Fixed<4> {
  static constexpr std::string_view name = "kowalik-osborne";
  static int residuals(int) { return 11; }
  static void start(int, double* x) { x[0] = 0.25, x[1] = 0.39, x[2] = 0.415, x[3] = 0.39; }
  static double minimum(int) { return 3.07505e-4; }  // and 1.02734e-3, at infinity
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    constexpr double y[] = {0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246};
    constexpr double u[] = {4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625};
    for (int i = 0; i < 11; ++i) r[i] = y[i] - x[0] * (u[i] * (u[i] + x[1])) / (u[i] * (u[i] + x[2]) + x[3]);
  }
};

/// (17) y - x1 - x2 exp(-t x4) - x3 exp(-t x5), t = 10 (i - 1)
struct OsborneOne : Fixed<5> {
  static constexpr std::string_view name = "osborne-1";
  static int residuals(int) { return 33; }
  static void start(int, double* x) { x[0] = 0.5, x[1] = 1.5, x[2] = -1.0, x[3] = 0.01, x[4] = 0.02; }
  static double minimum(int) { return 5.46489e-5; }
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    using namespace heliotrope::math;
    constexpr double y[] = {0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751,
                            0.718, 0.685, 0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490,
                            0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406};
    for (int i = 0; i < 33; ++i) r[i] = y[i] - x[0] - x[1] * exp(-10.0 * i * x[3]) - x[2] * exp(-10.0 * i * x[4]);
  }
};

/// (19) y - x1 exp(-t x5) - x2 exp(-(t - x9)^2 x6) - x3 exp(-(t - x10)^2 x7) - x4 exp(-(t - x11)^2 x8), t = (i - 1) /
/// 10
struct OsborneTwo : Fixed<11> {
  static constexpr std::string_view name = "osborne-2";
  static int residuals(int) { return 65; }
  static void start(int, double* x) {
    constexpr double at[] = {1.3, 0.65, 0.65, 0.7, 0.6, 3.0, 5.0, 7.0, 2.0, 4.5, 5.5};
    for (int j = 0; j < 11; ++j) x[j] = at[j];
  }
  static double minimum(int) { return 4.01377e-2; }
  template <class T>
  static void evaluate(int, const T* x, T* r) {
    using namespace heliotrope::math;
    constexpr double y[] = {1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608,
                            0.655, 0.616, 0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661,
                            0.612, 0.558, 0.533, 0.495, 0.500, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428,
                            0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559,
                            0.597, 0.625, 0.739, 0.710, 0.729, 0.720, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054};
    for (int i = 0; i < 65; ++i) {
      const double t = 0.1 * i;
      T fit = x[0] * exp(-t * x[4]);
      for (int k = 0; k < 3; ++k) {
        const T u = t - x[8 + k];
        fit += x[1 + k] * exp(-u * u * x[5 + k]);
      }
      r[i] = y[i] - fit;
    }
  }
};

}  // namespace heliotrope::more_garbow_hillstrom
