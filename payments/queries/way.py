"""The way of a case after its letter, as the grantee sees it; nothing of it shows before the announcement."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import Person
from grants.applicant_view import TimelineItem
from grants.models import Application
from grants.states import ApplicationState
from notifications.dates import add_months
from notifications.states import LetterState
from payments.models import Award, CaseLetter, Payment
from payments.queries.cases import requestable_cents, with_committed_now
from payments.queries.letters import may_read_letter
from payments.states import AwardState, PaymentState

_UNSEEN = (AwardState.ISSUED, AwardState.VOID)
_ON_ITS_WAY = (PaymentState.REQUESTED, PaymentState.CHECKED, PaymentState.ORDERED, PaymentState.EXPORTED)


def announced_award(application: Application) -> Award | None:
    """Return the award of which the grantee knows: announced at least once."""
    if application.state != ApplicationState.AWARDED:
        return None
    awards = Award.objects.filter(application=application).exclude(state__in=_UNSEEN).select_related("letter")
    found: Award | None = with_committed_now(awards).first()
    return found


def came_back(letters: Sequence[CaseLetter]) -> bool:
    """Tell whether a letter to the applicant came back by post, so that the address has to be found."""
    return any(case.letter.state == LetterState.RETURNED for case in letters)


def letters_in_reach(application: Application) -> list[CaseLetter]:
    """Return the letters that wait in the portal, were announced, or came back, newest first."""
    if application.state not in (ApplicationState.AWARDED, ApplicationState.REJECTED):
        return []
    reached = application.letters.filter(
        letter__state__in=(LetterState.PUBLISHED, LetterState.ANNOUNCED, LetterState.RETURNED)
    )
    return list(reached.select_related("letter").order_by("-pk"))


def announced_now(letters: Sequence[CaseLetter]) -> bool:
    """Tell whether one of the letters that decide the case took its effect."""
    days = [
        case.letter.announced_on
        for case in letters
        if case.letter.state == LetterState.ANNOUNCED and case.letter.announced_on is not None
    ]
    return bool(days) and min(days) <= clock.today()


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


def way(award: Award, payments: Sequence[Payment], left_cents: int) -> list[TimelineItem]:
    """Return what follows the letter: final, money, project, proof.

    Args:
        award: announced at least once.
        payments: its payments in order.
        left_cents: what can be requested now.
    """
    if award.state == AwardState.RELINQUISHED:
        return [TimelineItem(_("You gave the award up"), "done", who=_("You"))]
    return list(_items(award, payments, left_cents))


def _items(award: Award, payments: Sequence[Payment], left_cents: int) -> Iterator[TimelineItem]:
    page = reverse("payments:award", args=[award.pk])
    yield _final(award, page)
    yield from _money(award, payments, left_cents, page)
    yield TimelineItem(_("Your project"), _later(award), due_date=award.period_to, who=_("You"))
    months = int(award.terms.get("proof_months", 6))
    yield TimelineItem(_("Account for the money"), "next", due_date=add_months(award.period_to, months), who=_("You"))


def _later(award: Award) -> str:
    return "now" if award.state == AwardState.ACTIVE else "next"


def _final(award: Award, page: str) -> TimelineItem:
    if award.letter.state != LetterState.ANNOUNCED:
        text = _("The time to sue starts anew when the letter has reached you.")
        return TimelineItem(_("The award becomes final"), "next", text=text)
    if award.final_on is not None:
        text = _("Final since %(day)s.") % {"day": f"{award.final_on:%d.%m.%Y}"}
        return TimelineItem(_("The award is final"), "done", text=text)
    due = award.sue_until + timedelta(days=1) if award.sue_until else None
    waives = award.state == AwardState.NOTIFIED and bool(award.terms.get("waiver", True)) and due is not None
    return TimelineItem(
        _("The award becomes final"),
        "now",
        due_date=due,
        text=_("Until then it can be sued against. You can shorten this time by a waiver.") if waives else "",
        href=page if waives else "",
        link=_("Award and waiver") if waives else "",
    )


def _money(award: Award, payments: Sequence[Payment], left_cents: int, page: str) -> Iterator[TimelineItem]:
    if left_cents or not award.pays:
        yield TimelineItem(
            _("Request the money"),
            "now" if award.pays else "next",
            who=_("You"),
            href=page if award.pays else "",
            link=_("Request the money now") if award.pays else "",
        )
    for payment in payments:
        yield from _payment(payment, page)


def _payment(payment: Payment, page: str) -> Iterator[TimelineItem]:
    if payment.state in _ON_ITS_WAY:
        yield TimelineItem(_("Payment under way"), "now", at=payment.requested_at, who=_("Our finance office"))
    elif payment.state == PaymentState.PAID and payment.use_by is not None:
        text = _("Please use the money by %(day)s.") % {"day": f"{payment.use_by:%d.%m.%Y}"}
        yield TimelineItem(_("Money paid"), "done", text=text)
    elif payment.state == PaymentState.FAILED:
        yield TimelineItem(
            _("The payment came back"), "now", who=_("You"), href=page, link=_("Please check the bank account")
        )
