"""What the office does in the formal check: one action, one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from accounts import clock
from accounts.clock import berlin_day
from accounts.models import Proposal, User
from grants.models import Application, DocumentRequest, FormalCheck
from grants.steps import checks
from notifications import timers
from notifications.models import Timer


def start_check(*, application: Application, by: User) -> Application:
    """Take a case up; the errors are those of the step of the same name, here and below."""
    with transaction.atomic(durable=True):
        return checks.start_check(application, by=by, now=clock.now())


def save_check(
    *,
    application: Application,
    by: User,
    seen_version: int,
    answers: Mapping[str, str],
    costs_note: str,
    note: str,
) -> FormalCheck:
    """Keep the checklist as a draft."""
    with transaction.atomic(durable=True):
        return checks.save_check(
            application,
            by=by,
            now=clock.now(),
            answers=answers,
            costs_note=costs_note,
            note=note,
            seen_version=seen_version,
        )


def accept(
    *,
    application: Application,
    by: User,
    seen_version: int,
    answers: Mapping[str, str],
    costs_note: str,
    note: str,
) -> Application:
    """Keep the checklist as it stands on the page and accept the case; both or neither."""
    with transaction.atomic(durable=True):
        checks.save_check(
            application,
            by=by,
            now=clock.now(),
            answers=answers,
            costs_note=costs_note,
            note=note,
            seen_version=seen_version,
        )
        return checks.accept(application, by=by)


def request_documents(
    *, application: Application, by: User, fields: Sequence[str], message: str, due_date: date
) -> DocumentRequest:
    """Ask the applicant for what is missing."""
    with transaction.atomic(durable=True):
        return checks.request_documents(
            application, by=by, now=clock.now(), fields=fields, message=message, due_date=due_date
        )


def extend_deadline(*, application: Application, by: User, due_date: date, reason: str) -> DocumentRequest:
    """Give the applicant more time for what is missing."""
    with transaction.atomic(durable=True):
        return checks.extend_deadline(application, by=by, now=clock.now(), due_date=due_date, reason=reason)


def propose_rejection(*, application: Application, kind: str, by: User, reason: str) -> Proposal:
    """Propose a formal rejection to a second officer."""
    with transaction.atomic(durable=True):
        return checks.propose_rejection(application, kind, by=by, now=clock.now(), reason=reason)


def confirm_rejection(*, application: Application, proposal: Proposal, by: User) -> Application:
    """Confirm a formal rejection that somebody else proposed."""
    with transaction.atomic(durable=True):
        return checks.confirm_rejection(application, proposal, by=by, now=clock.now())


def decline_rejection(*, application: Application, proposal: Proposal, by: User, note: str) -> Proposal:
    """Say no to a formal rejection that somebody else proposed."""
    with transaction.atomic(durable=True):
        return checks.decline_rejection(application, proposal, by=by, note=note)


def withdraw_rejection(*, application: Application, proposal: Proposal, by: User) -> Proposal:
    """Take one's own proposal back."""
    with transaction.atomic(durable=True):
        return checks.withdraw_rejection(application, proposal, by=by)


def reopen(*, application: Application, by: User, reason: str) -> Application:
    """Check a case again that was found not eligible."""
    with transaction.atomic(durable=True):
        return checks.reopen(application, by=by, reason=reason)


# --- what falls due ---------------------------------------------------------------------------------------


def remind_of_documents(*, timer: Timer) -> bool:
    """Remind an applicant of missing documents, once for each day that was set."""
    with transaction.atomic(durable=True):
        now = clock.now()
        if not timers.finish(timer, now):
            return False
        request = DocumentRequest.objects.select_related("application__round", "application__fund").get(
            pk=timer.subject_id
        )
        return checks.remind_of_documents(request, now=now)


def warn_of_delay(*, timer: Timer) -> bool:
    """Warn the office of three months without a decision."""
    with transaction.atomic(durable=True):
        now = clock.now()
        if not timers.finish(timer, now):
            return False
        application = Application.objects.select_related("fund", "officer").get(pk=timer.subject_id)
        return checks.warn_of_delay(application, people=checks.responsible(application, berlin_day(now)))
