#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: MariaDB, under mysqlslap, on a Unix socket
# packages: mariadb-server-core mariadb-client-core mariadb-server mariadb-client
mariadb-install-db --no-defaults --user=root --datadir="$PWD/data" --auth-root-authentication-method=normal --skip-test-db >install.log 2>&1 || { cat install.log; exit 1; }
mariadbd --no-defaults --user=root --datadir="$PWD/data" --skip-networking --socket="$TMPDIR/m.sock" --innodb-buffer-pool-size=16M --pid-file="$PWD/m.pid" 2>m.log &
until mariadb-admin --no-defaults --socket="$TMPDIR/m.sock" ping >/dev/null 2>&1; do sleep 0.1; done
mariadb --no-defaults --socket="$TMPDIR/m.sock" -uroot <<'END'
CREATE DATABASE z; USE z; CREATE TABLE t(id INT PRIMARY KEY AUTO_INCREMENT, a VARCHAR(60), INDEX(a));
INSERT INTO t(a) SELECT hex(seq * 7919) FROM seq_1_to_5000;
SELECT COUNT(*), MIN(a), MAX(a), SUM(LENGTH(a)) FROM t;
SELECT a, COUNT(*) FROM (SELECT LEFT(a, 1) AS a FROM t) x GROUP BY a ORDER BY a LIMIT 5;
END
mariadb-slap --no-defaults --socket="$TMPDIR/m.sock" -uroot --concurrency=4 --iterations=2 --number-of-queries=200 --auto-generate-sql 2>&1 | grep -E 'Number of clients|queries per client'
mariadb-admin --no-defaults --socket="$TMPDIR/m.sock" -uroot shutdown; wait %1; echo "server $?"
grep -cE '\[ERROR\]|signal' m.log; rm -rf data m.log install.log
