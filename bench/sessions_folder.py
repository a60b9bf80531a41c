#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long a folder of many sessions takes to be listed, and a daemon over it to start.

Usage: sessions_folder.py BIN [COUNT]
BIN: the folder with heaptap and heaptapd. One session of `true` is recorded and copied COUNT times (10,000).
Each line: the wall time of one run, with the folder's pages in memory.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time


def timed(command):
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begin


def daemon_start(binary, folder, socket):
    begin = time.monotonic()
    with subprocess.Popen([binary, "--listen", "unix:" + socket, "--data", folder],
                          stdout=subprocess.PIPE, text=True) as daemon:
        line = daemon.stdout.readline()
        seconds = time.monotonic() - begin
        listed = timed([os.path.join(os.path.dirname(binary), "heaptap"), "ls", "--collector", "unix:" + socket])
        daemon.terminate()
    if "listening" not in line:
        sys.exit("heaptapd did not start")
    return seconds, listed


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    programs = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    heaptap = os.path.join(programs, "heaptap")
    with tempfile.TemporaryDirectory(prefix="heaptap-bench-") as base:
        folder = os.path.join(base, "sessions")
        os.mkdir(folder)
        first = os.path.join(folder, "s.0.heaptap")
        subprocess.run([heaptap, "run", "-q", "-o", first, "--", "true"], check=True)
        for number in range(1, count):
            shutil.copyfile(first, os.path.join(folder, f"s.{number}.heaptap"))
        time.sleep(3)  # What was written just now is no part of a catalogue.
        print(f"{count} sessions")
        print(f"ls, each file opened   {timed([heaptap, 'ls', folder]):.3f} s")
        for _ in range(3):
            print(f"ls                     {timed([heaptap, 'ls', folder]):.3f} s")
        start, listed = daemon_start(os.path.join(programs, "heaptapd"), folder, os.path.join(base, "socket"))
        print(f"heaptapd listens after {start:.3f} s")
        print(f"ls --collector         {listed:.3f} s")


if __name__ == "__main__":
    main()
