# SPDX-License-Identifier: Apache-2.0
# heaptap_add_leak_test(NAME name COMMAND target-or-program [argument…]
#                       [POLICY file] [BASELINE file…] [SUPPRESSIONS file…] [FORMATS format[=file]…] [OPTIONS option…])
#
# Adds the test NAME: it runs COMMAND under `heaptap run --check`, and fails where COMMAND fails, or where it, or a child,
# leaks or breaks the policy. COMMAND may be the name of a target, as in add_test(). OPTIONS are those of `heaptap run`.
# The session is NAME.heaptap in the current binary folder; `heaptap report` and heaptap-gui open it.
#
# HEAPTAP_PROGRAM: the program heaptap, where it is not the one that this package belongs to.
function(heaptap_add_leak_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;POLICY" "COMMAND;BASELINE;SUPPRESSIONS;FORMATS;OPTIONS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "heaptap_add_leak_test: unknown: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_NAME OR NOT arg_COMMAND)
    message(FATAL_ERROR "heaptap_add_leak_test: NAME and COMMAND are needed")
  endif()
  if(HEAPTAP_PROGRAM)
    set(heaptap ${HEAPTAP_PROGRAM})
  elseif(TARGET heaptap)
    set(heaptap $<TARGET_FILE:heaptap>)
  else()
    message(FATAL_ERROR "heaptap_add_leak_test: the program heaptap was not found; set HEAPTAP_PROGRAM")
  endif()
  list(POP_FRONT arg_COMMAND program)
  if(TARGET ${program})
    set(program $<TARGET_FILE:${program}>)
  endif()
  set(options)
  if(arg_POLICY)
    get_filename_component(policy ${arg_POLICY} ABSOLUTE)
    list(APPEND options --policy ${policy})
  endif()
  foreach(kind BASELINE SUPPRESSIONS)
    string(TOLOWER ${kind} option)
    foreach(file ${arg_${kind}})
      get_filename_component(file ${file} ABSOLUTE)
      list(APPEND options --${option} ${file})
    endforeach()
  endforeach()
  foreach(format ${arg_FORMATS})
    list(APPEND options --format ${format})
  endforeach()
  string(MAKE_C_IDENTIFIER ${arg_NAME} file)
  add_test(NAME ${arg_NAME}
    COMMAND ${heaptap} run --check -q --force -o ${CMAKE_CURRENT_BINARY_DIR}/${file}.heaptap --root ${CMAKE_SOURCE_DIR}
      ${options} ${arg_OPTIONS} -- ${program} ${arg_COMMAND})
endfunction()
