"""Strengths that surveys price, the command that reads surveys, and what it left in the store."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from shop.catalogue.models import Pack
from shop.database import db
from shop.pricing.acquisition import Kind, Source
from shop.pricing.models import AcquisitionPrice
from tests.factories import in_transaction, make_variant

A, B, C = "00000000101", "00000000102", "00000000103"


def pack(variant_id: int, *ndcs: str, size: int | None = 100) -> None:
    with in_transaction():
        for ndc in ndcs:
            db.session.add(
                Pack(variant_id=variant_id, ndc=ndc, ndc11=ndc, labeler="Example", description="", size=size)
            )


@pytest.fixture
def tablet(context) -> int:
    """A strength with three packs."""
    variant_id = make_variant()
    pack(variant_id, A, B, C)
    return variant_id


@pytest.fixture
def imported(app):
    """`imported(file, …)` runs the command, which must succeed, and gives what it says."""

    def run(*args: object) -> str:
        answer = app.test_cli_runner().invoke(
            args=["catalogue", "import-nadac", *map(str, args)], catch_exceptions=False
        )
        assert answer.exit_code == 0, answer.output
        db.session.expire_all()
        return answer.output

    return run


def stored(variant_id: int) -> list[tuple[str, str, str | None, str]]:
    """(price, first day, last day, the source) of each period, oldest first."""
    rows = db.session.scalars(
        select(AcquisitionPrice)
        .where(AcquisitionPrice.variant_id == variant_id)
        .order_by(AcquisitionPrice.effective_on)
    )
    return [
        (
            str(row.price.normalize()),
            str(row.effective_on),
            row.ends_on and str(row.ends_on),
            row.source,
        )
        for row in rows
    ]


def counts(output: str) -> dict[str, int]:
    return {
        words: int(count.replace(",", "")) for count, words in re.findall(r"^ +([\d,]+)  (.+)$", output, re.M)
    }


def figures(output: str) -> list[list[int]]:
    """The numbers of each sentence about all files: periods (added, changed, removed, as before), strengths
    (first price, higher, lower, only earlier periods), prices by rule (changed, all, rise, fall, new, lost).
    """
    said = [line for line in output.splitlines() if not re.match(r" |.+: [\d,]+ \w+$", line)]
    found = [re.findall(r"\d[\d,]*", line) for line in said]
    return [[int(number.replace(",", "")) for number in numbers] for numbers in found if numbers]


def source(kind: Kind, day: str) -> str:
    return Source(date.fromisoformat(day), kind).text


WEEKLY, HISTORY = source(Kind.WEEKLY, "2015-06-17"), source(Kind.HISTORY, "2020-03-01")
