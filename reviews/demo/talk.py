"""A conversation between an applicant and the office, the last word of which nobody has read yet."""

from datetime import datetime, timedelta

from django.db import transaction

from grants.states import ApplicationState, MessageSide
from grants.steps.messages import write_message
from grants.thread import unread
from reviews.demo import words
from reviews.demo.scenes import Stage, at

_TALK = (
    (timedelta(hours=1), MessageSide.APPLICANT, words.ASKED),
    (timedelta(hours=4), MessageSide.OFFICE, words.ANSWERED),
    (timedelta(hours=7), MessageSide.APPLICANT, words.THANKED),
)


def talk(stage: Stage, moment: datetime) -> None:
    """Whoever owns the first case that lacks documents asks the officer about them, from a moment on."""
    for case in stage.cases(ApplicationState.RETURNED)[:1]:
        for later, side, text in _TALK:
            now = at(moment + later)
            by = stage.owner(case) if side == MessageSide.APPLICANT else stage.officer
            with transaction.atomic():
                unread(case, side).update(read_at=now)
                write_message(case, side=side, by=by, text=text, now=now)
