#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: PostgreSQL under pgbench, as an own user, on a Unix socket
# packages: postgresql-15 postgresql-client-15 postgresql
# user: nobody
export PATH=/usr/lib/postgresql/15/bin:$PATH PGHOST=$TMPDIR
initdb -D data -A trust --no-sync -E UTF8 --locale=C >/dev/null || exit
postgres -D data -c listen_addresses= -c unix_socket_directories="$TMPDIR" -c fsync=off -c shared_buffers=16MB 2>server.log &
until pg_isready -q; do sleep 0.1; done
createdb bench && pgbench -q -i -s 1 bench 2>/dev/null
pgbench -c 4 -j 2 -t 100 bench 2>&1 | grep -E 'processed|failed'
psql -At bench -c 'SELECT count(*), sum(abalance) - (SELECT sum(delta) FROM pgbench_history) FROM pgbench_accounts' \
  -c "SELECT string_agg(md5(i::text), '' ORDER BY i) ~ '^[0-9a-f]+$', count(DISTINCT i % 97) FROM generate_series(1, 20000) i" \
  -c 'SELECT 1/0'; echo $?
kill -INT %1; wait %1; echo "server $?"
grep -cE 'PANIC|terminated by signal' server.log
rm -r data server.log
