"""A code by letter: issued by the office at a case, entered by whoever got the letter."""

from collections.abc import Callable
from functools import partial
from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import conflict, person, posted
from accounts.models import Organisation
from grants import permissions as may
from grants import takeover
from grants.actions import takeover as actions
from grants.code_letter import code_letter
from grants.exceptions import CaseChanged
from grants.forms.office_check import ConfirmForm
from grants.forms.takeover import CodeForm, IssueForm
from grants.models import Application
from grants.views.loading import page_of
from grants.views.office_loading import load_case
from notifications import pdf
from notifications.files import answer

Answer = HttpResponse | FileResponse
TEMPLATE = "grants/office_code.html"
#: In settings: how often a person, and an address of the network, may try.
RATE = "takeover_code"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Enter the code of a letter, and own and represent the organisation from then on."""
    form, status = CodeForm(posted(request)), 200
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action=RATE):
            form.add_error(None, _("These were many tries. Please wait an hour, and compare with the letter."))
            status = 429
        else:
            try:
                application = actions.redeem_code(by=person(request), **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal.message))
            else:
                organisation = application.organisation
                success(request, _("You represent %(name)s now.") % {"name": organisation})
                return redirect(page_of(application))
    return render(request, "grants/takeover.html", {"form": form}, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def office_code(request: HttpRequest, pk: int) -> Answer:
    """Have a code printed, with a second person where somebody acts for the organisation already."""
    application, organisation = _case(request, pk)
    if request.method != "POST":
        return render(request, TEMPLATE, _context(request, application, organisation))
    do = request.POST.get("do", "")
    if do in ("issue", "propose"):
        return _ask(request, application, organisation, do)
    if do in ("confirm", "decline", "withdraw"):
        return _decide(request, application, organisation, do)
    raise Http404


def _case(request: HttpRequest, pk: int) -> tuple[Application, Organisation]:
    application, who = load_case(request, pk), person(request)
    if application.organisation is None or not may.case_second_officer(application, who):
        raise Http404
    return application, application.organisation


def _context(request: HttpRequest, application: Application, organisation: Organisation) -> dict[str, Any]:
    who, now = person(request), clock.now()
    newest, proposal = takeover.latest(organisation.pk), takeover.proposal_of(application)
    asks = takeover.may_issue(application, who) and proposal is None and takeover.has_address(organisation)
    return {
        "application": application,
        "organisation": organisation,
        "newest": newest,
        "is_open": newest is not None and takeover.is_open(newest, now),
        "needs_two": takeover.needs_two(organisation),
        "has_address": takeover.has_address(organisation),
        "proposal": proposal,
        "is_author": proposal is not None and proposal.proposed_by_id == who.pk,
        "form": IssueForm(seen=newest.pk if newest else 0) if asks else None,
        "decision_form": ConfirmForm(version=proposal.pk) if proposal else None,
        "crumbs": [
            (_("Applications"), reverse("grants:office_applications")),
            (application.case_number, reverse("reviews:case", args=[application.pk])),
            (_("Code by letter"), ""),
        ],
    }


def _ask(request: HttpRequest, application: Application, organisation: Organisation, do: str) -> Answer:
    if not takeover.may_issue(application, person(request)):
        raise Http404
    form = IssueForm(request.POST, seen=0)
    if not form.is_valid():
        return _show(request, application, organisation, {"form": form})
    action = actions.issue_code if do == "issue" else actions.propose_code
    run = partial(
        action, application=application, by=person(request), seen=form.seen_version(),
        reason=form.cleaned_data["reason"],
    )  # fmt: skip
    return _try(request, application, organisation, run, {"form": form})


def _decide(request: HttpRequest, application: Application, organisation: Organisation, do: str) -> Answer:
    proposal = takeover.proposal_of(application)
    form = ConfirmForm(request.POST, version=proposal.pk if proposal else 0)
    if proposal is None or not form.is_valid() or form.seen_version() != proposal.pk:
        return _lost(request, application, organisation, CaseChanged(), {})
    both: dict[str, Any] = {"application": application, "proposal": proposal, "by": person(request)}
    acts: dict[str, Callable[[], Any]] = {
        "confirm": partial(actions.confirm_code, **both),
        "decline": partial(actions.decline_code, note=form.cleaned_data["note"], **both),
        "withdraw": partial(actions.withdraw_code, **both),
    }
    return _try(request, application, organisation, acts[do], {"decision_form": form})


def _try(
    request: HttpRequest,
    application: Application,
    organisation: Organisation,
    run: Callable[[], Any],
    forms: dict[str, Any],
) -> Answer:
    try:
        done = run()
    except LostRace as refusal:
        return _lost(request, application, organisation, refusal, forms)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        next(iter(forms.values())).add_error(None, str(refusal.message))
        return _show(request, application, organisation, forms)
    if isinstance(done, tuple):
        return _letter(application, *done)
    success(request, _("Saved."))
    return redirect("grants:office_code", application.pk)


def _letter(application: Application, row: Any, code: str) -> FileResponse:
    """Answer with the letter itself: the code is kept nowhere, so it is printed now or issued anew."""
    drawn = code_letter(application, row.organisation, row, code, today=clock.today())
    return answer(pdf.build_sheet(drawn), name=f"{application.case_number}-code.pdf")


def _show(
    request: HttpRequest, application: Application, organisation: Organisation, forms: dict[str, Any]
) -> HttpResponse:
    return render(request, TEMPLATE, _context(request, application, organisation) | forms)


def _lost(
    request: HttpRequest,
    application: Application,
    organisation: Organisation,
    refusal: LostRace,
    forms: dict[str, Any],
) -> HttpResponse:
    context = _context(request, application, organisation)
    for name, form in forms.items():
        if context[name] is not None:
            form.show_version(context[name].initial["version"])
            context[name] = form
    return conflict(request, TEMPLATE, context, refusal)
