"""`flask catalogue list, unlist, status, exclusions`: what they say, refuse and leave undone."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.catalogue.models import Product, Variant
from shop.database import db, transaction
from shop.imports import status
from shop.listing import mail_exclusions
from shop.listing.mail_exclusions import MailExclusion
from shop.pricing.models import AcquisitionPrice
from shop.safety.mailable import ListEntry, starting_list
from tests.integration.listing.products import listed_names, make_product

AT = datetime(2026, 11, 22, 6, tzinfo=UTC)


@pytest.fixture
def run(context):
    """`run("list", "--rule", "priced")` gives exit code and what was said, spaces made single."""

    def call(*words: str) -> tuple[int, str]:
        db.session.rollback()
        result = context.test_cli_runner().invoke(args=["catalogue", *words])
        db.session.rollback()
        return result.exit_code, " ".join(result.output.split())

    return call


def figures(said: str) -> list[str]:
    """The numbers a report gives, in their order."""
    return re.findall(r"(?<![\w-])\d[\d,]*(?![\w-])", said)


def test_the_usual_rule_lists_what_meets_it_and_reports_a_sum(run):
    make_product("Good", listed=False)
    make_product("Insulin lispro", listed=False)
    make_product("Dear", listed=False, price=None)
    code, said = run("list", "--rule", "priced", "--rule", "oral-solid", "--rule", "mailable")
    assert code == 0
    loaded, put, already, *refused, considered = map(int, figures(said))
    assert (loaded, put, already) == (len(starting_list()), 1, 0)
    assert (refused, considered) == ([1, 1], 3)
    assert listed_names() == ["Good"]


def test_a_second_run_changes_nothing_and_says_so(run):
    make_product("Good", listed=False)
    run("list", "--rule", "priced")
    code, said = run("list", "--rule", "priced")
    assert (code, figures(said)) == (0, ["0", "1", "1"]), "put, already, considered"
    listings = select(AuditRecord.id).where(AuditRecord.event == "catalogue:products:listed")
    assert len(db.session.scalars(listings).all()) == 1


def test_a_rehearsal_says_what_would_happen_and_leaves_nothing(run):
    make_product("Good", listed=False)
    code, said = run("list", "--rule", "priced", "--dry-run")
    assert code == 0
    assert figures(said)[-3:] == ["1", "0", "1"], "would be put, already, considered"
    assert listed_names() == []
    assert db.session.scalar(select(MailExclusion.id)) is None
    assert db.session.scalar(select(AuditRecord.id)) is None


def test_without_any_price_the_command_names_what_to_run_first(run):
    make_product("Dear", listed=False, price=None)
    code, said = run("list", "--rule", "priced")
    assert code == 1
    assert "import-nadac" in said
    assert "reprice" in said
    assert db.session.scalar(select(MailExclusion.id)) is None, "a refused command leaves nothing half done"


def test_products_are_listed_and_unlisted_by_name(run):
    make_product("Good", listed=False)
    make_product("Opium", listed=False, controlled=True)
    code, said = run("list", "good-tablets", "opium-tablets")
    assert (code, listed_names()) == (0, ["Good"])
    assert figures(said) == ["1", "0", "1", "2"], "put, already, refused, considered"
    assert figures(run("unlist", "good-tablets")[1]) == ["1", "0", "1"]
    assert listed_names() == []


def test_an_unknown_name_refuses_the_whole_command(run):
    make_product("Good", listed=False)
    code, said = run("list", "good-tablets", "no-such-thing")
    assert code == 1
    assert "no-such-thing" in said
    assert listed_names() == []


def test_what_came_from_the_directory_can_be_taken_off_sale_at_once(run):
    make_product("Hand")
    make_product("Directory", columns={"origin": "ndc"})
    assert run("unlist", "--origin", "ndc")[0] == 0
    assert listed_names() == ["Hand"]


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("list", "good-tablets", "--rule", "priced"),
        ("list", "good-tablets", "--limit", "3"),
        ("list", "--rule", "everything", "--rule", "priced"),
        ("list", "--rule", "approved"),
        ("list", "--rule", "priced", "--limit", "0"),
        ("list", "--origin", "ndc"),
        ("unlist",),
        ("unlist", "good-tablets", "--origin", "ndc"),
        ("unlist", "good-tablets", "--limit", "1"),
    ],
)
def test_what_the_command_cannot_mean_is_refused_before_anything_is_read(run, words):
    make_product("Good", listed=False)
    assert run(*words)[0] == 2
    assert listed_names() == []


def test_the_standing_counts_by_origin_and_names_what_is_missing(run):
    assert "import-ndc" in run("status")[1]
    make_product("Good")
    make_product("Waiting", listed=False, columns={"origin": "ndc"})
    make_product(
        "Gone", listed=False, price=None, columns={"origin": "ndc", "withdrawn_on": date(2026, 1, 1)}
    )
    make_product("Opium", listed=False, controlled=True, columns={"origin": "ndc"})
    _, said = run("status")
    pairs = re.findall(r" (\d+) (\d+)(?= )", said)
    by_hand_and_directory = dict(zip((name for name, _ in status.WORDS), pairs, strict=True))
    assert by_hand_and_directory == {
        "products": ("1", "3"),
        "listed": ("1", "0"),
        "listable": ("0", "1"),
        "priced": ("1", "2"),
        "not_stated": ("0", "0"),
        "to_check": ("0", "0"),
        "not_by_mail": ("0", "0"),
        "controlled": ("0", "1"),
        "withdrawn": ("0", "1"),
    }
    assert "import-nadac" in said
    with transaction() as session:
        variant = session.scalar(select(Variant.id).limit(1))
        session.add(
            AcquisitionPrice(
                variant_id=variant,
                price="0.03",
                effective_on=date(2022, 9, 1),
                ends_on=date(2022, 9, 30),
                source="a survey",
            )
        )
    said = run("status")[1]
    assert "import-nadac" not in said
    assert re.findall(r"2022-\d\d-\d\d", said) == ["2022-09-01", "2022-09-30"]
    run("unlist", "good-tablets")
    assert "catalogue:products:unlisted" in run("status")[1]


def test_the_list_is_loaded_once_and_printed(run):
    assert "exclusions load" in run("exclusions", "list")[1]
    for added in (len(starting_list()), 0):
        code, said = run("exclusions", "load")
        assert code == 0
        assert said.startswith(f"{added} ") is (added > 0)
        assert len(db.session.scalars(select(MailExclusion.id)).all()) == len(starting_list())
    assert "isotretinoin" in run("exclusions", "list")[1]


# --- The list and the products it means ---


def exclude(ingredient: str = "", form: str = "", reason: str = "cold") -> int:
    with transaction():
        return mail_exclusions.add(ListEntry(ingredient, form, reason, "a source"), None, AT)


def reason_of(product_id: int) -> str | None:
    db.session.rollback()
    return db.session.get(Product, product_id).not_by_mail


def test_an_entry_means_a_substance_in_every_form_or_in_one(context):
    tablets = make_product("Semaglutide")
    pen = make_product("Semaglutide", form="injection")
    assert exclude("semaglutide", "injection") == 1
    assert (reason_of(tablets), reason_of(pen)) == (None, "cold")
    assert exclude("semaglutide", reason="another") == 1
    assert (reason_of(tablets), reason_of(pen)) == ("another", "cold")


def test_an_entry_means_every_substance_in_a_form(context):
    inhaler = make_product("Salbutamol", form="metered aerosol")
    assert exclude(form="aerosol", reason="pressure") == 1
    assert reason_of(inhaler) == "pressure"


def test_a_combination_is_meant_by_any_of_its_substances(context):
    mixture = make_product("Insulin glargine", form="injection")
    assert exclude("insulin") == 1
    assert reason_of(mixture)


def test_only_the_products_asked_for_are_marked(context):
    first, second = make_product("Insulin lispro"), make_product("Insulin glargine")
    with transaction() as session:
        session.add(MailExclusion(ingredient="insulin", form="", reason="cold", source="a source"))
    with transaction():
        assert mail_exclusions.apply_mail_exclusions([second], AT) == 1
    assert (reason_of(first), reason_of(second)) == (None, "cold")
    with transaction():
        assert mail_exclusions.apply_mail_exclusions(None, AT) == 1
        assert mail_exclusions.apply_mail_exclusions(None, AT) == 0
    assert reason_of(first) == "cold"
    assert db.session.get(Product, first).changed_at == AT


def test_what_the_list_does_not_mean_any_more_is_free_again(context):
    product = make_product("Insulin lispro")
    exclude("insulin")
    with transaction() as session:
        session.get(Product, product).ingredients[0].name = "Something else"
        session.flush()
        assert mail_exclusions.apply_mail_exclusions(None, AT) == 1
    assert reason_of(product) is None
