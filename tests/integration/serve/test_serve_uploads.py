"""A real store under heavy files: a web process and a worker of its own, as production runs them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from shop.database import db
from shop.prescriptions.document_models import PrescriptionDocument
from tests.integration.prescriptions.bad_documents import heavy_pdf
from tests.integration.prescriptions.sending import token
from tests.running_store import PATIENCE, ROOT, ending, free_pair, until

POSTS = 8


@pytest.fixture
def environment(app: Flask) -> dict[str, str]:
    """What makes a process of the store work on the database and the vault of `app`."""
    config = app.extensions["settings"]
    return {
        **os.environ,
        "INSTANCE_PATH": str(config.instance),
        "SECRET_KEY": config.secret_key,
        "DATABASE_URL": config.database_url.replace("+psycopg", ""),
        "PAGE_CACHE_MB": "0",
        "UPLOAD_CPU_SECONDS_PER_FILE": "1",
    }


@pytest.fixture
def web(environment: dict[str, str]) -> Iterator[str]:
    """The address of a web process, without any worker beside it."""
    port = free_pair()
    address = f"http://127.0.0.1:{port}"
    with ending(start(["run", "--port", str(port)], environment)) as process:
        assert until(lambda: process.poll() is not None or answers(address))
        assert process.poll() is None, "the web process ended"
        yield address


def start(command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/healthz", timeout=30).ok
    except requests.RequestException:
        return False


def states(app: Flask) -> list[str]:
    with app.app_context():
        found = list(db.session.scalars(select(PrescriptionDocument.state)))
        db.session.remove()
        return found


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)  # as a store of several processes is run
def test_heavy_files_are_taken_in_without_being_opened_and_pages_are_answered(
    app, environment, web, make_user, sign_in
):
    cookie = sign_in(make_user("customer")).get_cookie("formulary").value
    cookies, heavy = {"formulary": cookie}, heavy_pdf()
    form = requests.get(f"{web}/prescriptions", cookies=cookies, timeout=PATIENCE)
    fields = {"csrf_token": token(form), "confirmed": "y", "notice": "y"}
    fields |= {"patient_name": "Ada Specimen", "patient_birth_date": "1971-03-02"}
    cookies |= form.cookies.get_dict()

    def send(number: int) -> requests.Response:
        return requests.post(
            f"{web}/prescriptions",
            data=fields,
            files={"documents": (f"{number}.pdf", heavy)},
            cookies=cookies,
            allow_redirects=False,
            timeout=PATIENCE,
        )

    with ThreadPoolExecutor(POSTS) as posts:
        sent = [posts.submit(send, number) for number in range(POSTS)]
        pages = [requests.get(f"{web}{path}", timeout=PATIENCE) for path in ("/", "/medicines", "/healthz")]
        answers = [one.result() for one in sent]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert [answer.status_code for answer in answers] == [303] * POSTS
    assert states(app) == ["processing"] * POSTS
    progress = requests.get(web + answers[0].headers["Location"], cookies=cookies, timeout=PATIENCE)
    assert "data-checking" in progress.text

    with ending(start(["worker"], environment)) as worker:
        while "processing" in states(app):
            assert worker.poll() is None, "the worker ended"
            assert requests.get(f"{web}/", timeout=PATIENCE).ok
            time.sleep(0.5)
    assert states(app) == ["refused"] * POSTS
