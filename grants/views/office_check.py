"""The formal check: the application as sent at the left, the checklist and its acts at the right."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import conflict, person
from accounts.models import Proposal
from grants import desk, former, likeness, office
from grants import permissions as may
from grants.actions import office as actions
from grants.check_note import notes_of
from grants.checklist import ITEMS, question_of
from grants.exceptions import CaseChanged, CheckIncomplete
from grants.forms.office_check import CheckForm, ConfirmForm
from grants.models import Application, ApplicationVersion, Attachment, FormalCheck
from grants.receipts import sections
from grants.states import ApplicationState as S
from grants.states import LatePolicy
from grants.views.office_loading import check_page, load_case

TEMPLATE = "grants/office_check.html"
SAVES = ("save", "accept", "documents", "reject")
DECIDES = ("confirm", "decline", "withdraw")


@dataclass(frozen=True)
class Finding:
    """An item of the checklist with its answer, for readers."""

    question: Any
    answer: str


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the check, take it up, keep the list, accept, or decide what a colleague proposed."""
    application = load_case(request, pk)
    if request.method != "POST":
        return render(request, TEMPLATE, _context(request, application))
    do = request.POST.get("do", "")
    if do == "start":
        return _start(request, application)
    if do in SAVES:
        return _save(request, application, do)
    if do in DECIDES:
        return _decide(request, application, do)
    raise Http404


def _start(request: HttpRequest, application: Application) -> HttpResponse:
    if not may.case_officer(application, person(request)):
        raise Http404
    if application.state != S.SUBMITTED:
        return _lost(request, application, CaseChanged(), {})
    start = partial(actions.start_check, application=application, by=person(request))
    return _try(request, application, start, _("You are the officer of this case now."), {})


def _save(request: HttpRequest, application: Application, do: str) -> HttpResponse:
    if not may.case_officer(application, person(request)):
        raise Http404
    form = CheckForm(request.POST, check=_check_of(application))
    context = {"form": form}
    if application.state != S.FORMAL_CHECK:
        return _lost(request, application, CaseChanged(), context)
    if not form.is_valid():
        return render(request, TEMPLATE, _context(request, application) | context)
    action = actions.accept if do == "accept" else actions.save_check
    run = partial(
        action,
        application=application,
        by=person(request),
        seen_version=form.seen_version(),
        answers=form.answers(),
        costs_note=form.cleaned_data["costs_note"],
        note=form.cleaned_data["note"],
    )
    done = _("The application is formally accepted and the applicant was told.") if do == "accept" else _("Saved.")
    return _try(request, application, run, done, context, following=_FOLLOWING.get(do, ""))


# Buttons that keep the list first and then open the page of another act.
_FOLLOWING = {"documents": "documents", "reject": "reject"}


def _decide(request: HttpRequest, application: Application, do: str) -> HttpResponse:
    if not may.case_second_officer(application, person(request)):
        raise Http404
    proposal = office.rejection_proposal(application)
    form = ConfirmForm(request.POST, version=proposal.pk if proposal else 0)
    context = {"decision_form": form}
    if proposal is None or not form.is_valid() or form.seen_version() != proposal.pk:
        return _lost(request, application, CaseChanged(), context)
    run, done = _decision(application, proposal, request, do, form.cleaned_data["note"])
    return _try(request, application, run, done, context)


def _decision(
    application: Application, proposal: Proposal, request: HttpRequest, do: str, note: str
) -> tuple[Callable[[], object], str]:
    both: dict[str, Any] = {"application": application, "proposal": proposal, "by": person(request)}
    if do == "confirm":
        return partial(actions.confirm_rejection, **both), _("Confirmed. The rejection letter can be prepared now.")
    if do == "decline":
        return partial(actions.decline_rejection, **both, note=note), _("Declined. The author reads your note.")
    return partial(actions.withdraw_rejection, **both), _("Taken back. The case goes on.")


def _try(
    request: HttpRequest,
    application: Application,
    run: Callable[[], object],
    done: str,
    forms: dict[str, Any],
    following: str = "",
) -> HttpResponse:
    try:
        run()
    except LostRace as refusal:
        application.refresh_from_db()
        return _lost(request, application, refusal, forms)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        return _refuse(request, application, refusal, forms)
    success(request, done)
    if following == "reject":
        return redirect("grants:office_reject", application.pk, "reject_formally")
    return redirect("grants:office_documents", application.pk) if following else redirect(check_page(application))


def _refuse(request: HttpRequest, application: Application, refusal: Refused, forms: dict[str, Any]) -> HttpResponse:
    """Show the page with the reason at its form, or above all where there is none."""
    context = _context(request, application) | forms
    form = next(iter(forms.values()), None)
    if form is None:
        return render(request, TEMPLATE, context | {"refusal": refusal.message})
    if isinstance(refusal, CheckIncomplete) and isinstance(form, CheckForm):
        form.mark(refusal.codes)
    form.add_error(None, str(refusal.message))
    return render(request, TEMPLATE, context)


def _lost(request: HttpRequest, application: Application, refusal: LostRace, forms: dict[str, Any]) -> HttpResponse:
    """Answer 409 with everything typed; a second press counts from the state shown now."""
    context = _context(request, application) | forms
    form, decision = forms.get("form"), forms.get("decision_form")
    if form is not None:
        form.show_version(_check_of(application).version)
        if application.state != S.FORMAL_CHECK:
            context |= {"form": None, "kept": form}
    if decision is not None and context["proposal"]:
        decision.show_version(context["proposal"].pk)
    return conflict(request, TEMPLATE, context, refusal)


def _check_of(application: Application) -> FormalCheck:
    found = FormalCheck.objects.select_related("edited_by").filter(application=application).first()
    return found or FormalCheck(application=application)


def _context(request: HttpRequest, application: Application) -> dict[str, Any]:
    who = person(request)
    versions = list(application.versions.select_related("made_by").order_by("number"))
    latest = versions[-1] if versions else None
    check = _check_of(application)
    proposal = office.rejection_proposal(application)
    editing = application.state == S.FORMAL_CHECK and may.case_officer(application, who) and proposal is None
    return {
        "application": application,
        "crumbs": _crumbs(application),
        "latest": latest,
        "versions": versions,
        "parts": sections(latest.data) if latest else (),
        "files": _files_of(latest) if latest else [],
        "neighbours": likeness.neighbours_of(application, who),
        "earlier": former.beside(application, who),
        "titles_compared": application.title_compared == application.title_key,
        "funders": likeness.declared_funders(latest.data) if latest else (),
        "check": check,
        "findings": [Finding(i.question, check.answers.get(i.code, "")) for i in ITEMS] if check.pk else [],
        "form": CheckForm(check=check) if editing else None,
        "notes": list(notes_of(application)) if application.state != S.SUBMITTED else [],
        "requests": list(application.document_requests.select_related("asked_by").order_by("-pk")),
        **_rights(application, who, proposal),
    }


def _files_of(version: ApplicationVersion) -> list[Attachment]:
    """Return the files of a sent version, as the virus scanner sees them now."""
    return list(Attachment.objects.filter(pk__in=[file["id"] for file in version.data["attachments"]]).order_by("pk"))


def _rights(application: Application, who: Any, proposal: Proposal | None) -> dict[str, Any]:
    officer = may.case_officer(application, who)
    second = may.case_second_officer(application, who)
    author = proposal is not None and proposal.proposed_by_id == who.pk
    return {
        "proposal": proposal,
        "proposal_reasons": [question_of(code) for code in proposal.payload.get("codes", [])] if proposal else [],
        "decision_form": ConfirmForm(version=proposal.pk) if proposal and second else None,
        "is_author": author,
        "may_assign": may.case_assigner(application, who) and application.state not in desk.CLOSED,
        "may_start": officer and application.state == S.SUBMITTED and proposal is None,
        "may_reject_late": officer and application.late and application.round.late_policy == LatePolicy.REJECT,
        "may_follow": officer and application.state == S.RETURNED and proposal is None,
        "may_send_code": second,
        "may_reopen": application.state == S.INELIGIBLE
        and may.case_head(application, who)
        and not office.rejected_by(application, who),
        "today": clock.today(),
    }


def _crumbs(application: Application) -> list[tuple[str, str]]:
    return [
        (_("Applications"), reverse("grants:office_applications")),
        (application.case_number or "", reverse("reviews:case", args=[application.pk])),
        (_("Formal check"), ""),
    ]
