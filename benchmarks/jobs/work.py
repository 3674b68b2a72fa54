"""Jobs of workers and of the ledger: how many pieces a second."""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psutil
from django.db import connections

from benchmarks.figures import Figures
from benchmarks.running import Running
from benchmarks.stack import cpu_of
from notifications.models import Document, Notice
from notifications.states import NoticeState
from tests.services import wait_until

PATIENCE = 300.0
FORK = multiprocessing.get_context("fork")


def waiting() -> int:
    """Return how many notices and documents wait for a worker."""
    owed = Notice.objects.filter(state=NoticeState.OWED).count()
    return owed + Document.objects.filter(rendered_at=None, failed_at=None).count()


def settle() -> None:
    """Wait until the workers have nothing left to do."""
    wait_until(lambda: waiting() == 0, PATIENCE, "the workers")


class Paused:
    """The workers stand still inside, so that work can pile up; afterwards they begin all at once."""

    def __init__(self, running: Running) -> None:
        self._tops = [psutil.Process(pid) for pid in running.meter.workers]

    def _all(self) -> list[psutil.Process]:
        return [each for top in self._tops for each in (top, *top.children(recursive=True))]

    def __enter__(self) -> None:
        for process in self._all():
            process.suspend()

    def __exit__(self, *_: object) -> None:
        for process in self._all():
            process.resume()


@dataclass(frozen=True)
class Drained:
    """A pile of work that the workers take away.

    Attributes:
        name: of the job.
        pile: makes the work while the workers stand still, and returns how many pieces.
        done: tells whether all of it is done.
    """

    name: str
    pile: Callable[[Running], int]
    done: Callable[[Running], bool]

    def measure(self, running: Running) -> Figures:
        settle()
        with Paused(running):
            pieces = self.pile(running)
            before = running.meter.cpu()
        start = time.monotonic()
        wait_until(lambda: self.done(running), PATIENCE, self.name)
        took = time.monotonic() - start
        used = running.meter.cpu() - before
        return Figures(
            self.name,
            per_second=pieces / took,
            workers_ms=used.workers / pieces,
            database_ms=used.database / pieces,
            more={"pieces": pieces},
        )


def in_processes(call: Callable[[Any], object], shares: Sequence[Any]) -> tuple[float, float]:
    """Run ``call(share)`` for each share in a process of its own, all from the same moment.

    Returns:
        Seconds from the start to the last end, and milliseconds of processor time of these processes.

    Raises:
        RuntimeError: one of them failed; its traceback stands on stderr.
    """
    connections.close_all()
    start = FORK.Barrier(len(shares) + 1)

    def one(share: Any) -> None:
        start.wait(60)
        call(share)

    children = [FORK.Process(target=one, args=(share,)) for share in shares]
    for child in children:
        child.start()
    start.wait(60)
    began, before = time.monotonic(), cpu_of([multiprocessing.current_process().pid or 0])
    for child in children:
        child.join(PATIENCE)
    if any(child.exitcode for child in children):
        raise RuntimeError("a process failed")
    used = cpu_of([multiprocessing.current_process().pid or 0]) - before
    return time.monotonic() - began, used
