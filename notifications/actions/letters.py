"""What people do with letters before signature and after release. Signing moves money: see payments."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import LostRace, NotPermitted
from accounts.models import User
from notifications import permissions, rendering, steps, timers, wakeup
from notifications.models import Document, Letter, Timer
from notifications.states import LetterState


def approve(*, letter: Letter, by: User, seen_sha256: str) -> Letter:
    """Release a draft for signature, exactly as the second officer read it. Raises: as `steps.approve`."""
    with transaction.atomic(durable=True):
        return steps.approve(letter, by=by, seen_sha256=seen_sha256)


def void(*, letter: Letter, by: User, reason: str) -> Letter:
    """Drop a letter with a reason. Raises: as `steps.void`."""
    with transaction.atomic(durable=True):
        return steps.void(letter, by=by, reason=reason)


def post(*, letters: Sequence[tuple[Letter, int]], by: User, posted_on: date) -> list[Letter]:
    """Record the dispatch of letters on one day: all of them or none.

    Args:
        letters: each with the version that the person saw.
        by: the mail room.
        posted_on: the Berlin day on which they were given to the post.

    Raises:
        LostRace: one of them has changed since. Else as `steps.post`.
    """
    with transaction.atomic(durable=True):
        return [steps.post(_as_seen(letter, version), by=by, posted_on=posted_on) for letter, version in letters]


def _as_seen(letter: Letter, version: int) -> Letter:
    if letter.version != version:
        raise LostRace
    return letter


def return_letter(*, letter: Letter, by: User, returned_on: date) -> Letter:
    """Record that a letter came back by post. Raises: as `steps.return_letter`."""
    with transaction.atomic(durable=True):
        return steps.return_letter(letter, by=by, returned_on=returned_on)


def render_again(*, document: Document, by: User) -> Document:
    """Have the worker try a failed document once more.

    Raises:
        NotPermitted; LostRace: it is no longer a failed one.
    """
    with transaction.atomic(durable=True):
        if not permissions.works_outbox(document, by):
            raise NotPermitted
        now = clock.now()
        failed = rendering.failed().filter(pk=document.pk)
        if not failed.update(failed_at=None, error="", attempts=0, next_try_at=now):
            raise LostRace
        audit.record("render_again", document, by=by)
        wakeup.after_commit(wakeup.DOCUMENTS)
    return Document.objects.get(pk=document.pk)


def deem_announced(*, timer: Timer) -> None:
    """The fourth day has come: announce the posted letter, unless it came back meanwhile."""
    with transaction.atomic(durable=True):
        if not timers.finish(timer, clock.now()):
            return
        letter = audit.locked(Letter(pk=timer.subject_id))
        if letter.state == LetterState.POSTED:
            steps.deem(letter)
