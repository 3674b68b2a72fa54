"""Letters in the portal: offered, opened, or not opened in time (VwVfG § 41 (2a))."""

from datetime import datetime

from django.urls import reverse

from accounts import audit, clock, days
from accounts.models import SYSTEM, User
from grants.states import Announcement
from notifications import outbox
from notifications.dates import announced_by_retrieval, deadline_includes, retrieval_last_day
from notifications.models import Letter
from notifications.states import LetterState, NoticeState
from payments.exceptions import RetrievalOver
from payments.models import CaseLetter
from payments.queries import TOLD_PREFIX, retrieval_end, signing_owners, told_of
from payments.steps.letters.notices import owe_to_applicant


def may_be_published(case: CaseLetter) -> bool:
    """Tell whether the letter goes through the portal: the round says so, consent is on file, somebody can open it."""
    application = case.application
    return (
        application.electronic_announcement
        and application.round.announcement == Announcement.PORTAL
        and signing_owners(case.organisation_id).exists()
    )


def publish(case: CaseLetter, letter: Letter, *, now: datetime) -> Letter:
    """Offer a released letter for retrieval and tell those who may open it (N27)."""
    published: Letter = audit.perform(letter.publish, by=SYSTEM, at=now)
    application = case.application
    last = retrieval_last_day(clock.berlin_day(now), application.round.retrieval_days)
    for owner in signing_owners(case.organisation_id):
        outbox.owe(
            "N27",
            key=f"{TOLD_PREFIX}:{letter.pk}:{owner.pk}",
            to=owner,
            context={
                "case_number": application.case_number or "",
                "title": application.title,
                "last_day": days.later(days.day_words, last),
            },
            fund=application.fund,
            case_key=application.case_key,
            organisation_id=application.organisation_id,
            link=reverse("payments:letter", args=[letter.pk]),
        )
    return published


def retrieve(case: CaseLetter, letter: Letter, *, by: User, now: datetime) -> Letter:
    """The addressee opens a published letter: announced on the day after, whatever day that is.

    Raises:
        RetrievalOver: the time to open it is over; it comes by post.
    """
    end = retrieval_end(case)
    if end is not None and not deadline_includes(end, now):
        raise RetrievalOver
    day = announced_by_retrieval(clock.berlin_day(now))
    retrieved: Letter = audit.perform(letter.retrieve, by=by, at=now, announced_on=day)
    return retrieved


def expire_if_over(case: CaseLetter, *, now: datetime) -> None:
    """End the access to a letter that nobody opened in time; it never took effect and goes by post (N28).

    It waits while a mail is still to be sent, and ends at once when none could be sent to anybody.
    """
    end = retrieval_end(case)
    waiting = told_of(case.letter).filter(state__in=(NoticeState.OWED, NoticeState.HELD))
    over = not waiting.exists() if end is None else not deadline_includes(end, now)
    letter = audit.locked(case.letter)
    if not over or letter.state != LetterState.PUBLISHED:
        return
    audit.perform(letter.expire, by=SYSTEM)
    owe_to_applicant(
        "N28",
        case.application,
        key=f"N28:{case.letter_id}",
        context={},
        link=reverse("grants:application", args=[case.application_id]),
    )
