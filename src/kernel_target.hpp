// SPDX-License-Identifier: Apache-2.0
// For files that are compiled once for each instruction set (baseline, avx2, avx512): HELIOTROPE_KERNEL_TARGET says for
// which. Macros only: what is defined here would be compiled with that set's flags.
#pragma once

#ifndef HELIOTROPE_KERNEL_TARGET
#define HELIOTROPE_KERNEL_TARGET baseline
#endif
#define HELIOTROPE_JOIN_(a, b) a##b
#define HELIOTROPE_JOIN(a, b) HELIOTROPE_JOIN_(a, b)
#define HELIOTROPE_TEXT_(a) #a
#define HELIOTROPE_TEXT(a) HELIOTROPE_TEXT_(a)
