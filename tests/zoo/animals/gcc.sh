#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: GCC: C, C++ with templates, link-time optimisation, an error
# packages: gcc g++
cat >a.cpp <<'END'
#include <algorithm>
#include <iostream>
#include <map>
#include <regex>
#include <string>
#include <vector>
int main() {
  std::map<std::string, std::vector<int>> m;
  for (int i = 0; i < 1000; ++i) m["k" + std::to_string(i % 37)].push_back(i);
  std::cout << m.size() << ' ' << std::regex_match("abc123", std::regex("[a-c]+[0-9]+")) << '\n';
}
END
printf 'int twice(int x) { return 2 * x; }\n' >b.c
printf '#include <stdio.h>\nint twice(int);\nint main(void) { printf("%%d\\n", twice(21)); }\n' >c.c
g++ -O2 -g a.cpp -o a && ./a
gcc -O2 -flto b.c c.c -o c && ./c
echo 'int f( {' >d.c; gcc -c d.c; echo $?
