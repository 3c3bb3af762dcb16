# SPDX-License-Identifier: Apache-2.0
# How tests are built and registered with CTest.
find_package(Catch2 REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json QUIET)
find_package(Python3 QUIET COMPONENTS Interpreter)

set(HELIOTROPE_TEST_TARGETS "${HELIOTROPE_KERNEL_TARGETS}"
    CACHE STRING "The instruction sets that tests of generic code are built for")

# Folders whose sources define no name twice: with sanitizers, where code is dear, four of them are a translation unit.
set(HELIOTROPE_TESTS_IN_BATCHES inspect io linear problem program residuals)

add_library(heliotrope_test_main OBJECT ${PROJECT_SOURCE_DIR}/tests/main.cpp)
heliotrope_configure(heliotrope_test_main)
target_compile_options(heliotrope_test_main PRIVATE -O0)
if(Catch2_VERSION VERSION_LESS 3)
  target_link_libraries(heliotrope_test_main PUBLIC Catch2::Catch2)
  set(heliotrope_no_tests_is_an_error -w NoTests)
else()
  target_link_libraries(heliotrope_test_main PUBLIC Catch2::Catch2WithMain)
  set(heliotrope_no_tests_is_an_error "")
endif()

if(nlohmann_json_FOUND)
  add_library(heliotrope_test_json OBJECT ${PROJECT_SOURCE_DIR}/tests/json.cpp)
  heliotrope_configure(heliotrope_test_json)
  target_include_directories(heliotrope_test_json PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(heliotrope_test_json PUBLIC nlohmann_json::nlohmann_json Catch2::Catch2)
endif()

add_executable(run_where ${PROJECT_SOURCE_DIR}/tests/run_where.cpp)
heliotrope_configure(run_where)

add_custom_target(threaded_tests DEPENDS run_where)

# What every test runs under: threads that sleep while they wait (tests ask for more than there are processors), and
# for the thread sanitizer OpenMP's own account of its synchronisation.
set(heliotrope_test_environment OMP_WAIT_POLICY=passive UBSAN_OPTIONS=print_stacktrace=1)
if(HELIOTROPE_SANITIZE MATCHES "thread")
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=libarcher.so OUTPUT_VARIABLE archer
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT EXISTS "${archer}")
    message(WARNING "libarcher.so not found: the thread sanitizer needs clang and libomp, or it reports false races")
  endif()
  list(APPEND heliotrope_test_environment OMP_TOOL_LIBRARIES=${archer}
       TSAN_OPTIONS=ignore_noninstrumented_modules=1)
endif()

# heliotrope_register_test(NAME TARGET INSTRUCTION_SET LABELS SPECIFICATION): one CTest test, the cases that match.
function(heliotrope_register_test name target instruction_set labels specification)
  add_test(NAME ${name} COMMAND run_where ${instruction_set} $<TARGET_FILE:${target}> ${specification}
                                ${heliotrope_no_tests_is_an_error})
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT 600 SKIP_RETURN_CODE 77
                                          ENVIRONMENT "${heliotrope_test_environment}")
endfunction()

# heliotrope_add_test_program(FOLDER INSTRUCTION_SET SOURCE...)
function(heliotrope_add_test_program folder instruction_set)
  set(name ${folder})
  set(target tests_${folder})
  if(NOT instruction_set STREQUAL "baseline")
    string(APPEND name .${instruction_set})
    string(APPEND target _${instruction_set})
  endif()

  add_executable(${target} ${ARGN})
  heliotrope_configure(${target})
  heliotrope_define_parts(${target})
  target_compile_options(${target} PRIVATE ${HELIOTROPE_FLAGS_${instruction_set}})
  if(CMAKE_BUILD_TYPE STREQUAL "Release" AND folder STREQUAL "speed")
    target_compile_options(${target} PRIVATE -O2)  # what users compile with
  elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${target} PRIVATE -O1)  # half the time to compile; the library is as it ships
  endif()
  if(HELIOTROPE_SANITIZE AND folder IN_LIST HELIOTROPE_TESTS_IN_BATCHES)
    heliotrope_compile_in_batches(${target} 4)
  endif()
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src)
  target_compile_definitions(${target} PRIVATE HELIOTROPE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE heliotrope heliotrope_test_main Threads::Threads)
  if(nlohmann_json_FOUND AND folder MATCHES "^(inspect|program)$")
    target_link_libraries(${target} PRIVATE heliotrope_test_json)
  endif()
  if(TARGET heliotrope_cli)
    target_compile_definitions(${target} PRIVATE HELIOTROPE_PROGRAM="$<TARGET_FILE:heliotrope_cli>")
    if(folder STREQUAL "program")
      add_dependencies(${target} heliotrope_cli)
    endif()
  endif()

  set(text "")
  foreach(source IN LISTS ARGN)
    file(STRINGS ${source} lines REGEX "\\[(threads|timing)\\]")
    string(APPEND text "${lines}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  endforeach()
  if(NOT folder STREQUAL "speed")
    heliotrope_register_test(${name} ${target} ${instruction_set} ${folder} "~[threads]~[timing]")
  endif()
  if(text MATCHES "\\[threads\\]")
    add_dependencies(threaded_tests ${target})
    heliotrope_register_test(${name}.threads ${target} ${instruction_set} "${folder};threads" "[threads]~[timing]")
  endif()
  if(text MATCHES "\\[timing\\]" AND CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT HELIOTROPE_SANITIZE)
    heliotrope_register_test(${name}.timing ${target} ${instruction_set} "${folder};timing" "[timing]")
    set_tests_properties(${name}.timing PROPERTIES RUN_SERIAL ON)
  endif()
endfunction()

# heliotrope_keep_threaded(LIST): of LIST's sources those with cases tagged [threads], and those without any case, which
# serve the others.
function(heliotrope_keep_threaded list)
  set(kept "")
  set(any FALSE)
  foreach(source IN LISTS ${list})
    file(STRINGS ${source} cases REGEX "^(TEST|TEMPLATE_TEST)_CASE")
    file(STRINGS ${source} threaded REGEX "\\[threads\\]")
    if(threaded OR NOT cases)
      list(APPEND kept ${source})
    endif()
    if(threaded)
      set(any TRUE)
    endif()
  endforeach()
  if(NOT any)
    set(kept "")
  endif()
  set(${list} "${kept}" PARENT_SCOPE)
endfunction()

# heliotrope_add_tests(FOLDER [EVERY_INSTRUCTION_SET] SOURCES SOURCE... [ONCE SOURCE...]): the test program of a folder;
# with EVERY_INSTRUCTION_SET one for each of HELIOTROPE_TEST_TARGETS, skipped where the processor lacks it. Sources after
# ONCE are in the program for the baseline only.
function(heliotrope_add_tests folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "EVERY_INSTRUCTION_SET" "" "SOURCES;ONCE")
  set(instruction_sets baseline)
  if(arg_EVERY_INSTRUCTION_SET)
    set(instruction_sets ${HELIOTROPE_TEST_TARGETS})
  endif()
  foreach(instruction_set IN LISTS instruction_sets)
    set(sources ${arg_SOURCES})
    if(instruction_set STREQUAL "baseline")
      list(APPEND sources ${arg_ONCE})
    endif()
    list(TRANSFORM sources PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/)
    if(HELIOTROPE_SANITIZE MATCHES "thread")
      heliotrope_keep_threaded(sources)
    endif()
    if(sources)
      heliotrope_add_test_program(${folder} ${instruction_set} ${sources})
    endif()
  endforeach()
endfunction()

# A separate project that finds the installed package. Not with sanitizers, which the package does not pass on.
function(heliotrope_add_package_test)
  if(HELIOTROPE_SANITIZE)
    return()
  endif()
  add_test(
    NAME package
    COMMAND
      ${CMAKE_COMMAND} -D BUILD=${PROJECT_BINARY_DIR} -D CONFIG=$<CONFIG> -D WORK=${CMAKE_CURRENT_BINARY_DIR}/package
      -D GENERATOR=${CMAKE_GENERATOR} -D COMPILER=${CMAKE_CXX_COMPILER} -D "ROOTS=${CMAKE_PREFIX_PATH}"
      -D VERSION=${PROJECT_VERSION} -P ${CMAKE_CURRENT_SOURCE_DIR}/package/run.cmake)
  set_tests_properties(package PROPERTIES LABELS package TIMEOUT 600)
  find_program(HELIOTROPE_DPKG_DEB dpkg-deb)
  mark_as_advanced(HELIOTROPE_DPKG_DEB)
  if(HELIOTROPE_DPKG_DEB AND TARGET heliotrope_cli)
    add_test(
      NAME package.deb
      COMMAND
        ${CMAKE_COMMAND} -D BUILD=${PROJECT_BINARY_DIR} -D CONFIG=$<CONFIG>
        -D WORK=${CMAKE_CURRENT_BINARY_DIR}/package_deb -D GENERATOR=${CMAKE_GENERATOR} -D COMPILER=${CMAKE_CXX_COMPILER}
        -D STATIC=$<STREQUAL:$<TARGET_PROPERTY:heliotrope,TYPE>,STATIC_LIBRARY> -D CPACK=${CMAKE_CPACK_COMMAND}
        -D DPKG_DEB=${HELIOTROPE_DPKG_DEB} -D VERSION=${PROJECT_VERSION} -P ${CMAKE_CURRENT_SOURCE_DIR}/package/deb.cmake)
    set_tests_properties(package.deb PROPERTIES LABELS package TIMEOUT 600)
  endif()
endfunction()

# What colcon does with a plain CMake package, up to the build, which would be a second one of the same sources.
function(heliotrope_add_colcon_test)
  if(HELIOTROPE_SANITIZE)
    return()
  endif()
  add_test(
    NAME package.colcon
    COMMAND
      ${CMAKE_COMMAND} -D SOURCE=${PROJECT_SOURCE_DIR} -D WORK=${CMAKE_CURRENT_BINARY_DIR}/package_colcon
      -D GENERATOR=${CMAKE_GENERATOR} -D COMPILER=${CMAKE_CXX_COMPILER} -D "ROOTS=${CMAKE_PREFIX_PATH}" -P
      ${CMAKE_CURRENT_SOURCE_DIR}/package/colcon.cmake)
  set_tests_properties(package.colcon PROPERTIES LABELS package)
endfunction()

# The kernels for wider instruction sets define no shared symbol that a program may pick for every processor.
function(heliotrope_add_kernel_symbols_test)
  get_target_property(objects heliotrope HELIOTROPE_KERNEL_OBJECTS)
  if(HELIOTROPE_SANITIZE OR NOT objects OR NOT CMAKE_NM)
    return()
  endif()
  set(files "")
  foreach(object IN LISTS objects)
    list(APPEND files $<TARGET_OBJECTS:${object}>)
  endforeach()
  add_test(NAME kernel_symbols COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/check_kernel_symbols ${CMAKE_NM} ${files}
           COMMAND_EXPAND_LISTS)
  set_tests_properties(kernel_symbols PROPERTIES LABELS repository)
endfunction()

# heliotrope_add_script_test(NAME SCRIPT): a script of tools/ that checks the repository.
function(heliotrope_add_script_test name script)
  if(NOT Python3_FOUND)
    return()
  endif()
  add_test(NAME repository.${name} COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/${script})
  set_tests_properties(repository.${name} PROPERTIES LABELS repository)
endfunction()

# heliotrope_add_must_not_compile(FOLDER): the snippets of FOLDER/must_not_compile are refused on every instruction set
# (on the first alone where tests are built for the baseline) with the messages that they name.
function(heliotrope_add_must_not_compile folder)
  if(HELIOTROPE_SANITIZE)
    return()
  endif()
  add_test(NAME ${folder}.must_not_compile
           COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/check_must_not_compile.sh ${CMAKE_CXX_COMPILER} ""
                   "${HELIOTROPE_TEST_TARGETS}"
                   ${PROJECT_SOURCE_DIR}/include $<TARGET_PROPERTY:Eigen3::Eigen,INTERFACE_INCLUDE_DIRECTORIES>)
  set_tests_properties(${folder}.must_not_compile PROPERTIES LABELS ${folder} TIMEOUT 600)
endfunction()
