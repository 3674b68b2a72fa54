"""Verbs of the ground floor, by subject."""

from accounts.actions.demo import move_clock
from accounts.actions.funds import bring_letterhead_into_force, create_fund, edit_fund
from accounts.actions.organisations import (
    change_membership,
    create_organisation,
    edit_organisation,
    end_membership,
    enter_bank_account,
)
from accounts.actions.paying import (
    confirm_paying_account,
    drop_paying_account,
    look_at_proposed_account,
    propose_paying_account,
)
from accounts.actions.people import create_first_administrator, edit_profile, set_language
from accounts.actions.roles import end_deputy, end_role, give_role, name_deputy
from accounts.actions.site import answer_feedback, edit_legal_text, give_feedback

__all__ = [
    "answer_feedback",
    "bring_letterhead_into_force",
    "change_membership",
    "confirm_paying_account",
    "create_first_administrator",
    "create_fund",
    "create_organisation",
    "drop_paying_account",
    "edit_fund",
    "edit_legal_text",
    "edit_organisation",
    "edit_profile",
    "end_deputy",
    "end_membership",
    "end_role",
    "enter_bank_account",
    "give_feedback",
    "give_role",
    "look_at_proposed_account",
    "move_clock",
    "name_deputy",
    "propose_paying_account",
    "set_language",
]
