"""The formal check, step by step: from the first look to acceptance, request or rejection by two people."""

from grants.steps.checks.delays import responsible, warn_of_delay
from grants.steps.checks.rejections import (
    confirm_rejection,
    decline_rejection,
    propose_rejection,
    reopen,
    withdraw_rejection,
)
from grants.steps.checks.requests import extend_deadline, remind_of_documents, request_documents
from grants.steps.checks.taking import accept, save_check, start_check

__all__ = [
    "accept",
    "confirm_rejection",
    "decline_rejection",
    "extend_deadline",
    "propose_rejection",
    "remind_of_documents",
    "reopen",
    "request_documents",
    "responsible",
    "save_check",
    "start_check",
    "warn_of_delay",
    "withdraw_rejection",
]
