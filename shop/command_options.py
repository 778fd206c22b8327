"""Types of options that commands of several rooms have."""

from typing import Any

import click

from shop.numbers import digits


class Count(click.IntRange):
    """A whole number in plain digits: Python also reads "1_000", "+5", and digits of other scripts."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, str) and digits(value.strip()) is None:
            self.fail(f"“{value}” is not a whole number in digits.", param, ctx)
        return int(super().convert(value, param, ctx))
