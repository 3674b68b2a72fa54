"""Sheets: of one juror, of one case, of a whole round."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from grants.models import Application, Criterion, Round
from grants.states import ApplicationState, OthersVisible, RoundState
from reviews.models import Juror, Review
from reviews.queries.seats import seats_of
from reviews.states import COUNTED
from reviews.states import ReviewState as S

SCORING_ROUNDS = (RoundState.SCORING, RoundState.JURY, RoundState.COMMITTEE)
UNBLOCKED = Q(conflict_hint="") | Q(conflict_cleared_at__isnull=False)


def own_sheets(person: User) -> QuerySet[Review]:
    """Return the sheets of the person's living seats, with case and organisation."""
    return (
        Review.objects.filter(juror__in=seats_of(person))
        .exclude(application__state=ApplicationState.WITHDRAWN)
        .select_related("juror", "application__round", "application__organisation")
    )


def editable(review: Review) -> bool:
    """Tell whether the sheet can be filled in: begun, open to the juror, and the case is being scored."""
    return (
        review.state == S.IN_PROGRESS
        and review.opened
        and review.application.state == ApplicationState.IN_REVIEW
        and review.application.round.state in SCORING_ROUNDS
    )


def criteria(round_id: int) -> list[Criterion]:
    """Return the rubric of a round in its order."""
    return list(Criterion.objects.filter(round=round_id).order_by("position", "pk"))


def others(review: Review) -> QuerySet[Review]:
    """Return the other jurors' sheets that this juror may read by the round's rule; recused ones never."""
    rule = review.application.round.others_visible
    hidden = rule == OthersVisible.NEVER or not review.opened
    if hidden or (rule == OthersVisible.AFTER_OWN and review.state not in COUNTED):
        return Review.objects.none()
    return (
        Review.objects.filter(UNBLOCKED, application=review.application_id, state__in=COUNTED)
        .exclude(pk=review.pk)
        .select_related("juror__user", "application")
        .prefetch_related("scores")
    )


@dataclass(frozen=True)
class Progress:
    """How far one juror is: sheets handed in of those to do, and those that wait for the chair."""

    juror: Juror
    done: int
    total: int
    recused: int
    waiting: int


def progress_of_jurors(round: Round) -> list[Progress]:
    """Return the progress of each living seat (one query)."""
    live = Q(reviews__application__state__in=_IN_JURY)
    waiting = (
        live & ~Q(reviews__conflict_hint="") & Q(reviews__conflict_cleared_at=None)
        & ~Q(reviews__state__in=[S.RECUSED, S.LAPSED])
    )  # fmt: skip
    rows = (
        Juror.objects.filter(round=round, ended_at__isnull=True)
        .select_related("user")
        .annotate(
            done=Count("reviews", live & Q(reviews__state__in=COUNTED)),
            recused=Count("reviews", live & Q(reviews__state=S.RECUSED)),
            total=Count("reviews", live & ~Q(reviews__state=S.RECUSED)),
            waiting=Count("reviews", waiting),
        )
        .order_by("-chairs", "-deputy_chair", "user__search_key", "pk")
    )
    return [Progress(juror, juror.done, juror.total, juror.recused, juror.waiting) for juror in rows]


_IN_JURY = (ApplicationState.IN_REVIEW, ApplicationState.REVIEWED, ApplicationState.RANKED)


def cases_in_scoring(round: Round) -> QuerySet[Any]:
    """Return the cases of the jury with `handed_in`, `assigned`, `recused` and `blocked` counts (one query)."""
    return (
        Application.objects.filter(round=round, state__in=_IN_JURY)
        .select_related("organisation")
        .annotate(
            handed_in=Count("reviews", Q(reviews__state__in=COUNTED)),
            assigned=Count("reviews", ~Q(reviews__state=S.RECUSED)),
            recused=Count("reviews", Q(reviews__state=S.RECUSED)),
            blocked=Count(
                "reviews",
                Q(reviews__conflict_cleared_at=None)
                & ~Q(reviews__conflict_hint="")
                & ~Q(reviews__state__in=[S.RECUSED, S.LAPSED]),
            ),
        )
        .order_by("case_number", "pk")
    )  # fmt: skip


def undecided_sheets() -> QuerySet[Review]:
    """Return the sheets on which a conflict that shows late still matters, with no more than that takes.

    A sheet that lapsed counts in no figure, but its juror may know the case and vote on it.
    """
    return (
        Review.objects.filter(application__state__in=(*_IN_JURY, ApplicationState.IN_COMMITTEE))
        .exclude(state=S.RECUSED)
        .only(
            "state", "version", "conflict_hint", "conflict_cleared_at", "juror__user", "application__fund",
            "application__organisation",
        )
    )  # fmt: skip


def counted(application: Application) -> QuerySet[Review]:
    """Return the sheets that count: handed in or locked, not recused, no open match."""
    return Review.objects.filter(UNBLOCKED, application=application, state__in=COUNTED)


@dataclass(frozen=True)
class Conflict:
    """A match or recusal on somebody else's sheet, and whether this person decides about it."""

    review: Review
    waits: bool
    decides: bool


def conflicts(person: User, rounds: Collection[Round]) -> list[Conflict]:
    """Return the matches and recusals of these juries; open ones first (two queries beside the person's seats).

    Nothing of a case in which the person is out as well: another's reason would tell about it.
    """
    seats = {seat.round_id: seat for seat in seats_of(person)}
    lead = Q(juror__in=seats.values()) | Q(juror__chairs=True, juror__ended_at=None)
    gone = Review.objects.filter(lead, Q(state=S.RECUSED) | ~UNBLOCKED, application__round__in=rounds)
    sheets = list(gone.order_by().values_list("application", "juror", "juror__chairs"))
    out = {(application, juror) for application, juror, _chairs in sheets}
    chair_out = {application for application, _juror, chairs in sheets if chairs}
    found = (
        Review.objects.filter(Q(state=S.RECUSED) | ~Q(conflict_hint=""), application__round__in=rounds)
        .exclude(juror__user=person)
        .select_related("juror__user", "application__organisation", "application__round")
        .order_by("application__case_number", "pk")
    )
    lines = []
    for review in found:
        seat = seats[review.application.round_id]
        if (review.application_id, seat.pk) in out:
            continue
        led = seat.chairs or (seat.deputy_chair and review.application_id in chair_out)
        lines.append(Conflict(review, waits_for_chair(review), led))
    return sorted(lines, key=lambda line: not line.waits)


def waits_for_chair(review: Review) -> bool:
    """Tell whether a match blocks this sheet and the chair has to decide."""
    return review.state not in (S.RECUSED, S.LAPSED) and not review.is_unblocked()
