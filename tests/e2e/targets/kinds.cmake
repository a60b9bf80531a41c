# SPDX-License-Identifier: Apache-2.0
# Programs of other kinds: sanitized, static, of another libc, bound in other ways. Those whose compiler or
# runtime is missing are not built, and their tests say so. Sets `kinds`.
include(CheckCSourceCompiles)
set(recorded ${PROJECT_BINARY_DIR}/tests/recorded)
set(kinds)

# kind(NAME SOURCE COMPILER FLAG…): by a compiler that need not be CMake's.
function(kind name source compiler)
  add_custom_command(OUTPUT ${recorded}/${name}
    COMMAND ${compiler} -g -O1 -fno-builtin ${CMAKE_CURRENT_SOURCE_DIR}/targets/${source} -o ${recorded}/${name} ${ARGN}
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/targets/${source} VERBATIM)
  string(REPLACE / _ target ${name})
  add_custom_target(${target} DEPENDS ${recorded}/${name})
  set(kinds ${kinds} ${target} PARENT_SCOPE)
endfunction()
file(MAKE_DIRECTORY ${recorded})

# GCC's runtimes are shared libraries.
find_program(HEAPTAP_C_GCC gcc)
foreach(sanitizer address thread leak)
  if(NOT HEAPTAP_HAS_SANITIZER_${sanitizer})
    unset(HEAPTAP_HAS_SANITIZER_${sanitizer} CACHE)  # It may have been installed since.
  endif()
  set(CMAKE_REQUIRED_FLAGS -fsanitize=${sanitizer})
  check_c_source_compiles("int main(void) { return 0; }" HEAPTAP_HAS_SANITIZER_${sanitizer})
  unset(CMAKE_REQUIRED_FLAGS)
  if(HEAPTAP_C_GCC AND HEAPTAP_HAS_SANITIZER_${sanitizer})
    kind(sanitized_${sanitizer} sanitized.c ${HEAPTAP_C_GCC} -fsanitize=${sanitizer} -pthread)
  endif()
endforeach()
find_program(HEAPTAP_C_CLANG clang)
if(HEAPTAP_C_CLANG)
  execute_process(COMMAND ${HEAPTAP_C_CLANG} -print-file-name=libclang_rt.asan-x86_64.so
    OUTPUT_VARIABLE runtime OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(EXISTS ${runtime})
    get_filename_component(runtime_folder ${runtime} DIRECTORY)
    kind(sanitized_clang sanitized.c ${HEAPTAP_C_CLANG} -fsanitize=address -shared-libasan -pthread
      -Wl,-rpath,${runtime_folder})
  endif()
endif()

kind(kind_static unharmed.c ${HEAPTAP_C_GCC} -static)
kind(kind_staticpie unharmed.c ${HEAPTAP_C_GCC} -static-pie -fPIE)
find_program(HEAPTAP_MUSL_GCC musl-gcc)
if(HEAPTAP_MUSL_GCC)
  kind(kind_musl unharmed.c ${HEAPTAP_MUSL_GCC})
  kind(kind_muslstatic unharmed.c ${HEAPTAP_MUSL_GCC} -static)
endif()

set(linkage ${HEAPTAP_C_GCC} -fno-omit-frame-pointer -fno-optimize-sibling-calls)
kind(linkage_lazy linkage.c ${linkage} -Wl,-z,lazy)
kind(linkage_now linkage.c ${linkage} -Wl,-z,now -Wl,-z,relro)
kind(linkage_gold linkage.c ${linkage} -fuse-ld=gold)
kind(linkage_noplt linkage.c ${linkage} -fno-plt)
kind(linkage_cet linkage.c ${linkage} -fcf-protection=full -Wl,-z,ibtplt -Wl,-z,shstk)
kind(linkage_nopie linkage.c ${linkage} -no-pie)

kind(libthread_local.so thread_local.c ${HEAPTAP_C_GCC} -shared -fPIC)

set(own own_operators_library.cpp ${HEAPTAP_C_GCC} -x c++ -shared -fPIC -O2 -std=c++17)
set(hidden -Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/targets/own_operators.map)
kind(libown_defined.so ${own} -DDEFINED ${hidden} -lstdc++)
kind(libown_defined_stripped.so ${own} -DDEFINED ${hidden} -lstdc++ -s)
kind(libown_noplt_stripped.so ${own} -DDEFINED -fno-plt ${hidden} -lstdc++ -s)
find_program(HEAPTAP_CXX_CLANG clang++)
if(HEAPTAP_CXX_CLANG)
  set(own own_operators_library.cpp ${HEAPTAP_CXX_CLANG} -shared -fPIC -O2 -static-libstdc++ -static-libgcc
    -Wl,--exclude-libs,ALL)
  kind(libown_clang.so ${own})
  kind(libown_clang_stripped.so ${own} -s)
endif()

set(deep deep_library.cpp ${HEAPTAP_C_GCC} -x c++ -shared -fPIC -fno-optimize-sibling-calls -Wl,--no-as-needed)
kind(libdeep_lazy.so ${deep} -Wl,-z,lazy -lstdc++)
kind(libdeep_now.so ${deep} -Wl,-z,now -Wl,-z,relro -lstdc++)
kind(libdeep_noplt.so ${deep} -fno-plt -lstdc++)

# A library in one folder whose RPATH leads to another one.
kind(libloaded_late.so loaded_library.c ${HEAPTAP_C_GCC} -shared -fPIC -pthread -fno-optimize-sibling-calls
  -Wl,--disable-new-dtags -Wl,-rpath,${recorded}/neighbours)
file(MAKE_DIRECTORY ${recorded}/neighbours)
kind(neighbours/libneighbour_of_late.so unharmed.c ${HEAPTAP_C_GCC} -shared -fPIC)

# Plugins that look alike in memory, with and without build ids, and a program that opens them.
foreach(id sha1 none)
  foreach(one keptByOne keptByTwo)
    kind(${one}_${id}.so plugin.c ${HEAPTAP_C_GCC} -shared -fPIC -DKEEPS=${one} -Wl,--build-id=${id})
  endforeach()
  kind(plugins_${id} plugins.c ${HEAPTAP_C_GCC} -Wl,--build-id=${id} -ldl)
endforeach()
