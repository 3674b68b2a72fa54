"""What every task of the scheduler has in common: one at a time, and a row that tells when it was last done."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Final

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import clock
from notifications import claims
from notifications.models import Sweep

log = structlog.get_logger(__name__)

# Sweeps may run beside each other without harm: the lease only saves work. It ends before the next turn of the most
# frequent one, so that a sweep that lost its database in the middle, and could not give it back, costs no turn.
LEASE: Final = timedelta(seconds=25)


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


@dataclass(frozen=True)
class Pulse:
    """When a sweep was last done (None: never), whether that is too long ago, and what it found to be wrong."""

    name: str
    done_at: datetime | None
    age_seconds: float | None
    late: bool
    findings: str


def pulses(now: datetime) -> list[Pulse]:
    """Return one for each sweep that the scheduler should start, in one query."""
    known = {sweep.name: sweep for sweep in Sweep.objects.all()}
    return [_pulse(name, seconds, known.get(name), now) for name, seconds in settings.SWEEPS_LATE_AFTER.items()]


def standing(now: datetime) -> Pulse | None:
    """Return the sweep that has been still for longest among those that are late; None while the clockwork runs."""
    late = [pulse for pulse in pulses(now) if pulse.late and pulse.name.endswith(".sweep")]
    return max(late, key=lambda pulse: pulse.age_seconds or float("inf"), default=None)


def _pulse(name: str, seconds: float, sweep: Sweep | None, now: datetime) -> Pulse:
    if sweep is None or sweep.done_at is None:
        return Pulse(name, None, None, late=True, findings="")
    age = (now - sweep.done_at).total_seconds()
    return Pulse(name, sweep.done_at, round(age, 1), age > seconds, sweep.findings)
