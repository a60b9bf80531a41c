# SPDX-License-Identifier: Apache-2.0
# heaptap_global_allocator(<program> TYPE <type> [HEADERS <header>…] [INIT <initialiser>…] [NAME <name>] [MALLOC])
#
# Selects the global allocator of <program>, as HEAPTAP_GLOBAL_ALLOCATOR in one of its sources does: an object of
# <type>, which the <header>s declare, called <name> (ALLOCATOR) and initialised by { <initialiser> }. MALLOC: also
# of the malloc family. In a source of the program, and of no library, so that no linker has a choice.
#
#   heaptap_global_allocator(game TYPE heaptap::Stats<heaptap::System> HEADERS heaptap/alloc/stats.h)
include_guard(GLOBAL)
include(CheckLinkerFlag)

function(heaptap_global_allocator program)
  cmake_parse_arguments(PARSE_ARGV 1 arg "MALLOC" "TYPE;NAME;INIT" "HEADERS")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_TYPE)
    message(FATAL_ERROR "heaptap_global_allocator(${program}): expected TYPE <type> [HEADERS <header>…] "
      "[INIT <initialiser>] [NAME <name>] [MALLOC], found \"${arg_UNPARSED_ARGUMENTS}\"")
  endif()
  get_target_property(kind ${program} TYPE)
  if(NOT kind MATCHES "^(EXECUTABLE|SHARED_LIBRARY|MODULE_LIBRARY)$")
    message(FATAL_ERROR "heaptap_global_allocator(${program}): ${program} is no program: "
      "select the global allocator in the program that links it")
  endif()
  get_target_property(before ${program} HEAPTAP_GLOBAL_ALLOCATOR)
  if(before)
    message(FATAL_ERROR "heaptap_global_allocator(${program}): ${program} has a global allocator already, ${before}")
  endif()
  set_target_properties(${program} PROPERTIES HEAPTAP_GLOBAL_ALLOCATOR "${arg_TYPE}")
  if(NOT arg_NAME)
    set(arg_NAME ALLOCATOR)
  endif()

  set(source "// Made by heaptap_global_allocator() of CMake.\n#include <heaptap/alloc.h>\n")
  foreach(header IN LISTS arg_HEADERS)
    string(APPEND source "#include <${header}>\n")
  endforeach()
  if(arg_MALLOC)
    string(APPEND source "#include <heaptap/alloc/malloc_family.h>\n")
  endif()
  string(APPEND source "\nHEAPTAP_GLOBAL_ALLOCATOR(${arg_NAME}, ${arg_TYPE}){${arg_INIT}};\n")
  if(arg_MALLOC)
    string(APPEND source "HEAPTAP_ROUTE_MALLOC(${arg_NAME});\n")
  endif()
  set(file ${CMAKE_CURRENT_BINARY_DIR}/heaptap_global_allocator_of_${program}.cpp)
  file(CONFIGURE OUTPUT ${file} CONTENT "${source}" @ONLY)
  target_sources(${program} PRIVATE ${file})
  target_link_libraries(${program} PRIVATE heaptap::alloc)

  # So that a library that is loaded later, with a global allocator of its own, finds this one.
  set(symbol heaptap_error_only_one_GLOBAL_ALLOCATOR_may_be_defined)
  check_linker_flag(CXX "LINKER:--export-dynamic-symbol=${symbol}" HEAPTAP_LINKER_EXPORTS_ONE_SYMBOL)
  if(HEAPTAP_LINKER_EXPORTS_ONE_SYMBOL AND kind STREQUAL EXECUTABLE)
    target_link_options(${program} PRIVATE "LINKER:--export-dynamic-symbol=${symbol}")
  endif()
endfunction()
