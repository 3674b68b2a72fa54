"""What passing time does to letters and awards; run by the scheduler, safe to run at any time and twice."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

import structlog
from celery import shared_task
from django.db import models, transaction

from accounts import audit, clock
from accounts.exceptions import Refused
from accounts.models import SYSTEM
from notifications.dates import retrieval_last_day
from notifications.models import Notice
from notifications.states import LetterState, NoticeState
from payments.models import Award, CaseLetter
from payments.states import AwardState
from payments.steps import awards as steps
from payments.steps.letters import owe_expired

logger = structlog.get_logger(__name__)
R = TypeVar("R", bound=models.Model)


@shared_task(name="payments.sweep")
def sweep() -> None:
    """Announce, expire, take back and make final what is due by the clock."""
    now = clock.now()
    today = clock.berlin_day(now)
    _each(_announced(today), lambda case: steps.announce(case, now=now))
    _each(_came_back(), steps.take_back)
    _each(_unread(), lambda case: expire_if_due(case, today=today))
    _each(_final(today), _make_final)


def _each(rows: models.QuerySet[R], step: Callable[[R], object]) -> None:
    """Do the step for each row in a transaction of its own, so that one refused row stops no other."""
    for row in rows.iterator(chunk_size=200):
        try:
            with transaction.atomic(durable=True):
                step(row)
        except Refused as refusal:
            logger.info("sweep.refused", record=str(row), why=str(refusal.message))


def _cases() -> models.QuerySet[CaseLetter]:
    return CaseLetter.objects.select_related("letter__document", "application__fund", "application__round")


def _announced(today: date) -> models.QuerySet[CaseLetter]:
    return _cases().filter(
        letter__state=LetterState.ANNOUNCED, letter__announced_on__lte=today, announcement_handled_at__isnull=True
    )


def _came_back() -> models.QuerySet[CaseLetter]:
    return _cases().filter(letter__state=LetterState.RETURNED, announcement_handled_at__isnull=False)


def _unread() -> models.QuerySet[CaseLetter]:
    return _cases().filter(letter__state=LetterState.PUBLISHED)


def _final(today: date) -> models.QuerySet[Award]:
    return Award.objects.filter(
        state=AwardState.NOTIFIED, sue_until__lt=today, letter__state=LetterState.ANNOUNCED
    ).select_related("application__fund")


def _make_final(award: Award) -> None:
    day = steps.final_day(award)
    if day is not None:
        steps.become_final(award, on=day, by=SYSTEM)


def told_at(letter_id: int) -> datetime | None:
    """Return when the first mail about a letter in the portal was really sent; the time to retrieve runs from it."""
    return (
        Notice.objects.filter(key__startswith=f"N27:{letter_id}:", state=NoticeState.SENT)
        .order_by("sent_at")
        .values_list("sent_at", flat=True)
        .first()
    )


def expire_if_due(case: CaseLetter, *, today: date) -> None:
    """End the access to a letter that nobody retrieved within the days of the round; it goes by post (N28)."""
    sent_at = told_at(case.letter_id)
    if sent_at is None:
        return
    last_day = retrieval_last_day(clock.berlin_day(sent_at), case.application.round.retrieval_days)
    if today > last_day:
        audit.perform(case.letter.expire, by=SYSTEM)
        owe_expired(case)
