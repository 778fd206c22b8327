"""One run from the first process to the last: open, let people in, carry out the plan, be quiet, judge."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.chaos import prober
from bench.chaos.admin import Admin
from bench.chaos.client import Notes
from bench.chaos.customers import Customer
from bench.chaos.databases import Database, Postgresql, Sqlite
from bench.chaos.evidence import Evidence, read_tables
from bench.chaos.faults import Faults
from bench.chaos.goods import GOODS
from bench.chaos.money import MONEY
from bench.chaos.neighbors import HOST, Disk, MailServer, Proxy
from bench.chaos.plan import Plan
from bench.chaos.quiet import wait_until_quiet
from bench.chaos.report import Pages, Summary, judge_pages, table
from bench.chaos.sandbox import Sandbox
from bench.chaos.store import ROOT, Store
from bench.chaos.word import WORD

START_SECONDS = 300  # this and the next two tell what hangs from what is slow
LAST_VISIT_SECONDS = 300  # a visit under way at the end may still take so long
QUIET_SECONDS = 600
KINDS = ("payment_intent", "charge", "refund", "checkout.session", "event")
SWEPT_AFTER = 25 * 3600  # seconds: what is older and nobody's is swept away
OF_TIME = "public_pages_stay_under_a_second"  # the only rule that a slow machine can break
INVARIANTS = (*MONEY, *GOODS, *WORD)
Say = Callable[[str], object]


@dataclass
class Result:
    """What a run found. `broken` has a few rows for each invariant that did not hold."""

    plan: Plan
    pages: Pages
    table: str = ""
    broken: dict[str, list[str]] = field(default_factory=dict)
    kills: int = 0
    crashes: list[str] = field(default_factory=list)  # from the store's log, for whoever looks for the cause

    @property
    def sound(self) -> bool:
        return not self.broken


class Run:
    """Everything one run has started; `stop` ends it in the reverse order."""

    def __init__(self, plan: Plan, folder: Path, ends: ExitStack, say: Say) -> None:
        self.plan, self.folder, self.say = plan, folder, say
        disk = Disk(folder / "instance")
        ends.callback(disk.close)
        self.database: Database = Sqlite(disk.folder) if plan.database == "sqlite" else Postgresql()
        ends.callback(self.database.stop)
        self.mails = MailServer().start()
        ends.callback(self.mails.stop)
        self.store = Store(folder, {"INSTANCE_PATH": str(disk.folder), "DATABASE_URL": self.database.url})
        self.leftovers: list[str] = []
        self._stopped = False
        payments, mail = Proxy(self.store.sandbox_port).start(), Proxy(self.mails.port).start()
        ends.callback(payments.stop)
        ends.callback(mail.stop)
        ends.callback(self.stop_store)
        address = f"http://{HOST}:{payments.port}"
        self.store.environment |= {"SANDBOX_URL": address, "SMTP_URL": f"smtp+plain://{HOST}:{mail.port}"}
        # the payment service has a disk of its own, whatever becomes of the store's
        books = folder / "payment-service.sqlite3"
        (disk.folder / "sandbox.sqlite3").symlink_to(books)
        self.sandbox = Sandbox(
            books, address, lambda: f"sk_test_{(disk.folder / 'sandbox.key').read_text().strip()}"
        )
        self.faults = Faults(self.store, self.database, payments, mail, disk, say)
        self.notes, self.probes = Notes(), folder / "probes"

    def open(self) -> dict[str, Any]:
        """Fill the store and start it. Raises RuntimeError when it does not come up."""
        facts = self.folder / "facts.json"
        filled = self.store.run("-m", "bench.chaos.opening", str(facts))
        if filled.returncode:
            raise RuntimeError(f"the store could not be filled:\n{filled.stderr[-3000:]}")
        self.store.start()
        if not self.store.wait_whole(START_SECONDS):
            raise RuntimeError(f"the store did not start:\n{self.store.log.read_text()[-3000:]}")
        found: dict[str, Any] = json.loads(facts.read_text())
        return found

    def storm(self, facts: dict[str, Any]) -> tuple[list[Customer], list[str]]:
        """Customers, admin and faults at once, for as long as the plan says."""
        address = self.store.address
        people = [Customer(who, facts, address, self.sandbox, self.notes) for who in facts["customers"]]
        admin = Admin(facts, address, self.notes)
        shut, done = threading.Event(), threading.Event()
        begun = time.monotonic()
        walks = [
            threading.Thread(target=person.live, args=(visits, shut), daemon=True)
            for person, visits in zip(people, self.plan.visits, strict=True)
        ]
        desk = threading.Thread(target=admin.live, args=(self.plan.rounds, shut), daemon=True)
        faults = threading.Thread(
            target=self.faults.carry_out, args=(self.plan.faults, begun, done), daemon=True
        )
        for thread in (*walks, desk, faults):
            thread.start()
        faults.join(self.plan.seconds * 3 + LAST_VISIT_SECONDS)
        done.wait(max(0.0, begun + self.plan.seconds - time.monotonic()))
        shut.set()
        done.set()
        late = [
            f"the walk of {person.email}"
            for person, walk in zip(people, walks, strict=True)
            if not _ends(walk)
        ]
        if not _ends(desk):
            late.append("the admin’s round")
        return people, [
            f"{what} has not ended after {LAST_VISIT_SECONDS} s" for what in late
        ] + admin.surprises

    def commands(self) -> dict[str, tuple[int, str]]:
        """What each of the store's own proofs said, and its exit code."""
        _grow_old(self.faults.disk.folder)
        done = self.store.run("-m", "bench.chaos.proofs")
        if done.returncode:
            return {"the proofs": (done.returncode, done.stdout + done.stderr)}
        return {name: (code, said) for name, (code, said) in json.loads(done.stdout).items()}

    def stop_store(self) -> None:
        if not self._stopped:
            self._stopped = True
            self.leftovers = [f"still running: {name}" for name in self.store.stop()]


def run(plan: Plan, say: Say, keep: Path | None = None) -> Result:
    """Do the whole run and judge it. `keep`: the folder stays there with log, database and books."""
    folder = Path(tempfile.mkdtemp(prefix="formulary-chaos-"))
    try:
        with ExitStack() as ends:
            result = _run(Run(plan, folder, ends, say), say)
            if keep:
                shutil.copytree(folder, keep, dirs_exist_ok=True)
            return result
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(run: Run, say: Say) -> Result:
    facts = run.open()
    say(f"the store is open at {run.store.address}; {run.plan.minutes:g} minutes begin")
    paths = ("/", "/medicines", f"/medicines/{facts['wares']['otc-1']['slug']}", "/healthz")
    with _probing(run, paths):
        people, surprises = run.storm(facts)
        ended = time.monotonic()
    say("the storm is over; waiting until nothing is left to do")
    engine = run.database.engine()
    quiet, waiting = wait_until_quiet(run.store, run.sandbox, engine, QUIET_SECONDS, say)
    commands = run.commands()
    run.stop_store()
    found = Evidence(
        tables=read_tables(engine),
        service={kind: run.sandbox.objects(kind) for kind in KINDS},
        mails=list(run.mails.mails),
        memories={person.id: person.memory for person in people},
        wares={name: ware["variant"] for name, ware in facts["wares"].items()},
        answers=[(one, run.store.explains(one.begin, one.end)) for one in run.notes.answers],
        commands=commands,
        leftovers=[*run.leftovers, *_half_written(run.faults.disk.folder)],
        unfinished=[*waiting, *surprises],
    )
    pages = judge_pages(prober.read(run.probes), run.faults.windows, run.store.deaths, ended)
    broken = {rule.__name__: rows for rule in INVARIANTS if (rows := list(rule(found)))}
    if pages.verdict:
        broken[OF_TIME] = pages.verdict
    rules = len(INVARIANTS) + 1
    summary = Summary(
        run.plan,
        run.store.deaths,
        run.faults.windows,
        pages,
        rules - len(broken),
        rules,
        quiet,
        run.store.restarts,
    )
    crashes = _crashes(run.store.log)
    return Result(run.plan, pages, table(summary, found), broken, len(run.store.deaths), crashes)


@contextmanager
def _probing(run: Run, paths: tuple[str, ...]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.chaos.prober", run.store.address, str(run.probes), *paths],
        cwd=ROOT,
        stdin=subprocess.PIPE,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def _ends(thread: threading.Thread) -> bool:
    thread.join(LAST_VISIT_SECONDS)
    return not thread.is_alive()


def _grow_old(instance: Path) -> None:
    """Let a day pass for files of the vault and for what is half-written, so that a sweep looks at them."""
    then = time.time() - SWEPT_AFTER
    for path in [*(instance / "vault").rglob("*"), *instance.rglob("*.part")]:
        if path.is_file():
            os.utime(path, (then, then))


def _half_written(instance: Path) -> list[str]:
    return [f"half-written: {path.relative_to(instance)}" for path in instance.rglob("*.part")]


def _crashes(log: Path) -> list[str]:
    """Each kind of crash in the store's log with how often it came and where in the store's code it began."""
    crash, place = re.compile(r"crash \w+ at (.+)"), re.compile(r'File ".*?/(shop/[^"]+)", line (\d+)')
    seen: Counter[str] = Counter()
    where: dict[str, str] = {}
    now = ""
    for line in log.read_text(errors="replace").splitlines():
        if found := crash.search(line):
            now = found[1]
            seen[now] += 1
        elif now and (found := place.search(line)) and seen[now] == 1:
            where[now] = f"{found[1]}:{found[2]}"
    return [f"{count} × {what} ({where.get(what, 'no place of ours')})" for what, count in seen.most_common()]
