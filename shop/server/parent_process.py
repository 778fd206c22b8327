"""Whether GNU make, which started this process, was told to stop.

Ctrl-C reaches both. A SIGINT that make alone gets isn't passed on: make drops its handler and waits for its
commands to end, forever where they serve. That the handler is gone shows in /proc.
"""

import os
import re
import signal
from pathlib import Path


class ParentProcess:
    """The process that started this one. `gave_up` is never true for anything but make."""

    def __init__(self, pid: int | None = None) -> None:
        self._status = Path(f"/proc/{pid or os.getppid()}/status")
        self._is_make = self._caught_by("make")

    @property
    def gave_up(self) -> bool:
        """Whether make caught SIGINT when it started this process, and catches it no longer."""
        return self._is_make and not self._caught_by("make")

    def _caught_by(self, name: str) -> bool:
        try:
            text = self._status.read_text()
        except OSError:  # no /proc, or no such process any more
            return False
        return is_caught(text, name, signal.SIGINT)


def is_caught(status: str, name: str, signum: int) -> bool:
    """Whether the process of this /proc/PID/status has that name and a handler for that signal."""
    named = re.search(r"^Name:\t(.+)$", status, re.M)
    caught = re.search(r"^SigCgt:\t([0-9a-f]+)$", status, re.M)
    if named is None or caught is None or named[1] != name:
        return False
    return bool(int(caught[1], 16) >> (signum - 1) & 1)
