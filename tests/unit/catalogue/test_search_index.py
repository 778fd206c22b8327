"""The search over real folders: what it finds, what it offers, and several processes at one folder."""

import json
import multiprocessing
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.catalogue.search import reading, store
from shop.catalogue.search.documents import SearchDocument
from shop.catalogue.search.reading import Index
from shop.catalogue.search.store import IndexMissing
from shop.catalogue.search.writing import build

BACLOFEN, LIORESAL, DACLOFEN, DIPHENHYDRAMINE, TRIMOXAZOLE, IRON, SYRUP = range(1, 8)

SHELF = [
    SearchDocument(
        BACLOFEN,
        "baclofen-tablet",
        "Baclofen",
        "tablet",
        ("baclofen",),
        (),
        (("spasticity", "Muscle spasticity"),),
        "Eases stiffness in multiple sclerosis.",
        90,
        ("0603-2406-21",),
        ("WPI 2265",),
    ),
    SearchDocument(LIORESAL, "lioresal", "Lioresal", "tablet", ("baclofen",), ("Lioresal",), (), "", 10),
    SearchDocument(DACLOFEN, "daclofen", "Daclofen", "tablet", ("daclofen",), (), (), "", 99),
    SearchDocument(
        DIPHENHYDRAMINE,
        "diphenhydramine",
        "Diphenhydramine",
        "capsule",
        ("diphenhydramine",),
        ("Benadryl",),
        (("allergy", "Allergy"),),
        "",
        50,
        ("12345-678-90",),
    ),
    SearchDocument(
        TRIMOXAZOLE,
        "co-trimoxazole",
        "Co-trimoxazole",
        "tablet",
        ("sulfamethoxazole", "trimethoprim"),
        (),
        (("infection", "Infection"),),
        "",
        40,
        ("11122233344",),
    ),
    SearchDocument(IRON, "iron", "Iron", "tablet", ("ferrous sulphate",), (), (), "", 30, ("00093-0123-01",)),
    SearchDocument(
        SYRUP,
        "senna-syrup",
        "Séna",
        "syrup",
        ("sennosides",),
        (),
        (("constipation", "Constipation"),),
        "",
        20,
    ),
]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("index")
    build(folder, SHELF, "1")
    return Index(folder)


def found(index: Index, text: str) -> list[int]:
    return [hit.product_id for hit in index.search(text).hits]


@pytest.mark.parametrize(
    ("typed", "products"),
    [
        ("baclofen", [BACLOFEN, LIORESAL]),
        ("BACLOFEN", [BACLOFEN, LIORESAL]),
        ("bacl", [BACLOFEN, LIORESAL]),
        ("lioresal", [LIORESAL]),
        ("benadryl", [DIPHENHYDRAMINE]),
        ("allerg", [DIPHENHYDRAMINE]),
        ("sclerosis", [BACLOFEN]),
        ("baclofen tablets", [BACLOFEN, LIORESAL]),
        ("tablet baclofen spasticity", [BACLOFEN]),
        ("baclofen 10 mg", [BACLOFEN, LIORESAL]),
        ("tablets for spasticity", [BACLOFEN]),
        ("co-trimoxazole", [TRIMOXAZOLE]),
        ("cotrimoxazole", [TRIMOXAZOLE]),
        ("sena", [SYRUP]),
        ("WPI 2265", [BACLOFEN]),
        ("2265", [BACLOFEN]),
    ],
)
def test_words_and_their_beginnings_find_products_most_popular_first(
    shelf: Index, typed: str, products: list[int]
) -> None:
    answer = shelf.search(typed)
    assert [hit.product_id for hit in answer.hits] == products
    assert answer.spelling == "exact"
    assert answer.alternatives == []
    assert all(hit.exact and hit.distance == 0 for hit in answer.hits)


@pytest.mark.parametrize(
    ("typed", "product"),
    [
        ("0603-2406-21", BACLOFEN),
        ("0603240621", BACLOFEN),
        ("00603240621", BACLOFEN),
        ("00603-2406-21", BACLOFEN),
        ("NDC 0603-2406-21", BACLOFEN),
        ("0603-2406", BACLOFEN),
        ("12345-678-90", DIPHENHYDRAMINE),
        ("12345067890", DIPHENHYDRAMINE),
        ("0093-0123-01", IRON),
        ("11122-2333-44", TRIMOXAZOLE),
    ],
)
def test_a_package_code_is_found_in_any_format(shelf: Index, typed: str, product: int) -> None:
    assert found(shelf, typed) == [product]


def test_a_package_code_that_differs_in_one_digit_finds_nothing(shelf: Index) -> None:
    assert shelf.search("0603-2406-22").spelling == "none"


def test_a_misspelt_name_offers_both_look_alikes_with_the_nearer_first(shelf: Index) -> None:
    answer = shelf.search("baclofn")
    assert answer.spelling == "near"
    assert answer.alternatives == ["Baclofen", "Daclofen"]
    assert [(hit.product_id, hit.distance) for hit in answer.hits] == [
        (BACLOFEN, 1),
        (LIORESAL, 1),
        (DACLOFEN, 2),
    ]
    assert not any(hit.exact for hit in answer.hits)


def test_at_one_distance_the_more_popular_comes_first(shelf: Index) -> None:
    assert found(shelf, "aclofen") == [DACLOFEN, BACLOFEN, LIORESAL]
    assert shelf.search("aclofen").alternatives == ["Daclofen", "Baclofen"]


def test_a_right_spelling_hides_its_look_alike(shelf: Index) -> None:
    assert DACLOFEN not in found(shelf, "baclofen")


def test_two_swapped_letters_count_as_one_error(shelf: Index) -> None:
    assert [hit.distance for hit in shelf.search("ibn").hits] == []
    assert [hit.distance for hit in shelf.search("lioresla").hits] == [1]


@pytest.mark.parametrize(
    ("typed", "products"),
    [
        ("difenhydramine", [DIPHENHYDRAMINE]),
        ("diffenhidramine", []),
        ("irin", [IRON]),
        ("arin", []),
        ("ir", [IRON]),
        ("ix", []),
        ("WPI 2266", []),
    ],
)
def test_long_words_forgive_two_errors_short_words_one_and_digits_none(
    shelf: Index, typed: str, products: list[int]
) -> None:
    assert found(shelf, typed) == products


def test_an_alternative_keeps_the_words_that_were_right(shelf: Index) -> None:
    assert shelf.search("baclofn tablet").alternatives == ["Baclofen tablet", "Daclofen tablet"]


def test_every_alternative_finds_something_exactly(shelf: Index) -> None:
    for typed in ("baclofn", "lioresl tablt", "sulfametoxazole", "spasticty"):
        alternatives = shelf.search(typed).alternatives
        assert alternatives
        assert {shelf.search(alternative).spelling for alternative in alternatives} == {"exact"}


def test_names_of_one_popularity_come_in_alphabetical_order(tmp_path: Path) -> None:
    names = ["Zeta", "alpha", "Mu"]
    build(
        tmp_path,
        [SearchDocument(i, n, n, categories=(("greek", "Greek"),)) for i, n in enumerate(names)],
        "1",
    )
    assert found(Index(tmp_path), "greek") == [1, 2, 0]


def test_pages_follow_each_other_without_gap_or_repeat(tmp_path: Path) -> None:
    build(tmp_path, [SearchDocument(i, f"p{i}", "Aspirin", popularity=-i) for i in range(50)], "1")
    index = Index(tmp_path)
    pages = [index.search("aspirin", 20, offset) for offset in (0, 20, 40, 60)]
    assert [hit.product_id for page in pages for hit in page.hits] == list(range(50))
    assert {page.total for page in pages} == {50}


def test_a_look_alike_is_offered_however_many_products_the_nearer_name_has(tmp_path: Path) -> None:
    many = [SearchDocument(i, f"b{i}", "Baclofen", popularity=9) for i in range(1500)]
    build(tmp_path, [*many, SearchDocument(5000, "d", "Daclofen")], "1")
    assert Index(tmp_path).search("baclofn").alternatives == ["Baclofen", "Daclofen"]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        '"(:*^',
        "a" * 5000,
        "\x00\x1b[2J",
        "💊",
        "\ud800",
        "AND OR NOT",
        "name:[a TO *]",
        "-" * 200,
        "1" * 300,
        "é" * 99,
        "ﬁ ﬃ İ ß",
        "baclofen " * 500,
    ],
)
def test_odd_text_is_only_text(shelf: Index, typed: str) -> None:
    answer = shelf.search(typed)
    assert answer.total >= len(answer.hits)
    shelf.suggest(typed)


@settings(max_examples=300, deadline=None)
@given(
    typed=st.text(max_size=300) | st.text(alphabet='baclofen 0123-"(:*^~[]{}\\/+!?\x00', max_size=120),
    limit=st.integers(-5, 10**12),
    offset=st.integers(-5, 10**12),
)
def test_no_text_makes_the_search_fail(shelf: Index, typed: str, limit: int, offset: int) -> None:
    answer = shelf.search(typed, limit, offset)
    assert (answer.spelling == "none") == (answer.total == 0)
    shelf.suggest(typed)


def test_only_the_first_hundred_characters_are_read(shelf: Index) -> None:
    assert found(shelf, " " * 92 + "baclofen") == [BACLOFEN, LIORESAL]
    assert found(shelf, " " * 100 + "baclofen") == []


def test_a_missing_folder_is_named_and_building_mends_it(tmp_path: Path) -> None:
    index = Index(tmp_path / "none")
    assert not index.is_current("1")
    with pytest.raises(IndexMissing):
        index.search("baclofen")
    with pytest.raises(IndexMissing):
        index.suggest("bac")
    assert build(tmp_path / "none", SHELF, "1")
    assert wait_for(lambda: found_or_none(index, "lioresal")) == [LIORESAL]


@pytest.mark.parametrize("damage", ["pointer", "edition", "folder", "segment", "documents"])
def test_a_damaged_index_counts_as_missing_and_the_same_version_is_built_again(
    tmp_path: Path, damage: str
) -> None:
    build(tmp_path, SHELF, "1")
    pointer = tmp_path / store.POINTER
    said = json.loads(pointer.read_text())
    current = tmp_path / said["name"]
    if damage == "pointer":
        pointer.write_text("{")
    elif damage == "edition":
        pointer.write_text(json.dumps(said | {"edition": -1}))
    elif damage == "folder":
        shutil.rmtree(current)
    elif damage == "segment":
        for file in current.glob("*.store"):
            file.write_bytes(b"")
    else:
        pointer.write_text(json.dumps(said | {"documents": 1}))
    with pytest.raises(IndexMissing):
        Index(tmp_path).search("baclofen")
    assert build(tmp_path, SHELF, "1")
    assert found(Index(tmp_path), "lioresal") == [LIORESAL]


def test_damage_inside_a_file_is_named_and_a_forced_build_mends_it(tmp_path: Path) -> None:
    build(tmp_path, SHELF, "1")
    for file in tmp_path.glob("index-*/*.term"):
        whole = file.read_bytes()
        file.write_bytes(bytes(byte ^ 255 for byte in whole[:60]) + whole[60:])
    index = Index(tmp_path)
    with pytest.raises(IndexMissing):
        index.search("baclofen")
    build(tmp_path, SHELF, "1", force=True)
    assert found(index, "lioresal") == [LIORESAL]


def test_a_version_that_is_there_is_not_built_again_unless_forced(tmp_path: Path) -> None:
    assert build(tmp_path, SHELF, "1")
    assert not build(tmp_path, SHELF, "1")
    assert build(tmp_path, SHELF, "1", force=True)
    assert Index(tmp_path).is_current("1")
    assert not Index(tmp_path).is_current("2")


def test_an_open_index_notices_a_newer_version(tmp_path: Path) -> None:
    build(tmp_path, SHELF, "1")
    index = Index(tmp_path)
    assert found(index, "warfarin") == []
    build(tmp_path, [SearchDocument(70, "warfarin", "Warfarin")], "2")
    assert wait_for(lambda: found(index, "warfarin")) == [70]
    assert found(index, "baclofen") == []


def test_a_reader_outlives_the_folder_it_reads(tmp_path: Path) -> None:
    build(tmp_path, SHELF, "1")
    index = Index(tmp_path)
    assert found(index, "lioresal") == [LIORESAL]
    for old in tmp_path.glob("*"):
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    time.sleep(reading.LOOK_EVERY)
    assert found(index, "lioresal") == [LIORESAL]


def test_the_previous_index_is_kept_and_older_ones_are_removed(tmp_path: Path) -> None:
    for version in "1234":
        build(tmp_path, SHELF, version)
    assert len(list(tmp_path.glob("index-*"))) == 2


def test_what_a_killed_builder_left_is_swept_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "index-left").mkdir()
    build(tmp_path, SHELF, "1")
    assert not (tmp_path / "index-left").exists()


def test_a_build_that_fails_leaves_the_old_index_current(tmp_path: Path) -> None:
    def breaking_off():
        yield SHELF[0]
        raise ConnectionError("the database went away")

    build(tmp_path, SHELF, "1")
    with pytest.raises(ConnectionError):
        build(tmp_path, breaking_off(), "2")
    assert Index(tmp_path).is_current("1")
    assert found(Index(tmp_path), "lioresal") == [LIORESAL]


def test_of_several_builders_of_one_version_exactly_one_builds(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        builders = [pool.apply_async(build, (tmp_path, SHELF, "1")) for _ in range(3)]
        assert sorted(builder.get(60) for builder in builders) == [False, False, True]


def test_readers_in_other_processes_always_find_while_builders_compete(tmp_path: Path) -> None:
    build(tmp_path, SHELF, "start")
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        readers = [pool.apply_async(_read_for, (tmp_path, 2.0)) for _ in range(2)]
        builders = [pool.apply_async(_build_versions, (tmp_path, 15)) for _ in range(2)]
        assert sum(builder.get(60) for builder in builders) >= 15
        answers = [reader.get(60) for reader in readers]
    assert Index(tmp_path).is_current("14")
    assert all(asked > 10 and missed == 0 for asked, missed in answers)


def _build_versions(folder: Path, count: int) -> int:
    return sum(build(folder, SHELF, str(version)) for version in range(count))


def _read_for(folder: Path, seconds: float) -> tuple[int, int]:
    asked = missed = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        asked += 1
        missed += [hit.product_id for hit in Index(folder).search("baclofn").hits][:1] != [BACLOFEN]
    return asked, missed


def found_or_none(index: Index, text: str) -> list[int]:
    try:
        return found(index, text)
    except IndexMissing:
        return []


def wait_for(look, seconds: float = 5.0):
    """The first true answer of `look`; a reader looks at the pointer only once a second."""
    until = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < until:
        time.sleep(0.05)
    return seen
