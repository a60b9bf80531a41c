# SPDX-License-Identifier: Apache-2.0
"""The table of docs/testing.md: one row an animal."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

BEGIN, END = "<!-- zoo: begin -->", "<!-- zoo: end -->"
HEAD = ("| | program | version | sessions | events | dropped | unmatched | wrong uses | behind it | time |\n"
        "|---|---|---|---:|---:|---:|---:|---:|---|---:|\n")


@dataclass
class Row:
    name: str
    program: str
    version: str
    sessions: int
    events: int
    dropped: int
    unmatched: int
    findings: str
    counted: str
    plain_seconds: float
    recorded_seconds: float
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        slowdown = self.recorded_seconds / max(self.plain_seconds, 0.001)
        cells = [self.name, self.program, self.version, f"{self.sessions:,}", f"{self.events:,}", f"{self.dropped:,}",
                 f"{self.unmatched:,}", self.findings, self.counted, f"{self.plain_seconds:.2f} s × {slowdown:.1f}"]
        return "| " + " | ".join(cells) + " |\n"


def markdown(rows: list[Row]) -> str:
    total = (f"\n{len(rows)} programs, {sum(r.sessions for r in rows):,} sessions, "
             f"{sum(r.events for r in rows):,} events.\n")
    return HEAD + "".join(row.line() for row in rows) + total


def write_table(page: Path, kept: Path, rows: list[Row], names: list[str]) -> None:
    """Replaces the part of a page between the marks. Rows of former runs are taken from `kept`, so that one
    animal's row can be renewed."""
    old = {row["name"]: Row(**row) for row in json.loads(kept.read_text())} if kept.exists() else {}
    old |= {row.name: row for row in rows}
    all_rows = [old[name] for name in names if name in old]
    kept.write_text(json.dumps([asdict(row) for row in all_rows], indent=1))
    text = page.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    if not after:
        raise SystemExit(f"{page}: no marks {BEGIN} and {END}")
    page.write_text(before + BEGIN + "\n" + markdown(all_rows) + END + after)
