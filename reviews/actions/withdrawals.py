"""The applicant's withdrawal, at any time before a letter is signed."""

from django.db import transaction

from accounts import clock
from accounts.models import User
from grants.models import Application
from reviews import steps


def withdraw(*, application: Application, by: User, reason: str = "") -> Application:
    """Take a case back: reserved money is released, open sheets lapse, a drafted letter is void, N03.

    Raises:
        NotPermitted: only an owner with representation withdraws.
        LostRace, NotPossible: the case went on.
        TooLate: its letter is signed.
    """
    with transaction.atomic(durable=True):
        return steps.withdraw(application, by=by, reason=reason, now=clock.now())
