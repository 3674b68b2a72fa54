"""What the operator's monitoring asks: is everything there that the product needs, and does anything wait too long?

Nothing here hangs: each question is asked in a thread of its own, and who has not answered in time has not passed.
"""

import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import structlog
from celery import current_app
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from accounts import clock
from grants import papers
from notifications import backlog, sweeps

log = structlog.get_logger(__name__)

Figure = float | int | str | None | dict[str, float | None]

SECONDS: Final = 2.0
# A wake-up is answered in a second, a lost one within the minute of a sweep.
LATE_SECONDS: Final = 300
QUARANTINE_SECONDS: Final = 900
LEAST_FREE_BYTES: Final = 1024**3
# The same question is not put more often than this while earlier ones are still unanswered.
_MOST_WAITING: Final = 3


@dataclass(frozen=True)
class Finding:
    """One check: passed or not, and its figures."""

    name: str
    ok: bool
    figures: dict[str, Figure] = field(default_factory=dict)


def _database() -> list[Finding]:
    began = time.perf_counter()
    now = clock.now()
    found = Finding("database", ok=True, figures={"seconds": round(time.perf_counter() - began, 4)})
    missing = missing_migrations()
    queues = backlog.read(now)
    return [
        found,
        Finding("migrations", missing == 0, {"missing": missing}),
        _queue("notices", queues.notices),
        _queue("documents", queues.documents),
        *_clockwork(sweeps.pulses(now)),
        _scanner(papers.quarantine(now)),
    ]


def missing_migrations() -> int:
    """Return how many migrations of this code the database has not seen."""
    return len(_on_disk() - MigrationRecorder(connection).applied_migrations().keys())


@cache
def _on_disk() -> frozenset[tuple[str, str]]:
    """Read the names once: the code of a running process does not change."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _queue(name: str, queue: backlog.Queue) -> Finding:
    return Finding(name, queue.overdue_seconds < LATE_SECONDS, dict(vars(queue)))


def _scanner(quarantine: papers.Quarantine) -> Finding:
    """Nobody can open what waits for the virus scanner; the sweep asks it every minute."""
    return Finding("scanner", quarantine.oldest_seconds < QUARANTINE_SECONDS, dict(vars(quarantine)))


def _clockwork(pulses: list[sweeps.Pulse]) -> list[Finding]:
    ages: dict[str, float | None] = {pulse.name: pulse.age_seconds for pulse in pulses}
    wrong = [pulse for pulse in pulses if pulse.findings]
    return [
        Finding("scheduler", not any(pulse.late for pulse in pulses), {"age_seconds": ages}),
        Finding("books", not wrong, {"findings": sum(len(pulse.findings.splitlines()) for pulse in wrong)}),
    ]


def _broker() -> list[Finding]:
    began = time.perf_counter()
    with current_app.connection_for_write() as broker:
        # Opening a channel asks the broker and waits for its answer, as long as a web request would.
        broker.default_channel  # noqa: B018
    return [Finding("broker", ok=True, figures={"seconds": round(time.perf_counter() - began, 4)})]


def _disk() -> list[Finding]:
    usage = shutil.disk_usage(settings.MEDIA_ROOT)
    return [Finding("disk", usage.free >= LEAST_FREE_BYTES, {"free_bytes": usage.free, "total_bytes": usage.total})]


class _Question:
    """One probe; asked in a thread that nobody waits for longer than the answer may take."""

    def __init__(self, name: str, probe: Callable[[], list[Finding]]) -> None:
        self.name, self._probe = name, probe
        self._free = threading.BoundedSemaphore(_MOST_WAITING)

    def put(self) -> Future[list[Finding]]:
        answer: Future[list[Finding]] = Future()
        if self._free.acquire(blocking=False):
            threading.Thread(target=self._run, args=[answer], daemon=True, name=f"monitoring-{self.name}").start()
        return answer

    def _run(self, answer: Future[list[Finding]]) -> None:
        try:
            answer.set_result(self._probe())
        except Exception as error:
            answer.set_exception(error)
        finally:
            connections.close_all()
            self._free.release()

    def read(self, answer: Future[list[Finding]], until: float) -> list[Finding]:
        try:
            return answer.result(max(0.0, until - time.monotonic()))
        except Exception as error:
            # Only the kind: what a driver says may hold addresses and names.
            log.warning("monitoring_unanswered", check=self.name, error=str(error))
            return [Finding(self.name, ok=False, figures={"error": type(error).__name__})]


_QUESTIONS: Final = (_Question("database", _database), _Question("broker", _broker), _Question("disk", _disk))


def look() -> list[Finding]:
    """Ask everything at once and return what is known after at most two seconds.

    Without a database there is one finding for it, and none for what would stand in its tables.
    """
    until = time.monotonic() + SECONDS
    asked = [(question, question.put()) for question in _QUESTIONS]
    return [finding for question, answer in asked for finding in question.read(answer, until)]
