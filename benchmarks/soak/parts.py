"""The parts of the soak: each is measured, printed, and written to the docs as a table of its own."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import report
from benchmarks.soak import deadline, restore, small, storm, testruns
from benchmarks.soak.bars import Bar
from benchmarks.soak.disk import SmallDisk
from benchmarks.stack import Stack

SEEDS = int(os.environ.get("SEEDS") or 10)
FACTORS = [int(factor) for factor in (os.environ.get("FACTORS") or "1,10,100").split(",")]
# A table in the docs has all seeds and all crowds.
IS_WHOLE = not os.environ.get("SEEDS") and not os.environ.get("FACTORS")


@contextmanager
def _stack() -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="mt-soak-") as folder:
        # PostgreSQL runs as a user of its own and has to pass through.
        Path(folder).chmod(0o755)
        with Stack(Path(folder)) as stack:
            yield stack


def storms() -> list[Bar]:
    """Return the figures of the calm and of all storms."""
    with _stack() as stack, SmallDisk(stack.media) as disk:
        storm.start_workers(stack)
        calm = storm.calm(stack)
        outcomes = []
        for seed in range(1, SEEDS + 1):
            outcomes.append(storm.storm(stack, disk, seed))
            _say(f"storm {seed}: {outcomes[-1].lost} lost, drained after {outcomes[-1].drained_after:.0f} s")
        return [*calm, *storm.bars(outcomes), Bar(storm.PART, "disk full among the faults (1 = yes)", int(disk.works))]


def last_minutes() -> list[Bar]:
    """Return the figures of the crowds before a deadline: alone, then with each fault."""
    with _stack() as stack:
        stack.start_web()
        stack.start_workers(2)
        crowds = deadline.Crowds(stack)
        runs = [(factor, "") for factor in FACTORS]
        runs += [(factor, fault) for fault in deadline.FAULTS for factor in FACTORS if factor < 100]
        bars = []
        for factor, fault in runs:
            peak = deadline.run(stack, crowds, factor, fault)
            _say(f"{peak.part}: done")
            bars += peak.bars()
        return bars


def small_faults() -> list[Bar]:
    """Return the figures of the faults that come one by one."""
    with _stack() as stack, SmallDisk(stack.media) as disk:
        stack.start_web()
        crowds = deadline.Crowds(stack)
        return [
            *small.disk_full(stack, crowds, disk),
            *small.broker_hangs(stack, crowds),
            *small.slow_uploaders(stack, crowds),
        ]


PARTS: dict[str, Callable[[], list[Bar]]] = {
    "storm": storms,
    "races": testruns.races,
    "postings": testruns.postings,
    "deadline": last_minutes,
    "small": small_faults,
    "restore": restore.bars,
}
TITLES = {
    "storm": "All faults at once",
    "races": "The last euros",
    "postings": "Postings at random",
    "deadline": "The last minute before a deadline",
    "small": "Faults one by one",
    "restore": "Yesterday's backup",
}


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


def measure(name: str) -> list[str]:
    """Run one part, print its table, write it unless something was left out; return what it missed."""
    _say(f"{name} ...")
    started = time.monotonic()
    bars = PARTS[name]()
    minutes = (time.monotonic() - started) / 60
    text = report.table(("Part", "What", "Figure", "Bar", ""), [bar.row for bar in bars])
    print(text)
    missed = [bar.missed_by for bar in bars if not bar.held]
    if IS_WHOLE:
        lead = f"Measured by `make soak`: {report.machine()}; {minutes:.0f} minutes."
        verdict = "No bar is missed." if not missed else "Missed:\n\n" + "\n".join(f"- {miss}" for miss in missed)
        report.write(f"soak {name}", f"### {TITLES[name]}\n\n{lead}\n\n{verdict}\n\n{text}")
    return missed
