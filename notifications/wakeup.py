"""Wakes a worker after the commit. Only a hint: whatever it loses, the sweep finds."""

import threading
import time
from typing import Final

import structlog
from celery import current_app
from django.db import connection, transaction

log = structlog.get_logger(__name__)

NOTICES: Final = "notifications.nudge"
DOCUMENTS: Final = "notifications.render"
_QUEUES: Final = {NOTICES: "notices", DOCUMENTS: "letters"}

# After a failure the broker is left alone for a moment, so that a hung one delays one request, not each.
PAUSE_SECONDS: Final = 5.0
# One at a time: while one request finds out that the broker hangs, the others wait for its answer, not for the broker,
# and no longer than it would keep one of them.
_turn: Final = threading.Lock()
_TURN_SECONDS: Final = 0.4


class _Breaker:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closed_until = 0.0

    def closed(self) -> bool:
        with self._lock:
            return time.monotonic() < self._closed_until

    def trip(self) -> None:
        with self._lock:
            self._closed_until = time.monotonic() + PAUSE_SECONDS

    def reset(self) -> None:
        with self._lock:
            self._closed_until = 0.0


breaker: Final = _Breaker()


def send(task: str) -> bool:
    """Send the wake-up now; False when the broker did not take it (never an exception)."""
    if breaker.closed() or not _turn.acquire(timeout=_TURN_SECONDS):
        return False
    try:
        return _send(task)
    finally:
        _turn.release()


def _send(task: str) -> bool:
    if breaker.closed():
        return False
    try:
        current_app.send_task(task, queue=_QUEUES[task], retry=False, ignore_result=True)
    except Exception as error:
        breaker.trip()
        log.warning("wakeup_lost", task=task, error=str(error))
        return False
    return True


def _notices() -> None:
    send(NOTICES)


def _documents() -> None:
    send(DOCUMENTS)


def after_commit(task: str) -> None:
    """Wake the worker once when the open transaction commits, however often this is called in it."""
    hook = {NOTICES: _notices, DOCUMENTS: _documents}[task]
    if not any(entry[1] is hook for entry in connection.run_on_commit):
        transaction.on_commit(hook, robust=True)
