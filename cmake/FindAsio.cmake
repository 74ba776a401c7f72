# Finds standalone Asio and makes Asio::Asio, which carries all that Dragline needs from it.
# Hint: DRAGLINE_ASIO_DIR, the folder that holds asio.hpp.
if(NOT DRAGLINE_ASIO_DIR AND TARGET asio::asio)  # a package manager's
  get_target_property(ASIO_HINT asio::asio INTERFACE_INCLUDE_DIRECTORIES)
endif()
if(DRAGLINE_ASIO_DIR)
  find_path(ASIO_INCLUDE_DIR asio.hpp PATHS ${DRAGLINE_ASIO_DIR} NO_DEFAULT_PATH)
else()
  find_path(ASIO_INCLUDE_DIR asio.hpp HINTS ${ASIO_HINT})
endif()
mark_as_advanced(ASIO_INCLUDE_DIR)

if(ASIO_INCLUDE_DIR AND EXISTS ${ASIO_INCLUDE_DIR}/asio/version.hpp)
  # 102201 is 1.22.1
  file(STRINGS ${ASIO_INCLUDE_DIR}/asio/version.hpp ASIO_LINE REGEX "define ASIO_VERSION [0-9]+")
  string(REGEX MATCH "[0-9]+" ASIO_NUMBER "${ASIO_LINE}")
  math(EXPR ASIO_VERSION_MAJOR "${ASIO_NUMBER} / 100000")
  math(EXPR ASIO_VERSION_MINOR "${ASIO_NUMBER} / 100 % 1000")
  math(EXPR ASIO_VERSION_PATCH "${ASIO_NUMBER} % 100")
  set(Asio_VERSION ${ASIO_VERSION_MAJOR}.${ASIO_VERSION_MINOR}.${ASIO_VERSION_PATCH})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Asio REQUIRED_VARS ASIO_INCLUDE_DIR VERSION_VAR Asio_VERSION)

if(Asio_FOUND AND NOT TARGET Asio::Asio)
  add_library(Asio::Asio INTERFACE IMPORTED)
  target_include_directories(Asio::Asio INTERFACE ${ASIO_INCLUDE_DIR})
  target_compile_definitions(Asio::Asio INTERFACE ASIO_STANDALONE)
  if(Asio_VERSION VERSION_LESS 1.26)
    # Older releases take clang's coroutines for the experimental ones.
    target_compile_definitions(Asio::Asio INTERFACE
      $<$<CXX_COMPILER_ID:Clang,AppleClang>:ASIO_HAS_CO_AWAIT;ASIO_HAS_STD_COROUTINE>)
  endif()
endif()
