from collections.abc import Sequence
from datetime import date, datetime, timedelta

from accounts import audit, days
from accounts.clock import berlin_day
from accounts.exceptions import LostRace, NeedsReason
from accounts.models import User
from grants.exceptions import DayTooEarly, NothingAsked
from grants.models import Application, DocumentRequest
from grants.queries import open_request
from grants.sections import expand
from grants.states import ApplicationState as S
from grants.steps.checks.common import refuse_while_proposed
from grants.steps.sending import tell_applicant
from notifications import timers
from notifications.dates import end_of_berlin_day
from notifications.states import TimerKind

# The friendly reminder comes this long before the day, when there is time for it.
REMIND_BEFORE = timedelta(days=3)


def request_documents(
    application: Application, *, by: User, now: datetime, fields: Sequence[str], message: str, due_date: date
) -> DocumentRequest:
    """Ask for what is missing until a day; only this reopens for the applicant (N04).

    Args:
        application: in formal check.
        by: the officer.
        now: when.
        fields: names of sections, fields or kinds of attachments.
        message: what is missing, in the officer's words.
        due_date: last day.

    Raises:
        NothingAsked: no known entry among `fields`.
        NeedsReason: an empty message; DayTooEarly: the day is not in the future.
        ProposalWaits: a rejection is proposed.
    """
    if not expand(fields):
        raise NothingAsked
    if not message.strip():
        raise NeedsReason
    if due_date <= berlin_day(now):
        raise DayTooEarly
    refuse_while_proposed(application)
    returned: Application = audit.perform(application.request_documents, by=by, due=due_date, reason=message)
    request = DocumentRequest.objects.create(
        application=returned, fields=list(fields), message=message, due_date=due_date, asked_by=by, asked_at=now
    )
    _watch(request, now)
    _tell_of(request, "asked")
    return request


def _watch(request: DocumentRequest, now: datetime) -> None:
    """Wake up for the reminder; each day that was set has its own timer, for one that ran off stays so."""
    application = request.application
    early = request.due_date - REMIND_BEFORE
    day = early if early > berlin_day(now) else request.due_date
    timers.stop_all(TimerKind.DOCUMENTS_DUE, request.pk, now)
    timers.start(
        TimerKind.DOCUMENTS_DUE,
        key=f"documents_due:{request.pk}:{request.due_date:%Y%m%d}",
        fund=application.fund,
        case_key=application.case_key,
        subject_id=request.pk,
        due_at=end_of_berlin_day(day),
    )


def _tell_of(request: DocumentRequest, kind: str) -> None:
    tell_applicant(
        "N04",
        request.application,
        key=f"N04:{request.pk}:{kind}:{request.due_date:%Y%m%d}",
        context={"kind": kind, "due": days.later(days.day_long, request.due_date)},
    )


def extend_deadline(
    application: Application, *, by: User, now: datetime, due_date: date, reason: str
) -> DocumentRequest:
    """Give more time, also after the day (VwVfG § 31 (7)).

    Raises:
        NeedsReason: no reason.
        DayTooEarly: not later than the day before, or not in the future.
        LostRace: nothing is asked any more.
        ProposalWaits: a rejection is proposed.
    """
    if not reason.strip():
        raise NeedsReason
    refuse_while_proposed(application)
    request = open_request(application)
    if request is None:
        raise LostRace
    if due_date <= max(request.due_date, berlin_day(now)):
        raise DayTooEarly
    request.application = audit.perform(application.extend_deadline, by=by, due=due_date, reason=reason)
    request.due_date, request.reminded_at = due_date, None
    request.save(update_fields=["due_date", "reminded_at"])
    _watch(request, now)
    _tell_of(request, "extended")
    return request


def remind_of_documents(request: DocumentRequest, *, now: datetime) -> bool:
    """Remind the applicant of an open request; False when there is nothing left to remind of."""
    if request.answered_at is not None or request.application.state != S.RETURNED:
        return False
    request.reminded_at = now
    request.save(update_fields=["reminded_at"])
    _tell_of(request, "reminder")
    return True
