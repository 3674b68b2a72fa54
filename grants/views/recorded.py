"""What the office is recording, as a whole: recorded as received by an officer, confirmed by a second one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import conflict, person, refused
from accounts.models import Proposal, User
from grants import permissions as may
from grants import queries, receipts, recording, rules
from grants import request_letter as letters
from grants.actions import recording as actions
from grants.exceptions import CaseChanged
from grants.forms.office_check import ConfirmForm
from grants.forms.recording import RecordForm
from grants.models import Application
from grants.snapshots import snapshot
from grants.states import ApplicationState
from grants.views.office_loading import check_page, load_case
from grants.views.places import checking, problem_href
from grants.views.recording import crumbs, load_draft
from notifications import pdf
from notifications.dates import deadline_includes
from notifications.exceptions import FileDamaged
from notifications.files import answer, serve

TEMPLATE = "grants/office_recorded.html"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recorded(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything as it was entered beside what is missing; record it as received, or decide on a colleague's record."""
    application = load_draft(request, pk)
    if request.method != "POST":
        return render(request, TEMPLATE, _context(request, application))
    do = request.POST.get("do", "")
    if do == "record":
        return _record(request, application)
    if do in ("confirm", "decline", "withdraw"):
        return _decide(request, application, do)
    raise Http404


def _context(request: HttpRequest, application: Application) -> dict[str, Any]:
    who = person(request)
    proposal = recording.proposal_of(application)
    problems = rules.check(queries.load_draft(application))
    writes = bool(may.applicant_edits(application, who))
    fresh = proposal is not None and proposal.payload.get("version") == application.version
    second = proposal is not None and bool(may.case_second_officer(application, who))
    return {
        "application": application,
        "crumbs": crumbs(_("Check and record")),
        "problems": [(problem, checking(problem_href(application, problem)) if writes else "") for problem in problems],
        "sections": receipts.sections(snapshot(application)),
        "files": queries.files_of(application),
        "late": _late(application),
        "lacks_scan": recording.lacks_scan(application),
        "writes": writes,
        "corrects": recording.may_correct_organisation(application, who),
        "takes": application.round.state in queries.INTAKE,
        "proposal": proposal,
        "outdated": proposal is not None and not fresh,
        "is_author": proposal is not None and proposal.proposed_by_id == who.pk,
        "form": RecordForm(version=application.version) if writes and not fresh else None,
        "decision_form": ConfirmForm(version=proposal.pk) if proposal and second else None,
    }


@login_required
@never_cache
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The receipt with its copy, to be printed for who did not apply online."""
    application = load_case(request, pk)
    document = queries.receipt_copy(application)
    if document is None:
        raise Http404
    back = check_page(application)
    if document.rendered_at is None:
        return render(request, "grants/application_copy.html", {"application": application, "back": back})
    try:
        return serve(document, name=f"{application.case_number}.pdf")
    except FileDamaged as refusal:
        return refused(request, refusal, back)


@login_required
@never_cache
@require_safe
def request_letter(request: HttpRequest, pk: int) -> FileResponse:
    """The open request for documents as a letter, drawn here and now from what the officer wrote."""
    application = load_case(request, pk)
    asked = queries.open_request(application)
    if asked is None or application.state != ApplicationState.RETURNED:
        raise Http404
    drawn = letters.request_letter(application, asked, today=clock.today())
    return answer(pdf.build_sheet(drawn), name=f"{application.case_number}-{asked.pk}.pdf")


def _late(application: Application) -> bool:
    at = application.received_at
    return at is not None and not deadline_includes(application.round.deadline_at, at)


def _record(request: HttpRequest, application: Application) -> HttpResponse:
    if not may.applicant_edits(application, person(request)):
        raise Http404
    form = RecordForm(request.POST, version=application.version)
    if not form.is_valid():
        return render(request, TEMPLATE, _context(request, application) | {"form": form})
    run = partial(
        actions.propose_recording, application=application, by=person(request), seen_version=form.seen_version(),
        reason=form.cleaned_data["reason"],
    )  # fmt: skip
    done = _("Recorded. As soon as a second person has confirmed it, it is a case.")
    return _try(request, application, run, done, {"form": form})


def _decide(request: HttpRequest, application: Application, do: str) -> HttpResponse:
    if not may.case_second_officer(application, person(request)):
        raise Http404
    proposal = recording.proposal_of(application)
    form = ConfirmForm(request.POST, version=proposal.pk if proposal else 0)
    if proposal is None or not form.is_valid() or form.seen_version() != proposal.pk:
        return _lost(request, application, CaseChanged(), {})
    run, done = _decision(application, proposal, person(request), do, form.cleaned_data["note"])
    following = reverse("reviews:case", args=[application.pk]) if do == "confirm" else ""
    return _try(request, application, run, done, {"decision_form": form}, following)


def _decision(
    application: Application, proposal: Proposal, who: User, do: str, note: str
) -> tuple[Callable[[], object], str]:
    both: dict[str, Any] = {"application": application, "proposal": proposal, "by": who}
    if do == "confirm":
        return partial(actions.confirm_recording, **both), _("Confirmed. The application is a case now.")
    if do == "decline":
        return partial(actions.decline_recording, **both, note=note), _("Declined. The author reads your note.")
    return partial(actions.withdraw_recording, **both), _("Taken back. It can be mended and recorded anew.")


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
        return _lost(request, application, refusal, forms)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        form = next(iter(forms.values()))
        form.add_error(None, str(refusal.message))
        return render(request, TEMPLATE, _context(request, application) | forms)
    success(request, done)
    return redirect(following or reverse("grants:office_recorded", args=[application.pk]))


def _lost(request: HttpRequest, application: Application, refusal: LostRace, forms: dict[str, Any]) -> HttpResponse:
    """Answer 409 with the draft as it is now and the words kept; a case opens in its own pages."""
    current = recording.drafts_of(person(request)).filter(pk=application.pk).first()
    if current is None:
        return render(
            request,
            "409.html",
            {"refusal": refusal.message, "back": reverse("grants:office_record")},
            status=409,
        )
    context = _context(request, current)
    for name, form in forms.items():
        if context[name] is not None:
            form.show_version(context[name].initial["version"])
            context[name] = form
    return conflict(request, TEMPLATE, context, refusal)
