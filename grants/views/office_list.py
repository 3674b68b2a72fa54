"""The staff's list of cases: what there is, where each stands, who acts next and by when."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.exports import Column, csv_response, xlsx_response
from accounts.http import person
from accounts.permissions import fund_ids
from grants import desk, office
from grants.forms.office_list import OfficeFilterForm, ordering
from grants.models import Application
from grants.permissions import CASE_READERS, RECORDERS
from grants.states import BulkKind

PER_PAGE = 60
_COLUMNS = (
    Column(_("Case number")), Column(_("Title")), Column(_("Organisation")), Column(_("Municipality")),
    Column(_("Round")), Column(_("Requested"), "cents"), Column(_("State")), Column(_("Received"), "instant"),
    Column(_("Received late")), Column(_("First application")), Column(_("Who acts")), Column(_("Next due"), "day"),
    Column(_("Case officer")),
)  # fmt: skip


Values = QuerySet[Application, tuple[Any, ...]]


class _Counted(Paginator[tuple[Any, ...]]):
    """A paginator that was told how many rows there are, and reads its later half from the end.

    The last page is asked for as often as the first, and skipping 100,000 rows to reach it costs as much as
    reading them.
    """

    def __init__(self, rows: Values, total: int) -> None:
        super().__init__(rows, PER_PAGE)
        self._rows, self._total = rows, total

    @cached_property
    def count(self) -> int:
        return self._total

    def page(self, number: int | str) -> Page[tuple[Any, ...]]:
        """Return one page. Raises: InvalidPage."""
        number = self.validate_number(number)
        first, past = (number - 1) * PER_PAGE, min(number * PER_PAGE, self._total)
        if first < self._total // 2:
            return Page(self._rows[first:past], number, self)
        from_end = self._rows.reverse()[self._total - past : self._total - first]
        return Page(list(from_end)[::-1], number, self)


@login_required
@require_safe
@never_cache
def applications(request: HttpRequest) -> HttpResponseBase:
    """Show the cases of the person's funds; `?format=csv` or `xlsx` hands out the same rows as a file."""
    who = person(request)
    if fund_ids(who, *CASE_READERS) == set():
        raise Http404
    form = OfficeFilterForm(request.GET, person=who)
    found = office.cases_of(who).filter(form.condition())
    rows = office.row_values(found.order_by(*ordering(request.GET.get("sort", ""))))
    if request.GET.get("format") in _FILES:
        return _file(request.GET["format"], rows)
    return render(request, "grants/office_list.html", _page(request, form, found, rows))


def _page(request: HttpRequest, form: OfficeFilterForm, found: QuerySet[Application], rows: Values) -> dict[str, Any]:
    figures = found.order_by().aggregate(count=Count("*"), cents=Sum("requested_cents"))
    page = _Counted(rows, figures["count"]).get_page(request.GET.get("page"))
    today = clock.today()
    cases = _told([office.CaseRow(*values) for values in page], today)
    return {
        "filters": form,
        "page_obj": page,
        "rows": [(case, case.over_on(today)) for case in cases],
        "count": figures["count"],
        "sum_cents": figures["cents"] or 0,
        "may_record": fund_ids(person(request), *RECORDERS) != set(),
        "filtered": any(value for name, value in request.GET.items() if name not in ("page", "sort")),
        "kept": desk.filters_of(person(request)),
        "gone": form.gone(),
        "carried": [(name, value) for name, value in request.GET.items() if value and name in form.fields],
        "acts": BulkKind.choices if desk.funds_desked(person(request)) != set() else [],
    }


def _told(cases: list[office.CaseRow], today: date) -> list[office.CaseRow]:
    """Return the lines with who stands in for an officer who is away, and with their age (one query)."""
    away = desk.stand_ins({case.fund_id for case in cases}, today)
    return [
        case._replace(days=case.days_on(today), stands_in=away.get((case.fund_id, case.officer_id or 0), ""))
        for case in cases
    ]


_FILES = {"csv": csv_response, "xlsx": xlsx_response}


def _file(kind: str, rows: Values) -> HttpResponseBase:
    name = _("applications")
    return _FILES[kind](f"{name}-{clock.today():%Y-%m-%d}", _COLUMNS, _lines(rows))


def _lines(rows: Values) -> Iterator[tuple[Any, ...]]:
    for values in rows.iterator(chunk_size=2000):
        case = office.CaseRow(*values)
        yield (
            case.number, case.title, case.organisation, case.municipality, case.round,
            case.requested_cents, case.state_word, case.submitted_at, _word(case.late),
            _word(case.first_application), case.acts or "", case.due, case.officer,
        )  # fmt: skip


def _word(value: bool) -> str:
    return str(_("yes") if value else _("no"))
