// SPDX-License-Identifier: Apache-2.0
// The instruction set that this translation unit is compiled for, and the attributes that kernels use.
//
// Whatever depends on the vector width (Pack, Mask, Jet, group kernels) lives in an inline namespace
// named after the instruction set, so that objects compiled for different ones can be linked together.
#pragma once

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#define HELIOTROPE_ISA avx512
#define HELIOTROPE_PACK_WIDTH 8
#elif defined(__AVX2__) && defined(__FMA__)
#define HELIOTROPE_ISA avx2
#define HELIOTROPE_PACK_WIDTH 4
#elif defined(__SSE2__)
#define HELIOTROPE_ISA sse2
#define HELIOTROPE_PACK_WIDTH 2
#elif defined(__aarch64__)
#define HELIOTROPE_ISA neon
#define HELIOTROPE_PACK_WIDTH 2
#else
#define HELIOTROPE_ISA scalar
#define HELIOTROPE_PACK_WIDTH 1
#endif

// Kernels are inlined whole: see docs/design.md. Not under the sanitizers, whose instrumentation of such functions
// takes compilers minutes each, and whose reports are better with frames.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HELIOTROPE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HELIOTROPE_SANITIZED 1
#endif
#endif

#ifdef HELIOTROPE_SANITIZED
#define HELIOTROPE_INLINE inline
#define HELIOTROPE_LAMBDA
#define HELIOTROPE_FLATTEN
#else
#define HELIOTROPE_INLINE inline __attribute__((always_inline))
#define HELIOTROPE_LAMBDA __attribute__((always_inline))
#define HELIOTROPE_FLATTEN __attribute__((flatten))
#endif

namespace heliotrope {

/// Internals that do not depend on the instruction set. Those that do are in pack_detail and kernels, inside the inline
/// namespace: a second `detail` there would swallow this one.
namespace detail {}

/// Residuals and their data are stored in blocks of this many lanes, whatever the pack width.
inline constexpr int block_lanes = 8;

/// A size that is known only at run time.
inline constexpr int dynamic_size = -1;

inline namespace HELIOTROPE_ISA {
/// Template parameter that makes the name of a function depend on the instruction set.
struct InstructionSet {};
}  // namespace HELIOTROPE_ISA
}  // namespace heliotrope
