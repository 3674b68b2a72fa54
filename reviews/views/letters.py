"""Drafting the letter of a decided case: the page that knows who decided, and when."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import person, refused
from accounts.models import User
from grants.models import Application
from grants.office import cases_of
from grants.permissions import case_officer
from grants.states import ApplicationState
from notifications.models import Letter
from payments.actions import letters as actions
from payments.forms.letters import AwardLetterForm, RejectionLetterForm
from payments.queries import decided_cents, has_checked_account, signatories
from payments.steps.letters import REJECTION_KINDS
from payments.terms import Basis
from reviews.queries.basis import basis_of

LETTER_STATES = (ApplicationState.APPROVED, *REJECTION_KINDS)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the award letter or the rejection letter of a case, with what was decided."""
    who = person(request)
    cases = cases_of(who).select_related("organisation", "round", "fund")
    application = get_object_or_404(cases, pk=pk)
    if not case_officer(application, who) or application.state not in LETTER_STATES:
        raise Http404
    amount = decided_cents(application)
    form = _form(application, amount, request.POST if request.method == "POST" else None, author=who)
    basis = basis_of(application)
    if request.method == "POST" and form.is_valid():
        answer = _draft(request, application, basis, form, who)
        if answer is not None:
            return answer
    return render(request, "reviews/letter_draft.html", _context(application, basis, amount, form))


def _form(application: Application, amount: int, data: Any, *, author: User) -> AwardLetterForm | RejectionLetterForm:
    today = clock.today()
    if application.state == ApplicationState.APPROVED:
        return AwardLetterForm(
            data,
            signatories=signatories(application.fund_id, amount, author=author),
            partial=amount < (application.applied_cents or 0),
            initial={"letter_date": today},
        )
    kinds = [kind for kind in REJECTION_KINDS[application.state] if kind != "late" or application.late]
    return RejectionLetterForm(
        data,
        signatories=signatories(application.fund_id, 0, author=author),
        kinds=kinds,
        initial={"letter_date": today, "kind": "late" if application.late and "late" in kinds else kinds[0]},
    )


def _draft(
    request: HttpRequest,
    application: Application,
    basis: Basis,
    form: AwardLetterForm | RejectionLetterForm,
    who: User,
) -> HttpResponse | None:
    """Draft and go to the letter, or put the refusal into the form."""
    try:
        letter = _drafted(application, basis, form, who)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except LostRace as refusal:
        return refused(request, refusal, reverse("reviews:case", args=[application.pk]))
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return None
    messages.success(request, _("The letter is drafted. A second officer reads and approves it."))
    return redirect("payments:letter_office", letter.pk)


def _drafted(application: Application, basis: Basis, form: AwardLetterForm | RejectionLetterForm, who: User) -> Letter:
    if isinstance(form, AwardLetterForm):
        return actions.draft_award_letter(application=application, basis=basis, by=who, **form.content())
    return actions.draft_rejection_letter(application=application, basis=basis, by=who, **form.content())


def _context(
    application: Application, basis: Basis, amount: int, form: AwardLetterForm | RejectionLetterForm
) -> dict[str, Any]:
    award = isinstance(form, AwardLetterForm)
    return {
        "application": application,
        "basis": basis,
        "form": form,
        "award": award,
        "amount_cents": amount,
        "bank_ready": not award or has_checked_account(application.organisation_id),
        "plan_fits": not award or (application.requested_cents == amount and application.plan_balances()),
    }
