"""How a backup or a restore says no. Exit code 1: damaged or missing. 2: refused, nothing was done."""


class BackupRefused(Exception):
    """It was not begun, or was taken back whole; the sentence says why and what to do."""

    exit_code = 2


class BackupDamaged(BackupRefused):
    """The backup is not what its manifest says: a file is missing, or is another."""

    exit_code = 1
