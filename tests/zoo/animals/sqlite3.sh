#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: sqlite3, a file, an index, a transaction that is rolled back
# packages: sqlite3
# quick: yes
sqlite3 data.db <<'END'
CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<20000) INSERT INTO t SELECT i, hex(i * 7919), i / 3.0 FROM n;
CREATE INDEX by_a ON t(a);
SELECT count(*), sum(b), min(a), max(a) FROM t;
SELECT a, group_concat(id) FROM (SELECT substr(a, 1, 2) AS a, id FROM t WHERE id % 1000 = 0) GROUP BY a ORDER BY a;
BEGIN; DELETE FROM t; ROLLBACK;
SELECT count(*) FROM t;
.mode json
SELECT * FROM t WHERE id IN (1, 20000);
END
sqlite3 data.db 'PRAGMA integrity_check; SELECT nothing FROM t'; echo $?
