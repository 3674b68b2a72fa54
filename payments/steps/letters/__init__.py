"""Drafting and signing of letters that bind, and what a signature does to case and money."""

from payments.steps.letters.data import award_data, recipient_of, rejection_data, sender_of
from payments.steps.letters.drafting import REJECTION_KINDS, draft_award, draft_rejection, refuse_second_letter
from payments.steps.letters.notices import owe_plan_notice, owe_to_applicant
from payments.steps.letters.signing import (
    accept_plan,
    decided_account,
    issue_award,
    recall_award,
    recall_rejection,
)

__all__ = [
    "REJECTION_KINDS",
    "accept_plan",
    "award_data",
    "decided_account",
    "draft_award",
    "draft_rejection",
    "issue_award",
    "owe_plan_notice",
    "owe_to_applicant",
    "recall_award",
    "recall_rejection",
    "recipient_of",
    "refuse_second_letter",
    "rejection_data",
    "sender_of",
]
