"""Imports a directory and is killed, as by a power cut, when products and strengths are written, packs not.

Called with an instance folder, a database URL, the product file and the package file.
"""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from sqlalchemy import event

from shop import create_app
from shop.clock import now
from shop.database import db
from shop.imports.ndc.service import Import, run
from tests.store_settings import settings_for


def main(folder: str, url: str, products: str, packages: str) -> None:
    app = create_app(settings_for(Path(folder), url))
    with app.app_context():

        @event.listens_for(db.engine, "before_cursor_execute")
        def _(_connection, _cursor, statement, parameters, *_rest):
            numbered = isinstance(parameters, dict) and parameters.get("name") == "pack"
            if numbered or statement.startswith("SELECT max(pack.id)"):  # now packs get their numbers
                os.kill(os.getpid(), signal.SIGKILL)

        run(Import(Path(products), Path(packages)), "US", now(), lambda _step, _rows: None)


if __name__ == "__main__":
    main(*sys.argv[1:])
