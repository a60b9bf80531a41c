#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: xz and zstd: threads, levels, damaged input
# packages: xz-utils zstd
# quick: yes
seq 300000 >a
xz -T2 -k -6 --block-size=262144 a && xz -dc a.xz | cmp - a && zstd -q -T2 -19 -k --long=20 a 2>&1; zstd -dqc a.zst | cmp - a && echo equal
head -c 20000 a.xz | xz -dc 2>&1 >/dev/null; echo $?
