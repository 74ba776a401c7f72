# For work on Dragline itself: ccache and warnings. Never seen by users.

set(CMAKE_CXX_EXTENSIONS OFF)

find_program(DRAGLINE_CCACHE ccache)
mark_as_advanced(DRAGLINE_CCACHE)
if(DRAGLINE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # This sloppiness and flag are what ccache asks for to work with precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${DRAGLINE_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()

# dragline_own_code(<target>): our warnings; the presets make them errors.
function(dragline_own_code target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # False with coroutine frames at -O2.
    target_compile_options(${target} PRIVATE -Wno-mismatched-new-delete)
  endif()
endfunction()

# dragline_test_encoders(<target>): what tests/codec/compress.hpp encodes with, where dragline has the decoder.
function(dragline_test_encoders target)
  if(BROTLI IN_LIST DRAGLINE_FEATURES)
    find_library(DRAGLINE_BROTLI_ENCODER brotlienc REQUIRED)
    mark_as_advanced(DRAGLINE_BROTLI_ENCODER)
    target_link_libraries(${target} PRIVATE ${DRAGLINE_BROTLI_ENCODER} Dragline::BROTLI)
  endif()
endfunction()
