"""A step while it is typed: saved bit by bit, with the rules' view of it, and beside others who write in it too."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.clock import BERLIN
from accounts.exceptions import NotPermitted, Refused
from accounts.http import person
from accounts.models import User
from grants import authors, queries, rules
from grants import permissions as may
from grants.authors import Stamp
from grants.exceptions import Changed
from grants.forms import SectionForm
from grants.models import Application
from grants.rules import Limit
from grants.sections import FIELDS, Section
from grants.views import pages
from grants.views.loading import is_draft, page_of, seen_version, visible
from grants.views.places import spot
from grants.words import heading_of


@login_required
@require_http_methods(["GET", "POST"])
def autosave(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Save a step while it is being typed (POST), or ask what others changed in it (GET).

    The answer is JSON: `version` to send next time, `saved` (wall clock of the last save), `errors` (parts that cannot
    be read), `problems` (what the rules say now), `limits` (of the plan), `news` (what others changed since the
    version that was sent: part, label, who). 204: there is no news. 409: nothing was saved, because others changed
    what was sent (`news`), or because the application is closed (`message`, `href`).
    """
    application = visible(request, pk, alone=True)
    open_fields = queries.open_fields(application)
    if not (open_fields and may.applicant_edits(application, person(request))):
        return _closed(request, application)
    section = pages.section_of_page(name, open_fields)
    if request.method == "GET":
        return _look(request, application, section)
    page = pages.read(request, application, section, open_fields, request.POST)
    page.is_valid()
    try:
        saved = pages.store(request, application, page)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Changed:
        return _clash(request, pk, section)
    except Refused:
        return _closed(request, visible(request, pk))
    unread = _unread(page)
    told = {
        "saved": f"{saved.edited_at.astimezone(BERLIN):%H:%M}",
        "errors": [*unread, *_left_out(page, unread)],
        # Without a name of the page nobody can tell what is its own.
        "news": _news(request, saved, section) if pages.page_name(request) else [],
    }
    return _answer(saved, told | _judged(saved, section, unread))


def _answer(application: Application, told: dict[str, Any], status: int = 200) -> HttpResponse:
    answer = JsonResponse({"version": application.version} | told, status=status)
    answer["X-Version"] = str(application.version)
    return answer


def _look(request: HttpRequest, application: Application, section: Section) -> HttpResponse:
    news = _news(request, application, section)
    if news:
        return _answer(application, {"news": news})
    return HttpResponse(status=204, headers={"X-Version": str(application.version)})


def _clash(request: HttpRequest, pk: int, section: Section) -> HttpResponse:
    current = visible(request, pk, alone=True)
    return _answer(current, {"news": _news(request, current, section)}, status=409)


def _closed(request: HttpRequest, application: Application) -> HttpResponse:
    """It was sent, or its way went on, while somebody typed."""
    if is_draft(application) or not may.applicant_edits(application, person(request)):
        raise Http404
    message = _("This application was sent meanwhile and cannot be changed now.")
    return JsonResponse({"message": message, "href": page_of(application)}, status=409)


def _news(request: HttpRequest, application: Application, section: Section) -> list[dict[str, str]]:
    seen = int(request.GET["since"]) if request.GET.get("since", "").isdecimal() else seen_version(request)
    if seen == application.version:
        return []
    found = authors.news(application, FIELDS[section], seen_version=seen, page=pages.page_name(request))
    names = _names(found.values())
    return [
        {"part": pages.part_of(entry), "label": _label(entry), "by": names.get(stamp.user_id, "")}
        for entry, stamp in found.items()
    ]


def _label(entry: str) -> str:
    tables = {"cost_lines": _("Cost plan"), "funding_lines": _("Financing plan")}
    return tables.get(entry) or heading_of(Application, entry)


def _names(stamps: Collection[Stamp]) -> dict[int, str]:
    people = {stamp.user_id for stamp in stamps}
    return dict(User.objects.filter(pk__in=people).values_list("pk", "full_name")) if people else {}


def _unread(page: pages.Page) -> dict[str, str]:
    """Return what cannot be read, by the names of the controls: what it is, and what to type instead."""
    forms = [page] if isinstance(page, SectionForm) else [*page.costs.forms, *page.funds.forms, page.request]
    return {
        form.add_prefix(name): f"{form.fields[name].label}: {' '.join(map(str, texts))}"
        for form in forms
        for name, texts in form.errors.items()
    }


def _left_out(page: pages.Page, unread: Collection[str]) -> list[str]:
    """Return what can be read and was not saved, because it does not fit another entry."""
    if isinstance(page, SectionForm):
        return sorted(page.touched - page.values().keys() - set(unread))
    return []


def _judged(application: Application, section: Section, unread: dict[str, str]) -> dict[str, Any]:
    """Return what the rules of the round say about a step as it is stored now, after what cannot be read."""
    if section in (Section.CONTENT, Section.EFFECT):
        # The steps with most of the writing: their rules ask for nothing but the record itself.
        problems, limits = rules.missing(application, section), []
    else:
        draft = queries.load_draft(application)
        problems, limits = rules.check_page(draft, section), rules.limits(draft) if section == Section.PLAN else []
    told = {f"#id_{name}": {"text": text, "href": f"#id_{name}"} for name, text in unread.items()}
    spots = [spot(application, problem) for problem in problems]
    return {
        "problems": [*told.values(), *(place for place in spots if place["href"] not in told)],
        "limits": [_limit(limit) for limit in limits],
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {"used": limit.used, "limit": limit.limit, "kept": limit.kept}
