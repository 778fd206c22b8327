"""Migration 0026: international email domains are kept as the mail system writes them."""

from sqlalchemy import text

from shop.database import db
from tests.migrating import downgrade, upgrade


def test_an_international_domain_can_be_reached_afterwards(context, make_user):
    ids = [make_user(email=f"{name}@demo.example") for name in ("a", "b", "c")]
    downgrade(revision="0025")
    before = ("ada@bücher.example", "ada@xn--bcher-kva.example", "eve@bücher.example")
    with db.engine.begin() as connection:
        for user_id, email in zip(ids, before, strict=True):
            connection.execute(
                text('UPDATE "user" SET email = :email WHERE id = :id'), {"email": email, "id": user_id}
            )
    upgrade()
    with db.engine.connect() as connection:
        emails = connection.execute(text('SELECT email FROM "user" ORDER BY id')).scalars().all()
    assert emails == [before[0], before[1], "eve@xn--bcher-kva.example"]
