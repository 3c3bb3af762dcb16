# SPDX-License-Identifier: Apache-2.0
# What the tests of packages share.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "exit status ${result}: ${ARGV}")
  endif()
endfunction()

# output_of(VARIABLE COMMAND...): what a command that must succeed prints.
function(output_of variable)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "exit status ${result}: ${ARGN}")
  endif()
  set(${variable} "${output}" PARENT_SCOPE)
endfunction()

# build_consumer(PREFIX TARGET...): configures the project of this folder in WORK/build against the package there, builds
# these targets and runs them.
function(build_consumer prefix)
  run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_FUNCTION_LIST_DIR} -B ${WORK}/build -G ${GENERATOR}
      -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_BUILD_TYPE=Release "-DCMAKE_PREFIX_PATH=${prefix};${ROOTS}")
  file(STRINGS ${WORK}/build/CMakeCache.txt found REGEX "^heliotrope_DIR:")
  string(FIND "${found}" "${prefix}" position)
  if(position EQUAL -1)
    message(FATAL_ERROR "another package was found: ${found}, expected one under ${prefix}")
  endif()
  foreach(target IN LISTS ARGN)
    run(${CMAKE_COMMAND} --build ${WORK}/build --target ${target})
    run(${WORK}/build/${target})
  endforeach()
endfunction()

# check_versions(PREFIX VERSION): the package answers to its own minor version and to no other.
function(check_versions prefix version)
  string(REGEX MATCH "^([0-9]+)\\.([0-9]+)" minor ${version})
  math(EXPR next "${CMAKE_MATCH_2} + 1")
  set(other "${CMAKE_MATCH_1}.${next}")
  foreach(asked IN ITEMS ${minor} ${other})
    file(WRITE ${WORK}/version/CMakeLists.txt
         "cmake_minimum_required(VERSION 3.22)\nproject(version LANGUAGES CXX)\n"
         "find_package(heliotrope ${asked} QUIET PATHS ${prefix} NO_DEFAULT_PATH)\n"
         "if(heliotrope_FOUND)\n  set(answer 1)\nelse()\n  set(answer 0)\nendif()\n"
         "set(ANSWER \${answer} CACHE STRING \"\" FORCE)\n")
    file(REMOVE_RECURSE ${WORK}/version/build)
    run(${CMAKE_COMMAND} -S ${WORK}/version -B ${WORK}/version/build -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER}
        "-DCMAKE_PREFIX_PATH=${ROOTS}")
    file(STRINGS ${WORK}/version/build/CMakeCache.txt answer REGEX "^ANSWER:")
    if(asked STREQUAL minor AND NOT answer MATCHES "=1$" OR asked STREQUAL other AND NOT answer MATCHES "=0$")
      message(FATAL_ERROR "version ${asked} was asked of ${version}: ${answer}")
    endif()
  endforeach()
endfunction()
