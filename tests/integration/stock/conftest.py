"""Fixtures of stock’s tests: a strength with an empty shelf, and who fills it."""

import pytest

from tests.factories import make_variant


@pytest.fixture
def baclofen(context) -> int:
    return make_variant()


@pytest.fixture
def admin(make_user) -> int:
    return make_user("admin")
