# SPDX-License-Identifier: Apache-2.0
# The package: headers, library, licence, and what find_package(heliotrope) reads.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/heliotrope)
get_target_property(library_type heliotrope TYPE)
if(library_type STREQUAL "STATIC_LIBRARY")
  set(HELIOTROPE_IS_STATIC 1)
else()
  set(HELIOTROPE_IS_STATIC 0)
endif()

install(
  TARGETS heliotrope
  EXPORT heliotropeTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/heliotrope DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT development FILES_MATCHING PATTERN "*.hpp")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT development)
install(EXPORT heliotropeTargets NAMESPACE heliotrope:: DESTINATION ${package_folder} COMPONENT development)

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/heliotropeConfig.cmake.in ${PROJECT_BINARY_DIR}/heliotropeConfig.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/heliotropeConfigVersion.cmake VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
install(
  FILES ${PROJECT_BINARY_DIR}/heliotropeConfig.cmake ${PROJECT_BINARY_DIR}/heliotropeConfigVersion.cmake
        ${PROJECT_SOURCE_DIR}/cmake/HeliotropeNative.cmake ${PROJECT_SOURCE_DIR}/cmake/FindSuiteSparse.cmake
  DESTINATION ${package_folder} COMPONENT development)

install(FILES ${PROJECT_SOURCE_DIR}/package.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/heliotrope COMPONENT development)
include(HeliotropePkgConfig)

if(TARGET heliotrope_cli)
  file(RELATIVE_PATH library_from_program /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
  set_target_properties(heliotrope_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${library_from_program}")
  install(TARGETS heliotrope_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tools)
  install(FILES ${PROJECT_SOURCE_DIR}/datasets/manifest.tsv DESTINATION ${CMAKE_INSTALL_DATADIR}/heliotrope/datasets
          COMPONENT tools)
endif()
