"""Writes of jury and committee inside an open transaction; for actions, imports and the demo seed."""

from reviews.steps.committee import (
    apply_correction,
    expire_reserve,
    make_paper,
    move_up,
    postpone,
    record_decision,
)
from reviews.steps.jury import (
    appoint_juror,
    assign,
    close_scoring,
    end_seat,
    refresh_hints,
    start_scoring,
    tell_assigned,
)
from reviews.steps.leaving import end_account
from reviews.steps.session import Ballot, open_session, record_vote, reopen_ranking
from reviews.steps.sheets import Answer, Summary, declare_none, recuse, save_scores, submit_sheet
from reviews.steps.withdrawals import withdraw

__all__ = [
    "Answer",
    "Ballot",
    "Summary",
    "apply_correction",
    "appoint_juror",
    "assign",
    "close_scoring",
    "declare_none",
    "end_account",
    "end_seat",
    "expire_reserve",
    "make_paper",
    "move_up",
    "open_session",
    "postpone",
    "record_decision",
    "record_vote",
    "recuse",
    "refresh_hints",
    "reopen_ranking",
    "save_scores",
    "start_scoring",
    "submit_sheet",
    "tell_assigned",
    "withdraw",
]
