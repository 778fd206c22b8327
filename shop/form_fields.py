"""Fields that forms of several rooms have."""

import re
from datetime import date

from wtforms import DateField

PHONE = re.compile(r"\+?[0-9() .-]{7,24}")


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
