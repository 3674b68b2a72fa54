"""Many transfers at once, for imports and first data. What each one may do is the database's to say, as ever."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from accounts import bulk
from payments.ledger.refusals import refusals
from payments.models import CaseAccount, Transfer
from payments.postings import MOVES
from payments.states import Account, Posting

_MOVES = {(move.posting, move.debit): move for move in MOVES}
_ONLY = {move.posting: move for move in reversed(MOVES)}


class Entry(NamedTuple):
    """A transfer to be written; fields as in `Transfer`. `debit` is needed only for carry, which has several."""

    posting: Posting
    budget_id: int
    case_id: int | None
    amount_cents: int
    key: str
    at: datetime
    on: date
    by_id: int | None
    other_case_id: int | None = None
    debit: Account | None = None
    decision: int | None = None
    reason: str = ""


def open_cases(cases: list[CaseAccount]) -> int:
    """Open the accounts of many cases, with their limits and decisions; they are empty. Returns how many."""
    with refusals():
        return bulk.write(cases)


def post_many(entries: Iterable[Entry]) -> int:
    """Write transfers in this order inside the open transaction; return how many.

    The triggers check each of them and keep the balances. Unlike `post` this asks for no key that was used before:
    a repeat is refused. Keep a transaction to some hundred transfers of one budget: until it ends PostgreSQL walks
    through every state that a balance had in it.

    Raises:
        The refusals of the database, of the whole list.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the ledger writes inside a transaction")
    with refusals():
        return bulk.write([_transfer(entry) for entry in entries])


def _transfer(entry: Entry) -> Transfer:
    move = _MOVES[entry.posting, entry.debit] if entry.debit else _ONLY[entry.posting]
    return Transfer(
        posting=move.posting.value, budget_id=entry.budget_id, case_id=entry.case_id, debit=move.debit.value,
        credit=move.credit.value, other_case_id=entry.other_case_id, amount_cents=entry.amount_cents,
        decision=entry.decision, key=entry.key, reason=entry.reason[:300], at=entry.at, on_date=entry.on,
        by_id=entry.by_id,
    )  # fmt: skip
