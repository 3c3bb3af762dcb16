# SPDX-License-Identifier: Apache-2.0
# heliotrope_use_native(TARGET): compiles TARGET for this machine's processor, so that the residuals in it are
# evaluated and differentiated at its full vector width (eight at a time on AVX-512, two without). The program then
# runs on this kind of machine only. The library need not be compiled again.
function(heliotrope_use_native target)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64|i.86)$")
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-march=native>
                                             $<$<COMPILE_LANGUAGE:CXX>:-mprefer-vector-width=512>)
  else()
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-mcpu=native>)
  endif()
endfunction()
