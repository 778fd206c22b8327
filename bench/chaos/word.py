"""What must be true of what was said: pages, mails, jobs, records, answers."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bench.chaos.evidence import ENDED, LIVE, Evidence, Row


def nothing_that_was_shown_as_placed_is_lost(found: Evidence) -> Iterator[str]:
    """Every order a customer saw as placed is placed or shipped, or was canceled on their own wish."""
    orders = {order["number"]: order for order in found.orders.values()}
    for user, memory in found.memories.items():
        for number in sorted(memory.shown_placed):
            order = orders.get(number)
            if order is None or order["user_id"] != user:
                yield f"{number} was shown as placed and is gone"
            elif order["status"] in ENDED and number in memory.asked_to_cancel:
                continue
            elif order["status"] not in LIVE:
                yield f"{number} was shown as placed and is {order['status']}"


def nothing_is_canceled_unasked(found: Evidence) -> Iterator[str]:
    """A placed order that is canceled was canceled by its customer: nothing lapses in a few minutes."""
    asked = {number for memory in found.memories.values() for number in memory.asked_to_cancel}
    for order in found.with_status(*ENDED):
        if order["placed_at"] is not None and order["number"] not in asked:
            yield f"{order['number']} was placed and is {order['status']}, though nobody asked for it"


def each_placed_order_was_confirmed_once(found: Evidence) -> Iterator[str]:
    """One mail says an order is placed, and one that it is on its way; none says so without its order."""
    for template, moment in (("order_placed", "placed_at"), ("order_shipped", "shipped_at")):
        told = Counter(
            _codes(job).get("number") for job in _mails(found) if _payload(job)["template"] == template
        )
        for order in found.orders.values():
            wanted = int(order[moment] is not None)
            if told[order["number"]] != wanted:
                yield f"{order['number']}: {told[order['number']]} mails {template}, wanted {wanted}"


def nobody_is_told_not_charged_who_was(found: Evidence) -> Iterator[str]:
    """Only of money that was let go is "not charged" said, never of an order that lives by that money."""
    orders = {order["number"]: order for order in found.orders.values()}
    for job in _mails(found):
        if _payload(job)["template"] != "order_not_charged":
            continue
        number = _codes(job).get("number")
        order = orders.get(number or "")
        if order is None:
            yield f"{number}: told not charged, but there is no such order"
            continue
        key = str(_payload(job)["key"])
        mine = [one for one in found.intents[order["id"]] if one["id"] in key] or found.intents[order["id"]]
        kept = sum(found.held(intent) + found.kept(intent) for intent in mine)
        if kept:
            yield f"{number} ({order['status']}): told not charged, and {kept} cents are held or taken"


def every_mail_arrived_and_none_was_invented(found: Evidence) -> Iterator[str]:
    """Each mail that was asked for reached the mail server, and each that reached it had been asked for.

    The same mail may arrive twice after a death between sending and noting it: the same Message-ID.
    """
    arrived = {mail.id.strip("<>").partition("@")[0] for mail in found.mails}
    asked = {
        hashlib.sha256(str(_payload(job)["key"]).encode()).hexdigest()[:32]: job for job in _mails(found)
    }
    for digest, job in asked.items():
        if digest not in arrived:
            yield f"mail {_payload(job)['template']} {_codes(job)} never arrived"
    for mail in found.mails:
        if mail.id.strip("<>").partition("@")[0] not in asked:
            yield f"mail “{mail.subject}” to {mail.to} was never asked for"


def no_job_was_given_up(found: Evidence) -> Iterator[str]:
    """After every trouble of minutes each job was done in the end."""
    for job in found.tables["job"]:
        if job["given_up"]:
            yield f"job {job['kind']} {job['key']} was given up: {job['last_error']}"


def nothing_is_left_to_do(found: Evidence) -> Iterator[str]:
    """Within its time, quiet found nothing more that was due: jobs, webhooks, parts of the store."""
    yield from found.unfinished


def the_store_proves_itself(found: Evidence) -> Iterator[str]:
    """Its own commands agree: the audit record is whole, reconciliation finds no difference."""
    for name, (code, said) in found.commands.items():
        if code:
            yield f"{name} ended with {code}: {' '.join(said.split())[:300]}"


def nothing_is_left_behind(found: Evidence) -> Iterator[str]:
    """No half-written file, no process that outlived the store."""
    yield from found.leftovers


def no_answer_was_500(found: Evidence) -> Iterator[str]:
    """A dead process answers nothing; whoever does answer says what is wrong, and "busy" is 503."""
    wrong = Counter(
        f"{answer.method} {_plain(answer.path)}: {answer.status}"
        for answer, _ in found.answers
        if answer.status >= 500 and answer.status != 503
    )
    for what, count in wrong.most_common():
        yield f"{what} ({count} times)"


def every_silence_is_explained(found: Evidence) -> Iterator[str]:
    """Only a request that met a death gets no answer, and none waits for a minute."""
    silent = Counter(
        f"{answer.method} {_plain(answer.path)}: {answer.error}"
        for answer, explained in found.answers
        if not answer.came and not explained
    )
    for what, count in silent.most_common():
        yield f"{what} ({count} times)"


def no_walk_broke(found: Evidence) -> Iterator[str]:
    """Every visit went from its first page to its last, or was refused with a reason."""
    for memory in found.memories.values():
        yield from memory.surprises


def _mails(found: Evidence) -> list[Row]:
    return [job for job in found.tables["job"] if job["kind"] == "mail"]


def _payload(job: Row) -> dict[str, Any]:
    payload: dict[str, Any] = (
        json.loads(job["payload"]) if isinstance(job["payload"], str) else job["payload"]
    )
    return payload


def _codes(job: Row) -> dict[str, Any]:
    codes: dict[str, Any] = _payload(job).get("codes") or {}
    return codes


def _plain(path: str) -> str:
    return "/".join("…" if part.startswith("F-") or part.isdecimal() else part for part in path.split("/"))


WORD = (
    nothing_that_was_shown_as_placed_is_lost,
    nothing_is_canceled_unasked,
    each_placed_order_was_confirmed_once,
    nobody_is_told_not_charged_who_was,
    every_mail_arrived_and_none_was_invented,
    no_job_was_given_up,
    nothing_is_left_to_do,
    the_store_proves_itself,
    nothing_is_left_behind,
    no_answer_was_500,
    every_silence_is_explained,
    no_walk_broke,
)
