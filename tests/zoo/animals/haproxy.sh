#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: HAProxy in front of Python's web server, under ab, on the loopback
# packages: haproxy apache2-utils python3 curl
seq 3000 >t.txt
python3 -m http.server --bind 127.0.0.1 18451 >/dev/null 2>&1 &
printf 'defaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\nfrontend f\n bind 127.0.0.1:18450\n default_backend b\nbackend b\n server s 127.0.0.1:18451\n' >h.cfg
haproxy -f h.cfg >/dev/null 2>&1 & 
until curl -sf -o /dev/null http://127.0.0.1:18450/t.txt; do sleep 0.05; done
ab -q -n 200 -c 4 http://127.0.0.1:18450/t.txt 2>&1 | grep -E 'Complete|Failed|Document Length'
kill -TERM %2; wait %2; echo "proxy $?"; kill -TERM %1; wait %1; echo "server $?"
