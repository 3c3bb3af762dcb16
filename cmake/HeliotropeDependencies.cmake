# SPDX-License-Identifier: Apache-2.0
# What the library is built on. Sets HELIOTROPE_HAS_<PART> to 1 where the part is wanted and found, else to 0.
find_package(Eigen3 REQUIRED NO_MODULE)

set(HELIOTROPE_HAS_SUITESPARSE 0)
set(HELIOTROPE_HAS_CHOLMOD_SUPERNODAL 0)
set(HELIOTROPE_HAS_SPQR 0)
set(HELIOTROPE_HAS_OPENMP 0)
set(HELIOTROPE_HAS_LIBARCHIVE 0)

if(HELIOTROPE_SUITESPARSE)
  find_package(SuiteSparse QUIET)
  if(SuiteSparse_FOUND)
    set(HELIOTROPE_HAS_SUITESPARSE 1)
    if(HELIOTROPE_SUITESPARSE_GPL)
      set(HELIOTROPE_HAS_CHOLMOD_SUPERNODAL 1)
      if(SuiteSparse_spqr_FOUND)
        set(HELIOTROPE_HAS_SPQR 1)
      endif()
    endif()
  endif()
endif()
if(HELIOTROPE_OPENMP)
  find_package(OpenMP QUIET COMPONENTS CXX)
  if(OpenMP_CXX_FOUND)
    set(HELIOTROPE_HAS_OPENMP 1)
  endif()
endif()
if(HELIOTROPE_LIBARCHIVE)
  find_package(LibArchive QUIET)
  if(LibArchive_FOUND)
    set(HELIOTROPE_HAS_LIBARCHIVE 1)
  endif()
endif()

# The instruction sets that hot kernels are compiled for; the dispatcher chooses among them at run time.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
  set(HELIOTROPE_X86_KERNELS 1)
  set(HELIOTROPE_KERNEL_TARGETS baseline avx2 avx512)
else()
  set(HELIOTROPE_X86_KERNELS 0)
  set(HELIOTROPE_KERNEL_TARGETS baseline)
endif()
set(HELIOTROPE_FLAGS_baseline "")
set(HELIOTROPE_FLAGS_avx2 -mavx2 -mfma)
set(HELIOTROPE_FLAGS_avx512 -march=x86-64-v4 -mprefer-vector-width=512)

message(
  STATUS
    "Heliotrope ${PROJECT_VERSION}: SuiteSparse ${HELIOTROPE_HAS_SUITESPARSE} (supernodal, GPL: "
    "${HELIOTROPE_HAS_CHOLMOD_SUPERNODAL}, SPQR: ${HELIOTROPE_HAS_SPQR}), OpenMP ${HELIOTROPE_HAS_OPENMP}, libarchive ${HELIOTROPE_HAS_LIBARCHIVE}, "
    "kernels for ${HELIOTROPE_KERNEL_TARGETS}")
