#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Side by side: each workload plain, under heaptap (whole pipeline, into SQLite) and under heaptrack (as a user
# runs it), interleaved, as a Markdown table of medians. `./dev bench` runs it; by hand:
#   bench/peers.sh FOLDER [REPEATS]     FOLDER holds bin/heaptap and bench/churn
set -euo pipefail

folder=$(readlink -f -- "${1:?usage: bench/peers.sh FOLDER [REPEATS]}")
repeats=${2:-5}
heaptap=$(readlink -f -- "$folder/bin/heaptap")
churn=$folder/bench/churn
here=$(mktemp -d)
trap 'rm -rf -- "$here"' EXIT
cd -- "$here"

# The inputs: 8 MB of JSON for jq, a C++ file with heavy headers for clang.
awk 'BEGIN { printf "["; for (i = 0; i < 60000; ++i) printf "%s{\"id\":%d,\"name\":\"item %d\",\"tags\":[\"a\",\"bb\",\"ccc\"],\"v\":%f,\"n\":{\"x\":%d,\"y\":[%d,%d]}}", i ? "," : "", i, i, i / 7, i * 2, i, i + 1; printf "]" }' >input.json
cat >input.cpp <<'CPP'
#include <iostream>
#include <map>
#include <regex>
#include <string>
int main() {
  std::map<std::string, int> m;
  for (int i = 0; i < 10; ++i) m[std::to_string(i)] = i;
  std::cout << m.size() << std::regex_match("aaa", std::regex("a+"));
}
CPP

export PYTHONMALLOC=malloc  # Else CPython cuts up arenas by itself.
declare -A workloads=(
  [jq]="jq length input.json"
  [clang]="clang++ -O1 -c -o input.o input.cpp"
  [python]="/usr/bin/python3 -c 'd={}
for i in range(300000): d[i%5000]=[str(i),i]'"
  [sqlite3]="sqlite3 :memory: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<300000) SELECT count(hex(i)||i) FROM n'"
  [churn-1]="$churn 1 2000000"
  [churn-2]="$churn 2 1000000"
  [churn-4]="$churn 4 500000"
  [producer-consumer]="$churn producer-consumer 1000000"
)
order=(jq clang python sqlite3 churn-1 churn-2 churn-4 producer-consumer)

# seconds COMMAND…: wall time of the whole command.
seconds() {
  local start=$EPOCHREALTIME
  "$@" >output.log 2>&1 || { cat output.log >&2; return 1; }
  awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.4f\n", b - a }'
}
median() { sort -g "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

have_heaptrack=$(command -v heaptrack || true)
echo "| workload | plain s | heaptap s | of it the target | heaptrack s | heaptap's added time / heaptrack's | events | bytes/event | dropped |"
echo "|---|---|---|---|---|---|---|---|---|"
for name in "${order[@]}"; do
  command=${workloads[$name]}
  rm -f plain tap target track
  for ((i = 0; i < repeats; ++i)); do
    seconds bash -c "exec $command" >>plain
    seconds bash -c "exec $heaptap run -q --force -o x.heaptap -- $command" >>tap
    "$heaptap" report --json --top 1 x.heaptap >report.json
    jq .summary.durationSeconds report.json >>target
    [[ -z $have_heaptrack ]] || seconds bash -c "exec heaptrack -o track.out $command" >>track
    rm -f track.out*
  done
  events=$(jq '.summary.allocations + .summary.frees' report.json)
  dropped=$(jq '.summary.droppedEvents' report.json)
  bytes=$(stat -c %s x.heaptap)
  p=$(median plain) h=$(median tap) o=$(median target) k=-
  [[ -z $have_heaptrack ]] || k=$(median track)
  awk -v n="$name" -v p="$p" -v h="$h" -v o="$o" -v k="$k" -v e="$events" -v b="$bytes" -v d="$dropped" 'BEGIN {
    ratio = k == "-" ? "-" : sprintf("%.2f", (h - p) / (k - p))
    printf "| %s | %.3f | %.3f (x%.2f) | %.3f (x%.2f) | %s | %s | %.2f M | %.2f | %d |\n",
      n, p, h, h / p, o, o / p, k == "-" ? k : sprintf("%.3f (x%.2f)", k, k / p), ratio, e / 1e6, b / e, d }'
done
