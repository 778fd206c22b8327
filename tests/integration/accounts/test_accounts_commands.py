"""Staff accounts by command, accounts by service, and the addresses a customer keeps."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from shop.accounts import queries, service
from shop.accounts.errors import EmailTaken, PasswordWeak
from shop.accounts.models import User
from shop.audit.models import AuditRecord
from shop.database import db, transaction

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAT = "pat@demo.example"
GOOD = "three unrelated words"
HOME = {
    "recipient": "Ada Specimen",
    "line1": "1 Example Road",
    "city": "Springfield",
    "region": "NY",
    "postal_code": "00000",
    "country": "US",
}


def run(app, *args: str, typed: str | None = None):
    return app.test_cli_runner().invoke(args=["accounts", *args], input=typed)


def staff_command(*more: str) -> tuple[str, ...]:
    return ("create-staff", PAT, "--role", "pharmacist", "--name", "Pat Sample", *more)


def test_a_staff_account_is_made_with_a_password_typed_unseen(context, browser):
    answer = run(context, *staff_command(), typed=f"{GOOD}\n{GOOD}\n")
    assert answer.exit_code == 0
    assert GOOD not in answer.output
    assert browser.sign_in(PAT, GOOD).location == "/pharmacist/"
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.event == "account:staff:created")).one()
    assert record.detail == {"role": "pharmacist"}


def test_a_generated_password_is_printed_once_and_works(context, browser):
    answer = run(context, *staff_command("--generate"))
    password = answer.output.split()[-1]
    assert len(password) >= 20
    assert browser.sign_in(PAT, password).location == "/pharmacist/"


@pytest.mark.parametrize("weak", ["short", "password123", PAT])
def test_a_weak_password_makes_no_account(context, weak):
    answer = run(context, *staff_command(), typed=f"{weak}\n{weak}\n")
    assert answer.exit_code == 1
    assert queries.person_by_email(PAT) is None


def test_an_email_that_has_an_account_is_refused_and_keeps_its_role(context, make_user):
    make_user("customer", PAT)
    answer = run(context, *staff_command("--generate"))
    assert answer.exit_code == 1
    assert queries.person_by_email(PAT).role_names == {"customer"}


def test_nobody_becomes_staff_under_a_role_that_does_not_exist(context):
    assert run(context, "create-staff", PAT, "--role", "customer", "--name", "P").exit_code == 2


def test_staff_are_listed_and_customers_are_not(context, make_user):
    make_user("admin", "ann@demo.example", name="Ann Sample")
    make_user("customer", "cus@demo.example")
    answer = run(context, "list-staff")
    assert answer.output == "ann@demo.example  admin  Ann Sample\n"


def test_a_closed_account_is_signed_out_everywhere_and_cannot_come_back(context, make_user, browser):
    run(context, *staff_command(), typed=f"{GOOD}\n{GOOD}\n")
    browser.sign_in(PAT, GOOD)
    listed = run(context, "list-staff").output.rstrip()
    assert run(context, "deactivate", PAT).exit_code == 0
    assert not queries.person_by_email(PAT).active
    assert browser.get("/orders").status_code == 303
    assert browser.sign_in(PAT, GOOD).status_code == 200
    assert run(context, "deactivate", PAT).exit_code == 0
    closed = run(context, "list-staff").output.rstrip()
    assert closed.startswith(listed)
    assert closed != listed
    assert run(context, "deactivate", "nobody@demo.example").exit_code == 1


def test_the_service_refuses_a_weak_password_and_a_taken_email(context):
    with transaction():
        first = service.create_account("Ada", "Ada@Demo.Example", GOOD, "customer", AT, is_demo=True)
    assert queries.person(first).email == "ada@demo.example"
    assert queries.person(first).is_demo
    with pytest.raises(EmailTaken), transaction():
        service.create_account("Eve", "ada@demo.example", GOOD, "admin", AT)
    with pytest.raises(PasswordWeak), transaction():
        service.create_account("Bob", "bob@demo.example", "short", "customer", AT)
    assert db.session.query(User).count() == 1


def test_names_come_in_one_query_and_fall_back_to_the_email(context, make_user):
    ann, bob = (
        make_user("admin", "ann@demo.example", name="Ann Sample"),
        make_user("admin", "bob@demo.example", name=""),
    )
    assert queries.names_of([ann, bob, None, ann]) == {ann: "Ann Sample", bob: "bob@demo.example"}
    assert queries.names_of([]) == {}


@pytest.mark.parametrize("group", ["users", "roles"])
def test_no_command_of_a_library_changes_accounts_past_the_services(context, group):
    assert context.cli.get_command(None, group) is None  # type: ignore[arg-type]
