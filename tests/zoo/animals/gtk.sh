#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: GTK: Zenity's dialogs on a display of their own, answered by keys
# packages: zenity xvfb xdotool xauth
# orphans: Xvfb
# leaves: .
export NO_AT_BRIDGE=1 GTK_A11Y=none
xvfb-run -a -s '-screen 0 800x600x24' bash -c '
  zenity --entry --title zoo --text ask 2>/dev/null >answer & program=$!
  for i in $(seq 300); do window=$(xdotool search --name zoo | head -1); [ -n "$window" ] && break; sleep 0.1; done
  sleep 1; xdotool windowfocus "$window"; xdotool type typed; xdotool key Return; wait $program; echo "ended $? $(cat answer)"
  seq 200 | zenity --list --title list --column n --timeout 1 2>/dev/null; echo "ended $?"'
