#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: gnuplot: a plot of many points
# packages: gnuplot-nox
gnuplot -e 'set terminal svg; set output "a.svg"; plot sin(x), "<seq 1 2000 2>/dev/null | awk \"{print \$1/200, cos(\$1/50)}\"" with lines'
wc -c a.svg; sha256sum a.svg
