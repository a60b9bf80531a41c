#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: clang and LLVM: C++ to a program, bitcode, optimised, an error
# packages: clang-14 llvm-14
cat >a.cpp <<'END'
#include <functional>
#include <iostream>
#include <numeric>
#include <vector>
int main() {
  std::vector<std::function<int(int)>> f;
  for (int i = 0; i < 10; ++i) f.push_back([i](int x) { return x * i; });
  std::cout << std::accumulate(f.begin(), f.end(), 0, [](int a, auto& g) { return a + g(3); }) << '\n';
}
END
clang++-14 -O2 -g a.cpp -o a && ./a
printf 'int f(int n) { int s = 0; for (int i = 0; i < n; ++i) s += i; return s; }\n' >b.c
clang-14 -O0 -emit-llvm -c b.c -o b.bc && opt-14 -passes='default<O3>' b.bc -o c.bc && llvm-dis-14 c.bc -o - | grep -c define
lli-14 --version | head -1; llvm-nm-14 a | grep -c ' T '
echo 'int f( {' >d.c; clang-14 -fno-color-diagnostics -c d.c; echo $?
