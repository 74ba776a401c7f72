# The optional libraries: dragline_find_library() makes the imported target of one of them, here and in the
# installed package; dragline_feature() decides whether dragline uses it.

# What finds each: a header, the library, its name in pkg-config, and libraries that it stands on, which a
# static one does not bring along.
set(DRAGLINE_LIBRARY_ZLIB zlib.h z zlib)
set(DRAGLINE_LIBRARY_IDN2 idn2.h idn2 libidn2)
set(DRAGLINE_LIBRARY_BROTLI brotli/decode.h brotlidec libbrotlidec brotlicommon)
set(DRAGLINE_LIBRARY_ZSTD zstd.h zstd libzstd)
set(DRAGLINE_LIBRARY_PSL libpsl.h psl libpsl)
set(DRAGLINE_LIBRARY_NGHTTP2 nghttp2/nghttp2.h nghttp2 libnghttp2)

# dragline_find_library(ZLIB): makes the target Dragline::ZLIB when the library is there.
function(dragline_find_library name)
  list(GET DRAGLINE_LIBRARY_${name} 0 header)
  list(GET DRAGLINE_LIBRARY_${name} 1 library)
  list(GET DRAGLINE_LIBRARY_${name} 2 module)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(PC_${name} QUIET ${module})
  endif()
  find_path(DRAGLINE_${name}_INCLUDE_DIR ${header} HINTS ${PC_${name}_INCLUDE_DIRS})
  find_library(DRAGLINE_${name}_LIBRARY NAMES ${library} HINTS ${PC_${name}_LIBRARY_DIRS})
  mark_as_advanced(DRAGLINE_${name}_INCLUDE_DIR DRAGLINE_${name}_LIBRARY)
  set(below)
  set(others ${DRAGLINE_LIBRARY_${name}})
  list(REMOVE_AT others 0 1 2)
  foreach(other IN LISTS others)
    find_library(DRAGLINE_${other}_LIBRARY NAMES ${other} HINTS ${PC_${name}_LIBRARY_DIRS})
    mark_as_advanced(DRAGLINE_${other}_LIBRARY)
    if(DRAGLINE_${other}_LIBRARY)
      list(APPEND below ${DRAGLINE_${other}_LIBRARY})
    endif()
  endforeach()
  if(DRAGLINE_${name}_INCLUDE_DIR AND DRAGLINE_${name}_LIBRARY AND NOT TARGET Dragline::${name})
    add_library(Dragline::${name} UNKNOWN IMPORTED GLOBAL)
    set_target_properties(Dragline::${name} PROPERTIES
      IMPORTED_LOCATION ${DRAGLINE_${name}_LIBRARY}
      INTERFACE_INCLUDE_DIRECTORIES ${DRAGLINE_${name}_INCLUDE_DIR}
      INTERFACE_LINK_LIBRARIES "${below}")
  endif()
endfunction()

# dragline_feature(ZLIB AUTO): the option DRAGLINE_WITH_ZLIB = AUTO, ON (required) or OFF, with this default,
# and the macro of the same name, always 0 or 1.
function(dragline_feature name default)
  set(DRAGLINE_WITH_${name} ${default} CACHE STRING "AUTO, ON (required) or OFF")
  set_property(CACHE DRAGLINE_WITH_${name} PROPERTY STRINGS AUTO ON OFF)
  set(enabled 0)
  if(DRAGLINE_WITH_${name})
    dragline_find_library(${name})
    if(TARGET Dragline::${name})
      set(enabled 1)
      target_link_libraries(dragline INTERFACE Dragline::${name})
      set(DRAGLINE_FEATURES ${DRAGLINE_FEATURES} ${name} PARENT_SCOPE)
    elseif(NOT DRAGLINE_WITH_${name} STREQUAL "AUTO")
      list(GET DRAGLINE_LIBRARY_${name} 2 module)
      message(FATAL_ERROR "DRAGLINE_WITH_${name} is ON, but ${module} was not found")
    endif()
  endif()
  target_compile_definitions(dragline INTERFACE DRAGLINE_WITH_${name}=${enabled})
  message(STATUS "dragline: ${name} = ${enabled}")
endfunction()
