"""The payouts: what waits for whom, and each payment with its three pairs of hands."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit, clock
from accounts.context import NavItem
from accounts.http import person
from accounts.models import User
from accounts.queries import history_lines
from accounts.states import Role
from payments import queries
from payments.actions import payouts
from payments.forms.common import DayForm, ReasonForm
from payments.forms.payouts import PayeeForm
from payments.models import Payment
from payments.queries.hindrances import hindrances
from payments.states import PaymentState as S
from payments.views.acting import Act, Text, act_on

PAGE_SIZE = 25
STEPS = frozenset({"certify", "refuse", "order", "give_back", "cancel", "confirm", "bounce", "late_return", "give_up"})
# What a hindrance takes away; a payment can always be refused, given back or cancelled.
FORWARD = frozenset({"certify", "order"})
TABS: dict[str, Promise] = {
    "certify": gettext_lazy("To certify (A)"),
    "order": gettext_lazy("To order (B)"),
    "export": gettext_lazy("To hand to the bank (C)"),
    "confirm": gettext_lazy("To confirm (C)"),
    "returned": gettext_lazy("Came back"),
    "all": gettext_lazy("All"),
}
_FIRST_TAB = {Role.FINANCE_A: "certify", Role.FINANCE_B: "order", Role.TREASURY: "export"}
_WAITS_FOR: dict[str, Promise] = {
    S.REQUESTED: gettext_lazy("Finance A certifies, not the person who checked the bank account"),
    S.CHECKED: gettext_lazy("Finance B orders, not the person who certified"),
    S.ORDERED: gettext_lazy("The treasury hands it to the bank, neither A nor B"),
    S.EXPORTED: gettext_lazy("The treasury confirms it from the bank statement"),
    S.FAILED: gettext_lazy("The grantee names the right account, or finance B closes it"),
}


@login_required
@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """List what waits, by step; the treasury chooses here what goes into the next file."""
    who = person(request)
    if not queries.handles_payments(who):
        raise Http404
    tab = request.GET.get("tab") or _first_tab(who)
    if tab not in TABS:
        raise Http404
    return show_list(request, who, tab)


def show_list(
    request: HttpRequest, who: User, tab: str, *, bound: Mapping[int, PayeeForm] | None = None
) -> HttpResponse:
    """Show one tab; `bound` are the rows of a file that was refused, by payment, with what was typed."""
    bound = bound or {}
    counts = queries.payment_counts(who)
    page = Paginator(queries.tab_rows(who, tab), PAGE_SIZE).get_page(request.GET.get("page"))
    # "All" is for looking back; what hinders a payment stands where it waits, and on its own page.
    hindered = hindrances([] if tab == "all" else list(page), who, today=clock.today())
    context = {
        "tab": tab,
        "tabs": [NavItem(label, f"?tab={name}", name == tab, _count(counts, name)) for name, label in TABS.items()],
        "page_obj": page,
        "rows": [
            (
                payment,
                _WAITS_FOR.get(payment.state, ""),
                bound.get(payment.pk) or PayeeForm.of(payment),
                hindered.get(payment.pk),
            )
            for payment in page
        ],
        "refused_rows": list(bound.values()),
        "exportable": tab == "export" and queries.is_treasury(who),
        "accounts": queries.accounts_to_check(who).count(),
        "audits": not queries.checks_accounts(who) and queries.reads_accounts(who),
        "exports": queries.exports_for(who)[:5],
        "to_compare": queries.funds_to_compare(who),
    }
    return render(request, "payments/payments_list.html", context)


def _first_tab(who: User) -> str:
    return next((tab for role, tab in _FIRST_TAB.items() if queries.holds_role(who, role)), "all")


def _count(counts: dict[str, int], tab: str) -> int:
    """Only what waits is counted; the sum of everything says nothing."""
    return 0 if tab == "all" else counts[tab]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one payment with who did what, and the next step of this person."""
    who = person(request)
    found = get_object_or_404(queries.payments_for(who), pk=pk)
    hindered = hindrances([found], who, today=clock.today()).get(found.pk)
    acts = list(_acts(found, who))
    for act in acts:
        act.hindered = hindered is not None and act.name in FORWARD
    return act_on(
        request,
        found,
        acts,
        known=STEPS,
        template="payments/payment_office.html",
        context=lambda: _context(found) | {"hindered": hindered},
        back=reverse("payments:payment", args=[pk]),
    )


def _context(payment: Payment) -> dict[str, Any]:
    now = clock.now()
    account = payment.bank_account
    return {
        "payment": payment,
        "award": payment.award,
        "account": account,
        "account_usable": queries.account_usable(account, now),
        "waits_for": _WAITS_FOR.get(payment.state, ""),
        "holds": payment.award.on_hold,
        "history": history_lines(audit.history(payment)),
    }


def _acts(payment: Payment, who: User) -> Iterator[Act]:
    may = set(audit.available(payment, who))
    if "certify" in may:
        yield Act(
            "certify", _("Certify the payment"), _("Certify"), _("The payment is certified. Another person orders it."),
            lambda _data: payouts.certify(payment=payment, by=who),
            text=_("You confirm that reason and amount are right (sachlich und rechnerisch richtig)."),
        )  # fmt: skip
    if "order" in may:
        yield Act(
            "order", _("Order the payment"), _("Order"), _("The payment is ordered. The treasury pays it."),
            lambda _data: payouts.order(payment=payment, by=who),
            text=_("You order the treasury to pay this amount."),
        )  # fmt: skip
    if "confirm" in may:
        yield Act(
            "confirm", _("Confirm from the bank statement"), _("Confirm as paid"), _("The payment is confirmed."),
            lambda data: payouts.confirm(payment=payment, by=who, booked_on=data["on"]),
            form=DayForm,
            options={"label": _("Booked by the bank on"), "hint": _("The time to use the money runs from this day.")},
        )  # fmt: skip
    yield from _refusals(payment, who, may)


def _refusals(payment: Payment, who: User, may: set[str]) -> Iterator[Act]:
    told = _("The grantee reads this reason.")
    listed: list[tuple[str, Text, Text, Text, Any, Text]] = [
        ("refuse", _("Refuse the request"), _("Refuse"), _("The request is refused."), payouts.refuse, told),
        ("give_back", _("Give back to A"), _("Give back"), _("The payment is back with A."), payouts.give_back, ""),
        ("cancel", _("Cancel the order"), _("Cancel the order"), _("The order is cancelled."), payouts.cancel, ""),
        ("bounce", _("The bank returned it"), _("Record the return"), _("The return is recorded."),
         payouts.bounce, told),
        ("late_return", _("The money came back"), _("Record the return"), _("The return is recorded."),
         payouts.late_return, told),
        ("give_up", _("Close the failed payment"), _("Close"), _("The payment is closed."), payouts.give_up, ""),
    ]  # fmt: skip
    for name, title, submit, done, action, hint in listed:
        if name in may:
            yield _with_reason(payment, who, name, title, submit, done, action, hint)


def _with_reason(
    payment: Payment, who: User, name: str, title: Text, submit: Text, done: Text, action: Any, hint: Text
) -> Act:
    return Act(
        name, title, submit, done,
        lambda data: action(payment=payment, by=who, reason=data["reason"]),
        form=ReasonForm, options={"hint": hint}, danger=True,
    )  # fmt: skip
