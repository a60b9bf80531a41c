# SPDX-License-Identifier: Apache-2.0
# Headers that take a second in each of hundreds of files are compiled once: those of messages, and GoogleTest.
#
# With GCC only, and without sanitizers: so the other builds find out when a file does not include what it uses.
set(HEAPTAP_PRECOMPILED OFF)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND NOT HEAPTAP_SANITIZER AND NOT CMAKE_CXX_CLANG_TIDY)
  set(HEAPTAP_PRECOMPILED ON)
endif()

# heaptap_precompile(NAME KIND LIBRARIES target… HEADERS header…): NAME is what heaptap_use_precompiled takes. KIND is that of
# its users, executable or library: they are compiled with other options, which must be the same.
function(heaptap_precompile name kind)
  cmake_parse_arguments(arg "" "" "LIBRARIES;HEADERS" ${ARGN})
  if(NOT HEAPTAP_PRECOMPILED)
    return()
  endif()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  if(kind STREQUAL executable)
    file(CONFIGURE OUTPUT ${source} CONTENT "int main() { return 0; }\n")
    add_executable(${name} ${source})
  else()
    file(CONFIGURE OUTPUT ${source} CONTENT "namespace heaptap {}\n")
    add_library(${name} OBJECT ${source})
  endif()
  target_link_libraries(${name} PRIVATE heaptap::outside ${arg_LIBRARIES})
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
  target_compile_options(${name} PRIVATE -fpch-preprocess)
  set_target_properties(${name} PROPERTIES AUTOMOC OFF RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
endfunction()

# heaptap_use_precompiled(NAME TARGET…)
function(heaptap_use_precompiled name)
  if(NOT HEAPTAP_PRECOMPILED)
    return()
  endif()
  foreach(target IN LISTS ARGN)
    target_precompile_headers(${target} REUSE_FROM ${name})
    # ccache's own condition (its manual, "Precompiled headers").
    target_compile_options(${target} PRIVATE -fpch-preprocess)
    # GCC forgets that what is precompiled are headers of the system, and warns of std::string (its bugs 105651, 105329).
    target_compile_options(${target} PRIVATE
      -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
  endforeach()
endfunction()
