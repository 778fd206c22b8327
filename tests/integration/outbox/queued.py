"""What waits in the outbox."""

from sqlalchemy import select

from shop.database import db
from shop.outbox.models import Job


def mails() -> list[str]:
    """The template of each mail that was ever queued, oldest first."""
    jobs = db.session.scalars(select(Job).where(Job.kind == "mail").order_by(Job.id))
    return [job.payload["template"] for job in jobs]
