"""Fields that forms of several rooms have, and what is done to every text that is typed."""

import unicodedata
from datetime import date

from wtforms import DateField, Field

LONGEST_NOTE = 500
"""Characters of a note, whoever writes it."""


class Day(DateField):  # type: ignore[misc]
    """A date as a browser's date field sends it; nothing typed is None, and judged by who needs it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = date.fromisoformat(text)
        except ValueError as error:
            raise ValueError("Enter the date as year-month-day, such as 1985-11-16.") from error


def stripped(text: str | None) -> str:
    """The text without spaces around it, and with one kind of line end."""
    return (text or "").replace("\r\n", "\n").strip()


def one_line(text: str | None) -> str:
    """The text as one line of composed letters: single spaces, none around it, nothing that nobody sees.

    Pasted text brings marks of direction, soft hyphens and spaces without width. The two joiners stay, since
    some scripts spell with them.
    """
    shown = "".join(
        " " if sign.isspace() else sign
        for sign in text or ""
        if sign.isspace() or sign in "\u200c\u200d" or unicodedata.category(sign) not in ("Cc", "Cf")
    )
    return unicodedata.normalize("NFC", " ".join(shown.split()))


def plain_lines(text: str | None) -> str:
    """The same of each line of a longer text, with the digits of any script as our own."""
    lines = stripped(text).replace("\r", "\n").split("\n")
    return "\n".join(plain_digits(one_line(line)) for line in lines).strip()


def plain_digits(text: str) -> str:
    """Digits of any script as 0 to 9."""
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def plain_code(text: str | None) -> str:
    """A code as it is printed on a label: one line of plain letters and digits, whatever was pasted."""
    wide = unicodedata.normalize("NFKC", one_line(text))
    return plain_digits(one_line(wide.replace("\u200c", "").replace("\u200d", "")))


def typed(field: Field) -> str:
    """What was typed into a field of text, as one line; "" where nothing was."""
    return one_line(field.data)


def complain(field: Field, sentence: str) -> None:
    """Say beside the field what is wrong with it, after what was said already."""
    field.errors = [*field.errors, sentence]
