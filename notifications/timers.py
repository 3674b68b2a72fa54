"""Things that fall due, as rows. The floor that knows a kind sweeps it."""

from datetime import datetime

from django.db.models import QuerySet

from accounts import clock
from accounts.models import Fund
from notifications.models import Timer


def start(kind: str, *, key: str, fund: Fund | None, case_key: str, subject_id: int, due_at: datetime) -> None:
    """Start a timer inside the open transaction.

    A repeat with the same key moves an open timer to the new `due_at`; one that ran off stays so.

    Args:
        kind: a TimerKind.
        key: unique for what it waits for.
        fund: whose case it is.
        case_key: of the case.
        subject_id: id of the record it is about, in the table that the kind implies.
        due_at: aware instant.
    """
    timer = Timer(
        key=key, kind=kind, fund=fund, case_key=case_key, subject_id=subject_id, due_at=due_at, created_at=clock.now()
    )
    Timer.objects.bulk_create([timer], ignore_conflicts=True)
    Timer.objects.filter(key=key, done_at=None).exclude(due_at=due_at).update(due_at=due_at)


def stop(key: str, now: datetime) -> bool:
    """End a timer before it falls due; False when there is no open one."""
    return Timer.objects.filter(key=key, done_at=None).update(done_at=now) == 1


def stop_all(kind: str, subject_id: int, now: datetime) -> int:
    """End all open timers of a kind on one record; return how many there were."""
    return Timer.objects.filter(kind=kind, subject_id=subject_id, done_at=None).update(done_at=now)


def due(kind: str, now: datetime) -> QuerySet[Timer]:
    """Return the open timers of a kind that have fallen due, oldest first."""
    return Timer.objects.filter(kind=kind, done_at=None, due_at__lte=now).order_by("due_at", "pk")


def finish(timer: Timer, now: datetime) -> bool:
    """Mark a due timer as dealt with; False when another worker was faster (then do nothing).

    Call it first inside the transaction that does the work, so that both stand or fall together.
    """
    return Timer.objects.filter(pk=timer.pk, done_at=None).update(done_at=now) == 1
