from collections.abc import Sequence
from io import BytesIO

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import clock
from accounts.http import person, refused
from accounts.models import User
from accounts.permissions import may_edit_for
from grants import applicant_view, queries, receipts, rules, thread, told
from grants import permissions as may
from grants.models import Application, ApplicationVersion
from grants.models.applications import ENDABLE
from grants.states import ApplicationState
from grants.version_sheet import version_sheet
from grants.views.loading import is_draft, own, page_of, visible
from grants.views.tasklist import tasks
from notifications import pdf
from notifications.exceptions import FileDamaged
from notifications.files import serve

_PER_PAGE = 25


@login_required
@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    """All applications of the person's organisations, newest first."""
    page = Paginator(queries.applications_of(person(request)).order_by("-pk"), _PER_PAGE).get_page(
        request.GET.get("page")
    )
    announced = queries.announced_cases([application.case_key for application in page])
    rows = applicant_view.listed(page, announced=announced, today=clock.today())
    return render(request, "grants/application_list.html", {"page": page, "rows": rows})


@login_required
@require_GET
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """The application's own page: the steps of a draft, or the way of a case."""
    found = visible(request, pk)
    if is_draft(found):
        return _overview(request, found)
    return _case(request, found)


def _overview(request: HttpRequest, draft: Application) -> HttpResponse:
    by = person(request)
    loaded = queries.load_draft(draft)
    problems = rules.check(loaded)
    may_edit = queries.may_edit(draft, by)
    steps = tasks(loaded, problems, may_edit=may_edit)
    context = {
        "application": draft,
        "tasks": steps,
        "next_step": next(((number, s) for number, s in enumerate(steps, start=1) if s.is_open), None),
        "open_problems": len(problems),
        "may_edit": may_edit,
        "may_bind": may.applicant_binds(draft, by),
        "timeline": applicant_view.timeline(draft, announced=False),
        "now": clock.now(),
        "extended_at": queries.extended_at(draft.round),
    }
    return render(request, "grants/application_overview.html", context)


def _case(request: HttpRequest, case: Application) -> HttpResponse:
    announced = bool(queries.announced_cases([case.case_key]))
    known = queries.known_of(case)
    steps = applicant_view.timeline(
        case, announced=announced, accepted_at=known.accepted_at, withdrawn_at=known.withdrawn_at,
        handed_in=known.handed_in, today=clock.today(),
    )  # fmt: skip
    context = case_context(case, person(request), announced=announced, timeline=steps)
    return render(request, "grants/application_case.html", context)


def case_context(
    case: Application,
    by: User,
    *,
    announced: bool,
    timeline: Sequence[applicant_view.TimelineItem],
) -> dict[str, object]:
    """Return what the applicant's case page shows; floors above extend its template and add to it.

    Args:
        case: sent, with its round, fund and organisation.
        by: a person who may see it.
        announced: whether a letter with its result took its effect.
        timeline: its way.
    """
    versions = list(case.versions.select_related("made_by").order_by("number"))
    returned = case.state == ApplicationState.RETURNED
    return {
        "application": case,
        "words": applicant_view.words(case, announced=announced),
        "tone": applicant_view.tone(case, announced=announced),
        "timeline": timeline,
        "versions": versions,
        "sections": receipts.sections(versions[-1].data) if versions else (),
        "files": queries.living_attachments(case),
        "notices": told.latest_notices(case, by),
        "last_messages": thread.last_messages(case),
        "may_edit": queries.may_edit(case, by),
        "may_write": not case.on_behalf and may.applicant_edits(case, by),
        "may_start_anew": may_edit_for(by, case.organisation_id),
        "may_end": case.state in ENDABLE and may.applicant_binds(case, by),
        "asked": queries.open_request(case) if returned else None,
        "revises": case.state == ApplicationState.PLAN_REVISION,
    }


@login_required
@require_GET
def notices(request: HttpRequest, pk: int) -> HttpResponse:
    """Every notice that people of the applicant got about the case, with its text."""
    found = own(request, pk)
    if is_draft(found):
        raise Http404
    context = {"application": found, "notices": told.notices_of(found, person(request)), "back": page_of(found)}
    return render(request, "grants/notices.html", context)


def _version(found: Application, number: int) -> ApplicationVersion:
    sent = found.versions.select_related("made_by").filter(number=number).first()
    if sent is None:
        raise Http404
    return sent


@login_required
@require_GET
@never_cache
def version_pdf(request: HttpRequest, pk: int, number: int) -> FileResponse:
    """The same copy as a PDF."""
    found = visible(request, pk)
    drawn = pdf.build_sheet(version_sheet(found, _version(found, number), today=clock.today()))
    name = f"{found.case_number}-{number}.pdf"
    return FileResponse(BytesIO(drawn), as_attachment=True, filename=name, content_type="application/pdf")


@login_required
@require_GET
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A copy of what was sent, as it was sent."""
    found = visible(request, pk)
    sent = _version(found, number)
    context = {"application": found, "version": sent, "sections": receipts.sections(sent.data)}
    return render(request, "grants/application_version.html", context)


@login_required
@require_GET
@never_cache
def copy(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The PDF copy with the receipt; a page that asks for patience while the worker draws it."""
    found = visible(request, pk)
    document = queries.receipt_copy(found)
    if document is None:
        raise Http404
    if document.rendered_at is None:
        return render(request, "grants/application_copy.html", {"application": found})
    try:
        return serve(document, name=f"{found.case_number}.pdf")
    except FileDamaged as refusal:
        return refused(request, refusal, page_of(found))
