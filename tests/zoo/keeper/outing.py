# SPDX-License-Identifier: Apache-2.0
"""One run of an animal in folders of its own, plain or recorded, and what it left behind."""

import ctypes
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from .animal import Animal

PATIENCE_SECONDS = 2  # For what ends by itself after the command, such as a daemon's last child.
PR_SET_CHILD_SUBREAPER = 36


@dataclass
class Outing:
    status: int = 0
    out: str = ""
    err: str = ""
    seconds: float = 0
    timed_out: bool = False
    processes: list[str] = field(default_factory=list)  # Still running afterwards.
    zombies: list[str] = field(default_factory=list)    # Orphans that no process has waited for.
    files: set[str] = field(default_factory=set)


def become_reaper() -> None:
    """Orphans become children of this process, as in a container whose first process does not wait for them."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _marked(mark: str) -> list[tuple[int, str]]:
    """Running processes that have inherited a mark in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if mark.encode() in (entry / "environ").read_bytes():
                found.append((int(entry.name), (entry / "comm").read_text().strip()))
        except OSError:
            pass
    return found


def _reaped() -> list[str]:
    """The names of all children that have ended, which are reaped."""
    names = []
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return names
        if ended is None:
            return names
        names.append(Path(f"/proc/{ended.si_pid}/comm").read_text().strip())
        os.waitpid(ended.si_pid, 0)


def _listed(folder: Path) -> set[str]:
    """Its files, with what differs from run to run taken out of their names."""
    return {re.sub(r"[0-9]+", "N", re.sub(r"\b[0-9a-f]{8,}\b", "N", str(path.relative_to(folder))))
            for path in folder.rglob("*")}


def go_out(animal: Animal, before: list[str], base: Path, variables: dict[str, str], timeout: int) -> Outing:
    """Runs `before`, then bash on the animal's script, in a new folder below `base`; waits for what it leaves."""
    shutil.rmtree(base, ignore_errors=True)
    mark = uuid.uuid4().hex
    folders = {"HOME": base / "home", "TMPDIR": base / "tmp", "XDG_RUNTIME_DIR": base / "run", "ZOO_CWD": base / "cwd"}
    for folder in folders.values():
        folder.mkdir(parents=True, mode=0o700)
    owner = pwd.getpwnam(animal.user) if animal.user else None
    for folder in [base, *folders.values()]:
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
    kept = {name: os.environ[name] for name in ("PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE") if name in os.environ}
    environment = kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC", "ZOO_MARK": mark, "SHELL": "/bin/bash", "USER": "root"}
    environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    environment |= {name: str(folder) for name, folder in folders.items()} | variables
    result = Outing()
    with open(base / "out", "wb") as out, open(base / "err", "wb") as err:
        start = time.monotonic()
        process = subprocess.Popen([*before, "/bin/bash", str(animal.script)], cwd=folders["ZOO_CWD"], env=environment,
                                   stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
                                   **({"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}))
        try:
            result.status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            result.timed_out = True
            for pid, _ in _marked(mark):
                os.kill(pid, signal.SIGKILL)
            result.status = process.wait()
        result.seconds = time.monotonic() - start
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (left := _marked(mark)) and time.monotonic() < deadline:
        time.sleep(0.02)
    result.processes = sorted(name for _, name in left)
    result.zombies = sorted(_reaped())
    for pid, _ in left:
        os.kill(pid, signal.SIGKILL)
    for name, folder in folders.items():
        result.files |= {f"{name}/{file}" for file in _listed(folder)}
    result.out = animal.normalised((base / "out").read_text(errors="backslashreplace").replace(str(base), "BASE"))
    result.err = animal.normalised((base / "err").read_text(errors="backslashreplace").replace(str(base), "BASE"))
    return result
