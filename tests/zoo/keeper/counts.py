# SPDX-License-Identifier: Apache-2.0
"""What the counter behind heaptap saw: counter.c has the layout."""

import struct
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Counts:
    allocations: int = 0
    frees: int = 0
    bytes: int = 0
    program: str = ""


def read_counts(folder: Path, without: set[str]) -> dict[int, Counts]:
    """By process, over all its images; `without` those of some programs."""
    totals: dict[int, Counts] = {}
    for file in sorted(folder.iterdir()):
        data = file.read_bytes()
        if len(data) < 256:  # It ended while it was made.
            continue
        pid, allocations, frees, size = struct.unpack_from("<4Q", data)
        program = data[32:256].rstrip(b"\0").decode(errors="replace")
        if program in without:
            continue
        total = totals.setdefault(pid, Counts())
        total.allocations += allocations
        total.frees += frees
        total.bytes += size
        total.program += (" " if total.program else "") + Path(program).name
    return totals
