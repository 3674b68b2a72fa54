"""The juror's acts on a sheet, and the chair's."""

from django.db import transaction

from accounts import audit, clock
from accounts.audit import perform
from accounts.exceptions import LostRace, NotPermitted, NotPossible
from accounts.models import User
from reviews import steps
from reviews.models import Review
from reviews.permissions import chairs, own_sheet
from reviews.queries.sheets import waits_for_chair
from reviews.steps import Summary
from reviews.steps.sheets import Answers


def declare_no_conflict(*, review: Review, by: User) -> Review:
    """Declare to be free of conflict. The sheet stays closed where a match has to be looked at by the chair."""
    with transaction.atomic(durable=True):
        return steps.declare_none(review, by=by, now=clock.now())


def declare_conflict(*, review: Review, why: str, by: User) -> Review:
    """Declare a conflict, at any time, also after handing in."""
    with transaction.atomic(durable=True):
        return steps.recuse(review, by=by, why=why, now=clock.now(), own=True)


def exclude(*, review: Review, why: str, by: User) -> Review:
    """Exclude a juror from a case for a conflict; by the chair, for the chair's own sheet by the deputy."""
    with transaction.atomic(durable=True):
        return steps.recuse(review, by=by, why=why, now=clock.now(), own=False)


def clear_hint(*, review: Review, why: str, by: User) -> Review:
    """Decide that a match is no conflict; the juror may open the case.

    Raises:
        NotPermitted: not the lead on this sheet.
        NotPossible: no match waits.
        LostRace: another match was found since the chair looked.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(review)
        if not chairs(fresh, by):
            raise NotPermitted
        if not waits_for_chair(fresh):
            raise NotPossible
        if fresh.version != review.version:
            raise LostRace
        fresh.conflict_cleared_at = clock.now()
        fresh.version += 1
        fresh.save(update_fields=["conflict_cleared_at", "version"])
        audit.record("clear_conflict_hint", fresh, by=by, reason=why)
        return fresh


def save_draft(*, review: Review, answers: Answers, summary: Summary, seen_version: int, by: User) -> Review:
    """Keep a draft. Raises: LostRace: changed since; ScoringClosed; NotPermitted."""
    with transaction.atomic(durable=True):
        if not own_sheet(review, by):
            raise NotPermitted
        return steps.save_scores(review, answers, summary, seen_version=seen_version)


def submit_sheet(*, review: Review, answers: Answers, summary: Summary, seen_version: int, by: User) -> Review:
    """Hand the sheet in. Raises: SheetIncomplete, ScoringClosed, LostRace, NotPermitted."""
    with transaction.atomic(durable=True), clock.hold(clock.now()) as now:
        return steps.submit_sheet(review, answers, summary, by=by, now=now, seen_version=seen_version)


def reopen_sheet(*, review: Review, why: str, by: User) -> Review:
    """Give a sheet back to its juror before scoring closes; the old answers stay in the history."""
    with transaction.atomic(durable=True):
        rows = review.scores.values_list("criterion__code", "value", "not_judged", "reason")
        old = {code: [value, not_judged, reason] for code, value, not_judged, reason in rows}
        fresh: Review = perform(review.reopen, by=by, reason=why)
        audit.record("sheet_before_reopening", fresh, by=by, data=old)
        return fresh
