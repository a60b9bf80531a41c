#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: mawk
# packages: mawk
# quick: yes
seq 20000 | mawk '{ s[$1 % 331] = s[$1 % 331] "," $1 } END { for (k = 0; k < 331; k += 60) print k, length(s[k]); gsub(/,/, ";", s[7]); print substr(s[7], 1, 40) }'
