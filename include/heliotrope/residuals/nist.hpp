// SPDX-License-Identifier: Apache-2.0
// The 27 models of NIST's Statistical Reference Datasets for nonlinear regression
// (https://www.itl.nist.gov/div898/strd).
//
// Each is one observation's residual, y - model(x; b), with its model above it; b0 is NIST's b1.
#pragma once

#include <string_view>

#include "heliotrope/config.hpp"
#include "heliotrope/derive/math.hpp"

namespace heliotrope {

/// y = b0 (1 - exp(-b1 x))
template <class S>
struct Misra1a {
  S x, y;
  static constexpr int residuals = 1, parameters = 2;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    r[0] = y - b[0] * (1.0 - exp(-b[1] * x));
  }
};
template <class S>
using BoxBOD = Misra1a<S>;

/// y = b0 (1 - (1 + b1 x / 2)^-2)
template <class S>
struct Misra1b {
  S x, y;
  static constexpr int residuals = 1, parameters = 2;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    const T u = 1.0 + b[1] * x * 0.5;
    r[0] = y - b[0] * (1.0 - 1.0 / (u * u));
  }
};

/// y = b0 (1 - (1 + 2 b1 x)^(-1/2))
template <class S>
struct Misra1c {
  S x, y;
  static constexpr int residuals = 1, parameters = 2;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    r[0] = y - b[0] * (1.0 - 1.0 / sqrt(1.0 + 2.0 * b[1] * x));
  }
};

/// y = b0 b1 x / (1 + b1 x)
template <class S>
struct Misra1d {
  S x, y;
  static constexpr int residuals = 1, parameters = 2;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    const T u = b[1] * x;
    r[0] = y - b[0] * u / (1.0 + u);
  }
};

/// y = exp(-b0 x) / (b1 + b2 x)
template <class S>
struct Chwirut1 {
  S x, y;
  static constexpr int residuals = 1, parameters = 3;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    r[0] = y - exp(-b[0] * x) / (b[1] + b[2] * x);
  }
};
template <class S>
using Chwirut2 = Chwirut1<S>;

/// y = b0 exp(-b1 x) + b2 exp(-b3 x) + b4 exp(-b5 x)
template <class S>
struct Lanczos1 {
  S x, y;
  static constexpr int residuals = 1, parameters = 6;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    r[0] = y - (b[0] * exp(-b[1] * x) + b[2] * exp(-b[3] * x) + b[4] * exp(-b[5] * x));
  }
};
template <class S>
using Lanczos2 = Lanczos1<S>;
template <class S>
using Lanczos3 = Lanczos1<S>;

/// y = b0 exp(-b1 x) + b2 exp(-((x - b3) / b4)^2) + b5 exp(-((x - b6) / b7)^2)
template <class S>
struct Gauss1 {
  S x, y;
  static constexpr int residuals = 1, parameters = 8;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    const T u = (x - b[3]) / b[4], v = (x - b[6]) / b[7];
    r[0] = y - (b[0] * exp(-b[1] * x) + b[2] * exp(-u * u) + b[5] * exp(-v * v));
  }
};
template <class S>
using Gauss2 = Gauss1<S>;
template <class S>
using Gauss3 = Gauss1<S>;

/// y = b0 x^b1
template <class S>
struct DanWood {
  S x, y;
  static constexpr int residuals = 1, parameters = 2;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    r[0] = y - b[0] * pow(T(x), b[1]);
  }
};

/// y = (b0 + b1 x + b2 x^2) / (1 + b3 x + b4 x^2)
template <class S>
struct Kirby2 {
  S x, y;
  static constexpr int residuals = 1, parameters = 5;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    r[0] = y - (b[0] + x * (b[1] + x * b[2])) / (1.0 + x * (b[3] + x * b[4]));
  }
};

/// y = (b0 + b1 x + b2 x^2 + b3 x^3) / (1 + b4 x + b5 x^2 + b6 x^3)
template <class S>
struct Hahn1 {
  S x, y;
  static constexpr int residuals = 1, parameters = 7;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    const T above = b[0] + x * (b[1] + x * (b[2] + x * b[3]));
    const T below = 1.0 + x * (b[4] + x * (b[5] + x * b[6]));
    r[0] = y - above / below;
  }
};
template <class S>
using Thurber = Hahn1<S>;

/// log y = b0 - b1 x1 exp(-b2 x2)
template <class S>
struct Nelson {
  S x1, x2, y;
  static constexpr int residuals = 1, parameters = 3;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    r[0] = log(y) - (b[0] - b[1] * x1 * exp(-b[2] * x2));
  }
};

/// y = b0 + b1 exp(-b3 x) + b2 exp(-b4 x)
template <class S>
struct MGH17 {
  S x, y;
  static constexpr int residuals = 1, parameters = 5;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    r[0] = y - (b[0] + b[1] * exp(-b[3] * x) + b[2] * exp(-b[4] * x));
  }
};

/// y = b0 - b1 x - arctan(b2 / (x - b3)) / pi; the plain arctangent, which the certified values are for
template <class S>
struct Roszman1 {
  S x, y;
  static constexpr int residuals = 1, parameters = 4;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    constexpr double pi = 3.14159265358979323846;
    r[0] = y - (b[0] - b[1] * x - atan(b[2] / (x - b[3])) / pi);
  }
};

/// y = b0 + b1 cos(u) + b2 sin(u) + b4 cos(v) + b5 sin(v) + b7 cos(w) + b8 sin(w),
/// u = 2 pi x / 12,  v = 2 pi x / b3,  w = 2 pi x / b6
template <class S>
struct ENSO {
  S x, y;
  static constexpr int residuals = 1, parameters = 9;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    constexpr double two_pi = 6.28318530717958647693;
    S sin_u, cos_u;
    T sin_v, cos_v, sin_w, cos_w;
    sincos(S(two_pi / 12.0 * x), sin_u, cos_u);
    sincos(T(two_pi * x / b[3]), sin_v, cos_v);
    sincos(T(two_pi * x / b[6]), sin_w, cos_w);
    r[0] = y - (b[0] + b[1] * cos_u + b[2] * sin_u + b[4] * cos_v + b[5] * sin_v + b[7] * cos_w + b[8] * sin_w);
  }
};

/// y = b0 (x^2 + x b1) / (x^2 + x b2 + b3)
template <class S>
struct MGH09 {
  S x, y;
  static constexpr int residuals = 1, parameters = 4;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    r[0] = y - b[0] * (x * (x + b[1])) / (x * (x + b[2]) + b[3]);
  }
};

/// y = b0 exp(b1 / (x + b2))
template <class S>
struct MGH10 {
  S x, y;
  static constexpr int residuals = 1, parameters = 3;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    r[0] = y - b[0] * exp(b[1] / (x + b[2]));
  }
};

/// y = b0 / (1 + exp(b1 - b2 x))
template <class S>
struct Rat42 {
  S x, y;
  static constexpr int residuals = 1, parameters = 3;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    r[0] = y - b[0] / (1.0 + exp(b[1] - b[2] * x));
  }
};

/// y = b0 / (1 + exp(b1 - b2 x))^(1 / b3)
template <class S>
struct Rat43 {
  S x, y;
  static constexpr int residuals = 1, parameters = 4;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    r[0] = y - b[0] / pow(1.0 + exp(b[1] - b[2] * x), 1.0 / b[3]);
  }
};

/// y = (b0 / b1) exp(-((x - b2) / b1)^2 / 2)
template <class S>
struct Eckerle4 {
  S x, y;
  static constexpr int residuals = 1, parameters = 3;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    const T u = (x - b[2]) / b[1];
    r[0] = y - b[0] / b[1] * exp(-0.5 * u * u);
  }
};

/// y = b0 (b1 + x)^(-1 / b2)
template <class S>
struct Bennett5 {
  S x, y;
  static constexpr int residuals = 1, parameters = 3;
  template <class T>
  HELIOTROPE_INLINE void operator()(const T* b, T* r) const {
    using namespace heliotrope::math;
    r[0] = y - b[0] * pow(b[1] + x, -1.0 / b[2]);
  }
};

/// Calls visit.operator()<Model>() with the model of NIST's data set of that name ("Misra1a"), a template on its
/// scalar; false where there is none.
///
///     visit_nist_model(name, [&]<template <class> class Model>() { ... Model<double>{x, y} ... });
template <class Visit>
bool visit_nist_model(std::string_view name, Visit&& visit) {
  if (name == "Misra1a") return visit.template operator()<Misra1a>(), true;
  if (name == "Chwirut2") return visit.template operator()<Chwirut2>(), true;
  if (name == "Chwirut1") return visit.template operator()<Chwirut1>(), true;
  if (name == "Lanczos3") return visit.template operator()<Lanczos3>(), true;
  if (name == "Gauss1") return visit.template operator()<Gauss1>(), true;
  if (name == "Gauss2") return visit.template operator()<Gauss2>(), true;
  if (name == "DanWood") return visit.template operator()<DanWood>(), true;
  if (name == "Misra1b") return visit.template operator()<Misra1b>(), true;
  if (name == "Kirby2") return visit.template operator()<Kirby2>(), true;
  if (name == "Hahn1") return visit.template operator()<Hahn1>(), true;
  if (name == "Nelson") return visit.template operator()<Nelson>(), true;
  if (name == "MGH17") return visit.template operator()<MGH17>(), true;
  if (name == "Lanczos1") return visit.template operator()<Lanczos1>(), true;
  if (name == "Lanczos2") return visit.template operator()<Lanczos2>(), true;
  if (name == "Gauss3") return visit.template operator()<Gauss3>(), true;
  if (name == "Misra1c") return visit.template operator()<Misra1c>(), true;
  if (name == "Misra1d") return visit.template operator()<Misra1d>(), true;
  if (name == "Roszman1") return visit.template operator()<Roszman1>(), true;
  if (name == "ENSO") return visit.template operator()<ENSO>(), true;
  if (name == "MGH09") return visit.template operator()<MGH09>(), true;
  if (name == "Thurber") return visit.template operator()<Thurber>(), true;
  if (name == "BoxBOD") return visit.template operator()<BoxBOD>(), true;
  if (name == "Rat42") return visit.template operator()<Rat42>(), true;
  if (name == "MGH10") return visit.template operator()<MGH10>(), true;
  if (name == "Eckerle4") return visit.template operator()<Eckerle4>(), true;
  if (name == "Rat43") return visit.template operator()<Rat43>(), true;
  if (name == "Bennett5") return visit.template operator()<Bennett5>(), true;
  return false;
}

/// The names that visit_nist_model knows, in NIST's order of difficulty (lower, average, higher).
inline constexpr std::string_view nist_names[] = {
    "Misra1a", "Chwirut2", "Chwirut1", "Lanczos3", "Gauss1",   "Gauss2", "DanWood",  "Misra1b", "Kirby2",
    "Hahn1",   "Nelson",   "MGH17",    "Lanczos1", "Lanczos2", "Gauss3", "Misra1c",  "Misra1d", "Roszman1",
    "ENSO",    "MGH09",    "Thurber",  "BoxBOD",   "Rat42",    "MGH10",  "Eckerle4", "Rat43",   "Bennett5"};

}  // namespace heliotrope
