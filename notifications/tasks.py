"""The worker's tasks. Their messages carry nothing: what is to do stands in the tables."""

from typing import Final

import structlog
from celery import shared_task

from accounts import clock
from notifications import claims, delivery, rendering, standstill, sweeps, timers, wakeup
from notifications.actions import letters
from notifications.models import Timer
from notifications.states import TimerKind

log = structlog.get_logger(__name__)

# A run ends itself long before its time limit; what is left gets a wake-up of its own.
RUN_SECONDS: Final = 20.0


@shared_task(name=wakeup.NOTICES)
def nudge() -> None:
    """Send what is owed."""
    if not delivery.deliver_due(seconds=RUN_SECONDS):
        wakeup.send(wakeup.NOTICES)


@shared_task(name=wakeup.DOCUMENTS)
def render() -> None:
    """Render what is ordered."""
    if not rendering.render_due(seconds=RUN_SECONDS):
        wakeup.send(wakeup.DOCUMENTS)


@shared_task(name="notifications.sweep")
@sweeps.alone("notifications.sweep")
@standstill.minded
def sweep() -> None:
    """Find what lost wake-ups and dead workers left, and let the clocks of letters run off."""
    for timer in timers.due(TimerKind.LETTER_DEEMED, clock.now())[:500]:
        _deem(timer)
    claims.free_abandoned(rendering.ordered(), clock.now())
    claims.free_abandoned(delivery.owed(), clock.now())
    rendering.sweep_leftovers()
    rendering.render_due(seconds=RUN_SECONDS)
    delivery.deliver_due(seconds=RUN_SECONDS)


def _deem(timer: Timer) -> None:
    # One letter that refuses must not stop the clocks of all others.
    try:
        letters.deem_announced(timer=timer)
    except Exception:
        log.exception("letter_not_announced", timer=timer.pk)
