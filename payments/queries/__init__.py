"""Reads of awards, letters and payments; those of the budget stand in payments.queries.budget."""

from payments.queries.cases import (
    accounts_to_check,
    awards_for,
    letters_for,
    letters_of_member,
    members,
    payments_for,
    signing_owners,
)

__all__ = [
    "accounts_to_check",
    "awards_for",
    "letters_for",
    "letters_of_member",
    "members",
    "payments_for",
    "signing_owners",
]
