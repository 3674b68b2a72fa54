"""The table of all moves of money. The database holds the same table as a constraint on transfers."""

from typing import Final, NamedTuple

from django.db.models import Q

from payments.states import Account, Posting

A, P = Account, Posting


class Move(NamedTuple):
    """One legal pair of accounts of a posting.

    Sources (and the two heads of the claims' circle) grow by debit, every other account by credit.
    """

    posting: Posting
    debit: Account
    credit: Account
    of_case: bool = False
    #: Also allowed when the year's books are closed.
    in_closed_year: bool = False
    #: Names the account of the case in the other year as well.
    two_years: bool = False


# fmt: off
MOVES: Final = (
    #    posting             debit                  credit                 case    closed  two years
    Move(P.APPROPRIATE,      A.APPROPRIATION,       A.AVAILABLE),
    Move(P.SUPPLEMENT,       A.APPROPRIATION,       A.AVAILABLE),
    Move(P.REDUCE,           A.AVAILABLE,           A.APPROPRIATION),
    Move(P.BLOCK,            A.AVAILABLE,           A.BLOCKED),
    Move(P.UNBLOCK,          A.BLOCKED,             A.AVAILABLE),
    Move(P.RESERVE,          A.AVAILABLE,           A.RESERVED,            True),
    Move(P.RELEASE,          A.RESERVED,            A.AVAILABLE,           True),
    Move(P.COMMIT,           A.RESERVED,            A.COMMITTED,           True),
    Move(P.DECOMMIT,         A.COMMITTED,           A.AVAILABLE,           True),
    Move(P.ORDER,            A.COMMITTED,           A.ORDERED,             True),
    Move(P.CANCEL_ORDER,     A.ORDERED,             A.COMMITTED,           True),
    Move(P.PAY,              A.ORDERED,             A.DISBURSED,           True),
    Move(P.BOUNCE,           A.DISBURSED,           A.COMMITTED,           True),
    Move(P.CARRY,            A.RESERVED,            A.CARRIED_OUT,         True,   True,   True),
    Move(P.CARRY,            A.COMMITTED,           A.CARRIED_OUT,         True,   True,   True),
    Move(P.CARRY,            A.ORDERED,             A.CARRIED_OUT,         True,   True,   True),
    Move(P.LAPSE,            A.AVAILABLE,           A.LAPSED,              False,  True),
    Move(P.RETURN,           A.RETURNED,            A.AVAILABLE,           True),
    Move(P.CLAIM,            A.CLAIM,               A.RECEIVABLE,          True,   True),
    Move(P.RECOVER,          A.RECEIVABLE,          A.RECOVERED,           True,   True),
    Move(P.WRITE_OFF,        A.RECEIVABLE,          A.WRITTEN_OFF,         True,   True),
    Move(P.INTEREST_CLAIM,   A.INTEREST_CLAIM,      A.INTEREST_RECEIVABLE, True,   True),
    Move(P.INTEREST_RECOVER, A.INTEREST_RECEIVABLE, A.INTEREST_RECEIVED,   True,   True),
    Move(P.INTEREST_WAIVE,   A.INTEREST_RECEIVABLE, A.INTEREST_WAIVED,     True,   True),
    Move(P.LATE_BOUNCE,      A.RETURNED,            A.COMMITTED,           True,   False,  True),
)
# fmt: on

SOURCES: Final = (A.APPROPRIATION, A.CARRIED_IN, A.RETURNED)
USES: Final = (
    A.AVAILABLE, A.BLOCKED, A.RESERVED, A.COMMITTED, A.ORDERED, A.DISBURSED, A.CARRIED_OUT, A.LAPSED,
)  # fmt: skip
CLAIM_HEADS: Final = (A.CLAIM, A.INTEREST_CLAIM)
CLAIM_USES: Final = (
    A.RECEIVABLE, A.RECOVERED, A.WRITTEN_OFF, A.INTEREST_RECEIVABLE, A.INTEREST_RECEIVED, A.INTEREST_WAIVED,
)  # fmt: skip
#: Uses that are kept per case as well.
CASE_USES: Final = (A.RESERVED, A.COMMITTED, A.ORDERED, A.DISBURSED)
DEBIT_GROWS: Final = frozenset((*SOURCES, *CLAIM_HEADS))
OPEN_IN_CLOSED_YEAR: Final = frozenset(move.posting for move in MOVES if move.in_closed_year)

_COLUMNS: Final = {A.CLAIM: "claimed_cents", A.INTEREST_CLAIM: "interest_claimed_cents"}


def column(account: Account) -> str:
    """Return the balance column of an account."""
    return _COLUMNS.get(account, f"{account.lower()}_cents")


def is_legal() -> Q:
    """Return the condition that a transfer is one of the moves."""
    condition = Q()
    for move in MOVES:
        condition |= Q(
            posting=move.posting.value,
            debit=move.debit.value,
            credit=move.credit.value,
            case__isnull=not move.of_case,
            other_case__isnull=not move.two_years,
        )
    return condition
