# SPDX-License-Identifier: Apache-2.0
# What tests run with when everything outside the target is built with a sanitizer. Reports go to files: a relay or a
# collector that `heaptap run` started has no standard error. The test `sanitizer.reports` runs after the others
# whichever were chosen, shows them, and fails when there are any.
#
# Sets HEAPTAP_TEST_PROPERTIES, for gtest_discover_tests.
set(HEAPTAP_TEST_PROPERTIES TIMEOUT 300)
if(NOT HEAPTAP_SANITIZER)
  return()
endif()

set(rules ${PROJECT_SOURCE_DIR}/tests/support/sanitizers)
set(reports ${PROJECT_BINARY_DIR}/sanitizer-reports)
if(HEAPTAP_SANITIZER MATCHES thread)
  # Signal handlers: those of the unwinder's tests are raised where a handler may do anything; no program of ours
  # has one that goes on.
  set(options "TSAN_OPTIONS=log_path=${reports}/report:suppressions=${rules}/tsan.supp:second_deadlock_stack=1")
  string(APPEND options ":report_signal_unsafe=0")
else()
  set(options "ASAN_OPTIONS=log_path=${reports}/report")
endif()
list(APPEND HEAPTAP_TEST_PROPERTIES ENVIRONMENT ${options} FIXTURES_REQUIRED sanitizer)

set(script ${rules}/reports.cmake)
add_test(NAME sanitizer.begin COMMAND ${CMAKE_COMMAND} -DFOLDER=${reports} -DSTEP=begin -P ${script})
add_test(NAME sanitizer.reports COMMAND ${CMAKE_COMMAND} -DFOLDER=${reports} -DSTEP=judge -P ${script})
set_tests_properties(sanitizer.begin PROPERTIES FIXTURES_SETUP sanitizer)
set_tests_properties(sanitizer.reports PROPERTIES FIXTURES_CLEANUP sanitizer)
