"""Formulary, an online pharmacy store. `create_app` puts the rooms together; it decides nothing itself."""

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from shop.config import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The application for `settings`, or for what the environment says (which may refuse: see config)."""
    gc.disable()  # all that is loaded now stays: looking through it meanwhile takes an eighth of the start
    try:
        from shop.assembly import assemble  # imported late: sub-processes that only need one room stay small

        return assemble(settings)
    finally:
        gc.enable()
