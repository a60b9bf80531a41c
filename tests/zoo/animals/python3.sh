#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: CPython, threads, subprocess, multiprocessing, ctypes, deep recursion
# packages: python3
# quick: yes
PYTHONMALLOC=malloc PYTHONHASHSEED=1 /usr/bin/python3 - <<'END'
import ctypes, json, multiprocessing, re, subprocess, sys, threading
def work(n): return sum(len(str([i, {i: "x" * (i % 50)}])) for i in range(n))
print(work(20000), len(json.dumps({str(i): [i, i / 7] for i in range(5000)})))
results = []
threads = [threading.Thread(target=lambda i=i: results.append(work(2000 + i))) for i in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
print(sorted(results))
print(subprocess.run(["sh", "-c", "echo child; exit 3"], capture_output=True))
with multiprocessing.get_context("fork").Pool(2) as pool: print(pool.map(work, [100, 200, 300]))
libc = ctypes.CDLL(None); libc.malloc.restype = ctypes.c_void_p; libc.free.argtypes = [ctypes.c_void_p]
blocks = [libc.malloc(i + 1) for i in range(1000)]; [libc.free(b) for b in blocks]
sys.setrecursionlimit(10000)
def deep(n): return [n] if n == 0 else [n] + deep(n - 1)
print(len(deep(3000)), len(re.findall(r"(\d+)x", "12x 3y 45x" * 500)))
try: print(1 / 0)
except ZeroDivisionError as error: print(error)
END
