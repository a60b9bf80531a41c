#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Side by side: each workload plain, under heaptap (whole pipeline, into SQLite) and under the peers that are
installed, interleaved. Prints a Markdown table of medians, then what start-up costs. `./dev bench` runs it; by hand:

    bench/peers.py FOLDER [--repeats N] [--only NAME…] [--write FILE] [--against FOLDER]

FOLDER is a build folder. With --write, FILE's part between the two `measured` marks is replaced. With --against, the
heaptap of another build folder (an older revision) is measured in the same rounds, and a table compares the two.
"""

import argparse
import contextlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CPP = """#include <iostream>
#include <map>
#include <regex>
#include <string>
int main() {
  std::map<std::string, int> m;
  for (int i = 0; i < 10; ++i) m[std::to_string(i)] = i;
  std::cout << m.size() << std::regex_match("aaa", std::regex("a+"));
}
"""
PYTHON = "d={}\nfor i in range(300000): d[i%5000]=[str(i),i]"
SQL = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<300000) SELECT count(hex(i)||i) FROM n"
BEFORE = "before"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def write_inputs(folder: Path) -> None:
    """8 MB of JSON for jq, a C++ file with heavy headers for clang."""
    items = ({"id": i, "name": f"item {i}", "tags": ["a", "bb", "ccc"], "v": i / 7, "n": {"x": i * 2, "y": [i, i + 1]}}
             for i in range(80000))
    (folder / "input.json").write_text(json.dumps(list(items)))
    (folder / "input.cpp").write_text(CPP)


def workloads(churn: str) -> dict[str, list[str]]:
    return {
        "jq": ["jq", "length", "input.json"],
        "CPython": ["/usr/bin/python3", "-c", PYTHON],
        "clang": ["clang++", "-O1", "-c", "-o", "input.o", "input.cpp"],
        "sqlite3": ["sqlite3", ":memory:", SQL],
        "churn, 1 thread": [churn, "1", "2000000"],
        "churn, 2 threads": [churn, "2", "1000000"],
        "churn, 4 threads": [churn, "4", "500000"],
        "producer/consumer": [churn, "producer-consumer", "1000000"],
    }


def run(command: list[str], **environment: str) -> float:
    """Wall time of a command, in seconds. Its output goes nowhere."""
    start = time.monotonic()
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    errors = process.stderr.read()
    process.wait()
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: ended with {process.returncode}\n{errors.decode(errors='replace')}")
    return time.monotonic() - start


def own_memory(command: list[str], program: str) -> float:
    """The largest memory of a program that is not shared, in MiB, looked at every millisecond: what is shared is the
    pool, whose size is the same for all. `command` runs it, by itself or as a descendant. Not timed."""
    image = Path(shutil.which(program)).resolve()
    largest = 0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        for pid in [process.pid, *descendants(process.pid)]:
            try:
                if Path(os.readlink(f"/proc/{pid}/exe")) != image:
                    continue
                status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
                largest = max(largest, sum(int(status[key].split()[0]) for key in ("RssAnon", "RssFile")))
            except (OSError, KeyError):  # It has ended.
                pass
        time.sleep(0.001)
    return largest / 1024


def descendants(pid: int) -> list[int]:
    try:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return children + [d for child in children for d in descendants(child)]


class Plain:
    name = "plain"

    def measure(self, command: list[str]) -> dict:
        wall = run(command)
        return {"whole": wall, "target": wall}


class Heaptap:
    """`heaptap run`, and what its report says of the target."""

    def __init__(self, program: Path, name: str = "heaptap"):
        self.program = str(program)
        self.name = name

    def recording(self, command: list[str]) -> list[str]:
        return [self.program, "run", "-q", "--force", "-o", "x.heaptap", "--", *command]

    def measure(self, command: list[str]) -> dict:
        whole = run(self.recording(command))
        report = subprocess.check_output([self.program, "report", "--json", "--top", "1", "x.heaptap"])
        summary = json.loads(report)["summary"]
        return {"whole": whole, "target": summary["durationSeconds"],
                "allocations": summary["allocations"], "events": summary["allocations"] + summary["frees"],
                "dropped": summary["droppedEvents"], "unmatched": summary["unmatchedFrees"],
                "bytes": os.path.getsize("x.heaptap")}


class Heaptrack:
    """As the `heaptrack` script does it, written out so that the target alone can be timed as well."""
    name = "heaptrack"

    def __init__(self, libraries: Path):
        self.preload = str(libraries / "libheaptrack_preload.so")
        self.interpret = str(libraries / "libexec" / "heaptrack_interpret")

    @staticmethod
    def find() -> "Heaptrack | None":
        program = shutil.which("heaptrack")
        libraries = Path(program).resolve().parent.parent / "lib" / "heaptrack" if program else None
        return Heaptrack(libraries) if libraries and libraries.exists() else None

    def measure(self, command: list[str]) -> dict:
        Path("pipe").unlink(missing_ok=True)
        os.mkfifo("pipe")
        start = time.monotonic()
        reader = subprocess.Popen(["sh", "-c", f"'{self.interpret}' < pipe | zstd -c -q > track.zst"],
                                  stderr=subprocess.DEVNULL)
        target = run(command, LD_PRELOAD=self.preload, DUMP_HEAPTRACK_OUTPUT="pipe")
        reader.wait()
        return {"whole": time.monotonic() - start, "target": target}


class Preloaded:
    """A profiling allocator, switched on by its environment. One that takes too long is ended."""
    LIMIT = 20.0  # Seconds.

    def __init__(self, name: str, library: str, environment: dict[str, str]):
        self.name = name
        self.environment = {"LD_PRELOAD": library} | environment

    def measure(self, command: list[str]) -> dict:
        start = time.monotonic()
        process = subprocess.Popen(command, env=os.environ | self.environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            process.wait(self.LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return {"whole": time.monotonic() - start}

    def gave_up(self, runs: list[dict]) -> bool:
        return any(r["whole"] >= self.LIMIT for r in runs)


def preloaded_peers() -> list[Preloaded]:
    found = []
    libraries = Path("/usr/lib") / f"{platform.machine()}-linux-gnu"
    if (library := libraries / "libtcmalloc.so.4").exists():
        found.append(Preloaded("gperftools", str(library), {"HEAPPROFILE": "gperftools"}))
    if (library := libraries / "libjemalloc.so.2").exists():
        asked = {"LD_PRELOAD": str(library), "MALLOC_CONF": "stats_print:true"}
        told = subprocess.run(["true"], env=os.environ | asked, capture_output=True, check=False).stderr
        if b"config.prof: true" in told:  # Debian's is built without.
            found.append(Preloaded("jemalloc", str(library), {"MALLOC_CONF": "prof:true,prof_final:true"}))
    return found


def medians(runs: list[dict]) -> dict:
    return {key: statistics.median(r[key] for r in runs) for key in runs[0]}


def share(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.2f}" if theirs > 0 else "-"


def row(name: str, figures: dict[str, dict], added_memory: float) -> str:
    plain, tap, track = figures["plain"], figures["heaptap"], figures.get("heaptrack")
    added = tap["target"] - plain["target"]
    cells = [name, f"{plain['whole']:.3f}",
             f"{tap['target']:.3f} (x{tap['target'] / plain['target']:.2f})",
             f"{tap['whole']:.3f} (x{tap['whole'] / plain['whole']:.2f})",
             f"{added / tap['allocations'] * 1e9:.0f}"]
    if track:
        cells += [f"{track['target']:.3f}", f"{track['whole']:.3f}",
                  share(added, track["target"] - plain["target"]),
                  share(tap["whole"] - plain["whole"], track["whole"] - plain["whole"])]
    else:
        cells += ["-"] * 4
    cells += [f"{added_memory:.1f}", f"{tap['events'] / 1e6:.2f} M", f"{tap['bytes'] / tap['events']:.2f}",
              f"{tap['dropped']:.0f} / {tap['unmatched']:.0f}"]
    others = [f"{peer} {'over ' if f['whole'] >= Preloaded.LIMIT else ''}x{f['whole'] / plain['whole']:.2f}"
              for peer, f in figures.items() if peer not in ("plain", "heaptap", BEFORE, "heaptrack")]
    return "| " + " | ".join(cells + [", ".join(others) or "-"]) + " |"


HEADER = """| workload | plain, s | target under heaptap, s | whole command, s | added ns an allocation \
| target under heaptrack, s | whole heaptrack, s | added to the target: share of heaptrack's | added to the whole: share \
| added memory, MiB | events | bytes an event | dropped / unmatched | others, whole |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"""


AGAINST_HEADER = """| workload | added to the target, s: before, now | added to the whole, s: before, now \
| share of heaptrack's, target: before, now | share, whole: before, now | bytes an event: before, now |
|---|---|---|---|---|---|"""


def against_row(name: str, figures: dict[str, dict]) -> str:
    cells = [name]
    added = {(who, what): figures[who][what] - figures["plain"][what]
             for who in figures if who in ("heaptap", BEFORE, "heaptrack") for what in ("target", "whole")}
    for what in ("target", "whole"):
        before, now = added[BEFORE, what], added["heaptap", what]
        cells.append(f"{before:.3f}, {now:.3f} (x{now / before:.2f})")
    for what in ("target", "whole"):
        theirs = added.get(("heaptrack", what), 0)
        cells.append(f"{share(added[BEFORE, what], theirs)}, {share(added['heaptap', what], theirs)}")
    cells.append(", ".join(f"{figures[who]['bytes'] / figures[who]['events']:.2f}" for who in (BEFORE, "heaptap")))
    return "| " + " | ".join(cells) + " |"


@contextlib.contextmanager
def daemon(folder: Path):
    """A collector and a relay that are there already. Yields the environment of programs that they record."""
    address = f"unix:{Path.cwd() / 'socket'}"
    recorded = {"LD_PRELOAD": str(folder / "lib" / "heaptap" / "libheaptap_preload.so"),
                "HEAPTAP_COLLECTOR": address, "XDG_RUNTIME_DIR": str(Path.cwd())}
    with subprocess.Popen([folder / "bin" / "heaptapd", "--listen", address, "--data", "sessions"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while not Path("socket").exists():
            time.sleep(0.01)
        run(["true"], **recorded)  # Starts the relay.
        yield recorded
        process.terminate()


def cost(command: list[str], **environment: str) -> tuple[float, float]:
    """Wall time and CPU time of a command and what it starts, in seconds."""
    start = time.monotonic()
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: ended with {process.returncode}")
    return time.monotonic() - start, used.ru_utime + used.ru_stime


SAMPLED_HEADER = """| sampled, 512 KiB | plain: wall, CPU, s | wall | CPU | CPU, of which passing through the libraries |
|---|---|---|---|---|"""


def ratio(under: list[float], plain: list[float]) -> str:
    """The median of ratios of neighbouring runs, as the machine's speed drifts, and its standard error."""
    ratios = [u / p for u, p in zip(under, plain)]
    error = 1.2533 * statistics.stdev(ratios) / len(ratios) ** 0.5
    return f"x{statistics.median(ratios):.3f} ± {error:.3f}"


def sampled(folder: Path, commands: dict[str, list[str]], repeats: int) -> list[str]:
    """What it costs a program to be sampled. Programs of a blink are run more often."""
    lines = [SAMPLED_HEADER]
    with daemon(folder) as recorded:
        for name, command in commands.items():
            ways = {"plain": {}, "sampled": recorded | {"HEAPTAP_SAMPLE": "512K"},
                    "through": {"LD_PRELOAD": recorded["LD_PRELOAD"]}}  # Nothing records it.
            runs = {way: [] for way in ways}
            rounds = repeats * (3 if cost(command)[0] > 1 else 7)
            for i in range(rounds):
                for way in (list(ways) if i % 2 else reversed(ways)):
                    runs[way].append(cost(command, **ways[way]))
            wall, cpu = ({way: [run[i] for run in runs[way]] for way in ways} for i in (0, 1))
            lines.append(f"| {name} | {statistics.median(wall['plain']):.3f}, {statistics.median(cpu['plain']):.3f} "
                         f"| {ratio(wall['sampled'], wall['plain'])} | {ratio(cpu['sampled'], cpu['plain'])} "
                         f"| {ratio(cpu['through'], cpu['plain'])} |")
    return lines


def start_up(folder: Path) -> str:
    """What recording adds to a program that does nothing, and how large the libraries are that it gets."""
    library = folder / "lib" / "heaptap" / "libheaptap_preload.so"
    plain, under, whole = [], [], []
    with daemon(folder) as recorded:
        for _ in range(21):
            plain.append(run(["true"]))
            under.append(run(["true"], **recorded))
            whole.append(run(Heaptap(folder / "bin" / "heaptap").recording(["true"])))
    added = (statistics.median(under) - statistics.median(plain)) * 1000
    all_of_it = (statistics.median(whole) - statistics.median(plain)) * 1000
    size = 0
    for name in ("libheaptap.so.1", library.name):
        subprocess.check_call(["strip", "-o", "stripped", library.with_name(name)])
        size += Path("stripped").stat().st_size
    return (f"A program that does nothing takes {added:.1f} ms longer when a relay is there, {all_of_it:.0f} ms with "
            f"`heaptap run`, which starts a relay and a collector. The two libraries in the target: {size / 1024:.0f} KiB, "
            "stripped.")


def machine() -> str:
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    system = dict(line.rstrip().split("=", 1) for line in open("/etc/os-release") if "=" in line)
    return (f"{model}, {os.cpu_count()} cores; {system.get('PRETTY_NAME', '?').strip(chr(34))}, "
            f"Linux {platform.release()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--write", type=Path)
    parser.add_argument("--against", type=Path)
    options = parser.parse_args()
    folder = options.folder.resolve()
    page = options.write.resolve() if options.write else None

    os.environ["PYTHONMALLOC"] = "malloc"  # Else CPython cuts up arenas by itself.
    heaptap = Heaptap(folder / "bin" / "heaptap")
    older = Heaptap(options.against.resolve() / "bin" / "heaptap", BEFORE) if options.against else None
    measurers = [m for m in (Plain(), older, heaptap, Heaptrack.find(), *preloaded_peers()) if m]
    lines, compared = [], [AGAINST_HEADER]
    with tempfile.TemporaryDirectory() as here:
        os.chdir(here)
        write_inputs(Path(here))
        print(HEADER, flush=True)
        for name, command in workloads(str(folder / "bench" / "churn")).items():
            if options.only and not any(name.startswith(o) for o in options.only):
                continue
            runs = {m.name: [] for m in measurers}
            for _ in range(options.repeats):
                for m in measurers:
                    if not (isinstance(m, Preloaded) and m.gave_up(runs[m.name])):
                        runs[m.name].append(m.measure(command))
            for m in measurers:
                if isinstance(m, Preloaded) and m.gave_up(runs[m.name]):
                    del runs[m.name][:-1]  # A median would hide it.
            added_memory = own_memory(heaptap.recording(command), command[0]) - own_memory(command, command[0])
            figures = {peer: medians(r) for peer, r in runs.items()}
            lines.append(row(name, figures, added_memory))
            print(lines[-1], flush=True)
            if older:
                compared.append(against_row(name, figures))
                print(compared[-1], flush=True)
        chosen = {name: command for name, command in workloads(str(folder / "bench" / "churn")).items()
                  if not options.only or any(name.startswith(o) for o in options.only)}
        if older:
            lines += ["", *compared]
        lines += ["", *sampled(folder, chosen, 2 * options.repeats + 1)]
        print("\n".join(lines[-len(chosen) - 1:]), flush=True)
        lines += ["", start_up(folder)]
        print(lines[-1], flush=True)
        os.chdir("/")
    if page:
        text = page.read_text()
        before, after = text[:text.index(BEGIN)], text[text.index(END):]
        stamp = f"Medians of {options.repeats}. {machine()}."
        page.write_text("\n".join([before + BEGIN, stamp, "", HEADER, *lines, ""]) + after)


if __name__ == "__main__":
    main()
