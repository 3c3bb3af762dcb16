# SPDX-License-Identifier: Apache-2.0
# Installs the build in BUILD under WORK, and configures, builds and runs the consumer project against it.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "exit status ${result}: ${ARGV}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --config "${CONFIG}" --component development --prefix ${WORK}/prefix)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${WORK}/build -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_BUILD_TYPE=Release "-DCMAKE_PREFIX_PATH=${WORK}/prefix;${ROOTS}")

file(STRINGS ${WORK}/build/CMakeCache.txt found REGEX "^heliotrope_DIR:")
string(FIND "${found}" "${WORK}/prefix" position)
if(position EQUAL -1)
  message(FATAL_ERROR "another package was found: ${found}, expected one under ${WORK}/prefix")
endif()

run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/fit)
run(${WORK}/build/fit_native)
