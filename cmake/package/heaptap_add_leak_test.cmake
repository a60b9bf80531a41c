# SPDX-License-Identifier: Apache-2.0
# heaptap_add_leak_test(NAME name COMMAND target-or-program [argument…]
#                       [POLICY file] [BASELINE file…] [SUPPRESSIONS file…] [FORMATS format[=file]…] [OPTIONS option…]
#                       [WORKING_DIRECTORY folder])
#
# Adds the test NAME: it runs COMMAND under `heaptap run --check`, and fails where COMMAND fails, or where it, or a child,
# leaks or breaks the policy. COMMAND may be the name of a target, as in add_test(). OPTIONS are those of `heaptap run`.
# Files are relative to the current source folder. The session is NAME.heaptap in the current binary folder; `heaptap
# report` and heaptap-gui open it. Tests of <heaptap/gtest.h> and <heaptap/catch2.h> have the suppressions, too.
#
# HEAPTAP_PROGRAM: the program heaptap, where it is not the one that this package belongs to.
function(heaptap_add_leak_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;POLICY;WORKING_DIRECTORY"
    "COMMAND;BASELINE;SUPPRESSIONS;FORMATS;OPTIONS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "heaptap_add_leak_test: unknown: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_NAME OR NOT arg_COMMAND)
    message(FATAL_ERROR "heaptap_add_leak_test: NAME and COMMAND are needed")
  endif()
  if(HEAPTAP_PROGRAM)
    set(heaptap "${HEAPTAP_PROGRAM}")
  elseif(TARGET heaptap)
    set(heaptap $<TARGET_FILE:heaptap>)
  else()
    message(FATAL_ERROR "heaptap_add_leak_test: the program heaptap was not found; set HEAPTAP_PROGRAM")
  endif()
  # As code, since a list forgets which arguments are empty and which have semicolons.
  set(command)
  foreach(argument IN LISTS arg_COMMAND)
    if(NOT command AND TARGET "${argument}")
      set(argument $<TARGET_FILE:${argument}>)
    endif()
    string(APPEND command " [==[${argument}]==]")
  endforeach()
  set(options)
  foreach(kind POLICY BASELINE SUPPRESSIONS)
    string(TOLOWER ${kind} option)
    foreach(file IN LISTS arg_${kind})
      get_filename_component(file "${file}" ABSOLUTE)
      if(NOT EXISTS "${file}")
        message(FATAL_ERROR "heaptap_add_leak_test: there is no file ${file} (${kind})")
      endif()
      list(APPEND options --${option} "${file}")
    endforeach()
  endforeach()
  foreach(format IN LISTS arg_FORMATS)
    list(APPEND options --format "${format}")
  endforeach()
  # Two names that differ must not become one file.
  string(REGEX REPLACE "[^A-Za-z0-9._-]" "_" file "${arg_NAME}")
  if(NOT file STREQUAL arg_NAME)
    string(MD5 hash "${arg_NAME}")
    string(SUBSTRING ${hash} 0 8 hash)
    string(APPEND file "-${hash}")
  endif()
  set(folder)
  if(arg_WORKING_DIRECTORY)
    set(folder WORKING_DIRECTORY "${arg_WORKING_DIRECTORY}")
  endif()
  set(run "${heaptap}" run --check -q --force -o "${CMAKE_CURRENT_BINARY_DIR}/${file}.heaptap" --root "${CMAKE_SOURCE_DIR}"
    ${options} ${arg_OPTIONS} --)
  cmake_language(EVAL CODE "add_test(NAME [==[${arg_NAME}]==] COMMAND \${run} ${command} \${folder})")
  if(arg_SUPPRESSIONS)
    list(GET arg_SUPPRESSIONS 0 file)
    get_filename_component(file "${file}" ABSOLUTE)
    set_tests_properties("${arg_NAME}" PROPERTIES ENVIRONMENT "HEAPTAP_TEST_SUPPRESSIONS=${file}")
  endif()
endfunction()
