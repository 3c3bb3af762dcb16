# SPDX-License-Identifier: Apache-2.0
# Makes the Debian package of the build in BUILD, and checks what it says, what is in it, and that it can be used.
include(${CMAKE_CURRENT_LIST_DIR}/steps.cmake)

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
run(${CPACK} -G DEB -C "${CONFIG}" --config ${BUILD}/CPackConfig.cmake -B ${WORK})
file(GLOB package ${WORK}/*.deb)
list(LENGTH package count)
if(NOT count EQUAL 1 OR NOT package MATCHES "/libheliotrope-dev_${VERSION}_[a-z0-9]+\\.deb$")
  message(FATAL_ERROR "found ${package}, expected one libheliotrope-dev_${VERSION}_<architecture>.deb")
endif()

output_of(depends ${DPKG_DEB} --field ${package} Depends)
if(NOT depends MATCHES "libeigen3-dev")
  message(FATAL_ERROR "the package depends on '${depends}', expected libeigen3-dev among them")
endif()

run(${DPKG_DEB} -x ${package} ${WORK}/root)
if(STATIC)
  set(library lib/libheliotrope.a)
else()
  set(library lib/libheliotrope.so)
endif()
foreach(file IN ITEMS ${library} bin/heliotrope include/heliotrope/heliotrope.hpp lib/pkgconfig/heliotrope.pc
                      lib/cmake/heliotrope/heliotropeConfig.cmake lib/cmake/heliotrope/heliotropeConfigVersion.cmake
                      share/heliotrope/datasets/manifest.tsv share/heliotrope/package.xml
                      share/doc/heliotrope/LICENSE share/doc/libheliotrope-dev/copyright)
  string(REGEX REPLACE "^lib/" "lib*/" pattern ${file})  # lib64 on some systems
  file(GLOB here ${WORK}/root/usr/${pattern})
  if(NOT here)
    message(FATAL_ERROR "${package} has no usr/${file}")
  endif()
endforeach()
file(GLOB_RECURSE all RELATIVE ${WORK}/root ${WORK}/root/*)
foreach(file IN LISTS all)
  if(NOT file MATCHES "^usr/(bin|include/heliotrope|lib[^/]*|share/(doc/(lib)?heliotrope[^/]*|heliotrope))/")
    message(FATAL_ERROR "${package} has ${file}, expected nothing there")
  endif()
endforeach()

run(${WORK}/root/usr/bin/heliotrope --version)
build_consumer(${WORK}/root/usr fit)
