"""What people and the clock do on this floor: one action, one transaction."""

from grants.actions.copying import start_anew
from grants.actions.drafts import discard, save_fields, save_plan, start
from grants.actions.files import add_file, remove_file, replace_file
from grants.actions.papers import date_paper, keep_paper, remove_paper
from grants.actions.rounds import close_round, expire_draft, open_round, warn_of_expiry
from grants.actions.scans import scan_file
from grants.actions.sending import resubmit, submit, submit_plan

__all__ = [
    "add_file",
    "close_round",
    "date_paper",
    "discard",
    "expire_draft",
    "keep_paper",
    "open_round",
    "remove_file",
    "remove_paper",
    "replace_file",
    "resubmit",
    "save_fields",
    "save_plan",
    "scan_file",
    "start",
    "start_anew",
    "submit",
    "submit_plan",
    "warn_of_expiry",
]
