"""Writes that actions, invitations and the demo seed share; each runs inside an open transaction."""

from accounts.steps.organisations import (
    add_member,
    add_organisation,
    check_bank_account,
    enter_bank_account,
    enter_organisation,
    hand_over,
    make_representative,
    mend_organisation,
)
from accounts.steps.people import create_person, give_role, name_deputy, publish_legal_text

__all__ = [
    "add_member",
    "add_organisation",
    "check_bank_account",
    "create_person",
    "enter_bank_account",
    "enter_organisation",
    "give_role",
    "hand_over",
    "make_representative",
    "mend_organisation",
    "name_deputy",
    "publish_legal_text",
]
