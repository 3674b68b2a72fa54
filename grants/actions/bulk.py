"""Steps for many cases: prepared with a preview, confirmed once, done case by case."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from accounts import audit, clock
from accounts.exceptions import NotPermitted, Refused
from accounts.models import User
from grants import desk
from grants.exceptions import NothingToDo, StartedAlready
from grants.models import BulkLine, BulkStep
from grants.states import BulkKind, LineOutcome
from grants.steps import bulk as steps

# A preview that nobody confirmed on the same day shows what no longer is.
_KEPT: Final = timedelta(days=1)


def prepare(
    *, by: User, kind: BulkKind, cases: Collection[int], officer: User | None = None, text: str = "", text_en: str = ""
) -> BulkStep:
    """Write down what a step would do to each of these cases; nothing happens to them yet.

    Args:
        by: who takes the step.
        kind: which one.
        cases: keys; those that the person does not read fall away.
        officer: to whom they are given.
        text: what the applicants are told, in German.
        text_en: the same in English, for those who chose another language; may be empty.

    Raises:
        NotPermitted: takes such steps in no fund.
        NothingToDo: it could be done to none of them.
    """
    with transaction.atomic(durable=True):
        if desk.funds_desked(by) == set():
            raise NotPermitted
        now = clock.now()
        found = list(desk.chosen(by, cases).select_related("round", "organisation").order_by("submitted_at", "pk"))
        step = BulkStep.objects.create(kind=kind, by=by, officer=officer, text=text, text_en=text_en, prepared_at=now)
        lines = steps.lay_out(step, found[: desk.CASES_AT_MOST], now=now)
        if not lines:
            raise NothingToDo
        return step


def confirm(*, step: BulkStep, by: User) -> BulkStep:
    """Say yes to a prepared step, once; what it does follows case by case.

    Raises:
        LostRace: it is gone.
        StartedAlready: it was confirmed before.
        NotPermitted: somebody else prepared it.
        NothingToDo: every case was left out.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(step)
        if fresh.by_id != by.pk:
            raise NotPermitted
        if fresh.confirmed_at is not None:
            raise StartedAlready
        if not desk.waiting_lines(fresh).exists():
            raise NothingToDo
        fresh.confirmed_at = clock.now()
        fresh.save(update_fields=["confirmed_at"])
        return fresh


def do_line(*, line: BulkLine, step: BulkStep, by: User) -> None:
    """Do a confirmed step to one case; when it was done meanwhile, nothing.

    Raises:
        Refused: it cannot be done; nothing was.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(line)
        if fresh.outcome != LineOutcome.WAITS:
            return
        steps.do_line(fresh, step, by=by, now=clock.now())
        fresh.outcome = LineOutcome.DONE
        fresh.save(update_fields=["outcome"])


def fail_line(*, line: BulkLine, refusal: Refused, reader: User) -> None:
    """Write down why a case was not done, in the language of who asked."""
    with transaction.atomic(durable=True):
        fresh = audit.locked(line)
        if fresh.outcome != LineOutcome.WAITS:
            return
        fresh.outcome, fresh.reason = LineOutcome.FAILED, steps.words_of(refusal, reader)
        fresh.save(update_fields=["outcome", "reason"])


def finish(*, step: BulkStep) -> None:
    """Close a step when nothing of it waits any more."""
    with transaction.atomic(durable=True):
        waiting = Q(pk=step.pk, finished_at=None) & ~Q(lines__outcome=LineOutcome.WAITS)
        BulkStep.objects.filter(waiting).update(finished_at=clock.now())


def forget_unconfirmed() -> None:
    """Drop the previews that nobody confirmed within a day."""
    with transaction.atomic(durable=True):
        BulkStep.objects.filter(confirmed_at=None, prepared_at__lt=clock.now() - _KEPT).delete()
