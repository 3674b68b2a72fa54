"""What passing time does to letters and awards; run by the scheduler, safe to run at any time and twice."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

import structlog
from celery import shared_task
from django.db import models, transaction

from accounts import audit, clock
from accounts.exceptions import Refused
from accounts.models import SYSTEM
from grants.models import Round
from grants.states import RoundState
from notifications import standstill, sweeps
from notifications.states import LetterState
from payments.models import Award, CaseLetter
from payments.queries import all_announced, books
from payments.states import AwardState
from payments.steps import awards as steps
from payments.steps import portal

logger = structlog.get_logger(__name__)
R = TypeVar("R", bound=models.Model)
# Rows of one kind that one run takes; the next run takes what is left.
BATCH = 500


@shared_task(name="payments.check_books")
@sweeps.alone("payments.check_books")
def check_books() -> str:
    """Compare every balance with its transfers, once a day; monitoring tells what is wrong before an audit does."""
    errors = books.check(None).errors
    for error in errors:
        logger.error("books.wrong", why=error)
    return "\n".join(errors)


@shared_task(name="payments.sweep")
@sweeps.alone("payments.sweep")
@standstill.minded
def sweep() -> None:
    """Announce, take back, expire and make final what is due by the clock."""
    now = clock.now()
    today = clock.berlin_day(now)
    _each(_announced(today), lambda case: steps.announce(case, now=now))
    _each(_came_back(), steps.take_back)
    _each(_cases().filter(letter__state=LetterState.PUBLISHED), lambda case: portal.expire_if_over(case, now=now))
    _each(_final(today), lambda award: steps.end_period_to_sue(award, today=today))
    _each(Round.objects.filter(state=RoundState.DECIDED), _end_letters)


def _each(rows: models.QuerySet[R], step: Callable[[R], object]) -> None:
    """Do the step for each row in a transaction of its own, so that one that fails stops no other."""
    for row in list(rows.order_by("pk")[:BATCH]):
        try:
            with transaction.atomic(durable=True):
                step(row)
        except Refused as refusal:
            logger.info("sweep.refused", record=str(row), why=str(refusal.message))
        except Exception:
            logger.exception("sweep.failed", record=str(row))


def _cases() -> models.QuerySet[CaseLetter]:
    return CaseLetter.objects.select_related("letter", "application__fund", "application__round")


def _announced(today: date) -> models.QuerySet[CaseLetter]:
    return _cases().filter(
        letter__state=LetterState.ANNOUNCED, letter__announced_on__lte=today, announcement_handled_at__isnull=True
    )


def _came_back() -> models.QuerySet[CaseLetter]:
    # Coming back and being posted anew both empty the day; the mail room may be quicker than the sweep.
    return _cases().filter(letter__announced_on__isnull=True, announcement_handled_at__isnull=False)


def _final(today: date) -> models.QuerySet[Award]:
    return Award.objects.filter(
        state=AwardState.NOTIFIED, sue_until__lt=today, letter__state=LetterState.ANNOUNCED
    ).select_related("application__fund", "letter")


def _end_letters(round_: Round) -> None:
    """The projects run as soon as every award and rejection letter of the round is announced."""
    if all_announced(round_):
        audit.perform(round_.letters_done, by=SYSTEM)
