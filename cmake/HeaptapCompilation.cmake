# SPDX-License-Identifier: Apache-2.0
# How heaptap's own code is compiled. Two worlds: everything outside the target (`heaptap::outside`),
# and what is loaded into a target (`heaptap::in_target`): libc only, nothing exported by accident.
include(GNUInstallDirs)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

# Where several files are compiled as one (CMAKE_UNITY_BUILD, in most presets), a dozen at once: what they include and
# instantiate is most of the time that they take. Names in unnamed namespaces must differ within a library then.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)

# heaptap_unity_by_folder(TARGET): the files of each folder below the target's own as one, whatever their number.
function(heaptap_unity_by_folder target)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    cmake_path(GET source PARENT_PATH folder)
    string(MAKE_C_IDENTIFIER "room_${folder}" group)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
endfunction()

# Programs and libraries land as they do after `install`, so that each finds its neighbours in the same way.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/heaptap)

find_program(HEAPTAP_CCACHE ccache)
if(HEAPTAP_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${HEAPTAP_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${HEAPTAP_CCACHE})
endif()

# Generated sources (protobuf, moc) are not ours to check. clang-tidy takes the nearest .clang-tidy above a file, and
# refuses to run without any check: so one that never fires outside LLVM.
if(CMAKE_CXX_CLANG_TIDY)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/.clang-tidy CONTENT "Checks: '-*,llvm-twine-local'\n")
endif()

add_library(heaptap_warnings INTERFACE)
target_compile_options(heaptap_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Wcast-align
  $<$<BOOL:${HEAPTAP_WERROR}>:-Werror>)

add_library(heaptap_outside INTERFACE)
add_library(heaptap::outside ALIAS heaptap_outside)
target_link_libraries(heaptap_outside INTERFACE heaptap_warnings)
target_include_directories(heaptap_outside INTERFACE ${PROJECT_SOURCE_DIR})
# Functions and lines, for a back trace; variables and types would be a third of the time that compiling takes.
target_compile_options(heaptap_outside INTERFACE $<$<CONFIG:RelWithDebInfo>:-g1>)
if(HEAPTAP_SANITIZER)
  target_compile_options(heaptap_outside INTERFACE
    -fsanitize=${HEAPTAP_SANITIZER} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(heaptap_outside INTERFACE -fsanitize=${HEAPTAP_SANITIZER})
endif()
if(HEAPTAP_SANITIZER MATCHES thread)
  # As a link option it gets into each program once, and into no archive.
  add_library(heaptap_tsan_help OBJECT
    ${PROJECT_SOURCE_DIR}/tests/support/sanitizers/grpc_order.cpp
    ${PROJECT_SOURCE_DIR}/tests/support/sanitizers/qt_reports.cpp)
  add_dependencies(heaptap_outside heaptap_tsan_help)
  target_link_options(heaptap_outside INTERFACE $<TARGET_OBJECTS:heaptap_tsan_help>)
  set_property(TARGET heaptap_outside PROPERTY INTERFACE_LINK_DEPENDS $<TARGET_OBJECTS:heaptap_tsan_help>)
endif()

add_library(heaptap_in_target INTERFACE)
add_library(heaptap::in_target ALIAS heaptap_in_target)
target_link_libraries(heaptap_in_target INTERFACE heaptap_warnings)
target_include_directories(heaptap_in_target INTERFACE ${PROJECT_SOURCE_DIR})
# - initial-exec: the general TLS model calls __tls_get_addr, which may allocate.
# - no-builtin-*: `calloc` written as malloc + memset would be folded into a call of calloc, that is, of itself.
# - cf-protection: a library that may not run under a shadow stack would turn it off for the whole program.
# - no-tree-slp-vectorize: wide loads of what was just stored in pieces cost a stall each, in every frame.
target_compile_options(heaptap_in_target INTERFACE
  -fvisibility=hidden -fvisibility-inlines-hidden -ftls-model=initial-exec -fasynchronous-unwind-tables
  -fno-builtin-malloc -fno-builtin-calloc -fno-builtin-realloc -fno-builtin-free -fno-stack-protector
  -fno-tree-slp-vectorize -fno-tree-vectorize -O2
  $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti -fno-threadsafe-statics>)
# In the options of what is linked of it:
# - nostartfiles: the C library's code in each library calls __cxa_finalize and others by name, which the program may
#   define. The constructors are the loader's to call.
# - lc: libc, of which nothing is called by name, is to be initialised first.
# - shstk: a shadow stack is fine (x86-64 psABI, program property).
set(HEAPTAP_IN_TARGET_LINK -nostartfiles -Wl,--push-state,--no-as-needed,-lc,--pop-state -Wl,-z,now -Wl,-z,relro -Wl,--no-undefined -Wl,-z,nodelete)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64)
  target_compile_options(heaptap_in_target INTERFACE -fcf-protection=full)
  list(APPEND HEAPTAP_IN_TARGET_LINK -Wl,-z,shstk)
endif()
