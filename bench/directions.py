"""Read real directions and count: `python -m bench.directions` (--show read|guessed|left; another file).

Read: every word is accounted for, so that a label can be printed. Guessed: dose and frequency are read, and
words are left over for a person. Left: no dose is read.
"""

import argparse
from collections import Counter
from pathlib import Path

from bench.servers import ROOT
from shop.prescriptions.verification.directions import Reading, read
from shop.prescriptions.verification.directions_words import in_words
from shop.prescriptions.verification.error_prone import error_prone

REAL = ROOT.parent / "shared" / "data" / "sigs" / "parserx_input_250.csv"


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m bench.directions", description=__doc__)
    arguments.add_argument("file", type=Path, nargs="?", default=REAL, help="directions, one a line")
    arguments.add_argument("--show", choices=[one.value for one in Reading], help="list those, as printed")
    chosen = arguments.parse_args()
    lines = [line for line in chosen.file.read_text("utf-8").splitlines() if line.strip()]
    counted = Counter(read(line).reading for line in lines)
    used = sum(any(read(line).use(unit) for unit in ("pill", "mL")) for line in lines)
    said = {
        language: sum(in_words(read(line), language) is not None for line in lines)
        for language in ("en", "es")
    }
    prone = Counter(one.code for line in lines for one in error_prone(line))
    for line in lines:
        one = read(line)
        if one.reading == chosen.show:
            print(
                line, in_words(one, "en") or one.rest.words or "-", in_words(one, "es") or "-", sep="\n    "
            )
    print(f"{len(lines)} directions: " + ", ".join(f"{counted[one]} {one}" for one in Reading) + ".")
    print(
        f"Daily use of tablets, capsules or mL: {used}. "
        f"Printed in English {said['en']}, in Spanish {said['es']}."
    )
    print(f"Error-prone: {', '.join(f'{code} {count}' for code, count in prone.most_common()) or 'none'}.")


if __name__ == "__main__":
    main()
