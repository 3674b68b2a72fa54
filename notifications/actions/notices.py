"""What people do with notices: read them, send stuck ones again, discard them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit, clock
from accounts.exceptions import LostRace, NeedsReason, NotPermitted
from accounts.models import Person, User
from notifications import claims, permissions, wakeup
from notifications.models import Notice
from notifications.states import NoticeState

STUCK = (NoticeState.FAILED, NoticeState.HELD)
UNSENT = (*STUCK, NoticeState.OWED)


def send_again(*, notices: Sequence[Notice], by: User) -> int:
    """Owe stuck notices again, under their old Message-ID; return how many.

    The 72 hours of patience are not renewed: a notice older than that fails at its next refusal.

    Raises:
        LostRace: one of them is not stuck any more. NotPermitted: one belongs to another fund's staff.
    """
    with transaction.atomic(durable=True):
        now = clock.now()
        for notice in notices:
            _require(notice, by)
            _change(notice, UNSENT[:2], now, state=NoticeState.OWED, next_try_at=now, error="")
            audit.record("send_again", notice, by=by, from_state=notice.state)
        wakeup.after_commit(wakeup.NOTICES)
    return len(notices)


def discard(*, notice: Notice, by: User, reason: str) -> None:
    """Give up one notice that was not sent; its token, if it held one, goes with it.

    Raises:
        NeedsReason; NotPermitted; LostRace: it was sent, or is being sent just now.
    """
    if not reason.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        _require(notice, by)
        erased = {"body": ""} if notice.erase_body else {}
        _change(notice, UNSENT, clock.now(), state=NoticeState.DISCARDED, **erased)
        audit.record("discard_notice", notice, by=by, reason=reason.strip(), from_state=notice.state)


def _require(notice: Notice, by: Person) -> None:
    if not permissions.handles_outbox(notice, by):
        raise NotPermitted


def _change(notice: Notice, states: Sequence[str], now: datetime, **changes: object) -> None:
    rows: QuerySet[Notice] = Notice.objects.filter(claims.free(now), pk=notice.pk, state__in=states)
    if not rows.update(lease_token="", lease_until=None, **changes):
        raise LostRace


def mark_read(*, notice: Notice, by: User) -> None:
    """Note that the recipient has read the message; again changes nothing. Raises: NotPermitted."""
    if notice.user_id != by.pk:
        raise NotPermitted
    with transaction.atomic(durable=True):
        Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=clock.now())


def mark_all_read(*, by: User) -> int:
    """Note that the person has read all messages; return how many were new."""
    with transaction.atomic(durable=True):
        return Notice.objects.filter(user=by, read_at=None).update(read_at=clock.now())


def hold_owed() -> int:
    """Hold back all that is owed, inside the open transaction: whether it was sent since the backup is not known.

    Each row then needs a person's word (send again or discard). Returns how many rows.
    """
    owed = Notice.objects.filter(state=NoticeState.OWED)
    return owed.update(state=NoticeState.HELD, lease_token="", lease_until=None)
