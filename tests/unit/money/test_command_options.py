"""Numbers of commands are plain digits, whatever Python would read."""

import click
import pytest

from shop.command_options import Count


@pytest.mark.parametrize("text", ["1_000", "+5", "-5", "٣", "1.0", "1e3", ""])
def test_a_count_is_plain_digits(text):
    with pytest.raises(click.BadParameter):
        Count(min=1).convert(text, None, None)


def test_a_count_keeps_its_range():
    assert Count(min=1, max=9).convert("9", None, None) == 9
    with pytest.raises(click.BadParameter):
        Count(min=1, max=9).convert("10", None, None)
