"""A grant is taken back before its letter: one person proposes, another confirms."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.http import person
from accounts.models import Proposal, User
from grants.models import Application
from payments.forms.common import ReasonForm
from payments.queries import decided_cents
from payments.views.acting import Act, act_on
from reviews.actions import approvals as actions
from reviews.actions import halves
from reviews.forms.decisions import WithdrawalForm
from reviews.queries.committee import final_decision, has_living_letter
from reviews.states import WITHDRAWAL, WithdrawalGround
from reviews.views.common import load_case, seconds

STEPS = frozenset({"propose", "confirm", "drop"})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was granted; propose to take it back, or confirm or decline as second person."""
    application, who = load_case(request, pk, seconds), person(request)
    proposal = audit.open_proposal(WITHDRAWAL, application)
    return act_on(
        request,
        application,
        list(_acts(application, proposal, who)),
        known=STEPS,
        template="reviews/approval_take_back.html",
        context=lambda: _context(application, proposal),
        back=reverse("reviews:withdraw_approval", args=[pk]),
        version=f"{application.version}-{proposal.pk if proposal else 0}",
    )


def _acts(application: Application, proposal: Proposal | None, who: User) -> Iterator[Act]:
    if proposal is None:
        if WITHDRAWAL in audit.available(application, who) and not has_living_letter(application):
            yield _propose(application, who)
        return
    if proposal.proposed_by_id != who.pk:
        yield _confirm(application, proposal, who)
    yield _drop(application, proposal, who)


def _propose(application: Application, who: User) -> Act:
    return Act(
        "propose",
        _("Propose to take the grant back"),
        _("Propose it"),
        _("Proposed. A second person confirms or declines it."),
        lambda data: actions.propose_withdrawal(
            application=application, ground=WithdrawalGround(data["ground"]), reason=data["reason"], by=who
        ),
        text=_(
            "Nothing changes until a second person confirms. Then the case is rejected and its money is free again."
        ),
        form=WithdrawalForm,
        danger=True,
    )


def _confirm(application: Application, proposal: Proposal, who: User) -> Act:
    return Act(
        "confirm",
        _("Confirm that the grant is taken back"),
        _("Take the grant back"),
        _("The grant is taken back. Its money is free again; the rejection letter comes next."),
        lambda _data: actions.confirm_withdrawal(application=application, proposal=proposal, by=who),
        text=_("The case is rejected and its money is free again. The rejection letter is written next."),
        danger=True,
    )


def _drop(application: Application, proposal: Proposal, who: User) -> Act:
    own = proposal.proposed_by_id == who.pk
    return Act(
        "drop",
        _("Take the proposal back") if own else _("Keep the grant"),
        _("Take back") if own else _("Decline the proposal"),
        _("The grant stays as it is."),
        lambda data: halves.drop(application=application, proposal=proposal, by=who, note=data["reason"]),
        form=ReasonForm,
    )


def _context(application: Application, proposal: Proposal | None) -> dict[str, Any]:
    return {
        "application": application,
        "proposal": proposal,
        "ground": WithdrawalGround(proposal.payload["ground"]).label if proposal else "",
        "decision": final_decision(application),
        "decided_cents": decided_cents(application),
        "letter": has_living_letter(application),
    }
