# SPDX-License-Identifier: Apache-2.0
# Finds CHOLMOD and what it rests on: SuiteSparse_FOUND, SuiteSparse_VERSION, and the target SuiteSparse::cholmod, with
# which <cholmod.h> is found wherever the system keeps it. Where SPQR is there too, SuiteSparse_spqr_FOUND and the target
# SuiteSparse::spqr. SuiteSparse_ROOT names another place to look.
find_path(SuiteSparse_INCLUDE_DIR NAMES cholmod.h PATH_SUFFIXES suitesparse)
mark_as_advanced(SuiteSparse_INCLUDE_DIR)

set(SuiteSparse_variables SuiteSparse_INCLUDE_DIR)
foreach(part IN ITEMS cholmod amd camd ccolamd colamd suitesparseconfig)
  find_library(SuiteSparse_${part}_LIBRARY NAMES ${part})
  mark_as_advanced(SuiteSparse_${part}_LIBRARY)
  list(APPEND SuiteSparse_variables SuiteSparse_${part}_LIBRARY)
endforeach()

if(SuiteSparse_INCLUDE_DIR AND EXISTS ${SuiteSparse_INCLUDE_DIR}/SuiteSparse_config.h)
  foreach(word IN ITEMS MAIN SUB SUBSUB)
    file(STRINGS ${SuiteSparse_INCLUDE_DIR}/SuiteSparse_config.h line REGEX "#define SUITESPARSE_${word}_VERSION")
    string(REGEX REPLACE ".*VERSION +([0-9]+).*" "\\1" number "${line}")
    list(APPEND SuiteSparse_numbers ${number})
  endforeach()
  list(JOIN SuiteSparse_numbers "." SuiteSparse_VERSION)
  unset(SuiteSparse_numbers)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SuiteSparse REQUIRED_VARS ${SuiteSparse_variables} VERSION_VAR SuiteSparse_VERSION)

if(SuiteSparse_FOUND AND NOT TARGET SuiteSparse::cholmod)
  foreach(part IN ITEMS suitesparseconfig colamd ccolamd camd amd cholmod)
    add_library(SuiteSparse::${part} UNKNOWN IMPORTED)
    set_target_properties(SuiteSparse::${part} PROPERTIES IMPORTED_LOCATION ${SuiteSparse_${part}_LIBRARY})
  endforeach()
  cmake_path(GET SuiteSparse_INCLUDE_DIR PARENT_PATH SuiteSparse_parent)
  target_include_directories(SuiteSparse::cholmod INTERFACE ${SuiteSparse_INCLUDE_DIR} ${SuiteSparse_parent})
  target_link_libraries(SuiteSparse::cholmod INTERFACE SuiteSparse::amd SuiteSparse::camd SuiteSparse::ccolamd
                                                       SuiteSparse::colamd SuiteSparse::suitesparseconfig)
endif()

find_library(SuiteSparse_spqr_LIBRARY NAMES spqr)
find_file(SuiteSparse_spqr_HEADER NAMES SuiteSparseQR.hpp PATH_SUFFIXES suitesparse)
mark_as_advanced(SuiteSparse_spqr_LIBRARY SuiteSparse_spqr_HEADER)
set(SuiteSparse_spqr_FOUND OFF)
if(SuiteSparse_FOUND AND SuiteSparse_spqr_LIBRARY AND SuiteSparse_spqr_HEADER)
  set(SuiteSparse_spqr_FOUND ON)
  if(NOT TARGET SuiteSparse::spqr)
    add_library(SuiteSparse::spqr UNKNOWN IMPORTED)
    set_target_properties(SuiteSparse::spqr PROPERTIES IMPORTED_LOCATION ${SuiteSparse_spqr_LIBRARY})
    target_link_libraries(SuiteSparse::spqr INTERFACE SuiteSparse::cholmod)
  endif()
endif()
