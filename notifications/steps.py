"""Writes on letters inside an open transaction: shared by actions, upper floors and the demo's first data."""

from datetime import date, datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts import audit, clock, days
from accounts.exceptions import NeedsReason, NotPossible
from accounts.models import SYSTEM, User
from notifications import dates, timers
from notifications.exceptions import AddressOpen, BadDay, TextChanged
from notifications.models import Document, Letter, Notice
from notifications.states import NoticeState, TimerKind


def require_seen(letter: Letter, seen_sha256: str) -> Document:
    """Return the letter's document if it is the one the person read.

    Raises:
        TextChanged: it is another one, or not rendered yet.
    """
    document = Document.objects.get(pk=letter.document_id)
    if not document.sha256 or document.sha256 != seen_sha256:
        raise TextChanged
    return document


def approve(letter: Letter, *, by: User, seen_sha256: str) -> Letter:
    """The second officer releases a draft for signature, exactly as read.

    Args:
        letter: the draft as the caller saw it.
        by: another person than its author.
        seen_sha256: hash of the PDF that the person was shown.

    Raises:
        TextChanged; NotPermitted, NotPossible, LostRace as `audit.perform`.
    """
    fresh: Letter = audit.perform(letter.approve, by=by, at=clock.now())
    require_seen(fresh, seen_sha256)
    return fresh


def void(letter: Letter, *, by: User, reason: str) -> Letter:
    """Drop a letter before it is signed, or one that came back. Raises: NeedsReason; as `audit.perform`."""
    if not reason.strip():
        raise NeedsReason
    fresh: Letter = audit.perform(letter.void, by=by, reason=reason.strip())
    return fresh


def post(letter: Letter, *, by: User, posted_on: date) -> Letter:
    """Record that the letter was given to the post; it is deemed announced on the fourth day (its `deemed_days`).

    Source: § 41 (2) VwVfG.

    Raises:
        BadDay: the day lies in the future, or before the letter was signed or came back.
        AddressOpen: it came back, and its address has not been confirmed since.
    """
    if not letter.has_address():
        raise AddressOpen
    today = clock.today()
    if posted_on > today:
        raise BadDay(_("The day of posting lies in the future. Enter the day it was given to the post."))
    earliest = _earliest_posting(letter)
    if posted_on < earliest:
        raise BadDay(_("The letter cannot have been posted before %(day)s.") % {"day": days.day(earliest)})
    fresh: Letter = audit.perform(letter.post, by=by, posted_on=posted_on)
    _start_deeming(fresh, posted_on)
    return fresh


def _earliest_posting(letter: Letter) -> date:
    """Not before the signature, the release, or the day printed on it; not before it came back."""
    steps = [clock.berlin_day(at) for at in (letter.signed_at, letter.released_at) if at is not None]
    return max(letter.letter_date, letter.returned_on or date.min, *steps)


def _start_deeming(letter: Letter, posted_on: date) -> None:
    day = dates.deemed_announced(posted_on, letter.deemed_days)
    timers.start(
        TimerKind.LETTER_DEEMED,
        key=f"deemed:{letter.pk}:{letter.version}",
        fund=letter.fund,
        case_key=letter.case_key,
        subject_id=letter.pk,
        due_at=dates.end_of_berlin_day(day - timedelta(days=1)) + timedelta(seconds=1),
    )


def return_letter(letter: Letter, *, by: User, returned_on: date) -> Letter:
    """Record that a posted letter came back: it is not announced, whatever day it was deemed.

    Source: § 41 (2) sentence 3 VwVfG.

    Raises:
        BadDay: the day lies in the future or before it was posted.
    """
    if returned_on > clock.today():
        raise BadDay(_("The day lies in the future. Enter the day the letter came back."))
    if letter.posted_on is None or returned_on < letter.posted_on:
        raise BadDay(_("The letter cannot have come back before it was posted."))
    fresh: Letter = audit.perform(letter.undeliverable, by=by, returned_on=returned_on)
    timers.stop_all(TimerKind.LETTER_DEEMED, fresh.pk, clock.now())
    return fresh


def confirm_address(letter: Letter, *, by: User, envelope: str, reason: str) -> Letter:
    """Record where a letter that came back reaches its addressee; from now on it can be posted again.

    Args:
        letter: came back.
        by: a case officer.
        envelope: the lines of the address for the envelope; the letter itself stays as it was signed.
        reason: how that was found out.

    Raises:
        NeedsReason: no reason or no address.
    """
    if not reason.strip() or not envelope.strip():
        raise NeedsReason
    fresh: Letter = audit.perform(
        letter.confirm_address, by=by, reason=reason.strip(), at=clock.now(), envelope=envelope.strip()
    )
    return fresh


def deem(letter: Letter) -> Letter:
    """Announce a posted letter on its fourth day; the caller saw that this day has come."""
    if letter.posted_on is None:
        raise NotPossible
    day = dates.deemed_announced(letter.posted_on, letter.deemed_days)
    fresh: Letter = audit.perform(letter.deem, by=SYSTEM, announced_on=day)
    return fresh


def deem_sent(before: datetime) -> int:
    """Count what was owed before an instant as sent; return how many notices that were.

    For first data that tells of the past (the demo): nobody is to get mail about last year.
    """
    past = Notice.objects.filter(state=NoticeState.OWED, owed_at__lt=before)
    return past.update(state=NoticeState.SENT, sent_at=F("owed_at"))
