"""Claims and interest: a circle of their own, in the year of the payment, also after it has closed."""

from accounts.models import Person
from payments.ledger.book import hold_exactly, post
from payments.ledger.refusals import NotReturnable
from payments.models import CaseAccount, Transfer
from payments.states import Posting


def claim(case: CaseAccount, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Claim paid money back (VwVfG § 49a).

    Args:
        case: the account from which the money was paid.
        amount_cents: at most what was paid from it and is not claimed yet.
        key: same key twice changes nothing.
        by: signatory of the act.
        reason: kept with the transfer.

    Raises:
        OverCase: more than was paid.
    """
    return _post(Posting.CLAIM, case, amount_cents, key, by, reason)


def recover(case: CaseAccount, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Record a repayment that has arrived."""
    return _post(Posting.RECOVER, case, amount_cents, key, by, reason)


def write_off(case: CaseAccount, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Give a claim up: Niederschlagung, Erlass or waiver."""
    return _post(Posting.WRITE_OFF, case, amount_cents, key, by, reason)


def interest_claim(case: CaseAccount, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Claim interest; it never returns into the fund."""
    return _post(Posting.INTEREST_CLAIM, case, amount_cents, key, by, reason)


def interest_recover(case: CaseAccount, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Record interest that has arrived."""
    return _post(Posting.INTEREST_RECOVER, case, amount_cents, key, by, reason)


def interest_waive(case: CaseAccount, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Give claimed interest up."""
    return _post(Posting.INTEREST_WAIVE, case, amount_cents, key, by, reason)


def return_repaid(case: CaseAccount, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Let repaid money be used again in the same year, where the round's rules allow it.

    Raises:
        NotReturnable: the rules do not allow it, or less was repaid.
        YearClosed: the year of the payment is closed.
    """
    budget, held = hold_exactly(case)
    left = held.recovered_cents - held.returned_cents if held.repaid_returns else 0
    if amount_cents > left and not Transfer.objects.filter(key=key).exists():
        raise NotReturnable
    return post(Posting.RETURN, amount_cents, budget=budget, case=held, key=key, by=by, reason=reason)


def _post(posting: Posting, case: CaseAccount, amount_cents: int, key: str, by: Person, reason: str) -> Transfer:
    budget, held = hold_exactly(case)
    return post(posting, amount_cents, budget=budget, case=held, key=key, by=by, reason=reason)
