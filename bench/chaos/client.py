"""A browser as far as the run needs one: cookies, tokens out of pages, and a note of every answer."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

TIMEOUT_SECONDS = 60
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
NO_ANSWER = 0


@dataclass(frozen=True)
class Answer:
    """One request and what came of it. `status` 0: no answer, and `error` says how."""

    begin: float  # monotonic seconds
    end: float
    method: str
    path: str
    status: int
    error: str = ""
    text: str = field(default="", repr=False)
    location: str = ""

    @property
    def came(self) -> bool:
        return self.status != NO_ANSWER

    @property
    def busy(self) -> bool:
        return self.status == 503


class Notes:
    """Every answer of the store to anybody, without its text. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.answers: list[Answer] = []

    def add(self, answer: Answer) -> None:
        with self._lock:
            self.answers.append(answer)


class Browser:
    """One person's browser at the store. Redirects are not followed: each step is taken by name."""

    def __init__(self, address: str, notes: Notes) -> None:
        self.address, self.notes = address, notes
        self.token = ""
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["User-Agent"] = "formulary-chaos"
        # a kept connection that the server closes in this moment would look like a lost answer
        self._session.headers["Connection"] = "close"

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, **values: Any) -> Answer:
        return self._ask("POST", path, {"csrf_token": self.token, **values})

    def send_file(self, path: str, field: str, name: str, content: bytes, **values: Any) -> Answer:
        """A form with a file in it."""
        return self._ask("POST", path, {"csrf_token": self.token, **values}, files={field: (name, content)})

    def at_once(self, count: int, method: str, path: str, **values: Any) -> list[Answer]:
        """The same request several times in one moment, as impatient fingers do."""
        if count == 1:
            return [self.post(path, **values) if method == "POST" else self.get(path)]
        data = {"csrf_token": self.token, **values} if method == "POST" else None
        return together([lambda: self._ask(method, path, data, fresh=True)] * count)

    def patiently(self, method: str, path: str, tries: int = 6, **values: Any) -> Answer:
        """Again after "busy" or no answer, as a person would: a few times, a moment later."""
        for _ in range(tries):
            answer = self.post(path, **values) if method == "POST" else self.get(path)
            if answer.came and not answer.busy:
                break
            time.sleep(1)
        return answer

    def sign_in(self, email: str, password: str) -> None:
        self.get("/sign-in")
        answer = self.post("/sign-in", email=email, password=password)
        if answer.status not in (302, 303):
            raise RuntimeError(f"{email} could not sign in: {answer.status} {answer.error}")

    def _ask(
        self,
        method: str,
        path: str,
        data: dict[str, Any] | None = None,
        fresh: bool = False,
        files: Any = None,
    ) -> Answer:
        url = urljoin(self.address, path)
        ask = requests.request if fresh else self._session.request
        more: dict[str, Any] = {"cookies": self._session.cookies.copy()} if fresh else {}
        begin = time.monotonic()
        try:
            answer = ask(
                method,
                url,
                data=data,
                files=files,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                headers={"Origin": self.address},
                **more,
            )
        except requests.RequestException as error:
            done = Answer(begin, time.monotonic(), method, path, NO_ANSWER, type(error).__name__)
        else:
            if found := TOKEN.search(answer.text):
                self.token = found[1]
            done = Answer(
                begin,
                time.monotonic(),
                method,
                path,
                answer.status_code,
                "",
                answer.text,
                answer.headers.get("Location", ""),
            )
        if url.startswith(self.address):
            self.notes.add(Answer(done.begin, done.end, method, urlsplit(url).path, done.status, done.error))
        return done


def together(acts: list[Any]) -> list[Any]:
    """Do all at once, wait for all."""
    if len(acts) == 1:
        return [acts[0]()]
    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result() for one in [pool.submit(act) for act in acts]]
