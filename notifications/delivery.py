"""Sends owed notices: claim, hand over, record. At least once, always with the same Message-ID."""

import time
from typing import Any, Final

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet

from accounts import clock, trace
from notifications import claims, queries, transport
from notifications.models import Notice
from notifications.states import NoticeState

log = structlog.get_logger(__name__)

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
            notice = claims.claim(owed().select_related("fund"), clock.now())
            if notice is None:
                return True
            with trace.of(notice.request_id):
                goes_on = _deliver(notice, way)
            if not goes_on:
                return True
    return False


def _deliver(notice: Notice, way: transport.Transport) -> bool:
    """Send one notice; False when trying others now makes no sense."""
    try:
        way.deliver(notice)
    except transport.TryLater as error:
        _postpone(notice, str(error))
        return not isinstance(error, transport.NoConnection)
    except Exception as error:
        # Refused for good, or it cannot even be put into a mail: a person has to look.
        _record(notice, state=NoticeState.FAILED, error=str(error) or type(error).__name__)
        # The server's answer often holds the address: it stands on the outbox page, not in the log.
        log.warning("notice_failed", notice=notice.pk, code=notice.code)
        return True
    erased = {"body": ""} if notice.erase_body else {}
    _record(notice, state=NoticeState.SENT, sent_at=clock.now(), error="", **erased)
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
    """Write the end of this try, if the lease still stands; a database that restarts is waited for.

    When it stays away the lease runs out and the notice goes out again under its old Message-ID.
    """
    for pause in _PAUSES:
        try:
            return _write(notice, changes)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            log.warning("notice_outcome_waits", notice=notice.pk)
            connection.close()
            time.sleep(pause)
    return _write(notice, changes)


def _write(notice: Notice, changes: dict[str, Any]) -> None:
    kept = claims.held(owed(), notice.lease_token).filter(pk=notice.pk)
    if not kept.update(lease_token="", lease_until=None, **changes):
        log.warning("notice_lease_lost", notice=notice.pk)
