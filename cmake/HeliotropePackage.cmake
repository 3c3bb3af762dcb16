# SPDX-License-Identifier: Apache-2.0
# cpack -G DEB makes one package, libheliotrope-dev, of library, headers and command; cpack -G TGZ an archive.
set(CPACK_PACKAGE_NAME heliotrope)
set(CPACK_PACKAGE_VENDOR "the Heliotrope authors")
set(CPACK_PACKAGE_CONTACT "the Heliotrope authors <heliotrope@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_COMPONENTS_ALL development debian)
if(TARGET heliotrope_cli)
  list(APPEND CPACK_COMPONENTS_ALL tools)
endif()
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_PACKAGE_NAME libheliotrope-dev)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
find_program(HELIOTROPE_SHLIBDEPS dpkg-shlibdeps)
find_program(HELIOTROPE_FILE file)  # which CPack asks for the kind of each binary
mark_as_advanced(HELIOTROPE_SHLIBDEPS HELIOTROPE_FILE)
if(HELIOTROPE_SHLIBDEPS AND HELIOTROPE_FILE)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)  # what the command, and a shared library, load
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/src)
endif()
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libeigen3-dev")
if(HELIOTROPE_IS_STATIC AND HELIOTROPE_HAS_SUITESPARSE)
  string(APPEND CPACK_DEBIAN_PACKAGE_DEPENDS ", libsuitesparse-dev")
endif()
if(HELIOTROPE_IS_STATIC AND HELIOTROPE_HAS_LIBARCHIVE)
  string(APPEND CPACK_DEBIAN_PACKAGE_DEPENDS ", libarchive-dev")
endif()
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "curl")

# Where Debian wants the licence; no part of other installations.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/libheliotrope-dev RENAME copyright COMPONENT debian
        EXCLUDE_FROM_ALL)

include(CPack)
