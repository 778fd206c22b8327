"""Processes that do not outlive the one that started them."""

import ctypes
import signal

PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """Let this process get the signal `by` when its parent is gone, even when that is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, by)
