# SPDX-License-Identifier: Apache-2.0
# How every target of this project is compiled. None of it reaches a user's targets.

# heliotrope_configure(TARGET): warnings, sanitizers and include folders of a target of ours.
function(heliotrope_configure target)
  target_compile_features(${target} PRIVATE cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE -Wall -Wextra)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-psabi)  # notes on passing vectors wider than the target's
  endif()
  if(HELIOTROPE_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(HELIOTROPE_SANITIZE)
    set(flags -fsanitize=${HELIOTROPE_SANITIZE} -fno-omit-frame-pointer)
    if(HELIOTROPE_SANITIZE MATCHES "undefined")
      list(APPEND flags -fno-sanitize-recover=undefined)
    endif()
    target_compile_options(${target} PRIVATE ${flags})
    target_link_options(${target} PRIVATE -fsanitize=${HELIOTROPE_SANITIZE})
  endif()
endfunction()

# heliotrope_define_parts(TARGET): tells TARGET's sources what this build of the library has.
function(heliotrope_define_parts target)
  target_compile_definitions(
    ${target}
    PRIVATE HELIOTROPE_VERSION="${PROJECT_VERSION}"
            HELIOTROPE_HAS_SUITESPARSE=${HELIOTROPE_HAS_SUITESPARSE}
            HELIOTROPE_HAS_CHOLMOD_SUPERNODAL=${HELIOTROPE_HAS_CHOLMOD_SUPERNODAL}
            HELIOTROPE_HAS_SPQR=${HELIOTROPE_HAS_SPQR}
            HELIOTROPE_HAS_OPENMP=${HELIOTROPE_HAS_OPENMP}
            HELIOTROPE_HAS_LIBARCHIVE=${HELIOTROPE_HAS_LIBARCHIVE}
            HELIOTROPE_X86_KERNELS=${HELIOTROPE_X86_KERNELS}
            HELIOTROPE_HAS_KERNELS_AVX2=${HELIOTROPE_X86_KERNELS}
            HELIOTROPE_HAS_KERNELS_AVX512=${HELIOTROPE_X86_KERNELS})
endfunction()

# heliotrope_compile_in_batches(TARGET SIZE): SIZE sources of TARGET a translation unit, since most of a compiler's time
# goes into what they all include. No two of TARGET's sources may define the same name in an unnamed namespace.
function(heliotrope_compile_in_batches target size)
  if(HELIOTROPE_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${size})
  endif()
endfunction()

# heliotrope_add_kernels(TARGET SOURCE): compiles SOURCE once for every kernel target, with HELIOTROPE_KERNEL_TARGET
# defined as its name (baseline, avx2, avx512), and adds the objects to TARGET. SOURCE uses neither Eigen nor
# out-of-line standard code: a linker keeps one copy of those, perhaps one that not every processor can run.
function(heliotrope_add_kernels target source)
  cmake_path(GET source STEM name)
  foreach(kernel_target IN LISTS HELIOTROPE_KERNEL_TARGETS)
    set(objects ${target}_${name}_${kernel_target})
    add_library(${objects} OBJECT ${source})
    heliotrope_configure(${objects})
    target_include_directories(${objects} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
    target_compile_options(${objects} PRIVATE ${HELIOTROPE_FLAGS_${kernel_target}})
    target_compile_definitions(
      ${objects} PRIVATE HELIOTROPE_KERNEL_TARGET=${kernel_target} HELIOTROPE_X86_KERNELS=${HELIOTROPE_X86_KERNELS})
    set_target_properties(${objects} PROPERTIES POSITION_INDEPENDENT_CODE ON UNITY_BUILD OFF)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${objects}>)
    set_property(TARGET ${target} APPEND PROPERTY HELIOTROPE_KERNEL_OBJECTS ${objects})
  endforeach()
endfunction()

# heliotrope_add_fuzzer(NAME SOURCE): a libFuzzer program.
function(heliotrope_add_fuzzer name source)
  add_executable(${name} ${source})
  heliotrope_configure(${name})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(${name} PRIVATE heliotrope)
endfunction()
