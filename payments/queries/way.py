"""The way of a case with its letter and what follows, as the grantee sees it; nothing of it shows too early."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from accounts import clock
from accounts.models import Person
from grants import applicant_view
from grants.applicant_view import Post, TimelineItem
from grants.models import Application
from grants.queries import known_of
from grants.states import ApplicationState
from notifications.dates import berlin_day, deemed_announced
from notifications.states import LetterState
from payments.models import Award, CaseLetter, Payment
from payments.queries.afterwards import after_award, after_rejection
from payments.queries.cases import requestable_cents, with_committed_now
from payments.queries.letters import may_read_letter, retrieval_end
from payments.states import AwardState

_UNSEEN = (AwardState.ISSUED, AwardState.VOID)
# What an addressee may know of a letter's way: that it left the office, and what became of it.
_SEEN = (
    LetterState.PUBLISHED, LetterState.EXPIRED, LetterState.POSTED, LetterState.ANNOUNCED, LetterState.RETURNED,
)  # fmt: skip


@dataclass(frozen=True)
class Way:
    """All that an applicant may know of where the case stands.

    Attributes:
        letters: those that left the office, newest first.
        post: where the newest of them is.
        announced: whether the letter that decides the case took its effect.
        award, payments: once announced.
        left_cents: what can be requested now.
        timeline: done, now, next.
    """

    letters: tuple[CaseLetter, ...]
    post: Post
    announced: bool
    award: Award | None
    payments: tuple[Payment, ...]
    left_cents: int
    timeline: tuple[TimelineItem, ...]


def whole_way(case: Application) -> Way:
    """Return the way of a sent case, with its round."""
    today = clock.today()
    known, letters, award = known_of(case), _sent_letters(case), announced_award(case)
    payments = payments_in_order(award) if award else []
    left = left_cents(award, payments) if award else 0
    # What was told once stays told, also when the letter behind it came back.
    announced = announced_now(letters, today) or (award is not None and award.state != AwardState.RELINQUISHED)
    post = _post_of(letters, today)
    steps = applicant_view.timeline(
        case, announced=announced, post=post, accepted_at=known.accepted_at, withdrawn_at=known.withdrawn_at,
        handed_in=known.handed_in, today=today, later=_later(case, award, payments, left, post, announced, today),
    )  # fmt: skip
    return Way(tuple(letters), post, announced, award, tuple(payments), left, tuple(steps))


def announced_award(application: Application) -> Award | None:
    """Return the award of which the grantee knows: announced at least once."""
    if application.state != ApplicationState.AWARDED:
        return None
    awards = Award.objects.filter(application=application).exclude(state__in=_UNSEEN).select_related("letter")
    found: Award | None = with_committed_now(awards).first()
    return found


def _sent_letters(application: Application) -> list[CaseLetter]:
    if application.state not in (ApplicationState.AWARDED, ApplicationState.REJECTED):
        return []
    sent = application.letters.filter(letter__state__in=_SEEN).select_related("letter").order_by("-pk")
    for case in (letters := list(sent)):
        # The same record, round and all: no need to read it again for each letter.
        case.application = application
    return letters


def announced_now(letters: Sequence[CaseLetter], today: date) -> bool:
    """Tell whether one of the letters that decide the case took its effect."""
    days = [
        case.letter.announced_on
        for case in letters
        if case.letter.state == LetterState.ANNOUNCED and case.letter.announced_on is not None
    ]
    return bool(days) and min(days) <= today


def _post_of(letters: Sequence[CaseLetter], today: date) -> Post:
    if not letters:
        return Post()
    case, letter = letters[0], letters[0].letter
    if letter.state == LetterState.ANNOUNCED:
        if letter.announced_on is not None and letter.announced_on <= today:
            return Post(announced_on=letter.announced_on)
        return Post(posted_on=letter.posted_on, counts_on=letter.announced_on)
    if letter.state == LetterState.POSTED and letter.posted_on is not None:
        return Post(posted_on=letter.posted_on, counts_on=deemed_announced(letter.posted_on, letter.deemed_days))
    if letter.state == LetterState.PUBLISHED:
        until = retrieval_end(case)
        page = reverse("payments:letter", args=[case.letter_id])
        return Post(open_until=berlin_day(until) if until else None, href=page)
    return Post(back=letter.state == LetterState.RETURNED, unopened=letter.state == LetterState.EXPIRED)


def readable_letters(letters: Sequence[CaseLetter], person: Person) -> list[CaseLetter]:
    """Return those of the letters whose kind and text the person may know already."""
    if not letters:
        return []
    today = clock.today()
    return [case for case in letters if may_read_letter(case, person, today=today)]


def payments_in_order(award: Award) -> list[Payment]:
    """Return the payments of an award as they were asked for."""
    return list(Payment.objects.filter(award=award).order_by("number"))


def left_cents(award: Award, payments: Sequence[Payment]) -> int:
    """Return how much (cents) can be requested now: nothing while the award does not pay."""
    return requestable_cents(award, payments) if award.pays else 0


def _later(
    case: Application,
    award: Award | None,
    payments: Sequence[Payment],
    left: int,
    post: Post,
    announced: bool,
    today: date,
) -> list[TimelineItem]:
    if award is not None:
        return after_award(award, payments, left, today)
    if announced and case.state == ApplicationState.REJECTED:
        return list(after_rejection(case, post, today))
    return []
