#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: GDB: breakpoints, stacks, a Python script, a debugged program
# packages: gdb gcc libc6-dev
# normalise: /process [0-9]+/process N/
printf '#include <stdlib.h>\nint depth(int n) { char* p = malloc(n + 1); int r = n ? depth(n - 1) : 0; free(p); return r + 1; }\nint main(void) { return depth(9) == 10 ? 3 : 4; }\n' >a.c
gcc -g a.c -o a
gdb -nx -batch -ex 'break depth if n == 0' -ex run -ex 'bt -frame-info short-location' -ex 'python print(gdb.parse_and_eval("n + 40"))' -ex continue ./a 2>&1 | grep -E '^#|^[0-9]+$|exited'
