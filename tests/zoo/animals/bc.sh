#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: bc and dc, numbers of any length
# packages: bc dc
# quick: yes
echo 'scale=200; 4*a(1); 2^2000 % 10^50' | bc -l
dc -e '[d1-d1<F*]sF 60lFxp'
