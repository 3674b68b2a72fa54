"""One juror's sheet: declaration, scores, handing in, recusal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from accounts import audit
from accounts.audit import perform
from accounts.clock import berlin_day
from accounts.exceptions import LostRace
from accounts.models import SYSTEM, Person, User
from grants.models import Application, Criterion
from grants.states import ApplicationState as A
from notifications import outbox
from reviews.exceptions import ScoringClosed, SheetIncomplete
from reviews.figures import Mark, sheet_total
from reviews.models import Review, Score
from reviews.queries.seats import coordinators, seats
from reviews.queries.sheets import counted, editable
from reviews.steps.jury import refresh_hints


@dataclass(frozen=True)
class Answer:
    """What a juror says to one criterion; a score from 0 to 5, "cannot judge", or nothing yet."""

    value: int | None
    not_judged: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Summary:
    """What a juror says to the whole case; amount in cents."""

    recommendation: str = ""
    proposed_cents: int | None = None
    comment: str = ""


Answers = Mapping[Criterion, Answer]


def declare_none(review: Review, *, by: Person, now: datetime) -> Review:
    """Open the documents to the juror, unless a match is found that the chair has to look at first.

    Returns: the sheet; still ASSIGNED where a new match blocks it.
    """
    if refresh_hints([review], fund_id=review.fund_id):
        return review
    opened: Review = perform(review.declare_no_conflict, by=by, at=now)
    return opened


def save_scores(review: Review, answers: Answers, summary: Summary, *, seen_version: int | None = None) -> Review:
    """Keep a draft in any state of completeness; returns the sheet with its new version.

    Raises:
        ScoringClosed: the sheet cannot be filled in now.
        LostRace: it was changed since `seen_version`.
    """
    fresh = audit.locked(review)
    if seen_version is not None and fresh.version != seen_version:
        raise LostRace
    if not editable(fresh):
        raise ScoringClosed
    _write(fresh, answers)
    _put(fresh, summary)
    fresh.version += 1
    fresh.save(update_fields=["recommendation", "proposed_cents", "comment", "version"])
    return fresh


def _put(review: Review, summary: Summary) -> None:
    review.recommendation, review.proposed_cents = summary.recommendation, summary.proposed_cents
    review.comment = summary.comment


def _write(review: Review, answers: Answers) -> None:
    Score.objects.bulk_create(
        [
            Score(
                review=review, criterion=criterion, value=answer.value, not_judged=answer.not_judged,
                reason=answer.reason, weight=criterion.weight, question=criterion.name,
            )
            for criterion, answer in answers.items()
        ],
        update_conflicts=True,
        unique_fields=["review", "criterion"],
        update_fields=["value", "not_judged", "reason", "weight", "question"],
    )  # fmt: skip


def submit_sheet(
    review: Review,
    answers: Answers,
    summary: Summary,
    *,
    by: Person,
    now: datetime,
    seen_version: int | None = None,
) -> Review:
    """Hand the sheet in: every criterion answered, a reason where the round wants one.

    Args:
        review: sheet as the juror saw it.
        answers: one for each criterion of the rubric; the caller passes them all.
        summary: recommendation, amount, comment.
        by: the juror.
        now: instant of the act.
        seen_version: refuses a sheet that was changed since.

    Raises:
        SheetIncomplete: an answer or reason is missing, or nothing at all was judged.
        ScoringClosed: the sheet cannot be filled in now.
        LostRace: it was changed since `seen_version`.
    """
    marks = [Mark(c.code, c.weight, a.value, a.not_judged) for c, a in answers.items()]
    if sheet_total(marks) is None or missing_reasons(review, answers):
        raise SheetIncomplete
    if not editable(review):
        raise ScoringClosed
    fresh: Review = perform(review.submit, by=by, at=now)
    if seen_version is not None and fresh.version != seen_version + 1:
        raise LostRace
    _write(fresh, answers)
    _put(fresh, summary)
    fresh.save(update_fields=["recommendation", "proposed_cents", "comment"])
    return fresh


def missing_reasons(review: Review, answers: Answers) -> list[Criterion]:
    """Return the criteria whose score needs a reason by the round's rule and has none."""
    wanted = review.application.round.reason_scores
    return [c for c, answer in answers.items() if answer.value in wanted and not answer.reason.strip()]


def recuse(review: Review, *, by: Person, why: str, now: datetime, own: bool) -> Review:
    """Take a juror out of a case: the sheet leaves every figure, and a case short of sheets goes back.

    Args:
        review: sheet in any living state, also a locked one.
        by: the juror (`own`), else the chair or the deputy.
        why: reason, kept.
        now: instant of the act.
        own: declared by the juror; else excluded by the lead.
    """
    transition = review.declare_conflict if own else review.exclude
    gone: Review = perform(transition, by=by, at=now, why=why)
    application = gone.application
    if application.state in (A.REVIEWED, A.RANKED):
        enough = counted(application).count() >= application.round.min_reviews
        if not enough:
            _lose_sheets(application, now)
    return gone


def _lose_sheets(application: Application, now: datetime) -> None:
    """Send the case back into review; stand-ins and coordinators hear of it. The old vote no longer holds."""
    application.votes.filter(superseded_at__isnull=True).update(superseded_at=now)
    application = perform(application.lose_sheets, by=SYSTEM)
    stand_ins = (seat.user for seat in seats(application.round).filter(stand_in=True))
    _tell_lost(application, stand_ins, kind="stand_in", link="/jury/")
    scoring = reverse("reviews:scoring", args=[application.round_id])
    _tell_lost(application, coordinators(application.fund_id, berlin_day(now)), kind="lost", link=scoring)


def _tell_lost(application: Application, people: Iterable[User], *, kind: str, link: str) -> None:
    round_ = application.round
    for person in people:
        outbox.owe(
            "N07",
            key=f"N07:lost:{application.pk}:{application.version}:{person.pk}",
            to=person,
            fund=round_.fund,
            organisation_id=application.organisation_id,
            link=link,
            context={
                "round": round_.name,
                "due": "",
                "kind": kind,
                "case_number": application.case_number or "",
            },
        )
