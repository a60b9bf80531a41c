#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Apache, threads of mpm_event, under ab, on the loopback
# packages: apache2-bin apache2-utils curl
M=/usr/lib/apache2/modules
cat >a.conf <<END
ServerRoot $PWD
ServerName zoo
PidFile $PWD/a.pid
Listen 127.0.0.1:18432
LoadModule mpm_event_module $M/mod_mpm_event.so
LoadModule authz_core_module $M/mod_authz_core.so
LoadModule dir_module $M/mod_dir.so
LoadModule status_module $M/mod_status.so
ErrorLog $PWD/e.log
DocumentRoot $PWD
User www-data
Group www-data
<Directory />
Require all granted
</Directory>
END
seq 5000 >text.txt; chmod 755 "$PWD" "$PWD/.." "$PWD/../.."
apache2 -f "$PWD/a.conf" -DFOREGROUND &
until curl -s -o /dev/null http://127.0.0.1:18432/text.txt; do sleep 0.05; done
ab -q -n 500 -c 8 http://127.0.0.1:18432/text.txt 2>&1 | grep -E 'Complete|Failed|Document Length'
curl -s http://127.0.0.1:18432/text.txt | sha256sum
apache2 -f "$PWD/a.conf" -k graceful; sleep 0.5
curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1:18432/none
kill -TERM "$(cat a.pid)"; wait %1; echo "server $?"; rm -f e.log
