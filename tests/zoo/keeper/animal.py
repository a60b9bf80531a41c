# SPDX-License-Identifier: Apache-2.0
"""An animal: a bash script in `animals` that runs a program of the distribution, and what its head says of it."""

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

KEYS = {"program", "packages", "needs", "normalised", "normalise", "user", "quick", "expect", "uncounted", "leaves", "orphans"}


@dataclass
class Animal:
    name: str
    script: Path
    program: str = ""
    packages: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    normalise: list[tuple[re.Pattern, str]] = field(default_factory=list)
    user: str = ""
    quick: bool = False
    expect: dict[str, int | None] = field(default_factory=dict)
    uncounted: str = ""
    leaves: list[re.Pattern] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)

    def missing(self) -> list[str]:
        """Which of its packages are not installed."""
        states = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *self.packages],
                                capture_output=True, text=True, check=False).stdout.splitlines()
        installed = {line.split()[0] for line in states if line.endswith(" installed")}
        return [package for package in self.packages if package not in installed]

    def missing_programs(self) -> list[str]:
        return [program for program in self.needs if shutil.which(program) is None]

    def version(self) -> str:
        """Of the first package, without epoch and Debian's revision."""
        text = subprocess.run(["dpkg-query", "-W", "-f", "${Version}\n", self.packages[0]],
                              capture_output=True, text=True, check=False).stdout.split("\n")[0]
        return re.split(r"[-+~]", text.split(":")[-1])[0]

    def normalised(self, text: str) -> str:
        for pattern, replacement in self.normalise:
            text = pattern.sub(replacement, text)
        return text


def read_animal(script: Path) -> Animal:
    """Its head is of lines `# key: value`, up to the first that is no comment:

    program    what it is called in the table            packages   Debian's; the first is that of the version
    needs      programs that must be there               user       it runs as this user, not as root
    normalise  /REGEX/TEXT/: put TEXT for what differs from run to run, in both outputs
    quick      yes: a part of the build server's tests   uncounted  why the counter behind heaptap is not compared
    expect     KIND NUMBER REASON…: wrong uses that there are; `some` where the number varies
    leaves     regex of files that it leaves in one run and not in the other
    orphans    names of processes that it does not wait for
    """
    animal = Animal(script.stem, script)
    for line in script.read_text().splitlines()[1:]:
        if not line.startswith("#"):
            break
        match = re.match(r"# (\w+): (.*)", line)
        if match is None or match[1] not in KEYS:
            continue
        key, value = match[1], match[2].strip()
        if key == "normalise":
            _, pattern, replacement, _ = re.split(r"(?<!\\)" + re.escape(value[0]), value)
            animal.normalise.append((re.compile(pattern, re.MULTILINE), replacement))
        elif key == "expect":
            kind, number, _ = value.split(" ", 2)
            animal.expect[kind] = None if number == "some" else int(number)
        elif key == "leaves":
            animal.leaves.append(re.compile(value))
        elif key in ("packages", "needs", "orphans"):
            getattr(animal, key).extend(value.split())
        elif key == "quick":
            animal.quick = value == "yes"
        else:
            setattr(animal, key, value)
    if not animal.program or not animal.packages:
        raise SystemExit(f"{script}: no program, or no packages")
    return animal


def all_animals(folder: Path) -> list[Animal]:
    return [read_animal(script) for script in sorted(folder.glob("*.sh"))]
