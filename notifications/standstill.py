"""After a restore: nothing is sent and no clock runs until a person has looked at what the backup does not know."""

from collections.abc import Callable
from functools import wraps

import structlog

from notifications import outbox, queries
from notifications.states import RestorationState

log = structlog.get_logger(__name__)


def minded(sweep: Callable[[], str | None]) -> Callable[[], str | None]:
    """Wrap a sweep of the scheduler: it rests while a restored backup stands still.

    While the clocks catch up it runs, but what it owes is held back: it may have been sent in the lost time.
    """

    @wraps(sweep)
    def run() -> str | None:
        restored = queries.unreleased().first()
        if restored is None:
            return sweep()
        if restored.state == RestorationState.CATCHES_UP:
            with outbox.holding():
                return sweep()
        log.warning("sweep.stands_still", sweep=sweep.__module__, restored=str(restored))
        return None

    return run
