"""Wakes a worker after the commit. Only a hint: whatever it loses, the sweep finds."""

import threading
import time
from collections.abc import Sequence
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


class _Turn:
    """Lets one request at a time talk to the broker, for all who want to: the others go on at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: set[str] = set()
        self._taken = False

    def want(self, task: str) -> bool:
        """Want a wake-up; tell whether it is the caller's turn to send what is wanted."""
        with self._lock:
            self._wanted.add(task)
            mine = not self._taken
            self._taken = True
            return mine

    def next(self) -> str | None:
        """Return what to send next; None ends the turn."""
        with self._lock:
            if self._wanted:
                return self._wanted.pop()
            self._taken = False
            return None

    def end(self) -> None:
        """End the turn whatever is wanted."""
        with self._lock:
            self._wanted.clear()
            self._taken = False


breaker: Final = _Breaker()
_turn: Final = _Turn()


def send(task: str) -> bool:
    """Send the wake-up now; False when the broker did not take it (never an exception).

    While another request sends, it is left to that one, which sends once more for all who came meanwhile.
    """
    if breaker.closed():
        return False
    if not _turn.want(task):
        return True
    try:
        sent = True
        while (wanted := _turn.next()) is not None:
            sent = _send(wanted) and sent
    except BaseException:
        _turn.end()
        raise
    return sent


def ask(task: str, argument: str, *, queue: str = "letters") -> bool:
    """Ask a worker for one thing that somebody waits for and may ask for again; tell whether the broker took it."""
    return _send(task, queue, [argument])


def _send(task: str, queue: str = "", arguments: Sequence[str] = ()) -> bool:
    if breaker.closed():
        return False
    try:
        queue = queue or _QUEUES[task]
        current_app.send_task(task, args=list(arguments), queue=queue, retry=False, ignore_result=True)
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
