"""How much waits for the workers, and for how long: for monitoring, over all funds."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet

from notifications import claims, delivery, rendering
from notifications.models import Document, Notice
from notifications.states import NoticeState


@dataclass(frozen=True)
class Queue:
    """What one kind of worker has before it.

    `oldest_seconds` counts from the event, `overdue_seconds` from the moment at which the row could have been
    taken: a mail whose server refuses for now is old, but not overdue. `failed` needs a person, `held` a person's word.
    """

    waiting: int
    oldest_seconds: float
    overdue_seconds: float
    failed: int
    held: int


@dataclass(frozen=True)
class Backlog:
    """Both queues."""

    notices: Queue
    documents: Queue


def read(now: datetime) -> Backlog:
    """Count in four queries, each on an index of what is not done yet."""
    stuck = Notice.objects.order_by().filter(state__in=[NoticeState.FAILED, NoticeState.HELD])
    counted = dict(stuck.values_list("state").annotate(Count("pk")))
    notices = _queue(
        delivery.owed(),
        "owed_at",
        now,
        failed=counted.get(NoticeState.FAILED, 0),
        held=counted.get(NoticeState.HELD, 0),
    )
    return Backlog(notices, _queue(rendering.ordered(), "created_at", now, failed=rendering.failed().count(), held=0))


def _queue(rows: QuerySet[Notice] | QuerySet[Document], since: str, now: datetime, *, failed: int, held: int) -> Queue:
    figures = rows.order_by().aggregate(
        waiting=Count("pk"), oldest=Min(since), due=Min("next_try_at", filter=claims.free(now))
    )
    oldest, due = _age(figures["oldest"], now), _age(figures["due"], now)
    return Queue(figures["waiting"], oldest, due, failed, held)


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, round((now - moment).total_seconds(), 1)) if moment else 0.0
