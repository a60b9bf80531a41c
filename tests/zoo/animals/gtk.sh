#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: GTK: Zenity's dialogs on a display of their own, answered by keys
# packages: zenity xvfb xdotool xauth
# leaves: .
export NO_AT_BRIDGE=1 GTK_A11Y=none
xvfb-run -a -s '-screen 0 800x600x24' bash -c '
  zenity --entry --title zoo --text ask 2>/dev/null >answer & program=$!
  window=$(xdotool search --sync --onlyvisible --name zoo | head -1)
  xdotool type --window "$window" "typed"; xdotool key --window "$window" Return; wait $program; echo "ended $? $(cat answer)"
  seq 200 | zenity --list --title list --column n --timeout 1 2>/dev/null; echo "ended $?"'
