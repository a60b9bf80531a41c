#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: tmux: a server, a session without a terminal, commands
# packages: tmux
# orphans: sleep
tmux -S "$TMPDIR/s" -f /dev/null new-session -d -x 80 -y 24 'seq 500; echo end; exec sleep 100'
until tmux -S "$TMPDIR/s" capture-pane -p 2>/dev/null | grep -q end; do sleep 0.05; done
tmux -S "$TMPDIR/s" split-window -d 'exec sleep 100'; tmux -S "$TMPDIR/s" list-panes -F '#{pane_index} #{pane_width}x#{pane_height}'
tmux -S "$TMPDIR/s" kill-server; while tmux -S "$TMPDIR/s" ls 2>/dev/null; do sleep 0.05; done; echo gone
