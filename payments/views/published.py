"""The list for everybody of what a fund has paid for."""

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import clock
from grants import former
from grants.queries import shown_funds
from payments.forms.published import PublishedFilterForm
from payments.queries import published as queries

PER_PAGE = 50


Rows = QuerySet[Any, tuple[Any, ...]]


class Told(Paginator[tuple[Any, ...]]):
    """Pages of rows that were counted already: the awards of the books, then those of former years."""

    def __init__(self, rows: Rows, total: int, former: Rows, former_total: int) -> None:
        super().__init__(rows, PER_PAGE)
        self._former, self._of_books, self._total = former, total, total + former_total

    @cached_property
    def count(self) -> int:
        return self._total

    def page(self, number: int | str) -> Page[tuple[Any, ...]]:
        """Return one page. Raises: InvalidPage."""
        number = self.validate_number(number)
        first, past = (number - 1) * PER_PAGE, min(number * PER_PAGE, self._total)
        lines = list(self.object_list[first : min(past, self._of_books)]) if first < self._of_books else []
        if past > self._of_books:
            lines += self._former[max(0, first - self._of_books) : past - self._of_books]
        return Page(lines, number, self)


@require_safe
def published(request: HttpRequest, fund: str) -> HttpResponse:
    """Show the announced awards of a fund: organisation, project, amount, with totals by year and a search."""
    shown = get_object_or_404(shown_funds(), slug=fund)
    awards, before = queries.announced(shown, clock.today()), former.told(shown)
    years = queries.sums_by_year(awards, before)
    form = PublishedFilterForm(request.GET, years=[sums.year for sums in years])
    found, found_before = awards.filter(form.condition()), before.filter(form.former_condition())
    all_sums, nameless = _sums(years, form.chosen_year)
    named_before = queries.named_former_sums(found_before)
    named = queries.named_sums(found) if form.words else _less(all_sums, nameless, named_before)
    pages = Told(queries.rows(found), named.count, queries.former_rows(found_before), named_before.count)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "fund": shown,
        "filter_form": form,
        "searched": bool(form.words),
        "years": years,
        "sums": queries.together([named, named_before]) if form.words else all_sums,
        "nameless": nameless,
        "page_obj": page,
        "lines": queries.lines(page),
    }
    return render(request, "payments/published.html", context)


def _less(all_sums: queries.Sums, nameless: queries.Sums, named_before: queries.Sums) -> queries.Sums:
    return queries.without(queries.without(all_sums, nameless), named_before)


def _sums(years: list[queries.YearSums], chosen: int | None) -> tuple[queries.Sums, queries.Sums]:
    """Return all awards of the chosen year (or of all years), and those without a name among them."""
    told = [sums for sums in years if chosen in (None, sums.year)]
    return queries.together(sums.all for sums in told), queries.together(sums.nameless for sums in told)
