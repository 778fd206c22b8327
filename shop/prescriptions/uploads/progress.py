"""How far the opening of a prescription's files is, and how often a page should ask. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shop.prescriptions.states import FileState

USUAL = timedelta(minutes=1)
"""Nearly every file is opened within seconds; later the page says that it takes longer than usual."""
SECONDS_AT_FIRST, SECONDS_LATER = 3, 15


class SentFile(Protocol):
    @property
    def state(self) -> str: ...
    @property
    def uploaded_at(self) -> datetime: ...


class Sent(Protocol):
    @property
    def documents(self) -> Iterable[SentFile]: ...


@dataclass(frozen=True)
class Progress:
    """`done` of `files` are settled; `slow` when one of the others has waited for longer than usual."""

    files: int
    done: int
    slow: bool

    @property
    def running(self) -> bool:
        return self.done < self.files

    @property
    def ask_again_seconds(self) -> int:
        """Seconds until the page should look again."""
        return SECONDS_LATER if self.slow else SECONDS_AT_FIRST


def progress_of(prescription: Sent, at: datetime) -> Progress:
    """Where a prescription's files stand at this moment."""
    files = list(prescription.documents)
    running = [file for file in files if file.state == FileState.PROCESSING]
    slow = any(at - file.uploaded_at > USUAL for file in running)
    return Progress(len(files), len(files) - len(running), slow)
