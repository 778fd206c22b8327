"""`make chaos SEED=n MINUTES=m DB=sqlite|postgresql`: one run, its table; exit code 1 when a rule broke."""

import argparse
import secrets
import signal
import sys
import time
from pathlib import Path

from bench.chaos.plan import KILLS, make_plan
from bench.chaos.run import INVARIANTS, Result, run

ROWS_SHOWN = 5


def main() -> int:
    arguments = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    arguments.add_argument(
        "--seed", type=int, default=None, help="decides the whole sequence (default: a new one)"
    )
    arguments.add_argument("--minutes", type=float, default=1.0)
    arguments.add_argument("--database", choices=sorted(KILLS), default="sqlite")
    arguments.add_argument("--keep", type=Path, help="copy log, database and books there")
    arguments.add_argument("--plan", action="store_true", help="print what would happen, and start nothing")
    chosen = arguments.parse_args()
    seed = secrets.randbelow(100_000) if chosen.seed is None else chosen.seed
    plan = make_plan(seed, chosen.minutes, chosen.database)
    if chosen.plan:
        for fault in plan.faults:
            print(f"{fault.at:8.3f} s  {fault.what}" + (f" for {fault.seconds} s" if fault.seconds else ""))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    begun = time.monotonic()

    def say(what: str) -> None:
        print(f"[{time.monotonic() - begun:6.1f} s] {what}", file=sys.stderr, flush=True)

    say(f"seed {seed}, {chosen.minutes:g} minutes, {chosen.database}")
    result = run(plan, say, chosen.keep)
    print(result.table)
    if result.sound:
        return 0
    print(failure(result))
    return 1


def failure(result: Result) -> str:
    """The seed first, then each broken rule with its sentence and its first rows."""
    plan = result.plan
    sentences = {rule.__name__: (rule.__doc__ or "").partition("\n")[0] for rule in INVARIANTS}
    lines = [
        f"\nBROKEN with seed {plan.seed}. Again: "
        f"make chaos SEED={plan.seed} MINUTES={plan.minutes:g} DB={plan.database}"
    ]
    for name, rows in result.broken.items():
        lines.append(f"\n{name}: {sentences.get(name, '')} ({len(rows)} rows)")
        lines += [f"  {row}" for row in rows[:ROWS_SHOWN]]
    if result.crashes:
        lines += ["\nfrom the store’s log:", *(f"  {crash}" for crash in result.crashes[: 2 * ROWS_SHOWN])]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
