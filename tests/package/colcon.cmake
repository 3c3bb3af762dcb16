# SPDX-License-Identifier: Apache-2.0
# package.xml says what colcon must know, and the project configures as colcon would have it: shared libraries, an
# installation folder of its own, no tests.
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)

file(READ ${SOURCE}/package.xml text)
foreach(part IN ITEMS "<name>heliotrope</name>" "<build_type>cmake</build_type>" "<package format=\"3\">")
  string(FIND "${text}" "${part}" position)
  if(position EQUAL -1)
    message(FATAL_ERROR "package.xml has no ${part}")
  endif()
endforeach()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} -S ${SOURCE} -B ${WORK}/build/heliotrope -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_INSTALL_PREFIX=${WORK}/install/heliotrope -D BUILD_SHARED_LIBS=ON -D BUILD_TESTING=OFF
    "-DCMAKE_PREFIX_PATH=${ROOTS}")
file(STRINGS ${WORK}/build/heliotrope/CMakeCache.txt tests REGEX "^HELIOTROPE_TESTS:")
if(NOT tests MATCHES "=OFF$")
  message(FATAL_ERROR "with BUILD_TESTING=OFF: ${tests}, expected OFF")
endif()
file(READ ${WORK}/build/heliotrope/heliotrope.pc pc)
if(NOT pc MATCHES "Libs: -L\\\${libdir} -lheliotrope\n")
  message(FATAL_ERROR "heliotrope.pc of a shared library names more than itself:\n${pc}")
endif()
