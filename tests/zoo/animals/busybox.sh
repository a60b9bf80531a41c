#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: busybox, which is static: it is run, and not recorded
# packages: busybox-static
# uncounted: the static program has no loader
busybox seq 5 | busybox awk '{ s += $1 } END { print s }'
busybox sh -c 'for i in 1 2 3; do echo $i; done | busybox sort -r'
