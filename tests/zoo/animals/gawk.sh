#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: gawk, arrays, regular expressions, a stack overflow handler of libsigsegv
# packages: gawk
# quick: yes
gawk 'BEGIN { for (i = 0; i < 50000; i++) a[i % 977] = a[i % 977] "x"; for (k in a) n += length(a[k]); print n, length(a)
  PROCINFO["sorted_in"] = "@ind_num_asc"; for (k in a) { if (k % 300 == 0) print k, length(a[k]) }
  s = "a1b22c333"; print gensub(/[0-9]+/, "<&>", "g", s); "echo child" | getline line; print line
  print f(2000) } function f(n) { return n == 0 ? 0 : 1 + f(n - 1) }'
gawk --bignum 'BEGIN { x = 1; for (i = 1; i <= 100; i++) x *= i; print x }'
