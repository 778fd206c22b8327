"""A process that sells and takes documents in, until its standard input ends. Says each order once committed.

python seller.py INSTANCE DATABASE_URL VAULT_KEYS USER VARIANT ITEM
"""

import select
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from shop import create_app
from shop.clock import now
from shop.database import db, transaction
from shop.prescriptions.uploads import documents
from shop.vault.current import current_vault
from tests.integration.maintenance.history import sell, send_document
from tests.store_settings import settings_for


def main(instance: str, url: str, keys: str, *ids: str) -> None:
    user_id, variant_id, item_id = (int(one) for one in ids)
    app = create_app(settings_for(Path(instance), url, vault_keys=keys))
    with app.app_context():
        while not select.select([sys.stdin], [], [], 0)[0]:
            sys.stdout.write(sell(user_id, variant_id, item_id, now(), units=1) + "\n")
            sys.stdout.flush()
            send_document(user_id, now())
            passing = send_document(user_id, now())  # sent, and taken back at once
            with transaction():
                row = db.session.query(documents.PrescriptionDocument).filter_by(reference=passing).one()
                file_ids = [page.file_id for page in row.pages]
                documents.remove_draft(user_id, passing, now())
            for file_id in file_ids:
                current_vault().delete(file_id)
            db.session.remove()


if __name__ == "__main__":
    main(*sys.argv[1:])
