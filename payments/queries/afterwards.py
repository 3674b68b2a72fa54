"""What follows the letter: final, money, project, proof, the end of the file."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.days import day_long
from accounts.money import format_cents
from grants.applicant_view import Post, TimelineItem
from grants.models import Application
from notifications.dates import add_months, period_to_sue_ends
from notifications.states import LetterState
from payments.models import Award, Payment
from payments.states import AwardState, PaymentState


def after_rejection(case: Application, post: Post, today: date) -> Iterator[TimelineItem]:
    """Yield what follows a rejection; a round with an instruction of its own leaves the day to the letter.

    Args:
        case: rejected, with its round.
        post: of its letter, announced.
        today: the Berlin day.
    """
    plain = post.announced_on is not None and not case.round.remedy_text
    until = period_to_sue_ends(post.announced_on) if plain and post.announced_on else None
    over = until is not None and until < today
    text = _("The letter says where and how.")
    yield TimelineItem(
        _("Time to sue against the decision"), "done" if over else "now", due_date=None if over else until,
        on=until if over else None, who=_("You"), text="" if over else text, key="sue",
    )  # fmt: skip
    yield _kept(case.round.keep_rejected_years, "next")


def _kept(years: int, phase: str) -> TimelineItem:
    text = _("We close the file and keep it for %(years)s years, as the law asks. Then it is deleted.")
    return TimelineItem(_("The file is closed"), phase, who=_("Our office"), text=text % {"years": years})


def after_award(award: Award, payments: Sequence[Payment], left_cents: int, today: date) -> list[TimelineItem]:
    """Return what follows the letter: final, money, project, proof, the end of the file.

    Args:
        award: announced at least once.
        payments: its payments in order.
        left_cents: what can be requested now.
        today: the Berlin day.
    """
    if award.state == AwardState.RELINQUISHED:
        return [TimelineItem(_("You gave the award up"), "done", who=_("You"))]
    return list(_items(award, payments, left_cents, today))


def _items(award: Award, payments: Sequence[Payment], left_cents: int, today: date) -> Iterator[TimelineItem]:
    page = reverse("payments:award", args=[award.pk])
    yield _final(award, page)
    yield from _money(award, payments, left_cents, page, today)
    yield from _proof(award)


# The last steps in order, and in which states of the award each of them is under way.
_PROJECT: Final = (AwardState.ACTIVE, AwardState.CHANGE_PENDING)
_ACCOUNT: Final = (AwardState.PROOF_DUE, AwardState.PROOF_RETURNED)
_CHECK: Final = (
    AwardState.PROOF_SUBMITTED, AwardState.BASIC_CHECKED, AwardState.IN_DEPTH, AwardState.HEARING,
    AwardState.REPAYMENT_ORDERED,
)  # fmt: skip
_CLOSING: Final = (AwardState.SETTLED, AwardState.CLOSED)
_ORDER: Final = (_PROJECT, _ACCOUNT, _CHECK, _CLOSING)


def _phase(award: Award, place: int) -> str:
    """Tell where the step at this place of `_ORDER` stands."""
    reached = next((number for number, states in enumerate(_ORDER) if award.state in states), -1)
    if award.state == AwardState.CLOSED:
        return "done"
    return "now" if reached == place else "done" if reached > place else "next"


def _proof(award: Award) -> Iterator[TimelineItem]:
    handed_in = add_months(award.period_to, int(award.terms.get("proof_months", 6)))
    checked = add_months(handed_in, int(award.terms.get("basic_check_months", 3)))
    steps = (
        ("project", _("Your project"), _("You"), award.period_to),
        ("account", _("Account for the money"), _("You"), handed_in),
        ("proof", _("Check of your account"), _("Our office"), checked),
    )
    for place, (key, title, who, due) in enumerate(steps):
        phase = _phase(award, place)
        yield TimelineItem(title, phase, due_date=None if phase == "done" else due, who=who, key=key)
    yield _kept(int(award.terms.get("keep_funded_years", 10)), _phase(award, len(steps)))


def _final(award: Award, page: str) -> TimelineItem:
    if award.letter.state != LetterState.ANNOUNCED:
        text = _("The time to sue starts anew when the letter has reached you.")
        return TimelineItem(_("The award becomes final"), "next", who=_("By itself"), text=text)
    if award.final_on is not None:
        return TimelineItem(_("The award is final"), "done", on=award.final_on, who=_("By itself"))
    due = award.final_from
    waives = award.state == AwardState.NOTIFIED and bool(award.terms.get("waiver", True)) and due is not None
    return TimelineItem(
        _("The award becomes final"),
        "now",
        due_date=due,
        who=_("By itself"),
        text=_("Until then it can be sued against. You can shorten this time by a waiver.") if waives else "",
        href=page if waives else "",
        link=_("Award and waiver") if waives else "",
        key="final",
    )


def _money(
    award: Award, payments: Sequence[Payment], left_cents: int, page: str, today: date
) -> Iterator[TimelineItem]:
    if left_cents or not award.pays:
        yield TimelineItem(
            _("Request the money"),
            "now" if award.pays else "next",
            who=_("You"),
            href=page if award.pays else "",
            link=_("Request the money now") if award.pays else "",
        )
    for payment in payments:
        yield from _payment(payment, page, today)


def _payment(payment: Payment, page: str, today: date) -> Iterator[TimelineItem]:
    doing = {
        PaymentState.REQUESTED: _("We look at your request."),
        PaymentState.CHECKED: _("Your request was checked; a second person orders the payment."),
        PaymentState.ORDERED: _("The payment is ordered; the treasury hands it to the bank."),
        PaymentState.EXPORTED: _("The bank has the order. The money comes within a few days."),
    }.get(PaymentState(payment.state), "")
    office = _("Our finance office")
    if doing:
        yield TimelineItem(_("Payment under way"), "now", at=payment.requested_at, who=office, text=doing)
    elif payment.state == PaymentState.PAID and payment.use_by is not None:
        yield TimelineItem(_("Money paid"), "done", on=payment.booked_on, who=office)
        yield _to_be_used(payment, payment.use_by, today)
    elif payment.state == PaymentState.FAILED:
        yield TimelineItem(
            _("The payment came back"), "now", who=_("You"), href=page, link=_("Please check the bank account")
        )


def _to_be_used(payment: Payment, use_by: date, today: date) -> TimelineItem:
    """Return the last day to use a payment; what is left after it bears interest (VwVfG § 49a (4))."""
    over = today > use_by
    told = {"amount": format_cents(payment.amount_cents), "day": day_long(use_by)}
    if over:
        text = _("%(amount)s were to be used by %(day)s. What is left: please write to us.") % told
    else:
        text = _("%(amount)s for what the letter says. If that does not work out, please write to us before.") % told
    return TimelineItem(
        _("Use the money"), "done" if over else "now", due_date=None if over else use_by, who=_("You"), text=text,
        key=f"use-{payment.number}",
    )  # fmt: skip
