#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: CMake and Ninja: configuring, building, CTest
# packages: cmake ninja-build gcc
# leaves: CompilerId|CMakeScratch|TryCompile
printf 'cmake_minimum_required(VERSION 3.20)\nproject(p C)\nenable_testing()\nadd_executable(a a.c)\nadd_test(NAME t COMMAND a)\n' >CMakeLists.txt
printf '#include <stdio.h>\nint main(void) { puts("built"); }\n' >a.c
cmake -G Ninja -S . -B b >/dev/null 2>&1 && ninja -C b >/dev/null && b/a && (cd b && ctest 2>&1 | grep 'tests passed')
