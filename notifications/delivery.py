"""Sends owed notices: claim, hand over, record. At least once, always with the same Message-ID."""

import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet

from accounts import clock, trace
from notifications import claims, queries, transport
from notifications.models import Notice
from notifications.states import NoticeState

log = structlog.get_logger(__name__)

# Claimed together: one claim costs the database as much as one mail costs the mail server.
AT_ONCE: Final = 20
# How long, in seconds, a worker waits for a database that went away after the mail was handed over.
_PAUSES: Final = (0.5, 1, 2, 4, 8)


def owed() -> QuerySet[Notice]:
    """Return the notices that wait to be sent."""
    return Notice.objects.filter(state=NoticeState.OWED)


def deliver_due(*, seconds: float) -> bool:
    """Send what is owed for about that long; tell whether the work ended because nothing was left.

    A server that cannot be reached ends the run as well: the row's next try stands in the table. After a restore
    nothing goes out until a person has said so.
    """
    if queries.unreleased().exists():
        return True
    end = time.monotonic() + seconds
    with transport.open_transport() as way:
        while time.monotonic() < end:
            notices = claims.claim_some(owed().select_related("fund"), clock.now(), at_most=AT_ONCE)
            if not notices or not _deliver_all(notices, way, end):
                return True
    return False


def _deliver_all(notices: list[Notice], way: transport.Transport, end: float) -> bool:
    """Send what was claimed together; False when trying others now makes no sense. What is not begun is given back."""
    waiting = list(notices)
    try:
        while waiting and time.monotonic() < end:
            notice = waiting.pop(0)
            with trace.of(notice.request_id):
                if not _deliver(notice, way):
                    return False
        return True
    finally:
        _patiently(lambda: claims.give_back(owed(), notices[0].lease_token, waiting))


def _deliver(notice: Notice, way: transport.Transport) -> bool:
    """Send one notice; False when trying others now makes no sense."""
    try:
        way.deliver(notice)
    except transport.TryLater as error:
        reason = str(error)
        _patiently(lambda: _postpone(notice, reason))
        return not isinstance(error, transport.NoConnection)
    except Exception as error:
        # Refused for good, or it cannot even be put into a mail: a person has to look.
        refusal = str(error) or type(error).__name__
        _patiently(lambda: _record(notice, state=NoticeState.FAILED, error=refusal))
        # The server's answer often holds the address: it stands on the outbox page, not in the log.
        log.warning("notice_failed", notice=notice.pk, code=notice.code)
        return True
    erased = {"body": ""} if notice.erase_body else {}
    _patiently(lambda: _record(notice, state=NoticeState.SENT, sent_at=clock.now(), error="", **erased))
    log.info("notice_sent", notice=notice.pk, code=notice.code, attempt=notice.attempts)
    return True


def _postpone(notice: Notice, error: str) -> None:
    now = clock.now()
    if now - notice.owed_at >= claims.PATIENCE:
        _record(notice, state=NoticeState.FAILED, error=error)
    else:
        _record(notice, next_try_at=claims.next_try(notice.owed_at, now), error=error)
        log.warning("notice_postponed", notice=notice.pk, code=notice.code, attempt=notice.attempts)


def _record(notice: Notice, **changes: Any) -> None:
    """Write the end of this try, if the lease still stands."""
    kept = claims.held(owed(), notice.lease_token).filter(pk=notice.pk)
    if not kept.update(lease_token="", lease_until=None, **changes):
        log.warning("notice_lease_lost", notice=notice.pk)


def _patiently(write: Callable[[], None]) -> None:
    """Write what must not be lost; a database that restarts is waited for.

    When it stays away the lease runs out and the notice goes out again under its old Message-ID.
    """
    for pause in _PAUSES:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            log.warning("notice_outcome_waits")
            connection.close()
            time.sleep(pause)
    return write()
