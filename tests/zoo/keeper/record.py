# SPDX-License-Identifier: Apache-2.0
"""The sessions of one recorded run, and what is wrong with them."""

import json
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .animal import Animal
from .counts import Counts

MUST_BE_ZERO = ("droppedEvents", "unmatchedFrees", "unrecordedFrees", "lostFrees", "eventsNotStored")


@dataclass
class Record:
    sessions: list[dict] = field(default_factory=list)  # Summaries.
    findings: list[dict] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def total(self, key: str) -> int:
        return sum(session[key] for session in self.sessions)

    @property
    def events(self) -> int:
        return self.total("allocations") + self.total("frees") + self.total("inheritedFrees")


def read_record(heaptap: str, folder: Path) -> Record:
    record = Record()
    for file in sorted(folder.glob("*.heaptap")):
        read = subprocess.run([heaptap, "report", "--json", "--leaks", "--top", "20", str(file)], capture_output=True,
                              text=True, check=False)
        if read.returncode != 0:
            record.faults.append(f"{file.name}: the report ends with {read.returncode}: {read.stderr.strip()}")
            continue
        report = json.loads(read.stdout)
        record.sessions.append(report["summary"] | {"file": str(file)})
        record.findings += report["findings"]
    return record


def _name(session: dict) -> str:
    return f"{Path(session['executable'] or '?').name} (pid {session['pid']}, {Path(session['file']).name})"


def _new_of_nothing(heaptap: str, file: str) -> int:
    """Allocations by an operator new for no bytes. libstdc++ asks malloc for one byte then, and heaptap records what
    the program has asked for."""
    report = json.loads(subprocess.check_output([heaptap, "report", "--json", file]))
    sites = report["sites"]
    return sum(allocations for sizes, entries in zip(sites["sizeHistogram"], sites["entryPoints"])
               for _, largest, allocations, _ in sizes
               if largest == 0 and any(entry.startswith("operator new") for entry in entries))


def judge(animal: Animal, record: Record) -> None:
    """Adds to the record's faults what a correct recording does not have."""
    if not record.sessions:
        record.faults.append("no session")
    for session in record.sessions:
        for key in MUST_BE_ZERO:
            if session[key] != 0:
                record.faults.append(f"{_name(session)}: {session[key]} {key}")
        if session["allocations"] - session["frees"] != session["leakedBlocks"] and session["sampling"] is None:
            record.faults.append(f"{_name(session)}: allocations - frees is not what is left")
        if session["state"] != "complete":
            record.faults.append(f"{_name(session)}: {session['state']}, {session['end']}")
    kinds = Counter()
    for finding in record.findings:
        kinds[finding["kind"]] += finding["count"]
    for kind, count in sorted(kinds.items()):
        if animal.expect.get(kind, 0) not in (count, None):
            record.faults.append(f"findings: {count} {kind}")
    record.faults += [f"findings: no {kind}" for kind in animal.expect if kind not in kinds]


# heaptap's own place in the vector of thread-local storage that the loader allocates for a thread. Threads that never
# allocate have a vector, too, and are not among a session's threads.
PLACE_IN_VECTOR = 16
MOST_SILENT_THREADS = 64


def _agree(ours: Counts, theirs: Counts, cut_short: int, threads: int) -> bool:
    """Equal, but for heaptap's own bytes in what the loader allocates for threads; and a thread whose process ends by
    another's hand may have allocated and not yet recorded it, or recorded a free and not yet done it. A realloc is
    both, of which the allocator has done one after the other and heaptap has recorded neither."""
    unrecorded = theirs.allocations - ours.allocations
    more = theirs.bytes - ours.bytes
    if theirs.allocations == ours.allocations and more % PLACE_IN_VECTOR == 0 and \
            0 < more <= (threads + MOST_SILENT_THREADS) * PLACE_IN_VECTOR:
        ours.bytes = theirs.bytes
    return (0 <= unrecorded <= cut_short and ours.bytes <= theirs.bytes and
            -unrecorded <= ours.frees - theirs.frees <= cut_short and
            (ours.bytes == theirs.bytes or ours.allocations != theirs.allocations))


def compare_counts(heaptap: str, record: Record, counted: dict[int, Counts]) -> None:
    """Each process has the numbers that the counter behind heaptap has."""
    recorded: dict[int, Counts] = {}
    cut_short: dict[int, int] = {}  # Threads that an end may have interrupted, by process.
    threads: dict[int, int] = {}
    last_ends: dict[int, bool] = {}  # Whether each session of it says that another program has followed.
    for session in record.sessions:
        pid = session["pid"]
        total = recorded.setdefault(pid, Counts())
        total.allocations += session["allocations"]
        total.frees += session["frees"] + session["inheritedFrees"]
        total.bytes += session["allocatedBytes"]
        threads[pid] = threads.get(pid, 0) + session["threads"]
        end = session["end"] or ""
        killed = end.startswith(("killed", "ended, in a way that was not seen"))
        cut_short[pid] = cut_short.get(pid, 0) + max(session["threads"] - (0 if killed else 1), 0)
        last_ends[pid] = last_ends.get(pid, True) and end.startswith("replaced")
    for pid, replaced in last_ends.items():
        cut_short[pid] += replaced  # The last image has no session: it was killed in its first allocation.
    for pid in sorted(recorded.keys() | counted.keys()):
        ours, theirs = recorded.get(pid), counted.get(pid)
        if ours and theirs and ours.bytes < theirs.bytes:
            ours.bytes += sum(_new_of_nothing(heaptap, s["file"]) for s in record.sessions if s["pid"] == pid)
        if ours is None:
            record.faults.append(f"{theirs.program} (pid {pid}): not recorded: {theirs.allocations} allocations, "
                                 f"{theirs.frees} frees counted")
        elif theirs is None:
            if ours.allocations + ours.frees != 0:
                record.faults.append(f"pid {pid}: recorded, and not counted")
        elif not _agree(ours, theirs, cut_short[pid], threads[pid]):
            record.faults.append(f"{theirs.program} (pid {pid}): allocations, frees and bytes are "
                                 f"{ours.allocations}, {ours.frees}, {ours.bytes}; counted were "
                                 f"{theirs.allocations}, {theirs.frees}, {theirs.bytes}")
