#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What questions about the past of a large session cost: docs/performance.md.

Usage: instants.py BUILD [EVENTS [REPEATS]]
BUILD: a build folder with heaptap, heaptapd, churn, big_heap and instants_bench. Records churn with two threads, until there
are EVENTS events (100 million), and prints the table of instants_bench; what the file takes; what heaptrack_print takes
for the same program, where it is installed; and what a daemon needs for each live block of a program.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def run(command, **options):
    """Wall time in seconds."""
    begin = time.monotonic()
    subprocess.run([str(word) for word in command], check=True, **options)
    return time.monotonic() - begin


def largest_memory(pid):
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    sys.exit("the daemon is gone")


def daemon_memory(programs, big_heap, folder, blocks):
    """The largest resident memory of a daemon that records so many live blocks. Units: bytes."""
    data = Path(folder) / f"data.{blocks}"
    data.mkdir()
    address = f"unix:{folder}/socket.{blocks}"
    with subprocess.Popen([programs / "heaptapd", "--listen", address, "--data", data],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        daemon.stdout.readline()
        run([programs / "heaptap", "run", "-q", "--collector", address, "--", big_heap, blocks, "1"])
        memory = largest_memory(daemon.pid)
        daemon.terminate()
    return memory


def heaptrack(folder, churn, rounds, repeats):
    if shutil.which("heaptrack") is None or shutil.which("heaptrack_print") is None:
        print("heaptrack is not installed")
        return
    output = Path(folder) / "churn.heaptrack"
    # It opens its viewer in the end, which finds no screen.
    recorded = run(["heaptrack", "-o", output, churn, "2", rounds], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, env=os.environ | {"QT_QPA_PLATFORM": "none"})
    written = next(Path(folder).glob("churn.heaptrack*"))
    took, cpu = [], []
    for _ in range(repeats):
        before = os.times()
        took.append(run(["heaptrack_print", "-f", written], stdout=subprocess.DEVNULL))
        after = os.times()
        cpu.append(after.children_user + after.children_system - before.children_user - before.children_system)
    print(f"| heaptrack_print, any question | {statistics.median(took):.1f} | {max(took):.1f} | {statistics.median(cpu):.1f} |")
    print(f"\nheaptrack recorded for {recorded:.0f} s, {written.stat().st_size / 1e6:.0f} MB")


def main():
    if len(sys.argv) not in (2, 3, 4):
        sys.exit(__doc__)
    build = Path(sys.argv[1]).resolve()
    events = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000_000
    repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 9
    programs = build / "bin"
    churn, big_heap = build / "bench" / "churn", build / "bench" / "big_heap"
    rounds = events // 4  # Two threads, an allocation and a free each.
    with tempfile.TemporaryDirectory(prefix="heaptap-bench-", dir=os.environ.get("TMPDIR")) as folder:
        file = Path(folder) / "churn.heaptap"
        took = run([programs / "heaptap", "run", "-q", "-o", file, "--", churn, "2", rounds])
        print(f"recorded for {took:.0f} s, {file.stat().st_size / events:.2f} bytes an event")
        run([programs / "instants_bench", file, repeats])
        heaptrack(folder, churn, rounds, max(1, repeats // 3))
        few, many = events // 100, events // 20
        memory = [daemon_memory(programs, big_heap, folder, blocks) for blocks in (few, many)]
        print(f"a daemon: {memory[0] / 1e6:.0f} MB with {few:,} live blocks, {memory[1] / 1e6:.0f} MB with {many:,}: "
              f"{(memory[1] - memory[0]) / (many - few):.1f} bytes a block")


if __name__ == "__main__":
    main()
