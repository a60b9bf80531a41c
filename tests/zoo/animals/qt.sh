#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Qt: SpeedCrunch on a display of its own, typed into
# packages: speedcrunch xvfb xdotool xauth
# normalise: /serial number in output stream: +[0-9]+/serial/
# orphans: Xvfb
# leaves: .
xvfb-run -a -s '-screen 0 800x600x24' bash -c '
  QT_QPA_PLATFORM=xcb speedcrunch 2>/dev/null & program=$!
  for i in $(seq 300); do window=$(xdotool search --name SpeedCrunch | tail -1); [ -n "$window" ] && break; sleep 0.1; done
  sleep 1; xdotool windowfocus "$window"; xdotool type "6*7"; xdotool key Return; sleep 0.5
  xdotool key ctrl+q; for i in $(seq 100); do kill -0 $program 2>/dev/null || break; sleep 0.05; done
  kill $program 2>/dev/null; wait $program; echo "ended $?"'
