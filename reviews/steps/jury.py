"""Seats, assignment and the end of scoring."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db.models import F

from accounts import audit, days
from accounts.audit import perform
from accounts.models import SYSTEM, Person, User
from accounts.permissions import forget_roles
from grants.models import Application, Round
from grants.states import ApplicationState as A
from grants.states import RoundState
from notifications import outbox
from reviews.exceptions import (
    AlreadySeated,
    ChairTaken,
    ConflictOpen,
    DeputyTaken,
    HandlesCases,
    SeatsTaken,
    StillInCheck,
    TooFewJurors,
    TooFewSheets,
)
from reviews.models import Juror, Review, ScoringPeriod
from reviews.permissions import handles_cases
from reviews.queries.seats import closeness, seats
from reviews.queries.sheets import counted, waits_for_chair
from reviews.states import COUNTED
from reviews.states import ReviewState as S

OPEN = (S.ASSIGNED, S.IN_PROGRESS)
IN_CHECK = (A.SUBMITTED, A.FORMAL_CHECK, A.RETURNED)


def appoint_juror(
    round: Round,
    user: User,
    *,
    by: Person,
    now: datetime,
    chairs: bool = False,
    deputy_chair: bool = False,
    stand_in: bool = False,
) -> Juror:
    """Give a person a seat in the jury of a round.

    Raises:
        HandlesCases: the person holds a role in this fund (roles.tsv: never also).
        AlreadySeated, ChairTaken, DeputyTaken: what the seats allow once.
        SeatsTaken: the jury has all its seats; only stand-ins come beside them.
    """
    forget_roles(user)
    if handles_cases(user, round.fund_id):
        raise HandlesCases
    living = seats(round)
    if living.filter(user=user).exists():
        raise AlreadySeated
    if chairs and living.filter(chairs=True).exists():
        raise ChairTaken
    if deputy_chair and not chairs and living.filter(deputy_chair=True).exists():
        raise DeputyTaken
    if not stand_in and living.filter(stand_in=False).count() >= round.jury_size:
        raise SeatsTaken(round.jury_size)
    juror = Juror.objects.create(
        round=round,
        user=user,
        chairs=chairs,
        deputy_chair=deputy_chair and not chairs,
        stand_in=stand_in,
        appointed_by=by if isinstance(by, User) else None,
        appointed_at=now,
    )
    audit.record("appoint_juror", juror, by=by, data={"round": round.pk})
    return juror


def end_seat(juror: Juror, *, by: Person, now: datetime, reason: str = "") -> Juror:
    """End a seat; sheets handed in stay and count, open ones lapse when scoring closes."""
    juror.ended_at = now
    juror.save(update_fields=["ended_at"])
    audit.record("end_juror", juror, by=by, reason=reason)
    return juror


def assign(
    application: Application, jurors: Collection[Juror], *, by: Person, now: datetime, tell: bool = True
) -> Application:
    """Give each juror a sheet for the case, with a hint where one is too close; returns the fresh case.

    A case that waits for its jury goes into review; one that lost sheets just gets more of them. Once scoring
    has begun the jurors are told (N07), unless the caller does it once for many cases (`tell`).

    Raises:
        TooFewJurors: fewer jurors without a possible conflict than the round asks for.
    """
    close = closeness(application.fund_id, [juror.user_id for juror in jurors])
    known = set(application.reviews.values_list("juror", flat=True))
    Review.objects.bulk_create(
        Review(
            application=application,
            juror=juror,
            assigned_at=now,
            conflict_hint=close.hint(juror.user_id, application.organisation_id),
        )
        for juror in jurors
        if juror.pk not in known
    )
    sheets = Review.objects.filter(application=application).exclude(state__in=[S.RECUSED, S.LAPSED])
    if sum(not waits_for_chair(sheet) for sheet in sheets) < application.round.min_reviews:
        raise TooFewJurors
    data = {"jurors": [juror.pk for juror in jurors]}
    if application.state == A.ELIGIBLE:
        application = perform(application.assign_jury, by=by)
    audit.record("assign_jurors", application, by=by, data=data)
    if tell and application.round.state != RoundState.CLOSED:
        tell_assigned([juror for juror in jurors if juror.pk not in known], key=f"case:{application.pk}")
    return application


def tell_assigned(jurors: Iterable[Juror], *, key: str, due: date | None = None) -> None:
    """Owe N07 to jurors with new sheets."""
    for juror in jurors:
        round_ = juror.round
        outbox.owe(
            "N07",
            key=f"N07:assigned:{round_.pk}:{juror.pk}:{key}",
            to=juror.user,
            fund=round_.fund,
            link="/jury/",
            context={"round": round_.name, "due": days.later(days.day, due), "kind": "assigned"},
        )


def start_scoring(round: Round, *, by: User, now: datetime, due_date: date, stragglers: Collection[int] = ()) -> Round:
    """Begin the scoring of a round: rubric frozen, jurors told.

    Args:
        round: a closed round.
        by: coordinator.
        now: instant of the act.
        due_date: day by which sheets are asked for.
        stragglers: ids of applications that may follow later.

    Raises:
        StillInCheck: an application is in the formal check and not marked as straggler.
    """
    late = list(Application.objects.filter(round=round, state__in=IN_CHECK))
    if any(application.pk not in stragglers for application in late):
        raise StillInCheck
    round = perform(round.start_scoring, by=by)
    for application in late:
        audit.record("mark_straggler", application, by=by)
    ScoringPeriod.objects.update_or_create(
        round=round, defaults={"due_date": due_date, "started_by": by, "started_at": now}
    )
    busy = seats(round).filter(reviews__application__state=A.IN_REVIEW).distinct()
    tell_assigned(busy.select_related("user", "round__fund"), key="start", due=due_date)
    return round


def close_scoring(application: Application, *, by: Person) -> Application:
    """Lock the sheets that are in, let the others lapse; the case counts as scored.

    Raises:
        ConflictOpen: a sheet that is in waits for the chair.
        TooFewSheets: fewer sheets than the round asks for.
    """
    check_conflicts([application])
    sheets = list(Review.objects.filter(application=application))
    if counted(application).count() < application.round.min_reviews:
        raise TooFewSheets
    for sheet in sheets:
        if sheet.state == S.SUBMITTED:
            perform(sheet.close_scoring, by=by)
        elif sheet.state in OPEN:
            perform(sheet.lapse, by=SYSTEM)
    closed: Application = perform(application.close_scoring, by=by)
    return closed


def refresh_hints(sheets: Iterable[Review], *, fund_id: int) -> int:
    """Look again who is too close to whom; new matches block their sheets, also locked ones.

    A blocked sheet leaves every figure until the chair has decided. Returns how many matches are new.
    """
    sheets = list(sheets)
    close = closeness(fund_id, {sheet.juror.user_id for sheet in sheets})
    found = [(sheet, close.hint(sheet.juror.user_id, sheet.application.organisation_id)) for sheet in sheets]
    changed = [(sheet, hint) for sheet, hint in found if hint and hint != sheet.conflict_hint]
    for sheet, hint in changed:
        _block(sheet, hint)
    return len(changed)


def _block(sheet: Review, hint: str) -> None:
    """Write the match; the version moves, so that a page of the chair that showed less clears nothing."""
    sheet.conflict_hint, sheet.conflict_cleared_at, sheet.version = hint, None, sheet.version + 1
    Review.objects.filter(pk=sheet.pk).update(conflict_hint=hint, conflict_cleared_at=None, version=F("version") + 1)
    audit.record("conflict_hint", sheet, by=SYSTEM)


def check_conflicts(applications: Collection[Application]) -> None:
    """Look again for matches before a step that builds on the sheets of these cases of one fund.

    Raises:
        ConflictOpen: a sheet that counts, or would count, waits for the chair.
    """
    sheets = list(Review.objects.filter(application__in=applications, state__in=COUNTED))
    if sheets:
        refresh_hints(sheets, fund_id=sheets[0].fund_id)
    if any(waits_for_chair(sheet) for sheet in sheets):
        raise ConflictOpen
