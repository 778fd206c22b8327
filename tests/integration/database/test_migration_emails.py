"""Migration 0026: international email domains are kept as the mail system writes them. 0027: the address used
last of each account is its default."""

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
        for number, (user_id, day) in enumerate([(ids[0], 2), (ids[0], 3), (ids[0], 1), (ids[1], 1)]):
            connection.execute(
                text(
                    "INSERT INTO address (user_id, recipient, line1, line2, city, region, postal_code,"
                    " country, phone, last_used_at) VALUES (:user_id, 'Ada', :line1, '',"
                    " 'Springfield', 'NY', '10001', 'US', '', :used)"
                ),
                {"user_id": user_id, "line1": str(number), "used": f"2026-11-0{day} 12:00:00"},
            )
    upgrade()
    with db.engine.connect() as connection:
        defaults = text("SELECT line1 FROM address WHERE is_default ORDER BY line1")
        assert connection.execute(defaults).scalars().all() == ["1", "3"]
        emails = connection.execute(text('SELECT email FROM "user" ORDER BY id')).scalars().all()
    assert emails == [before[0], before[1], "eve@xn--bcher-kva.example"]
