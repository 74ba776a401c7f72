# Most of what a test file costs the compiler is what its neighbours include too: so the files of a folder are compiled
# some at a time, in the order of their names. What one of them declares, the next one sees: where that is in the
# way, give it another name, or list the file here to have it compiled alone.
set(files_at_a_time 6)
set(files_alone
  async/dispatcher_limits.cpp
  async/for_each.cpp  # GCC 14.2 crashes when it is included
  async/sync_wait.cpp
  codec/content_decoder.cpp
  dns/hosts_file.cpp
  dns/lookup.cpp
  dns/records/security_data.cpp
  dns/wildcards/check.cpp
  dns/wildcards/probe_wildcard.cpp
  dns/wildcards/wildcard_evidence.cpp
  h1/head_parser.cpp
  http/fetch_coding.cpp
  http/fetch_tls_options.cpp
  integration/examples_subdomains.cpp
  integration/gcc12_inline_arguments.cpp
  integration/gcc12_inline_dns_arguments.cpp
  integration/nginx_codings.cpp
  integration/nginx_tls.cpp
  integration/nginx_uploads.cpp
  integration/nsd_wildcards.cpp
  integration/tls_options.cpp
  net/connector.cpp
  net/dns_over_tls_faults.cpp
  net/endpoint.cpp
  net/error.cpp
  tls/engine_hostile.cpp
  url/ipv6.cpp)

# dragline_compile_together(<program> <files...>): paths relative to this folder.
function(dragline_compile_together program)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    return()  # Clang compiles subsets only
  endif()
  set(files ${ARGN})
  list(FILTER files EXCLUDE REGEX "^examples/")  # each includes the sources of an example
  list(REMOVE_ITEM files ${files_alone})
  list(SORT files)
  foreach(file IN LISTS files)
    get_filename_component(folder ${file} DIRECTORY)
    string(MAKE_C_IDENTIFIER "${folder}" folder)
    if(NOT DEFINED count_${folder})
      set(count_${folder} 0)  # the files of a folder may stand apart, around those of one inside it
    endif()
    math(EXPR batch "${count_${folder}} / ${files_at_a_time}")
    math(EXPR count_${folder} "${count_${folder}} + 1")
    set_source_files_properties(${file} PROPERTIES UNITY_GROUP ${folder}_${batch})
  endforeach()
  set_target_properties(${program} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # GCC says the second of coroutines with types of the tests, since an included file is a header to it.
  target_compile_options(${program} PRIVATE -Wno-shadow -Wno-subobject-linkage)
endfunction()
