"""From which account a fund pays: masked for its readers, whole for the head of finance who confirms a new one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.audit import open_proposal
from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.forms import PayingAccountForm
from accounts.http import conflict, person, refused
from accounts.models import Fund, Proposal, User
from accounts.models.funds import masked
from accounts.permissions import PAYING_READERS, confirms_paying_account, fund_ids, proposes_paying_account
from accounts.states import PAYING_ACCOUNT

TEMPLATE = "accounts/paying_account.html"


def _fund(who: User, pk: int) -> Fund:
    known = fund_ids(who, *PAYING_READERS)
    funds = Fund.objects.select_related("proposed_account")
    return get_object_or_404(funds if known is None else funds.filter(pk__in=known), pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def paying_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the account, propose another one, or decide about a proposal."""
    who = person(request)
    fund = _fund(who, pk)
    proposal = open_proposal(PAYING_ACCOUNT, fund)
    step = request.POST.get("step", "")
    form = PayingAccountForm(request.POST if step == "propose" else None)
    context = _context(fund, proposal, form, who)
    if request.method != "POST":
        if context["whole"]:
            actions.look_at_proposed_account(proposed=fund.proposed_account, by=who)
        return render(request, TEMPLATE, context)
    if not _may_press(step, fund, who):
        raise Http404
    if step == "propose" and not form.is_valid():
        return render(request, TEMPLATE, context)
    try:
        _do(step, fund, proposal, form, who)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except LostRace as refusal:
        return conflict(request, TEMPLATE, context, refusal)
    except Refused as refusal:
        return refused(request, refusal, request.path)
    messages.success(request, _("Recorded."))
    return redirect("accounts:paying_account", pk=pk)


def _context(fund: Fund, proposal: Proposal | None, form: PayingAccountForm, who: User) -> dict[str, Any]:
    confirms = proposal is not None and confirms_paying_account(fund, who) and proposal.proposed_by_id != who.pk
    return {
        "fund": fund,
        "masked": masked(fund.debtor_iban),
        "proposal": proposal,
        "proposed": getattr(fund, "proposed_account", None),
        "proposed_masked": masked(fund.proposed_account.iban) if proposal else "",
        "whole": confirms,
        "own": proposal is not None and proposal.proposed_by_id == who.pk,
        "form": form if proposal is None and proposes_paying_account(fund, who) else None,
    }


def _may_press(step: str, fund: Fund, who: User) -> bool:
    """Tell whether there is such a step for this person at all; the actions ask again, and more."""
    proposes, confirms = proposes_paying_account(fund, who), confirms_paying_account(fund, who)
    return {"propose": proposes, "confirm": confirms, "drop": proposes or confirms}.get(step, False)


def _do(step: str, fund: Fund, proposal: Proposal | None, form: PayingAccountForm, who: User) -> None:
    """Do what was pressed. Raises: LostRace: the proposal is gone."""
    if step == "propose":
        actions.propose_paying_account(fund=fund, by=who, **form.cleaned_data)
    elif proposal is None:
        raise LostRace
    elif step == "confirm":
        actions.confirm_paying_account(proposal=proposal, fund=fund, by=who)
    else:
        actions.drop_paying_account(proposal=proposal, fund=fund, by=who)
