"""PostgreSQL's own tools: found by version, and run without a password on their command line."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import URL, make_url

from shop.backup.manifest import BackupRefused

DEBIAN = Path("/usr/lib/postgresql")


def dump(url: URL, snapshot: str, path: Path) -> None:
    """Write a custom-format dump of what the exported snapshot sees."""
    _run(
        "pg_dump",
        url,
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
        f"--file={path}",
    )


def restore(url: str, path: Path) -> None:
    """Read a dump into an empty database: all of it, or nothing."""
    _run(
        "pg_restore",
        make_url(url),
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        str(path),
    )


def refuse_unless_empty(url: str) -> None:
    """The database of `url` must be there and hold no table."""
    try:
        with psycopg.connect(_conninfo(make_url(url))) as connection:
            tables = connection.execute(
                "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
            ).fetchone()
    except psycopg.OperationalError as error:
        raise BackupRefused(
            f"The database to restore into cannot be opened ({_first_line(error)}). "
            "Make an empty one with createdb."
        ) from None
    if tables and tables[0]:
        raise BackupRefused("The database to restore into is not empty. Make a new one with createdb.")


@contextmanager
def scratch_database(url: str) -> Iterator[str]:
    """The URL of an empty database on the same server, gone afterward."""
    name, here = f"formulary_verify_{token_hex(4)}", make_url(url)
    with psycopg.connect(_conninfo(here), autocommit=True) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege:
            raise BackupRefused(
                "This account can’t create a database to test the backup in. "
                "Create an empty one and pass it: --database-url postgresql://…"
            ) from None
        try:
            yield here.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def tool(name: str, server: int) -> str:
    """The path of pg_dump or pg_restore in the server's major version or newer; refuses without one."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep), *(str(one / "bin") for one in DEBIAN.glob("*"))]
    found = {path: _major(path) for folder in folders if (path := shutil.which(name, path=folder))}
    for path, version in found.items():
        if version >= server:
            return path
    there = f" (found: version {max(found.values())})" if found else ""
    raise BackupRefused(
        f"{name} of PostgreSQL {server} or newer is required but wasn’t found{there}. Install it, "
        f"on Debian: apt install postgresql-client-{server} (from apt.postgresql.org), or put it on the PATH."
    )


def _run(name: str, url: URL, *arguments: str) -> None:
    conninfo = conninfo_to_dict(_conninfo(url))
    password = conninfo.pop("password", None)
    with psycopg.connect(_conninfo(url)) as connection:
        server = connection.info.server_version // 10000
    target = make_conninfo(**{key: str(value) for key, value in conninfo.items()})
    command = [tool(name, server), f"--dbname={target}", *arguments]
    env = os.environ | (
        {"PGPASSWORD": str(password)} if password else {}
    )  # not on a command line: `ps` shows those
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupRefused(f"{name} failed: {_first_line(done.stderr)}")


def _conninfo(url: URL) -> str:
    arguments, options = url.get_dialect()().create_connect_args(url)
    return make_conninfo(*arguments, **options)


def _major(path: str) -> int:
    output = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.search(r"(\d+)", output.partition(")")[2])
    return int(version[1]) if version else 0


def _first_line(error: object) -> str:
    return str(error).strip().partition("\n")[0]
