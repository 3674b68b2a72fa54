"""The list for everybody of what a fund has paid for."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import clock
from grants.queries import shown_funds
from payments.forms.published import PublishedFilterForm
from payments.models import Award
from payments.queries import published as queries

PER_PAGE = 50


class Told(Paginator[tuple[Any, ...]]):
    """Pages of rows that were counted already."""

    def __init__(self, rows: QuerySet[Award, tuple[Any, ...]], total: int) -> None:
        super().__init__(rows, PER_PAGE)
        self._total = total

    @cached_property
    def count(self) -> int:
        return self._total


@require_safe
def published(request: HttpRequest, fund: str) -> HttpResponse:
    """Show the announced awards of a fund: organisation, project, amount, with totals by year and a search."""
    shown = get_object_or_404(shown_funds(), slug=fund)
    awards = queries.announced(shown, clock.today())
    years = queries.sums_by_year(awards)
    form = PublishedFilterForm(request.GET, years=[sums.year for sums in years])
    found = awards.filter(form.condition())
    all_sums, nameless = _sums(years, form.chosen_year)
    named = queries.named_sums(found) if form.words else queries.without(all_sums, nameless)
    page = Told(queries.rows(found), named.count).get_page(request.GET.get("page"))
    context = {
        "fund": shown,
        "filter_form": form,
        "searched": bool(form.words),
        "years": years,
        "sums": named if form.words else all_sums,
        "nameless": nameless,
        "page_obj": page,
        "lines": queries.lines(page),
    }
    return render(request, "payments/published.html", context)


def _sums(years: list[queries.YearSums], chosen: int | None) -> tuple[queries.Sums, queries.Sums]:
    """Return all awards of the chosen year (or of all years), and those without a name among them."""
    told = [sums for sums in years if chosen in (None, sums.year)]
    return queries.together(sums.all for sums in told), queries.together(sums.nameless for sums in told)
