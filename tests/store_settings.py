"""Settings of an application of the tests; apart from the fixtures, for processes that need only these."""

from dataclasses import replace
from pathlib import Path

from shop.config import Settings
from shop.environment import from_environment


def settings_for(folder: Path, url: str | None = None, **changes: object) -> Settings:
    env = {"INSTANCE_PATH": str(folder), "SECRET_KEY": "a key that only tests know " * 2}
    if url:
        env["DATABASE_URL"] = url
    env["PAGE_CACHE_MB"] = "0"  # most tests look at what is rendered now
    return replace(from_environment(env), **changes)  # type: ignore[arg-type]
