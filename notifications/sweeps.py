"""What every task of the scheduler has in common: one at a time, and a row that tells when it was last done."""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Final

import structlog
from django.db import IntegrityError, transaction

from accounts import clock
from notifications import claims
from notifications.models import Sweep

log = structlog.get_logger(__name__)

# Sweeps may run beside each other without harm, so a lease need not outlast the longest of them: it saves work.
LEASE: Final = timedelta(seconds=60)


def alone(name: str) -> Callable[[Callable[[], str | None]], Callable[[], None]]:
    """Let a sweep return at once while another process runs it, and write down when it was last done.

    The sweep may return, in words, what it found to be wrong; that is kept beside the time.

    Args:
        name: of the task, as in the scheduler's list.
    """

    def wrap(sweep: Callable[[], str | None]) -> Callable[[], None]:
        @wraps(sweep)
        def run() -> None:
            token = _begin(name)
            if token is None:
                log.info("sweep_runs_elsewhere", sweep=name)
                return
            try:
                findings = sweep() or ""
            except BaseException:
                # Its time stays the one of the last success, by which the failure is noticed.
                _leave(name, token)
                raise
            _leave(name, token, done_at=clock.now(), findings=findings)

        return run

    return wrap


def _begin(name: str) -> str | None:
    """Take the sweep; None when somebody else has it."""
    now = clock.now()
    _have_row(name)
    rows = Sweep.objects.filter(name=name)
    claims.free_abandoned(rows, now)
    token = claims.token_of(os.getpid())
    taken = rows.filter(claims.free(now)).update(lease_token=token, lease_until=now + LEASE, begun_at=now)
    return token if taken else None


def _have_row(name: str) -> None:
    if Sweep.objects.filter(name=name).exists():
        return
    try:
        with transaction.atomic():
            Sweep.objects.create(name=name)
    except IntegrityError:
        # Another process was faster.
        return


def _leave(name: str, token: str, **changes: object) -> None:
    claims.held(Sweep.objects.filter(name=name), token).update(lease_token="", lease_until=None, **changes)
