"""A script of the tests as a process of its own, forked from one that has loaded the store already.

Loading it is most of what such a process costs. They share no connection and no thread.
"""

import os
import runpy
import signal
import sys
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(["shop.assembly"])


class Forked:
    """The part of `subprocess.Popen` that the tests use; standard input and output are pipes of text."""

    def __init__(self, script: Path, *arguments: str) -> None:
        theirs_in, mine_in = CONTEXT.Pipe(duplex=False)
        mine_out, theirs_out = CONTEXT.Pipe(duplex=False)
        self._process = CONTEXT.Process(target=_become, args=(str(script), arguments, theirs_in, theirs_out))
        self._process.start()
        theirs_in.close()
        theirs_out.close()
        self.stdin = os.fdopen(os.dup(mine_in.fileno()), "w")
        self.stdout = os.fdopen(os.dup(mine_out.fileno()))
        mine_in.close()
        mine_out.close()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        return self._process.exitcode

    def communicate(self, said: str = "", timeout: float | None = None) -> tuple[str, None]:
        """Say the last, hear all, and wait for the end."""
        with self.stdin as line:
            try:
                line.write(said)
                line.flush()
            except BrokenPipeError:  # it has ended
                pass
        heard = self.stdout.read()
        self.stdout.close()
        self.wait(timeout)
        return heard, None

    def send_signal(self, number: int) -> None:
        if self._process.is_alive():
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _become(script: str, arguments: tuple[str, ...], line_in: Connection, line_out: Connection) -> None:
    os.dup2(line_in.fileno(), 0)
    os.dup2(line_out.fileno(), 1)
    line_in.close()
    line_out.close()
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
    sys.argv = [script, *arguments]
    runpy.run_path(script, run_name="__main__")
    sys.stdout.flush()
