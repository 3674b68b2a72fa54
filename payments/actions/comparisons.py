"""The treasury's word after a restore: this is what the bank knows."""

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import LostRace, NeedsReason, NotPermitted
from accounts.models import Fund, User
from payments import permissions, queries
from payments.models import BankComparison


def compare_with_bank(*, fund: Fund, by: User, note: str) -> list[BankComparison]:
    """Record that the payment files of the lost time were compared with the bank; files may be made again.

    Args:
        fund: whose account was looked at.
        by: somebody of its treasury.
        note: what was found.

    Raises:
        NeedsReason: without a note. NotPermitted: not the treasury. LostRace: a colleague was faster.
    """
    if not note.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        locked = audit.locked(fund)
        if not permissions.pays_for(locked, by):
            raise NotPermitted
        made = [
            BankComparison.objects.create(
                fund=locked, restoration=restored, compared_by=by, compared_at=clock.now(), note=note.strip()
            )
            for restored in queries.uncompared(locked)
        ]
        if not made:
            raise LostRace
        for comparison in made:
            audit.record("compare_with_bank", comparison, by=by, reason=comparison.note)
        return made
