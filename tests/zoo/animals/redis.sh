#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Redis under redis-benchmark, with a snapshot by fork
# packages: redis-server redis-tools
# leaves: dump|temp-
redis-server --port 0 --unixsocket "$TMPDIR/r.sock" --save '' --daemonize no --logfile r.log --dir . &
until redis-cli -s "$TMPDIR/r.sock" ping >/dev/null 2>&1; do sleep 0.05; done
redis-benchmark -s "$TMPDIR/r.sock" -n 3000 -c 10 -q -t set,get,lpush,lpop,sadd,hset,zadd,mset 2>&1 | tr '\r' '\n' | grep -oE '^[A-Z]+[^:]*: [0-9.]+ requests' | sed 's/:.*//' | sort -u
redis-cli -s "$TMPDIR/r.sock" <<'END'
SET k v
EVAL "local s = 0 for i = 1, 10000 do redis.call('SET', 'x' .. i, i) s = s + i end return s" 0
BGSAVE
DBSIZE
END
until [ -s dump.rdb ]; do sleep 0.05; done
redis-cli -s "$TMPDIR/r.sock" shutdown nosave; wait %1; echo "server $?"
rm -f dump.rdb r.log
