"""What the clock does: rounds open and close, unused drafts are announced and go."""

from datetime import timedelta

from django.db import transaction

from accounts import audit, clock
from accounts.days import day, later
from accounts.models import SYSTEM
from grants import filestore, steps
from grants.models import Application, Round
from grants.states import ApplicationState, RoundState
from grants.steps import calls
from notifications import timers
from notifications.dates import berlin_day, deadline_includes
from notifications.models import Timer


def open_round(*, round_: Round) -> Round:
    """Open a published round whose moment has come; any other stays as it is."""
    with transaction.atomic(durable=True):
        fresh = audit.locked(round_)
        if fresh.state != RoundState.PUBLISHED or clock.now() < fresh.opens_at:
            return fresh
        return calls.open_round(fresh, now=clock.now())


def remind_of_deadline(*, timer: Timer) -> int:
    """Remind everybody with a draft that the deadline is near; return how many drafts there are."""
    with transaction.atomic(durable=True):
        now = clock.now()
        if not timers.finish(timer, now):
            return 0
        round_ = Round.objects.select_related("fund").get(pk=timer.subject_id)
        return calls.remind_of_deadline(round_, due_at=timer.due_at, now=now)


def close_round(*, round_: Round) -> Round:
    """Close an open round whose deadline is over; an extension meanwhile keeps it open."""
    with transaction.atomic(durable=True):
        fresh = audit.locked(round_)
        if fresh.state != RoundState.OPEN or deadline_includes(fresh.deadline_at, clock.now()):
            return fresh
        closed: Round = audit.perform(fresh.close, by=SYSTEM)
        return closed


def warn_of_expiry(*, application: Application) -> bool:
    """Tell the authors of an unused draft that it will go (N02), once for each time it lay still."""
    with transaction.atomic(durable=True):
        fresh = audit.locked(application)
        now, days = clock.now(), timedelta(days=fresh.round.draft_days)
        unused = fresh.state == ApplicationState.DRAFT and fresh.edited_at + days <= now
        if not unused or fresh.expiry_noticed_at is not None:
            return False
        fresh.expiry_noticed_at = now
        fresh.save(update_fields=["expiry_noticed_at"])
        goes = later(day, berlin_day(now + days))
        key = f"N02:{fresh.case_key}:{fresh.version}"
        steps.tell_applicant("N02", fresh, key=key, context={"day": goes})
        return True


def expire_draft(*, application: Application) -> bool:
    """Discard a draft that nobody touched since its notice, after the round's days."""
    with transaction.atomic(durable=True):
        fresh = audit.locked(application)
        noticed, days = fresh.expiry_noticed_at, timedelta(days=fresh.round.draft_days)
        if fresh.state != ApplicationState.DRAFT or noticed is None or noticed + days > clock.now():
            return False
        paths = [file.path for file in steps.discard(fresh, by=SYSTEM)]
        transaction.on_commit(lambda: filestore.remove_all(paths), robust=True)
        return True
