#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Firefox, headless: processes, sandboxes, an allocator of its own
# packages: firefox-esr
# uncounted: its processes have an allocator of their own, and end by each other's hands
# leaves: .
printf '<html><body style="background:red">drawn</body></html>' >a.html
firefox-esr --headless --no-remote --profile "$PWD" --window-size=300,200 --screenshot "$PWD/a.png" "file://$PWD/a.html" >/dev/null 2>&1; echo $?; head -c 4 a.png | tail -c 3; echo
