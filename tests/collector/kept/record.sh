#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Records the kept files of one version of the format: record.sh BIN [FOLDER]
#
# BIN has heaptap, FOLDER gets NAME.heaptap.zst and NAME.json, what `heaptap report --json` says of it: every later
# build must say the same. Done once for each version of the format, by a build of that version; the files are never
# made anew. Needs root, so that the host's name is left out.
set -eu
bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's/.*kSchemaM[a-z]*or = \([0-9]*\);.*/\1/p' "$here/../../../collector/store/schema.h" | paste -sd.)
to=${2:-$here/$version}
# shellcheck disable=SC2016  # The inner shell expands them.
if [ "${KEPT_HOST:-}" = "" ]; then exec env KEPT_HOST=1 unshare --uts sh -c 'hostname kept-host; exec "$0" "$@"' "$0" "$bin" "$to"; fi
mkdir -p "$to" /tmp/kept
cd /tmp/kept
rm -f -- *.heaptap *.heaptap-wal
cp "$here/program.cpp" .
g++ -O1 -g1 -o program program.cpp -pthread

"$bin/heaptap" run -q -o plain.heaptap -- ./program plain
"$bin/heaptap" run -q -o threads.heaptap -- ./program threads
"$bin/heaptap" run -q -o long.heaptap -- ./program long
"$bin/heaptap" run -q --sample 4KiB -o sampled.heaptap -- ./program plain
"$bin/heaptap" run -q --no-events -o no-events.heaptap -- ./program plain
"$bin/heaptap" run -q -o parent.heaptap -- ./program fork
mv parent.program.*.heaptap child.heaptap
# The collector is killed while the program waits: the record is cut short.
mkfifo said
"$bin/heaptap" run -q -o cut-short.heaptap -- ./program wait >said 2>/dev/null &
run=$!
read -r _ <said
program=$(pgrep -P "$run" -x program)
for process in /proc/[0-9]*; do
  if find "$process/fd" -lname "$PWD/cut-short.heaptap" 2>/dev/null | grep -q .; then kill -9 "${process#/proc/}"; fi
done
while [ -e cut-short.heaptap.reserve ]; do kill -0 "$run" && sleep 0.1; done
kill "$program"
wait "$run" || true
rm -f said program program.cpp

for file in *.heaptap; do
  name=${file%.heaptap}
  "$bin/heaptap" report --json "$file" >"$to/$name.json"
  zstd -q -19 -f "$file" -o "$to/$file.zst"
done
ls -l "$to"
