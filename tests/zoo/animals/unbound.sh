#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Unbound: a name server of local data, threads, on the loopback
# packages: unbound bind9-dnsutils
printf 'server:\n directory: "%s"\n username: ""\n chroot: ""\n pidfile: ""\n use-syslog: no\n logfile: ""\n interface: 127.0.0.1@18453\n num-threads: 2\n do-daemonize: no\n local-zone: "zoo." static\n local-data: "a.zoo. A 10.0.0.1"\n local-data: "b.zoo. AAAA fd00::1"\nremote-control:\n control-enable: no\n' "$PWD" >u.conf
unbound -d -c u.conf 2>/dev/null &
until dig -p 18453 @127.0.0.1 +short +tries=1 +time=1 a.zoo 2>/dev/null | grep -q 10; do sleep 0.05; done
for i in $(seq 30); do dig -p 18453 @127.0.0.1 +short a.zoo; dig -p 18453 @127.0.0.1 +short AAAA b.zoo; done | sort | uniq -c
kill -TERM %1; wait %1; echo "server $?"
