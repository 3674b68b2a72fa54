"""The award as its grantee sees it, from the day the letter is announced."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit, clock
from accounts.http import person
from accounts.models import BankAccount, User
from accounts.money import format_cents
from accounts.permissions import may_bind
from notifications.states import LetterState
from payments import queries
from payments.actions import awards, payouts
from payments.exceptions import NoBankAccount
from payments.forms.awards import PaymentRequestForm
from payments.forms.common import DayForm, ReasonForm, SureForm
from payments.models import Award, Payment
from payments.states import AwardState, PaymentState
from payments.steps.payouts import account_of
from payments.views.acting import Act, act_on
from payments.wording import AWARD_WORDS, PAYMENT_WORDS

STEPS = frozenset({"waive", "request", "start", "relinquish"})
PAYMENT_STEPS = frozenset({"withdraw", "correct_account"})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def award(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a grantee the award with its terms, dates and payments, and take the next step."""
    who = person(request)
    found = get_object_or_404(queries.awards_of_member(who), pk=pk)
    money = _money(found)
    return act_on(
        request,
        found,
        list(_acts(found, who, money)),
        known=STEPS,
        template="payments/award_grantee.html",
        context=lambda: _context(found, who, money),
        back=reverse("payments:award", args=[pk]),
    )


@dataclass(frozen=True)
class Money:
    """The payments of an award, what can be requested now (cents), and the account it would go to."""

    payments: list[Payment]
    free_cents: int
    account: BankAccount | None


def _money(award: Award) -> Money:
    payments = list(queries.payments_of(award))
    return Money(payments, queries.requestable_cents(award, payments), known_account(award))


def _acts(award: Award, who: User, money: Money) -> Iterator[Act]:
    may = set(audit.available(award, who))
    if "waive" in may and award.terms.get("waiver", True) and award.letter.state == LetterState.ANNOUNCED:
        yield _waive(award, who)
    if _may_request(award, who) and money.free_cents > 0 and money.account is not None:
        yield _request(award, who, money.free_cents)
    if "start" in may and award.letter.state == LetterState.ANNOUNCED:
        yield _start(award, who)
    if "relinquish" in may and not queries.open_money(award):
        yield _relinquish(award, who)


def _may_request(award: Award, who: User) -> bool:
    return award.pays and may_bind(who, award.organisation_id)


def known_account(award: Award) -> BankAccount | None:
    """Return the account the money would go to, if there is one."""
    try:
        return account_of(award, now=clock.now())
    except NoBankAccount:
        return None


def _waive(award: Award, who: User) -> Act:
    return Act(
        "waive",
        _("Get the money sooner: waive the right to sue"),
        _("Waive the right to sue"),
        _("Your letter is final. You can request the money now."),
        lambda _data: awards.waive_remedy(award=award, by=who),
        text=_("You need not wait for the time to sue to end. If you waive it, you can no longer sue against this"
               " letter, also not against its conditions. This cannot be taken back."),
        form=SureForm,
        options={"label": _("I understand that I can no longer sue against this letter.")},
    )  # fmt: skip


def _request(award: Award, who: User, free: int) -> Act:
    hint = _("At most %(amount)s can be requested now.") % {"amount": format_cents(free)}
    return Act(
        "request",
        _("Request money"),
        _("Request the payment"),
        _("Your request has reached us. Three people check, order and pay it."),
        lambda data: payouts.request_payment(
            award=award, amount_cents=data["amount_cents"], purpose=data["purpose"],
            planned_use_by=data["planned_use_by"], by=who,
        ),
        form=PaymentRequestForm,
        options={"max_cents": free, "hint": hint},
    )  # fmt: skip


def _start(award: Award, who: User) -> Act:
    return Act(
        "start",
        _("Report the start of the project"),
        _("Report the start"),
        _("Thank you. The start of your project is recorded."),
        lambda data: awards.start_project(award=award, by=who, on=data["on"]),
        form=DayForm,
        options={"label": _("The project started on"), "initial": {"on": clock.today()}},
    )


def _relinquish(award: Award, who: User) -> Act:
    return Act(
        "relinquish",
        _("Give the award up"),
        _("Give up the award"),
        _("You have given the award up. Thank you for telling us."),
        lambda data: awards.relinquish(award=award, by=who, reason=data["reason"]),
        text=_("The whole amount goes back to the fund. This cannot be taken back."),
        form=ReasonForm,
        danger=True,
    )


def _context(award: Award, who: User, money: Money) -> dict[str, Any]:
    rows, account = money.payments, money.account
    return {
        "award": award,
        "words": _words(award),
        "final_from": award.final_from,
        "account": account,
        "account_usable": queries.account_usable(account, clock.now()),
        "payments": [(row, PAYMENT_WORDS[row.state], payment_step(row, who)) for row in rows],
        "paid_cents": sum(row.amount_cents for row in rows if row.state == PaymentState.PAID),
        "free_cents": money.free_cents,
        "under_way": any(row.state in queries.OPEN_PAYMENTS for row in rows),
        "has_letter": award.letter.state == LetterState.ANNOUNCED,
        "pays": award.pays,
        "letter_back": award.letter.state == LetterState.RETURNED,
        "final": award.state not in (AwardState.NOTIFIED, AwardState.CHALLENGED),
    }


def _words(award: Award) -> str:
    if award.letter.state != LetterState.ANNOUNCED:
        return _("Granted. The letter has to reach you once more before anything is final.")
    return str(AWARD_WORDS.get(award.state, award.get_state_display()))


def payment_step(payment: Payment, who: User) -> Act | None:
    """Return what the grantee can do with a payment: take it back, or send it to another account."""
    may = set(audit.available(payment, who))
    if "withdraw" in may:
        return Act(
            "withdraw",
            _("Take the request back"),
            _("Take back"),
            _("Your request is taken back."),
            lambda _data: payouts.withdraw_request(payment=payment, by=who),
            text=_("Nothing is paid then. The money stays yours, and you can request it again."),
        )
    if "correct_account" in may:
        return Act(
            "correct_account",
            _("Request it to the new account"),
            _("Request to the new account"),
            _("The payment is requested to your new account."),
            lambda _data: payouts.correct_account(payment=payment, by=who),
            text=_("First enter the right account on the page of your organisation and wait until it is checked."),
        )
    return None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def award_payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a grantee one payment; take a request back, or send a failed payment to the new account."""
    who = person(request)
    rows = Payment.objects.filter(award__in=queries.awards_of_member(who)).select_related(
        "award__application", "bank_account"
    )
    payment = get_object_or_404(rows, pk=pk)
    act = payment_step(payment, who)
    return act_on(
        request,
        payment,
        [act] if act else [],
        known=PAYMENT_STEPS,
        template="payments/payment_grantee.html",
        context=lambda: {"payment": payment, "words": PAYMENT_WORDS[payment.state]},
        back=reverse("payments:award", args=[payment.award_id]),
    )
