# Finds c-ares and makes CAres::cares. Debian 12 has no CMake package of it, pkg-config knows it.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(PC_CARES QUIET libcares)
endif()
find_path(CARES_INCLUDE_DIR ares.h HINTS ${PC_CARES_INCLUDE_DIRS})
find_library(CARES_LIBRARY NAMES cares HINTS ${PC_CARES_LIBRARY_DIRS})
mark_as_advanced(CARES_INCLUDE_DIR CARES_LIBRARY)

if(CARES_INCLUDE_DIR AND EXISTS ${CARES_INCLUDE_DIR}/ares_version.h)
  file(STRINGS ${CARES_INCLUDE_DIR}/ares_version.h CARES_LINE REGEX "define ARES_VERSION_STR ")
  string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" CAres_VERSION "${CARES_LINE}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAres
  REQUIRED_VARS CARES_LIBRARY CARES_INCLUDE_DIR VERSION_VAR CAres_VERSION)

if(CAres_FOUND AND NOT TARGET CAres::cares)
  add_library(CAres::cares UNKNOWN IMPORTED)
  set_target_properties(CAres::cares PROPERTIES
    IMPORTED_LOCATION ${CARES_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${CARES_INCLUDE_DIR})
endif()
