#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Chromium, headless: processes, sandboxes, V8, a page drawn
# packages: chromium
# uncounted: its processes have an allocator of their own, and end by each other's hands
# leaves: .
# orphans: chromium
printf '<html><body><div id=a></div><script>let s=0;for(let i=0;i<1e6;i++)s+=i%%7;document.getElementById("a").textContent="sum "+s;</script></body></html>' >a.html
chromium --headless=new --no-sandbox --disable-gpu --no-first-run --user-data-dir="$PWD/p" --dump-dom "file://$PWD/a.html" 2>/dev/null | grep -o 'sum [0-9]*'
chromium --headless=new --no-sandbox --disable-gpu --no-first-run --user-data-dir="$PWD/q" --window-size=300,200 --screenshot="$PWD/a.png" "file://$PWD/a.html" >/dev/null 2>&1; head -c 4 a.png | tail -c 3; echo; rm -rf p q
