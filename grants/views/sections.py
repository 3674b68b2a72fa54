from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.exceptions import LostRace, Refused
from accounts.http import conflict, person, refused
from accounts.kept import typed
from accounts.money import format_cents
from grants import authors, queries, recording, rules
from grants import permissions as may
from grants.exceptions import Changed
from grants.forms import PlanForms, with_another_row
from grants.models import Application
from grants.sections import Section
from grants.states import ApplicationState
from grants.views.loading import asked_for, is_draft, page_of, visible
from grants.views.pages import Page, part_of, read, section_of_page, store, touched
from grants.views.places import problem_href
from grants.views.tasklist import address_of, is_begun


@login_required
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One step of the form. What can be read is saved; what cannot stays on the page with its message."""
    if request.method == "POST":
        return _post(request, pk, name)
    application = visible(request, pk)
    open_fields = queries.open_fields(application)
    if not may.applicant_edits(application, person(request)):
        raise Http404
    part = section_of_page(name, open_fields)
    return _show(request, application, part, read(request, application, part, open_fields))


def _post(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    application = visible(request, pk)
    if not may.applicant_edits(application, person(request)):
        raise Http404
    open_fields = queries.open_fields(application)
    if not open_fields:
        return _closed(request, application)
    part = section_of_page(name, open_fields)
    if "add_row" in request.POST:
        data = with_another_row(request.POST)
        return _show(request, application, part, read(request, application, part, open_fields, data))
    page = read(request, application, part, open_fields, request.POST)
    valid = page.is_valid()
    try:
        saved = store(request, application, page)
    except LostRace as refusal:
        return _stale(request, application, part, page, refusal)
    except Refused as refusal:
        return refused(request, refusal, page_of(application))
    if not valid:
        return _show(request, saved, part, page)
    success(request, _("Saved."))
    return redirect(_after(request, saved, part))


def _after(request: HttpRequest, saved: Application, part: Section) -> str:
    """Where saving leads: on in a draft, back to the check for who came from there; else to where it is handed in."""
    if not is_draft(saved):
        name = "send_plan" if saved.state == ApplicationState.PLAN_REVISION else "resubmit"
        return reverse(f"grants:{name}", args=[saved.pk])
    if not {"next", "enter"} & {*request.POST}:
        return page_of(saved)
    return reverse("grants:review", args=[saved.pk]) if "check" in request.GET else _next(saved, part)


def _closed(request: HttpRequest, application: Application) -> HttpResponse:
    """A form that was open while the application was sent: nothing is saved, the text is given back."""
    if is_draft(application):
        raise Http404
    context = {
        "refusal": _("This application was sent meanwhile and cannot be changed now."),
        "back": page_of(application),
        "kept": typed(request.POST),
    }
    return render(request, "409.html", context, status=409)


def _stale(
    request: HttpRequest, application: Application, part: Section, page: Page, refusal: LostRace
) -> HttpResponse:
    current = visible(request, application.pk)
    if current.state != application.state:
        return _closed(request, current)
    names = refusal.names if isinstance(refusal, Changed) else ()
    context = {**_context(request, current, part, page), "newer": page.newer(current, names)}
    return conflict(request, _template(part), context, refusal)


def _template(part: Section) -> str:
    return "grants/application_plan.html" if part == Section.PLAN else "grants/application_section.html"


def _show(request: HttpRequest, application: Application, part: Section, page: Page) -> HttpResponse:
    return render(request, _template(part), _context(request, application, part, page))


def _context(request: HttpRequest, application: Application, part: Section, page: Page) -> dict[str, Any]:
    draft = queries.load_draft(application)
    begun = is_begun(application, part)
    context: dict[str, Any] = {
        "application": application,
        "section": part,
        "number": list(Section).index(part) + 1,
        "total": len(Section),
        "hints": _hints(application, rules.check_page(draft, part)) if begun else [],
        "back": page_of(application),
        "following": _next(application, part),
        "autosave_url": reverse("grants:autosave", args=[application.pk, part.value]),
        "unsaved": _unsaved(request, page),
        "together": authors.others_write(application, person(request)),
        "asked": asked_for(application),
        "checks": "check" in request.GET,
        "revises": application.state == ApplicationState.PLAN_REVISION,
        "enters_account": part == Section.APPLICANT and recording.may_enter_account(application, person(request)),
    }
    if isinstance(page, PlanForms):
        return context | {"page": page, "form": page.request, "limits": rules.limits(draft), **_sums(application)}
    return context | {"form": page}


def _hints(application: Application, problems: list[rules.Problem]) -> list[tuple[rules.Problem, str]]:
    """Each with its link; on this page itself the place alone."""
    links = [(problem, problem_href(application, problem)) for problem in problems]
    return [(problem, href if problem.place else f"#{href.rpartition('#')[2]}") for problem, href in links]


def _unsaved(request: HttpRequest, page: Page) -> str:
    """Return which parts of a page that comes back stand there unsaved: those that were sent to be saved."""
    if request.method != "POST":
        return ""
    known = touched(request)
    return "*" if known is None else " ".join(sorted(part_of(name) for name in page.touched))


def _sums(application: Application) -> dict[str, Any]:
    financing = application.funding_cents + application.requested_cents
    gap = application.cost_cents - financing
    return {
        "sums": [
            {"label": _("Costs"), "cents": application.cost_cents, "key": "costs"},
            {"label": _("Financing with grant"), "cents": financing, "key": "funding"},
            {"label": _("Difference"), "cents": gap, "key": "costs", "minus": "funding", "strong": True},
        ],
        "verdict": _verdict(gap) if application.cost_cents else "",
        "verdict_tone": "warning" if gap else "success",
        "verdict_of": "costs",
        "verdict_minus": "funding",
        "rate": format_cents(application.round.in_kind_rate_cents),
    }


def _verdict(gap_cents: int) -> str:
    if not gap_cents:
        return _("The plan balances")
    missing = _("%(gap)s are missing") if gap_cents > 0 else _("%(gap)s more than the costs")
    return missing % {"gap": format_cents(abs(gap_cents))}


def _next(application: Application, part: Section) -> str:
    """The page after this one: the next step of a draft, else back to the case."""
    if not is_draft(application):
        return page_of(application)
    sections = list(Section)
    if part == sections[-1]:
        return reverse("grants:review", args=[application.pk])
    return address_of(application, sections[sections.index(part) + 1])
