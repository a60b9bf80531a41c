#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Node.js: V8, its workers, zlib, child processes
# packages: nodejs
node -e '
  const m = new Map(); for (let i = 0; i < 200000; i++) m.set(i % 5003, [i, "t" + i, Buffer.alloc(i % 100)]);
  console.log(m.size, JSON.stringify([...m.entries()].slice(0, 100)).length);
  const { Worker, isMainThread } = require("worker_threads"), zlib = require("zlib"), cp = require("child_process");
  console.log(zlib.gzipSync(Buffer.alloc(1e6, "abc")).length > 100, cp.execSync("echo child").toString().trim());
  let left = 3; for (let n = 0; n < 3; n++) new Worker("require(\"worker_threads\").parentPort.postMessage([..." +
    "Array(10000).keys()].map(String).join(\"\").length)", { eval: true }).on("message", v => { console.log(v);
    if (--left == 0) fetchDone(); });
  function fetchDone() { const s = require("net").createServer(c => c.end("served\n")).listen(0, "127.0.0.1", () =>
    require("net").connect(s.address().port, "127.0.0.1").on("data", d => { process.stdout.write(d); s.close(); })); }'
