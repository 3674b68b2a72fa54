"""How workers take owed rows: one UPDATE with token and lease, so that no two work on the same row."""

import hashlib
import os
import uuid
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet

M = TypeVar("M", bound=models.Model)

SOONEST = timedelta(seconds=15)
LATEST = timedelta(hours=1)
PATIENCE = timedelta(hours=72)


def free(now: datetime) -> Q:
    """Return the condition: nobody works on the row, or who did has not come back in time."""
    return Q(lease_until__isnull=True) | Q(lease_until__lte=now)


def claim(owed: QuerySet[M], now: datetime) -> M | None:
    """Take the row that waits longest, with its lease running from `now`; None when none is left."""
    return next(iter(claim_some(owed, now, at_most=1)), None)


def claim_some(owed: QuerySet[M], now: datetime, *, at_most: int) -> list[M]:
    """Take the rows that wait longest under one lease running from `now`; none when none is left.

    The condition stands in the UPDATE itself as well: of two workers that found the same rows, the second one
    sees the lease of the first when its turn comes.
    """
    waiting = owed.filter(free(now), next_try_at__lte=now)
    token = token_of(os.getpid())
    lease = {"lease_token": token, "lease_until": now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)}
    first = waiting.order_by("next_try_at", "pk").values("pk")[:at_most]
    while not waiting.filter(pk__in=first).update(attempts=F("attempts") + 1, **lease):
        # Another worker took those very rows: look once more, there may be others.
        if not waiting.exists():
            return []
    return list(owed.filter(lease_token=token).order_by("next_try_at", "pk"))


def give_back(owed: QuerySet[M], token: str, unused: list[M]) -> None:
    """End the lease of rows that were claimed and not begun, as if nobody had taken them."""
    if unused:
        rows = held(owed, token).filter(pk__in=[row.pk for row in unused])
        rows.update(lease_token="", lease_until=None, attempts=F("attempts") - 1)


@cache
def _machine() -> str:
    """Return eight characters for this boot of this machine and its process table ("" where unknown)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        table = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return ""
    return hashlib.sha256(f"{boot} {table}".encode()).hexdigest()[:8]


def token_of(pid: int) -> str:
    """Return a new token that names the process which holds the lease."""
    return f"{_machine()}.{pid:x}.{uuid.uuid4().hex}"[:32]


def free_abandoned(owed: QuerySet[M], now: datetime) -> int:
    """End the leases of processes of this machine that are gone; return how many.

    Only a shortcut: on any other machine, and where process numbers are unknown, the lease simply runs out.
    """
    if not _machine():
        return 0
    leased = owed.filter(lease_until__gt=now, lease_token__startswith=f"{_machine()}.")
    tokens = leased.values_list("lease_token", flat=True)
    dead = [token for token in tokens if not _lives(int(token.split(".")[1], 16))]
    return owed.filter(lease_token__in=dead).update(lease_until=now)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        # A killed process that nobody has collected yet still has its number, but will never finish anything.
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except PermissionError:
        return True
    except OSError:
        return False
    return state not in ("Z", "X")


def held(rows: QuerySet[M], token: str) -> QuerySet[M]:
    """Return the row as long as this worker's lease on it stands, for the one UPDATE that records the end."""
    return rows.filter(lease_token=token)


def next_try(owed_at: datetime, now: datetime) -> datetime:
    """Return when to try again: after a quarter of the time already waited, at most an hour."""
    return now + min(max((now - owed_at) / 4, SOONEST), LATEST)
