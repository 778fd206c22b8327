"""How long searches and suggestions take in the server, by kind of query, and what the index costs.

    python -m bench.search            an index of 96,000 invented products, built for this
    python -m bench.search FOLDER     the index of a store (instance/search)

`measure(folder)` is for other benches: the queries are drawn from the index's own words with a fixed seed,
so that they fit whatever catalogue it holds and are the same at every run.
"""

import random
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from shop.search.current_index import Index
from shop.search.documents import SearchDocument, in_order
from shop.search.store import open_searcher, read_pointer
from shop.search.writing import Source, build, follow

PRODUCTS = 96_000
QUERIES = 60
LIMIT_MS = 15.0
LETTERS = string.ascii_lowercase


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one kind of query; each query is asked three times."""

    kind: str
    count: int
    p50: float
    p99: float
    worst: float


def measure(
    folder: Path, queries: int = QUERIES, clock: Callable[[], float] = time.perf_counter
) -> list[Timing]:
    """Time every kind of query as a search and as a suggestion; the last row of each is all of them.

    `time.thread_time` as `clock` leaves out what other processes of a busy machine took.
    """
    index = Index(folder)
    made = queries_by_kind(folder, queries)
    found = []
    for name, ask in (("search", lambda text: index.search(text, 24)), ("suggest", index.suggest)):
        by_kind = {kind: _times(ask, texts, clock) for kind, texts in made.items()}
        found += [_timing(f"{name}: {kind}", times) for kind, times in by_kind.items()]
        found.append(_timing(f"{name}: all", [one for times in by_kind.values() for one in times]))
    return found


def queries_by_kind(folder: Path, count: int) -> Mapping[str, list[str]]:
    """Queries by kind, from the words of the index in `folder`."""
    chance = random.Random(2265)
    searcher = open_searcher(folder, read_pointer(folder))
    words = [word for word, _ in searcher.terms_with_prefix("spelling", "") if word.isalpha()]
    long = [word for word in words if len(word) >= 6] or words
    common = [word for word, _ in searcher.terms_with_prefix("words", "", limit=20)]
    codes = [code for code, _ in searcher.terms_with_prefix("package", "", limit=5000)] or ["00000000000"]
    imprints = [one.replace("_", " ") for one, _ in searcher.terms_with_prefix("imprint", "", limit=500)]

    def some(make: Callable[[], str]) -> list[str]:
        return [make() for _ in range(count)]

    def pick() -> str:
        return chance.choice(long)

    return {
        "a word": some(pick),
        "beginning of a word": some(lambda: pick()[: chance.randint(3, 5)]),
        "one letter": list(LETTERS),
        "two letters": some(lambda: pick()[:2]),
        "common words": [*common, *(f"{a} {b}" for a, b in pairwise(common))],
        "one error": some(lambda: _misspelled(pick(), 1, chance)),
        "two errors": some(lambda: _misspelled(pick(), 2, chance)),
        "three words, misspelled": some(lambda: " ".join(_misspelled(pick(), 1, chance) for _ in range(3))),
        "common words, misspelled": some(
            lambda: " ".join(_misspelled(chance.choice(common), 1, chance) for _ in range(3))
        ),
        "eight words": some(lambda: " ".join(pick() for _ in range(8))),
        "eight words, misspelled": some(lambda: " ".join(_misspelled(pick(), 1, chance) for _ in range(8))),
        "eight common words": some(lambda: " ".join(chance.choice(common) for _ in range(8))),
        "eight letters": [*some(lambda: " ".join(chance.choices(LETTERS, k=8))), "a b c d e f g h"],
        "package code": some(lambda: chance.choice(codes)),
        "part of a package code": some(lambda: chance.choice(codes)[: chance.randint(6, 9)]),
        "imprint": some(lambda: chance.choice(imprints or ["WPI 2265"])),
        "junk": some(lambda: "".join(chance.choices(LETTERS + string.digits + ' -:*"(~', k=100))),
    }


def invented(count: int = PRODUCTS) -> Iterator[SearchDocument]:
    """Products with names of syllables: a few thousand ingredients in many forms, brands and packs."""
    chance = random.Random(96)
    syllables = [a + b + c for a in "bcdfglmnprstvz" for b in "aeiou" for c in ("", "n", "r", "l")]
    names = sorted({"".join(chance.choices(syllables, k=chance.randint(3, 4))) for _ in range(4000)})
    forms = ("tablet", "tablet, film coated", "capsule", "solution", "injection", "cream", "suspension")
    groups = [(f"group-{at}", " ".join(chance.choices(names, k=2))) for at in range(400)]
    for number in range(1, count + 1):
        name, form = chance.choice(names), chance.choices(forms, (9, 4, 5, 3, 3, 2, 1))[0]
        code = f"{number // 1000:05d}-{number % 1000:03d}-{number % 90 + 10}"
        brand = "".join(chance.choices(syllables, k=3)).title()
        yield SearchDocument(
            number,
            f"p{number}",
            name.title(),
            form,
            (name,),
            (brand,),
            (chance.choice(groups),),
            "",
            int(chance.paretovariate(1.2)),
            (code,),
            (f"{name[:3]} {number % 9999}",),
            f"{form}s",
            number,
        )


def costs(folder: Path, count: int = PRODUCTS) -> None:
    """Build an index of invented products, change one, and say what that took."""
    documents = {one.product_id: one for one in sorted(invented(count), key=in_order)}
    before = _peak_mb()
    began = time.perf_counter()
    build(folder, documents.values(), "1", force=True)
    print(
        f"built {count:,} in {time.perf_counter() - began:.1f} s, {_peak_mb() - before} MB more at the peak"
    )
    for at in (7, 8, 9):
        documents[at] = replace(documents[at], name="Renamed", stamp=-at)
        stamps = {number: one.stamp for number, one in documents.items()}
        source = Source(str(-at), stamps, lambda wanted: [documents[number] for number in wanted])
        began = time.perf_counter()
        follow(folder, lambda source=source: source)
        print(f"changed one in {time.perf_counter() - began:.2f} s")


def reader_mb(folder: Path) -> tuple[int, int]:
    """MB of memory before and after a fresh process opens the index and answers every kind of query."""
    code = "import sys, pathlib, bench.search as b; b._read_all(pathlib.Path(sys.argv[1]))"
    said = subprocess.run(
        [sys.executable, "-c", code, str(folder)], check=True, capture_output=True, text=True
    ).stdout.split()
    return int(said[0]), int(said[1])


def _read_all(folder: Path) -> None:
    made = queries_by_kind(folder, 5)
    index = Index(folder)
    before = _resident_mb()
    for texts in made.values():
        for text in texts:
            index.search(text, 24)
            index.suggest(text)
    print(before, _resident_mb())


def _times(ask: Callable[[str], object], texts: list[str], clock: Callable[[], float]) -> list[float]:
    ask(texts[0])
    times = []
    for text in texts * 3:
        began = clock()
        ask(text)
        times.append((clock() - began) * 1000)
    return times


def _timing(kind: str, times: list[float]) -> Timing:
    ordered = sorted(times)
    return Timing(
        kind, len(ordered), ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1]
    )


def _misspelled(word: str, errors: int, chance: random.Random) -> str:
    letters = list(word)
    for _ in range(errors):
        at = chance.randrange(len(letters))
        letters[at : at + 1] = chance.choice(([], [chance.choice(LETTERS)], [letters[at], letters[at]]))
    return "".join(letters) or word


def _peak_mb() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _resident_mb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="formulary-search-") as made:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(made)
        if len(sys.argv) < 2:
            costs(folder)
        for one in measure(folder):
            mark = "" if one.p99 <= LIMIT_MS else f"  over {LIMIT_MS:.0f} ms"
            figures = f"p50 {one.p50:6.2f}  p99 {one.p99:6.2f}  worst {one.worst:6.2f}"
            print(f"{one.kind:36} {one.count:6} {figures}{mark}")
        print("MB of a reader before and after:", *reader_mb(folder))


if __name__ == "__main__":
    main()
