"""What coordinator and head of unit do with small projects."""

from django.db import transaction

from accounts import clock
from accounts.models import User
from grants.models import Application
from reviews.models import Decision
from reviews.steps import fast_track as steps


def route(*, application: Application, by: User) -> Application:
    """Put a small project on the fast track. Raises: as `steps.fast_track.route`; NotPermitted, LostRace."""
    with transaction.atomic(durable=True):
        return steps.route(application, by=by)


def grant(*, application: Application, amount_cents: int, by: User, reason: str = "") -> Decision:
    """Grant a small project as second person. Raises: as `steps.fast_track.grant`; NotPermitted, LostRace."""
    with transaction.atomic(durable=True):
        return steps.grant(application, amount_cents=amount_cents, by=by, now=clock.now(), reason=reason)


def decline(*, application: Application, by: User, reason: str) -> Decision:
    """Reject a small project. Raises: NeedsReason, NotPermitted, LostRace."""
    with transaction.atomic(durable=True):
        return steps.decline(application, by=by, now=clock.now(), reason=reason)


def hand_to_jury(*, application: Application, by: User, reason: str) -> Application:
    """Give a small project to the jury. Raises: NeedsReason, NotPermitted, LostRace."""
    with transaction.atomic(durable=True):
        return steps.hand_to_jury(application, by=by, reason=reason)
