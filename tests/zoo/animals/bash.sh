#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: bash, subshells, pipes, job control, traps, coprocesses
# packages: bash coreutils grep sed
# quick: yes
# normalise: /(line [0-9]+:) +[0-9]+ /\1 /
set -m
declare -A counts
for ((i = 0; i < 2000; ++i)); do counts[$((i % 37))]+=x; done
echo "${#counts[@]} ${counts[5]}"
sleep 60 & jobs -l | sed 's/[0-9]\{2,\}/PID/'; kill %1; wait %1; echo "status $?"
(trap 'echo trapped' USR1; kill -USR1 $BASHPID; exit 9); echo $?
coproc cat; echo hello >&"${COPROC[1]}"; read -r line <&"${COPROC[0]}"; echo "$line"; kill "$COPROC_PID"
printf '%s\n' {1..300} | grep 7 | sed 's/7/seven/' | tail -n 2
diff <(seq 5) <(seq 4); echo $?
exec 3<&0 4>&1; nohup echo nohup; setsid -w echo setsid; timeout 0.1 sleep 60; echo $?
bash -c 'kill -SEGV $$'; echo $?
exec /bin/echo replaced
