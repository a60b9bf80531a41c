#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: nginx, two workers, under ab, on the loopback
# packages: nginx apache2-utils curl
cat >n.conf <<END
daemon off; master_process on; worker_processes 2; pid $PWD/n.pid; error_log $PWD/n.log;
events { worker_connections 64; }
http { access_log $PWD/a.log; client_body_temp_path $PWD/b; proxy_temp_path $PWD/p; fastcgi_temp_path $PWD/f;
  uwsgi_temp_path $PWD/u; scgi_temp_path $PWD/s;
  server { listen 127.0.0.1:18431; root $PWD; gzip on; gzip_types text/plain; location /n { return 204; } } }
END
seq 5000 >text.txt
chmod 755 .. . 2>/dev/null
nginx -e n.log -c "$PWD/n.conf" -g 'user root;' &
until curl -s -o /dev/null http://127.0.0.1:18431/n; do sleep 0.05; done
ab -q -n 500 -c 8 http://127.0.0.1:18431/text.txt 2>&1 | grep -E 'Complete|Failed|Document Length'
curl -s --compressed http://127.0.0.1:18431/text.txt | sha256sum
curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1:18431/missing
kill -HUP "$(cat n.pid)"; sleep 0.3; curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1:18431/n
kill -QUIT "$(cat n.pid)"; wait %1; echo "server $?"
