"""What the scheduler calls; each call may come twice or late, and does nothing new then."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from celery import shared_task
from django.db import models

from accounts import clock
from accounts.actions import bring_letterhead_into_force
from accounts.queries import funds_with_planned_letterhead
from grants import actions, bulk, desk, filestore, likeness, papers, previews
from grants.actions import imports, office, rounds
from grants.models import Application, Round
from grants.states import ApplicationState, RoundState
from notifications import queries, standstill, sweeps, timers, wakeup
from notifications.states import TimerKind

logger = structlog.get_logger(__name__)
_BATCH = 200
# Less than a worker's time limit, with the patience for one more file.
_SCANNING_SECONDS = 45.0


@shared_task(name="grants.sweep")
@sweeps.alone("grants.sweep")
@standstill.minded
def sweep() -> None:
    """Open and close rounds by the clock; announce and discard unused drafts; remind and warn."""
    now = clock.now()
    for fund in funds_with_planned_letterhead(clock.berlin_day(now)):
        _alone(bring_letterhead_into_force, fund=fund)
    for round_ in Round.objects.filter(state=RoundState.PUBLISHED, opens_at__lte=now):
        _alone(actions.open_round, round_=round_)
    for round_ in Round.objects.filter(state=RoundState.OPEN, deadline_at__lt=now):
        _alone(actions.close_round, round_=round_)
    _sweep_drafts(now)
    _sweep_timers(now)
    filestore.sweep()
    previews.sweep()
    likeness.compare_new_titles()
    bulk.sweep()
    _sweep_quarantine()
    _sweep_imports()


@shared_task(name=bulk.WORK, ignore_result=True)
def do_bulk(step: str) -> None:
    """Do a step for many cases that somebody confirmed; while a restored backup stands still it waits."""
    if queries.unreleased().exists():
        return
    for confirmed in desk.under_way().filter(pk=int(step)):
        bulk.work_off(confirmed)


@shared_task(name=previews.DRAW, ignore_result=True)
def draw(path: str) -> None:
    """Draw pictures of a file at which somebody wants to look."""
    previews.draw(path)


@shared_task(name=imports.WORK, ignore_result=True)
def work_import(number: str) -> None:
    """Read, check or write a list from a spreadsheet, as far as it goes without a person; likewise it waits."""
    if not queries.unreleased().exists():
        imports.advance(int(number))


def _sweep_imports() -> None:
    """Wake a worker for the lists on which nobody works: its wake-up was lost, or it died."""
    for number in imports.waiting():
        wakeup.ask(imports.WORK, str(number), queue="slow")


def _sweep_quarantine() -> None:
    """Ask the virus scanner about files that wait for it; while it is silent they go on waiting."""
    ends = time.monotonic() + _SCANNING_SECONDS
    for file in papers.in_quarantine(_BATCH):
        if time.monotonic() > ends:
            return
        try:
            actions.scan_file(file=file)
        except OSError as error:
            logger.warning("scanner_silent", error=str(error))
            return


def _alone(act: Callable[..., object], **record: models.Model) -> None:
    """Do one act; a record that fails must not stop the clocks of all others."""
    try:
        act(**record)
    except Exception:
        logger.exception("sweep.failed", **{name: row.pk for name, row in record.items()})


def _sweep_drafts(now: datetime) -> None:
    # While a round is open its drafts wait; afterwards the clock runs from the last edit.
    # What came on paper has arrived: the office records it, and no clock throws it away.
    drafts = Application.objects.filter(state=ApplicationState.DRAFT, on_behalf=False)
    drafts = drafts.exclude(round__state=RoundState.OPEN)
    for days in sorted(set(drafts.order_by().values_list("round__draft_days", flat=True))):
        since = now - timedelta(days=days)
        unused = drafts.filter(round__draft_days=days)
        for draft in unused.filter(expiry_noticed_at=None, edited_at__lte=since)[:_BATCH]:
            _alone(actions.warn_of_expiry, application=draft)
        for draft in unused.filter(expiry_noticed_at__lte=since)[:_BATCH]:
            _alone(actions.expire_draft, application=draft)


def _sweep_timers(now: datetime) -> None:
    for timer in timers.due(TimerKind.DEADLINE_NEAR, now)[:_BATCH]:
        _alone(rounds.remind_of_deadline, timer=timer)
    for timer in timers.due(TimerKind.DOCUMENTS_DUE, now)[:_BATCH]:
        _alone(office.remind_of_documents, timer=timer)
    for timer in timers.due(TimerKind.DECISION_DUE, now)[:_BATCH]:
        _alone(office.warn_of_delay, timer=timer)
