"""How the bench of search judges what a page or a list of suggestions shows."""

import pytest

from bench.finding.judging import Query, Shown, found_at, in_suggestions, on_page, place, queries

PAGE = """<a href="/medicines/elsewhere">x</a><main><section data-instead="lists">
<a href="/medicines?category=high-cholesterol">High cholesterol</a></section>
<a href="/medicines/atorvastatin-tablets">A</a> <a href="/medicines/atorvastatin-tablets#sources">S</a>
<div class="again"><a href="/medicines?category=pain">Pain</a></div></main>"""


def test_a_page_shows_what_stands_in_its_main_part_each_once() -> None:
    assert on_page(PAGE) == [
        Shown(says="lists"),
        Shown(list="High cholesterol"),
        Shown(slug="atorvastatin-tablets"),
        Shown(ways=True),
    ]


def test_suggestions_show_medicines_lists_and_what_is_said() -> None:
    groups = [
        {"says": "absent", "items": [{"name": "x", "url": "/search?q=x"}]},
        {
            "items": [
                {"name": "Pain", "url": "/medicines?category=pain"},
                {"name": "", "url": "/medicines/a-b"},
            ]
        },
    ]
    assert in_suggestions(groups) == [Shown(says="absent"), Shown(list="Pain"), Shown(slug="a-b")]


@pytest.mark.parametrize(
    ("expected", "at"),
    [
        ("^atorva", 2),
        ("CAT:chol", 1),
        ("SAYS:lists", 1),
        ("SAYS:absent", None),
        ("^statin", None),
        ("LEADS:", 1),
    ],
)
def test_the_place_of_what_was_meant_counts_without_sentences(expected: str, at: int | None) -> None:
    assert place(on_page(PAGE), expected) == at


def test_a_small_shelf_may_say_why_or_show_the_generic() -> None:
    shown = [Shown(says="brand"), Shown(slug="acetaminophen-tablets")]
    asked = Query("brand", "Tylenol", "^tylenol")
    assert found_at(shown, asked, small=False) is None
    assert found_at(shown, asked, small=True) == 1
    assert queries("kind\tquery\texpected\nbrand\tTylenol\t^tylenol\n") == [asked]
