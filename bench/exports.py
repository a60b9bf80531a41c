#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How long each export of a large session takes, how large it is, and what the same takes in the peers that are
installed: heaptrack_print on heaptrack's own file of the same run, google-pprof on the export. Prints a Markdown table.

    bench/exports.py FOLDER [--session FILE] [--repeats N]

FOLDER is a build folder. Without --session, clang is recorded while it compiles a file with heavy headers."""

import argparse
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

HEADERS = ["algorithm", "filesystem", "functional", "future", "iostream", "map", "random", "regex", "sstream", "string"]
COMPILE = ["clang++", "-O2", "-std=c++20", "-c", "-o", "/dev/null", "input.cpp"]


def timed(command: list[str], repeats: int, folder: Path) -> tuple[float, float]:
    """Medians of wall and CPU time."""
    walls, cpus = [], []
    for _ in range(repeats):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        walls.append(time.monotonic() - start)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(walls), statistics.median(cpus)


def formats(heaptap: str) -> list[str]:
    """As `export --help` lists them."""
    text = subprocess.run([heaptap, "export", "--help"], check=True, capture_output=True, text=True).stdout
    lines = text.split("Formats:\n")[1].split("Costs:\n")[0].splitlines()
    return [line.split()[0] for line in lines if line.startswith("  ")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--session", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    heaptap = str((options.folder / "bin/heaptap").resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "input.cpp").write_text("".join(f"#include <{header}>\n" for header in HEADERS) +
                                          'int main() { return std::regex_match("aaa", std::regex("a+")); }\n')
        session = options.session.resolve() if options.session else folder / "clang.heaptap"
        if not options.session:
            subprocess.run([heaptap, "run", "-q", "-o", str(session), "--", *COMPILE], cwd=folder, check=True)
        print("| export | wall, s | CPU, s | MB |\n|---|---|---|---|")
        for each in formats(heaptap):
            wall, cpu = timed([heaptap, "export", str(session), "-f", each, "-o", f"out.{each}"], options.repeats, folder)
            print(f"| {each} | {wall:.2f} | {cpu:.2f} | {(folder / f'out.{each}').stat().st_size / 1e6:.1f} |", flush=True)
        if shutil.which("google-pprof"):
            wall, cpu = timed(["google-pprof", "--text", "out.gperftools"], 1, folder)
            print(f"| google-pprof --text, of that export | {wall:.2f} | {cpu:.2f} | |", flush=True)
        if shutil.which("heaptrack") and not options.session:
            subprocess.run(["heaptrack", "-o", str(folder / "peer"), *COMPILE], cwd=folder, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            peer = str(next(folder.glob("peer*")))
            for what, extra in {"heaptrack_print": [], "heaptrack_print, folded stacks": ["-F", "stacks"]}.items():
                wall, cpu = timed(["heaptrack_print", *extra, peer], 1, folder)
                print(f"| {what} | {wall:.2f} | {cpu:.2f} | |", flush=True)


if __name__ == "__main__":
    main()
