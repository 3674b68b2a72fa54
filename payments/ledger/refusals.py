"""What the ledger refuses, by name, and how a refusal of the database is read."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, IntegrityError, OperationalError
from django.utils.translation import gettext_lazy as _

from accounts import exceptions
from accounts.exceptions import NotPossible, Refused
from accounts.money import format_cents


class OverBudget(NotPossible):
    """The budget has not enough available; `available_cents` is what is left (None: not known)."""

    def __init__(self, available_cents: int | None = None) -> None:
        self.available_cents = available_cents
        if available_cents is None:
            super().__init__(_("The budget has not enough money available for this."))
        else:
            message = _("The budget has only %(amount)s available. Lower the amount or add to the budget first.")
            super().__init__(message % {"amount": format_cents(available_cents)})


class OverCase(NotPossible):
    """The amount passes what the case allows; `limit_cents` is the most that goes (None: not known)."""

    def __init__(self, limit_cents: int | None = None) -> None:
        self.limit_cents = limit_cents
        if limit_cents is None:
            super().__init__(_("The amount is higher than this case allows."))
        else:
            message = _("This case allows at most %(amount)s here. Lower the amount.")
            super().__init__(message % {"amount": format_cents(limit_cents)})


class NotInForce(NotPossible):
    message = _("The budget of this year is not in force yet. An award can be signed when it is.")


class YearClosed(NotPossible):
    message = _("The books of this year are closed.")


class YearOver(NotPossible):
    message = _("The budget year is over. Carry the open money of the case to the next year first.")


class CommittedBefore(NotPossible):
    message = _("This decision has been committed already.")


class CarriedBefore(NotPossible):
    message = _("This money was carried over once already and cannot be carried again.")


class OtherPart(NotPossible):
    message = _("This case has money in another part of the budget. Release it there first.")


class NoDecree(NotPossible):
    message = _("A budget needs its decree and the day from which it is in force.")


class NoBudget(NotPossible):
    message = _("There is no budget for this fund and year yet. Finance has to set it first.")


class AppropriatedBefore(NotPossible):
    message = _("The budget of this year is set already. Use a supplement or a reduction to change it.")


class NotReturnable(NotPossible):
    message = _("Repaid money does not return into this fund by the rules of the round, or not so much of it.")


class KeyClash(Refused):
    """The key was used for another posting: a fault of the caller, never of a person."""

    message = _("This booking contradicts an earlier one with the same key. Nothing was booked.")


class Busy(exceptions.Busy):
    message = _("Somebody else is booking in this budget at the moment. Please try again.")


# Constraints and messages of triggers, to the refusal that a person can act on.
_BY_NAME: dict[str, type[Refused]] = {
    "budget_nothing_below_zero": OverBudget,
    "caseaccount_nothing_below_zero": OverCase,
    "caseaccount_within_limit": OverCase,
    "caseaccount_within_decision": OverCase,
    "caseaccount_decision_within_limit": OverCase,
    "caseaccount_claims_within_disbursed": OverCase,
    "caseaccount_returns_what_was_repaid": NotReturnable,
    "transfer_appropriates_once": AppropriatedBefore,
    "transfer_twin": KeyClash,
    "payments_transfer_key": KeyClash,
    "transfer_commit_names_decision": OverCase,
    "ledger_not_in_force": NotInForce,
    "ledger_year_closed": YearClosed,
    "ledger_year_over": YearOver,
    "ledger_committed_before": CommittedBefore,
    "ledger_carried_before": CarriedBefore,
    "ledger_no_decree": NoDecree,
    "ledger_other_part": OtherPart,
}
# PostgreSQL: lock not available, deadlock detected, serialization failure.
_BUSY = {"55P03", "40P01", "40001"}


def refusal_of(error: Error) -> Refused | None:
    """Return the refusal behind an error of the database, None when it is another fault."""
    if isinstance(error, OperationalError):
        busy = getattr(error.__cause__, "sqlstate", "") in _BUSY or "locked" in str(error)
        return Busy() if busy else None
    if not isinstance(error, IntegrityError):
        return None
    # Further lines quote the row, which holds people's words.
    message = str(error).partition("\n")[0]
    return next((refusal() for name, refusal in _BY_NAME.items() if name in message), None)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the database refuses into a refusal that a person can act on."""
    try:
        yield
    except Error as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error
