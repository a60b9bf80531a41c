# SPDX-License-Identifier: Apache-2.0
# cmake -DFOLDER=… -DSTEP=begin|judge -P reports.cmake: empties the folder that sanitizers report to; afterwards
# shows what came there, and fails when there is anything.
if(STEP STREQUAL begin)
  file(REMOVE_RECURSE ${FOLDER})
  file(MAKE_DIRECTORY ${FOLDER})
  return()
endif()
file(GLOB reports ${FOLDER}/*)
set(count 0)
foreach(report IN LISTS reports)
  file(READ ${report} text)
  # A note on programs with fibers, about no memory in particular.
  string(REGEX REPLACE "[^\n]*WARNING: ASan doesn't fully support makecontext/swapcontext[^\n]*\n" "" text "${text}")
  if(text)
    math(EXPR count "${count} + 1")
    message("${report}:\n${text}")
  endif()
endforeach()
if(count)
  message(FATAL_ERROR "${count} programs were reported by the sanitizer")
endif()
