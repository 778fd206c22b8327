"""The floors: what Flask costs with nothing behind it, and with one ORM query and a template.

`/<length>` is a bare view that returns a string of a given length. `/orm/<page>` fetches 24 rows by one ORM
query and renders them with Jinja, from a table of as many rows as BENCH_ROWS says.
"""

import os
from decimal import Decimal

from flask import Flask, render_template
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Index, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ROWS = int(os.environ.get("BENCH_ROWS", "96000"))
PER_PAGE = 24
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Medicines</title></head><body>
<h1>Medicines</h1><ul>
{% for row in rows %}<li><h3><a href="/medicines/{{ row.slug }}">{{ row.name }} {{ row.form }}</a></h3>
<p>{{ row.strengths }} · packs of {{ row.packs }}</p>
{% if row.prescription_required %}<span>Prescription</span>{% else %}<span>No prescription</span>{% endif %}
<p><b>${{ row.price }}</b> <small>{{ row.quantity }} for ${{ row.total }}</small></p></li>
{% endfor %}</ul></body></html>"""


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Row(Base):
    __tablename__ = "row"
    __table_args__ = (Index("by_name", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    form: Mapped[str]
    strengths: Mapped[str]
    packs: Mapped[str]
    prescription_required: Mapped[bool]
    price: Mapped[str]
    quantity: Mapped[int]
    total: Mapped[str]


app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("BENCH_FLOOR_URL", "sqlite:///:memory:")
db.init_app(app)
TEMPLATE = app.jinja_env.from_string(PAGE)  # compiled once, as a file would be


@app.route("/<int:length>")
def page(length: int) -> str:
    return "x" * length


@app.route("/orm/<int:number>")
def orm(number: int) -> str:
    question = select(Row).order_by(Row.name).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    return render_template(TEMPLATE, rows=db.session.scalars(question).all())


def fill() -> None:
    """As many rows as the store has medicines."""
    with app.app_context():
        db.create_all()
        rows = (
            {
                "id": number,
                "slug": f"medicine-{number}",
                "name": f"Medicine {number:06}",
                "form": "tablets",
                "strengths": "10, 20, 25 mg",
                "packs": "30, 60, 90",
                "prescription_required": number % 2 == 0,
                "price": str(Decimal(number % 500) / 100),
                "quantity": 90,
                "total": str(Decimal(number % 500)),
            }
            for number in range(1, ROWS + 1)
        )
        db.session.execute(Row.__table__.insert(), list(rows))
        db.session.commit()


if __name__ == "__main__":
    fill()
