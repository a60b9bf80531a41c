#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Qt: SpeedCrunch on a display of its own, typed into
# packages: speedcrunch xvfb xdotool xauth
# leaves: .
xvfb-run -a -s '-screen 0 800x600x24' bash -c '
  QT_QPA_PLATFORM=xcb speedcrunch 2>/dev/null & program=$!
  window=$(xdotool search --sync --onlyvisible --name SpeedCrunch | head -1)
  xdotool type --window "$window" "6*7"; xdotool key --window "$window" Return; sleep 0.5
  xdotool key --window "$window" ctrl+q; for i in $(seq 100); do kill -0 $program 2>/dev/null || break; sleep 0.05; done
  kill $program 2>/dev/null; wait $program; echo "ended $?"'
