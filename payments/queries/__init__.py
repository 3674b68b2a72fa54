"""Reads of awards, letters and payments; those of the budget stand in payments.queries.budget."""

from payments.queries.cases import (
    OPEN_PAYMENTS,
    accounts_to_check,
    awards_for,
    awards_of_member,
    has_checked_account,
    open_money,
    payments_for,
    requestable_cents,
)
from payments.queries.letters import (
    all_announced,
    case_of,
    cases_without_letter,
    letters_for,
    letters_of_member,
    may_go_alone,
    may_read_letter,
    may_sign,
    members,
    signatories,
    signed_letters,
    signing_owners,
)

__all__ = [
    "OPEN_PAYMENTS",
    "accounts_to_check",
    "all_announced",
    "awards_for",
    "awards_of_member",
    "case_of",
    "cases_without_letter",
    "has_checked_account",
    "letters_for",
    "letters_of_member",
    "may_go_alone",
    "may_read_letter",
    "may_sign",
    "members",
    "open_money",
    "payments_for",
    "requestable_cents",
    "signatories",
    "signed_letters",
    "signing_owners",
]
