"""Works off a confirmed step for many cases: the first of them at once, the rest by a worker."""

from functools import partial
from typing import Final

import structlog
from django.db import transaction

from accounts.exceptions import Refused
from accounts.models import User
from grants import desk
from grants.actions import bulk as actions
from grants.models import BulkLine, BulkStep
from notifications import wakeup

log = structlog.get_logger(__name__)

WORK: Final = "grants.bulk"
#: As many cases as somebody waits for; more are left to the worker.
AT_ONCE: Final = 50
# As many as a worker does in one go, well within its time limit.
BATCH: Final = 1000


def begin(step: BulkStep) -> None:
    """Do a confirmed step: a few cases now, more of them by the worker, who is woken."""
    if desk.waiting_lines(step).count() <= AT_ONCE:
        work_off(step)
        return
    transaction.on_commit(partial(wakeup.ask, WORK, str(step.pk), queue="slow"), robust=True)


def work_off(step: BulkStep, *, most: int = BATCH) -> None:
    """Do a step to the cases that wait, each in a transaction of its own, and close it when none is left.

    Two workers do no harm to one another: each case is locked, and done once.
    """
    for line in desk.waiting_lines(step)[:most]:
        _one(line, step, step.by)
    actions.finish(step=step)


def _one(line: BulkLine, step: BulkStep, by: User) -> None:
    try:
        actions.do_line(line=line, step=step, by=by)
    except Refused as refusal:
        actions.fail_line(line=line, refusal=refusal, reader=by)
    except Exception:
        # The others go on; this one is tried again with the next sweep.
        log.exception("bulk_line_failed", step=step.pk, line=line.pk)


def sweep() -> None:
    """Go on with what a lost nudge or a dead worker left, and drop previews that nobody confirmed."""
    for step in desk.under_way():
        work_off(step)
    actions.forget_unconfirmed()
