# SPDX-License-Identifier: Apache-2.0
# gRPC, Protocol Buffers, Abseil and RE2: heaptap::rpc_libraries.
#
# `heaptap run` waits for three programs to start, and each spent two thirds of that on finding and relocating sixty
# shared libraries. So an executable with the property HEAPTAP_STATIC_RPC has their static versions, which are in the
# same packages. All others, as the tests, link the shared ones, which takes a linker less time and disk.
option(HEAPTAP_STATIC_RPC "Link gRPC and what it needs statically into the programs that are installed" ON)
define_property(TARGET PROPERTY HEAPTAP_STATIC_RPC BRIEF_DOCS "An executable that has gRPC and what it needs in itself")

add_library(heaptap_rpc_libraries INTERFACE)
add_library(heaptap::rpc_libraries ALIAS heaptap_rpc_libraries)

set(shared gRPC::grpc++ protobuf::libprotobuf absl::flat_hash_map absl::flat_hash_set absl::node_hash_map absl::strings re2::re2)

# Sanitizers find more where the symbols of libraries can be replaced.
if(NOT HEAPTAP_STATIC_RPC OR HEAPTAP_SANITIZER)
  target_link_libraries(heaptap_rpc_libraries INTERFACE ${shared})
  return()
endif()

# OpenSSL stays shared, as it is what a distribution mends in a hurry.
pkg_check_modules(rpc_static REQUIRED QUIET grpc++ protobuf)
set(static)
set(others)
foreach(library IN LISTS rpc_static_STATIC_LIBRARIES)
  find_library(HEAPTAP_STATIC_${library} NAMES lib${library}.a)
  mark_as_advanced(HEAPTAP_STATIC_${library})
  if(HEAPTAP_STATIC_${library} AND NOT library MATCHES "^(z|m|dl|rt|ssl|crypto|pthread|atomic)$")
    list(APPEND static ${HEAPTAP_STATIC_${library}})
  elseif(NOT library MATCHES "^(pthread|atomic)$")
    list(APPEND others ${library})
  endif()
endforeach()
list(REMOVE_DUPLICATES static)
list(REMOVE_DUPLICATES others)
list(JOIN static "," static)
set(isStatic "$<BOOL:$<TARGET_PROPERTY:HEAPTAP_STATIC_RPC>>")
target_link_libraries(heaptap_rpc_libraries
  INTERFACE $<${isStatic}:$<LINK_GROUP:RESCAN,${static}>> "$<${isStatic}:${others};Threads::Threads>" "$<$<NOT:${isStatic}>:${shared}>")
target_link_options(heaptap_rpc_libraries INTERFACE $<${isStatic}:-Wl,--gc-sections>)

# Relative relocations in a fiftieth of the space, where linker and loader know them (glibc 2.36): half a millisecond.
include(CheckCXXSourceRuns)
set(CMAKE_REQUIRED_LINK_OPTIONS -Wl,-z,pack-relative-relocs)
check_cxx_source_runs("int main() { return 0; }" HEAPTAP_PACKS_RELOCATIONS)
unset(CMAKE_REQUIRED_LINK_OPTIONS)
if(HEAPTAP_PACKS_RELOCATIONS)
  target_link_options(heaptap_rpc_libraries INTERFACE $<${isStatic}:-Wl,-z,pack-relative-relocs>)
endif()
