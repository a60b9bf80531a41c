# SPDX-License-Identifier: Apache-2.0
# heaptap_documented_code(NAME PAGE KIND [LIBRARIES target…]): compiles the C++ blocks of a page of docs/ whose fence is
# ```KIND, so that what is documented exists.
function(heaptap_documented_code name page kind)
  cmake_parse_arguments(arg "" "" "LIBRARIES" ${ARGN})
  set(script ${PROJECT_SOURCE_DIR}/cmake/documented_code.awk)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  add_custom_command(OUTPUT ${source}
    COMMAND awk -v "KIND=${kind}" -f ${script} ${PROJECT_SOURCE_DIR}/docs/${page} > ${source}
    DEPENDS ${script} ${PROJECT_SOURCE_DIR}/docs/${page}
    VERBATIM)
  add_library(${name} OBJECT ${source})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} heaptap::outside)
endfunction()
