"""What the page of a step and its saving while typing share: reading what was sent, and storing it."""

import re
from collections.abc import Collection
from typing import Any, Final

from django.http import Http404, HttpRequest

from accounts.http import person
from grants import actions
from grants.forms import ENTRIES, SECTION_FORMS, PlanForms, SectionForm
from grants.models import Application
from grants.sections import FIELDS, Section
from grants.views.loading import seen_version

Page = SectionForm | PlanForms
# The parts of a page by the names of their entries, where they are called differently.
_PARTS: Final = {entry: part for part, entry in ENTRIES.items()}
_PAGE_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,36}")


def section_of_page(value: str, open_fields: Collection[str]) -> Section:
    """Return the step by its name in the address, if anything in it is open; else 404."""
    if value not in Section.values or value == Section.FILES:
        raise Http404
    section = Section(value)
    if not set(open_fields) & set(FIELDS[section]):
        raise Http404
    return section


def page_name(request: HttpRequest) -> str:
    """Return the name that an open page gave itself; "" without scripts, and for nonsense."""
    name = request.POST.get("page") or request.GET.get("page") or ""
    return name if _PAGE_NAME.fullmatch(name) else ""


def touched(request: HttpRequest) -> frozenset[str] | None:
    """Return the entries that were changed on the page, as its script told; None when there is no script."""
    names = request.POST.get("touched")
    return None if names is None else frozenset(ENTRIES.get(name, name) for name in names.split())


def part_of(entry: str) -> str:
    """Return what the page calls the control, or set of rows, of an entry."""
    return _PARTS.get(entry, entry)


def read(
    request: HttpRequest, application: Application, section: Section, open_fields: Collection[str], data: Any = None
) -> Page:
    """Return the form, or forms, of a step: as stored, or with what was sent."""
    meant = touched(request) if data is not None else None
    if section == Section.PLAN:
        return PlanForms(application, data, meant)
    return SECTION_FORMS[section](
        data, application=application, person=person(request), open_fields=open_fields, touched=meant
    )


def store(request: HttpRequest, application: Application, page: Page) -> Application:
    """Save what could be read of a validated page. Raises what the actions raise."""
    common: dict[str, Any] = {
        "application": application,
        "by": person(request),
        "seen_version": seen_version(request),
        "page": page_name(request),
    }
    if isinstance(page, SectionForm):
        return actions.save_fields(**common, values=page.values())
    return actions.save_plan(**common, **page.values()) if page.whole else application
