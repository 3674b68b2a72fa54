"""Writes on letters inside an open transaction: shared by actions, upper floors and the demo's first data."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts import audit, clock
from accounts.exceptions import NeedsReason, NotPossible
from accounts.models import SYSTEM, User
from notifications import dates, outbox, timers
from notifications.exceptions import BadDay, TextChanged
from notifications.models import Document, Letter, Notice, Timer
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
    """Record that the letter was given to the post; from that day it is deemed announced on the fourth day.

    Source: § 41 (2) VwVfG.

    Raises:
        BadDay: the day lies in the future, or before the letter was signed or came back.
    """
    today = clock.today()
    if posted_on > today:
        raise BadDay(_("The day of posting lies in the future. Enter the day it was given to the post."))
    earliest = _earliest_posting(letter)
    if posted_on < earliest:
        raise BadDay(_("The letter cannot have been posted before %(day)s.") % {"day": dates.fmt_day(earliest)})
    fresh: Letter = audit.perform(letter.post, by=by, posted_on=posted_on)
    _start_deeming(fresh, posted_on)
    return fresh


def _earliest_posting(letter: Letter) -> date:
    signed = [clock.berlin_day(at) for at in (letter.signed_at, letter.released_at) if at]
    return max([letter.letter_date, *signed, *([letter.returned_on] if letter.returned_on else [])])


def _start_deeming(letter: Letter, posted_on: date) -> None:
    day = dates.deemed_announced(posted_on)
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


def deem(letter: Letter) -> Letter:
    """Announce a posted letter on its fourth day; the caller saw that this day has come."""
    if letter.posted_on is None:
        raise NotPossible
    day = dates.deemed_announced(letter.posted_on)
    fresh: Letter = audit.perform(letter.deem, by=SYSTEM, announced_on=day)
    return fresh


# --- the portal -----------------------------------------------------------------------------------------


def publish(letter: Letter, *, to: Iterable[User], link: str) -> Letter:
    """Offer a released letter for retrieval and tell those who may retrieve it (N27).

    The caller knows that consent is on file (§ 41 (2a) VwVfG) and who represents the addressee.

    Args:
        letter: the released letter.
        to: people with power of representation.
        link: path of the page on which they retrieve it.
    """
    now = clock.now()
    fresh: Letter = audit.perform(letter.publish, by=SYSTEM, at=now)
    last = dates.retrieval_last_day(clock.berlin_day(now))
    for person in to:
        outbox.owe(
            "N27",
            key=f"{_ready_prefix(fresh)}{person.pk}",
            to=person,
            context={"number": fresh.number, "last_day": dates.fmt_deadline(last, person.language)},
            fund=fresh.fund,
            case_key=fresh.case_key,
            link=link,
        )
    timers.start(
        TimerKind.RETRIEVAL_ENDS,
        key=f"retrieval:{fresh.pk}",
        fund=fresh.fund,
        case_key=fresh.case_key,
        subject_id=fresh.pk,
        due_at=dates.end_of_berlin_day(last),
    )
    return fresh


def _ready_prefix(letter: Letter) -> str:
    return f"N27:letter:{letter.pk}:"


def retrieval_end(letter: Letter) -> datetime | None:
    """Return the last instant of retrieval, None while no mail that tells of the letter has gone out.

    The ten days run from the sending of the last of these mails (§ 41 (2a) sentence 4 VwVfG).
    """
    sent = Notice.objects.filter(key__startswith=_ready_prefix(letter), sent_at__isnull=False)
    last = sent.order_by("-sent_at").values_list("sent_at", flat=True).first()
    return dates.end_of_berlin_day(dates.retrieval_last_day(clock.berlin_day(last))) if last else None


def retrieve(letter: Letter, *, by: User) -> Letter:
    """The addressee opens a published letter: announced on the day after (§ 41 (2a) sentence 3 VwVfG).

    The caller has checked that the person represents the addressee.

    Raises:
        NotPossible: the time to retrieve it is over; it comes by post.
    """
    now = clock.now()
    end = retrieval_end(letter)
    if end is not None and not dates.deadline_includes(end, now):
        raise NotPossible(_("The time to open this letter here is over. It will come by post."))
    day = dates.announced_by_retrieval(clock.berlin_day(now))
    fresh: Letter = audit.perform(letter.retrieve, by=by, at=now, announced_on=day)
    timers.stop_all(TimerKind.RETRIEVAL_ENDS, fresh.pk, now)
    return fresh


def end_retrieval(letter: Letter, timer: Timer, now: datetime) -> Letter | None:
    """Expire a published letter whose time is over, or move the timer while it is not; None when moved."""
    end = retrieval_end(letter)
    told = Notice.objects.filter(key__startswith=_ready_prefix(letter))
    if end is None and told.filter(state__in=[NoticeState.OWED, NoticeState.HELD]).exists():
        end = now + timedelta(hours=1)
    if end is not None and dates.deadline_includes(end, now):
        timers.start(
            timer.kind, key=timer.key, fund=timer.fund, case_key=timer.case_key, subject_id=timer.subject_id,
            due_at=end + timedelta(seconds=1),
        )  # fmt: skip
        return None
    timers.finish(timer, now)
    fresh: Letter = audit.perform(letter.expire, by=SYSTEM)
    for notice in told.select_related("user"):
        if notice.user is not None:
            _tell_of_post(fresh, notice.user)
    return fresh


def _tell_of_post(letter: Letter, person: User) -> None:
    outbox.owe(
        "N28",
        key=f"N28:letter:{letter.pk}:{person.pk}",
        to=person,
        context={"number": letter.number},
        fund=letter.fund,
        case_key=letter.case_key,
    )
