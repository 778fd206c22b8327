"""The store's own proofs in one process: `python -m bench.chaos.proofs` prints as JSON what each said.

A process a command would load the store five times, and say the same.
"""

import json
import sys

from wsgi import app

PROOFS = (("sweep",), ("audit", "verify"), ("payments", "reconcile"), ("vault", "verify"), ("verify",))


def main() -> None:
    """{"flask audit verify": [exit code, output], …}, on standard output."""
    said = {}
    for words in PROOFS:
        done = app.test_cli_runner().invoke(args=words)
        trouble = (
            f"\n{done.exception!r}" if done.exception and not isinstance(done.exception, SystemExit) else ""
        )
        said[f"flask {' '.join(words)}"] = (done.exit_code, done.output + trouble)
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
