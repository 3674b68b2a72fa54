"""Where on the pages of the form a problem is mended."""

from django.urls import reverse

from grants.models import Application
from grants.rules import Problem
from grants.sections import Section

_PLACES = {
    "cost_lines": "costs-rows",
    "funding_lines": "funds-rows",
    "requested_cents": "id_requested",
    "smallest_cents": "id_smallest",
}
# Of a line: the set of rows it stands in and the field of the row.
_ROW_FIELDS = {
    "kind": ("costs", "kind"),
    "label": ("costs", "label"),
    "unit": ("costs", "unit"),
    "cost_lines": ("costs", "unit"),
    "funding_kind": ("funds", "kind"),
    "funding_label": ("funds", "label"),
    "funding_amount": ("funds", "amount"),
    "funding_lines": ("funds", "hours"),
}
ADDRESS = "address"


def anchor(problem: Problem) -> str:
    """Return the id of the place on its page; of a line, counted as the lines are stored."""
    if problem.section == Section.FILES:
        return "add"
    if problem.line is not None:
        rows, name = _ROW_FIELDS[problem.field]
        return f"id_{rows}-{problem.line - 1}-{name}"
    return _PLACES.get(problem.field, f"id_{problem.field}")


def problem_href(application: Application, problem: Problem) -> str:
    """Return the address of the place where a problem is mended."""
    if problem.place == ADDRESS and application.on_behalf:
        return reverse("grants:office_record_organisation", args=[application.pk])
    if problem.place == ADDRESS and application.organisation_id is not None:
        page = reverse("accounts:organisation_edit", args=[application.organisation_id])
        back = reverse("grants:section", args=[application.pk, Section.APPLICANT.value])
        return f"{page}?next={back}#id_street"
    if problem.section == Section.FILES:
        page = f"{reverse('grants:files', args=[application.pk])}?kind={problem.field}"
    else:
        page = reverse("grants:section", args=[application.pk, problem.section])
    return f"{page}#{anchor(problem)}"


def checking(href: str) -> str:
    """Return an address of the form from which saving leads back to the page where everything is checked."""
    page, hash_, place = href.partition("#")
    return f"{page}{'&' if '?' in page else '?'}check=1{hash_}{place}"


def spot(application: Application, problem: Problem) -> dict[str, object]:
    """Return what a script on the problem's own page needs to show it: text, link, and the line with its field."""
    told: dict[str, object] = {"text": problem.message, "href": f"#{anchor(problem)}"}
    if problem.place == ADDRESS:
        return told | {"href": problem_href(application, problem)}
    if problem.line is not None:
        rows, name = _ROW_FIELDS[problem.field]
        return told | {"rows": rows, "line": problem.line, "field": name}
    return told
