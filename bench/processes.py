"""Processor time of processes, from /proc (proc(5))."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def tree(root: int) -> set[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        if fields := _stat(int(folder.name)):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, new = {root}, [root]
    while new:
        new = [child for pid in new for child in children.get(pid, [])]
        found.update(new)
    return found


def cpu_seconds(pids: set[int]) -> float:
    """User and system time these processes have had so far; those that have ended count as none."""
    return sum(int(fields[11]) + int(fields[12]) for pid in pids if (fields := _stat(pid))) / TICKS


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()  # what comes after the name, which may have blanks in it
