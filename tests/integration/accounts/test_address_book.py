"""The addresses a customer keeps: once each, at most ten, one of them the default."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest

from shop.accounts import address_book, jobs, queries
from shop.accounts.errors import TooManyAddresses
from shop.addresses import PostalAddress
from shop.database import transaction
from shop.errors import NotFound

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOME = {
    "recipient": "Ada Specimen",
    "line1": "1 Example Road",
    "city": "Springfield",
    "region": "NY",
    "postal_code": "10001",
    "country": "US",
}
WORK = PostalAddress("Ada Specimen", "2 Sample Street", "", "Springfield", "NY", "10001", "US")


def lines(user_id: int) -> list[tuple[str, bool]]:
    return [(one.address.line1, one.is_default) for one in queries.addresses_of(user_id)]


@pytest.fixture
def ada(context, make_user) -> int:
    return make_user()


def test_an_address_is_kept_once_and_the_default_comes_first(ada):
    with transaction():
        first = address_book.keep_address(ada, **HOME, at=AT)
        address_book.keep_address(ada, **{**HOME, "line1": "2 Example Road"}, at=AT + timedelta(hours=1))
        address_book.keep_address(ada, **{**HOME, "line1": "3 Example Road"}, at=AT + timedelta(hours=2))
        again = address_book.keep_address(ada, **HOME, at=AT + timedelta(hours=3))
    assert again == first
    assert lines(ada) == [("1 Example Road", True), ("3 Example Road", False), ("2 Example Road", False)]


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": "ADA SPECIMEN"},
        {"recipient": unicodedata.normalize("NFD", "Adá Specimen")},
        {"phone": "+15555550142"},
    ],
)
def test_another_spelling_of_an_address_takes_its_place(ada, changes):
    with transaction():
        address_book.keep_address(ada, **HOME, at=AT)
        address_book.keep_address(ada, **HOME | changes, at=AT)
    [one] = queries.addresses_of(ada)
    assert all(getattr(one.address, name) == said for name, said in changes.items())
    assert one.is_default


def test_only_the_default_and_those_used_last_are_kept_and_never_another_customers(ada, make_user):
    bob = make_user()
    with transaction():
        address_book.keep_address(bob, **HOME, at=AT)
        for number in range(12):
            used = AT + timedelta(days=number)
            address_book.keep_address(ada, **{**HOME, "line1": f"{number} Example Road"}, at=used)
    assert lines(ada) == [
        ("0 Example Road", True),
        *((f"{n} Example Road", False) for n in range(11, 2, -1)),
    ]
    assert len(queries.addresses_of(bob)) == 1
    with pytest.raises(TooManyAddresses), transaction():
        address_book.add(ada, WORK, AT)


def test_a_removed_default_passes_it_on_and_comes_back_as_one_of_many(ada):
    with transaction():
        home = address_book.keep_address(ada, **HOME, at=AT)
        work = address_book.add(ada, WORK, AT)
        address_book.remove(ada, home, AT)
    assert lines(ada) == [("2 Sample Street", True)]
    assert queries.removed_address(ada).id == home
    with transaction():
        address_book.put_back(ada, home)
        address_book.make_default(ada, home)
    assert [one.id for one in queries.addresses_of(ada)] == [home, work]
    assert lines(ada) == [("1 Example Road", True), ("2 Sample Street", False)]


def test_what_was_removed_is_deleted_a_day_later_or_with_the_next(ada):
    with transaction():
        home = address_book.keep_address(ada, **HOME, at=AT)
        work = address_book.add(ada, WORK, AT)
        address_book.remove(ada, home, AT)
        address_book.remove(ada, work, AT)
    with pytest.raises(NotFound), transaction():
        address_book.put_back(ada, home)
    jobs.forget_removed_address({"address_id": work}, AT + timedelta(hours=23))
    assert queries.removed_address(ada).id == work
    jobs.forget_removed_address({"address_id": work}, AT + timedelta(hours=24))
    assert queries.removed_address(ada) is None


def test_one_that_is_corrected_into_another_becomes_it(ada):
    with transaction():
        home = address_book.keep_address(ada, **HOME, at=AT)
        work = address_book.add(ada, WORK, AT)
        address_book.change(ada, work, queries.own_address(ada, home).address)
    assert [(one.id, one.is_default) for one in queries.addresses_of(ada)] == [(work, True)]


def test_another_customers_address_is_not_found(ada, make_user):
    with transaction():
        home = address_book.keep_address(ada, **HOME, at=AT)
    bob = make_user()
    for step, more in (("change", (WORK,)), ("make_default", ()), ("remove", (AT,)), ("put_back", ())):
        with pytest.raises(NotFound), transaction():
            getattr(address_book, step)(bob, home, *more)
