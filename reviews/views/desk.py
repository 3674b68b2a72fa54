"""The desk of a round."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.http import person
from grants.models import Round
from grants.office import cases_of
from grants.permissions import answers_in
from reviews.models import ScoringPeriod
from reviews.queries import desk as queries
from reviews.queries import sheets as sheet_queries
from reviews.views.common import follows, load_round, tabs


@dataclass(frozen=True)
class Figure:
    """A figure with the list behind it."""

    label: str | Promise
    value: str
    href: str = ""


@login_required
@never_cache
@require_safe
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a round needs today: where its cases stand, what is due or missing, the jury, who stands in."""
    round_ = load_round(request, pk, follows)
    today, cases = clock.today(), cases_of(person(request)).filter(round=round_)
    funnel = queries.funnel(round_, cases, today=today)
    period = ScoringPeriod.objects.filter(round=round_).first()
    context = {
        "round": round_,
        "tabs": tabs(request, round_),
        "funnel": funnel,
        "figures": _figures(round_, funnel.figures),
        "due": [(row, row.over_on(today)) for row in queries.due_soon(cases, today=today)],
        "missing": queries.missing_documents(cases, today=today),
        "progress": [line for line in sheet_queries.progress_of_jurors(round_) if line.total],
        "period": period,
        "days_left": (period.due_date - today).days if period else None,
        "away": queries.away(round_.fund_id, today=today),
        "writes": answers_in(round_, person(request)),
    }
    return render(request, "reviews/round_desk.html", context)


def _figures(round_: Round, found: queries.Figures) -> list[Figure]:
    lists = (
        (_("Past their day"), found.over, {"due": "over", "sort": "due"}),
        (_("Due within 7 days"), found.week, {"due": "week", "sort": "due"}),
        (_("Undecided for three months"), found.undecided, {"due": "undecided", "sort": "received"}),
        (_("Without a case officer"), found.nobody, {"officer": "none"}),
    )
    return [
        Figure(label, str(count), queries.list_of(round_, **filters) if count else "")
        for label, count, filters in lists
    ]
