"""Bank accounts of grantees: a second person compares holder and IBAN with the bank's proof."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.http import person
from accounts.models import BankAccount, User
from accounts.queries import history_lines
from payments import queries
from payments.actions import awards
from payments.forms.common import SureForm
from payments.permissions import bank_checker
from payments.views.acting import Act, act_on

PAGE_SIZE = 25


@login_required
@require_safe
def bank_accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts that wait for a second person; to the auditor all of them."""
    who = person(request)
    if not queries.reads_accounts(who):
        raise Http404
    checks = queries.checks_accounts(who)
    rows = queries.accounts_to_check(who) if checks else queries.bank_accounts_for(who)
    page = Paginator(rows.order_by("entered_at", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "payments/bank_accounts.html", {"page_obj": page, "checks": checks})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bank_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one account; the whole IBAN only to who checks it, and that is recorded."""
    who = person(request)
    account = get_object_or_404(queries.bank_accounts_for(who), pk=pk)
    acts = _acts(account, who)
    return act_on(
        request,
        account,
        acts,
        known=frozenset({"check"}),
        template="payments/bank_account.html",
        context=lambda: _context(account, who, whole=bool(acts)),
        back=reverse("payments:bank_account", args=[pk]),
        version="checked" if account.checked_by_id else "new",
    )


def _acts(account: BankAccount, who: User) -> list[Act]:
    if account.checked_by_id is not None or account.replaced_at is not None or not bank_checker(account, who):
        return []
    return [
        Act(
            "check",
            _("Confirm the bank account"),
            _("Confirm the account"),
            _("The account is confirmed."),
            lambda _data: awards.check_bank_account(account=account, by=who),
            text=_("Compare holder and IBAN with the proof of the bank. Only a confirmed account is paid to."),
            form=SureForm,
            options={"label": _("Holder and IBAN are exactly as at the bank.")},
        )
    ]


def _context(account: BankAccount, who: User, *, whole: bool) -> dict[str, Any]:
    if whole:
        # Whatever was asked: whenever the page is drawn with the whole IBAN, that stands in the history.
        awards.look_at_bank_account(account=account, by=who)
    return {"account": account, "whole": whole, "history": history_lines(audit.history(account))}
