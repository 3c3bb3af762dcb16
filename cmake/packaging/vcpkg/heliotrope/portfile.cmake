# SPDX-License-Identifier: Apache-2.0
# An overlay port that builds the checkout it lies in:
#     vcpkg install heliotrope --overlay-ports=cmake/packaging/vcpkg
get_filename_component(SOURCE_PATH ${CMAKE_CURRENT_LIST_DIR}/../../../.. ABSOLUTE)

vcpkg_check_features(
  OUT_FEATURE_OPTIONS options
  FEATURES suitesparse HELIOTROPE_SUITESPARSE compression HELIOTROPE_LIBARCHIVE tools HELIOTROPE_TOOLS
           tools HELIOTROPE_CURL)
vcpkg_cmake_configure(
  SOURCE_PATH ${SOURCE_PATH}
  OPTIONS ${options} -DHELIOTROPE_TESTS=OFF -DHELIOTROPE_BENCHMARKS=OFF -DHELIOTROPE_EXAMPLES=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/heliotrope)
vcpkg_fixup_pkgconfig()
if("tools" IN_LIST FEATURES)
  vcpkg_copy_tools(TOOL_NAMES heliotrope AUTO_CLEAN)
endif()
file(REMOVE_RECURSE ${CURRENT_PACKAGES_DIR}/debug/include ${CURRENT_PACKAGES_DIR}/debug/share)
vcpkg_install_copyright(FILE_LIST ${SOURCE_PATH}/LICENSE)
