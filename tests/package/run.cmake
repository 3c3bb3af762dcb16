# SPDX-License-Identifier: Apache-2.0
# Installs the build in BUILD under WORK, moves it elsewhere, and configures, builds and runs the consumer project against
# it there: by find_package, and by pkg-config where there is one.
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --config "${CONFIG}" --component development --prefix ${WORK}/elsewhere)
file(RENAME ${WORK}/elsewhere ${WORK}/prefix)
build_consumer(${WORK}/prefix fit fit_native)
check_versions(${WORK}/prefix ${VERSION})

find_program(PKG_CONFIG pkg-config)
file(GLOB_RECURSE pc_file ${WORK}/prefix/heliotrope.pc)
if(NOT pc_file)
  message(FATAL_ERROR "found no heliotrope.pc under ${WORK}/prefix")
endif()
if(PKG_CONFIG)
  cmake_path(GET pc_file PARENT_PATH folder)
  set(ENV{PKG_CONFIG_PATH} "${folder}:$ENV{PKG_CONFIG_PATH}")
  execute_process(COMMAND ${PKG_CONFIG} --exists eigen3 RESULT_VARIABLE no_eigen)
  if(NOT no_eigen)
    output_of(version ${PKG_CONFIG} --modversion heliotrope)
    if(NOT version STREQUAL VERSION)
      message(FATAL_ERROR "pkg-config found version ${version}, expected ${VERSION}")
    endif()
    output_of(flags ${PKG_CONFIG} --cflags --libs heliotrope)
    separate_arguments(flags UNIX_COMMAND "${flags}")
    cmake_path(GET folder PARENT_PATH library_folder)
    run(${COMPILER} -std=c++20 -O1 ${CMAKE_CURRENT_LIST_DIR}/main.cpp -o ${WORK}/fit_pkg_config ${flags}
        -Wl,-rpath,${library_folder})
    run(${WORK}/fit_pkg_config)
  endif()
endif()
