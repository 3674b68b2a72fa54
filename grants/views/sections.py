from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.exceptions import LostRace, NotPermitted, Refused
from accounts.http import conflict, person, refused
from accounts.kept import typed
from accounts.money import format_cents
from grants import actions, queries, rules
from grants import permissions as may
from grants.forms import SECTION_FORMS, PlanForms, SectionForm, with_another_row
from grants.models import Application
from grants.sections import FIELDS, Section
from grants.states import ApplicationState
from grants.views.applications import is_begun
from grants.views.loading import editable, is_draft, page_of, seen_version, visible

Page = SectionForm | PlanForms


def _section(value: str, open_fields: frozenset[str]) -> Section:
    """Return the page by its name, if anything on it is open."""
    if value not in Section.values or value == Section.FILES:
        raise Http404
    section = Section(value)
    if not open_fields & set(FIELDS[section]):
        raise Http404
    return section


def _page(request: HttpRequest, application: Application, section: Section, data: Any = None) -> Page:
    if section == Section.PLAN:
        return PlanForms(application, data)
    return SECTION_FORMS[section](
        data, application=application, person=person(request), open_fields=queries.open_fields(application)
    )


def _save(request: HttpRequest, application: Application, page: Page) -> Application:
    by, version = person(request), seen_version(request)
    if isinstance(page, SectionForm):
        return actions.save_fields(application=application, by=by, seen_version=version, values=page.values())
    if not page.whole:
        return application
    return actions.save_plan(application=application, by=by, seen_version=version, **page.values())


@login_required
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One step of the form. What can be read is saved; what cannot stays on the page with its message."""
    if request.method == "POST":
        return _post(request, pk, name)
    application = editable(request, pk)
    part = _section(name, queries.open_fields(application))
    return _show(request, application, part, _page(request, application, part))


def _post(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    application = visible(request, pk)
    if not queries.may_edit(application, person(request)):
        if not may.applicant_edits(application, person(request)):
            raise Http404
        return _closed(request, application)
    part = _section(name, queries.open_fields(application))
    if "add_row" in request.POST:
        data = with_another_row(request.POST)
        return _show(request, application, part, _page(request, application, part, data))
    page = _page(request, application, part, request.POST)
    valid = page.is_valid()
    try:
        saved = _save(request, application, page)
    except LostRace as refusal:
        return _stale(request, application, part, page, refusal)
    except Refused as refusal:
        return refused(request, refusal, page_of(application))
    if not valid:
        return _show(request, saved, part, page)
    success(request, _("Saved."))
    return redirect(_next(saved, part) if "next" in request.POST else page_of(saved))


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
    context = {**_context(current, part, page), "newer": page.newer(current)}
    return conflict(request, _template(part), context, refusal)


def _template(part: Section) -> str:
    return "grants/application_plan.html" if part == Section.PLAN else "grants/application_section.html"


def _show(request: HttpRequest, application: Application, part: Section, page: Page) -> HttpResponse:
    return render(request, _template(part), _context(application, part, page))


def _context(application: Application, part: Section, page: Page) -> dict[str, Any]:
    problems = [p for p in rules.check(queries.load_draft(application)) if p.section == part]
    context: dict[str, Any] = {
        "application": application,
        "section": part,
        "number": list(Section).index(part) + 1,
        "total": len(Section),
        "hints": problems if is_begun(application, part) else [],
        "back": page_of(application),
        "following": _next(application, part),
        "autosave_url": reverse("grants:autosave", args=[application.pk, part.value]),
        "revises": application.state == ApplicationState.PLAN_REVISION,
    }
    if isinstance(page, PlanForms):
        return context | {"page": page, "form": page.request, **_sums(application)}
    return context | {"form": page}


def _sums(application: Application) -> dict[str, Any]:
    financing = application.funding_cents + application.requested_cents
    gap = application.cost_cents - financing
    if not application.cost_cents and not financing:
        verdict, tone = "", "neutral"
    elif gap:
        missing = _("%(gap)s are missing") if gap > 0 else _("%(gap)s too much")
        verdict, tone = missing % {"gap": format_cents(abs(gap))}, "warning"
    else:
        verdict, tone = _("The plan balances"), "success"
    return {
        "sums": [
            {"label": _("Costs"), "cents": application.cost_cents, "key": "costs"},
            {"label": _("Financing with grant"), "cents": financing, "key": "funding"},
            {"label": _("Difference"), "cents": gap, "key": "costs", "minus": "funding", "strong": True},
        ],
        "verdict": verdict,
        "verdict_tone": tone,
        "rate": format_cents(application.round.in_kind_rate_cents),
    }


def _next(application: Application, part: Section) -> str:
    """The page after this one: the next step of a draft, else back to the case."""
    if not is_draft(application):
        return page_of(application)
    sections = list(Section)
    if part == sections[-1]:
        return reverse("grants:review", args=[application.pk])
    following = sections[sections.index(part) + 1]
    if following == Section.FILES:
        return reverse("grants:files", args=[application.pk])
    return reverse("grants:section", args=[application.pk, following.value])


@login_required
@require_POST
def autosave(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Save a step while it is being typed.

    204 saved · 200 saved except the entries named, which cannot be read · 409 stale, with what is stored.
    The header X-Version carries the version to send next time.
    """
    application = editable(request, pk, alone=True)
    part = _section(name, queries.open_fields(application))
    page = _page(request, application, part, request.POST)
    valid = page.is_valid()
    try:
        saved = _save(request, application, page)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        current = visible(request, pk)
        body = {"message": str(refusal.message), "version": current.version, "newer": page.newer(current)}
        return JsonResponse(body, status=409)
    answer = HttpResponse(status=204) if valid else JsonResponse({"errors": _errors(page)})
    answer["X-Version"] = str(saved.version)
    return answer


def _errors(page: Page) -> list[str]:
    if isinstance(page, SectionForm):
        return list(page.errors)
    rows = [*page.costs.forms, *page.funds.forms, page.request]
    return [form.add_prefix(name) for form in rows for name in form.errors]
