"""Figures of former rounds for everybody: how many applied, what was funded, in which towns; nobody is named."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import Fund
from grants.models import Application, Round
from grants.states import UNSENT, RoundState
from payments.models import Award
from payments.queries.published import announced

_DECIDED: Final = (RoundState.DECIDED, RoundState.RUNNING, RoundState.ARCHIVED)
#: Towns with fewer applications are told together: one could guess who applied, and who got nothing.
FEWEST: Final = 3


@dataclass(frozen=True)
class Figures:
    """What came in and what was funded; money in cents.

    Attributes:
        name: of the round, or of the town; empty for the towns with few applications.
        year: budget year of a round.
    """

    name: str
    applications: int
    requested_cents: int
    funded: int = 0
    funded_cents: int = 0
    year: int | None = None
    slug: str = ""


def told_rounds(fund: Fund) -> QuerySet[Round]:
    """Return the decided rounds of a fund that publish their awards, the newest first."""
    return Round.objects.filter(fund=fund, publish_awards=True, state__in=_DECIDED).order_by("-opens_at", "-pk")


def by_round(fund: Fund, today: date) -> list[Figures]:
    """Return the figures of each former round (two queries)."""
    awards = _sums(announced(fund, today), "application__round")
    sent = Q(applications__isnull=False) & ~Q(applications__state__in=UNSENT)
    rounds = told_rounds(fund).annotate(
        sent=Count("applications", filter=sent), asked=Sum("applications__requested_cents", filter=sent)
    )
    columns = ("pk", "name", "slug", "budget_year", "sent", "asked")
    return [
        Figures(name, count, asked or 0, *awards.get(pk, (0, 0)), year=year, slug=slug)
        for pk, name, slug, year, count, asked in rounds.values_list(*columns)
    ]


def by_town(fund: Fund, today: date, chosen: str = "") -> list[Figures]:
    """Return the figures of each town, the one with most applications first; few are told together (two queries).

    Args:
        fund: whose.
        today: the Berlin day.
        chosen: short name of one round; all together when empty.
    """
    rounds = told_rounds(fund).filter(slug=chosen) if chosen else told_rounds(fund)
    sent = Application.objects.filter(round__in=rounds.order_by()).exclude(state__in=UNSENT)
    awards = _sums(announced(fund, today).filter(application__round__in=rounds.order_by()), "application__municipality")
    grouped = sent.order_by().values_list("municipality").annotate(count=Count("pk"), asked=Sum("requested_cents"))
    found = [Figures(town, count, asked, *awards.get(town, (0, 0))) for town, count, asked in grouped]
    many = [town for town in found if town.name and town.applications >= FEWEST]
    few = [town for town in found if town not in many]
    many.sort(key=lambda town: (-town.applications, town.name))
    # A rest that is itself too small would be told by what is left of the whole.
    while many and few and total(few).applications < FEWEST:
        few.append(many.pop())
    return [*many, *_together(few)]


def _together(towns: Iterable[Figures]) -> list[Figures]:
    found = list(towns)
    return [replace(total(found), name="")] if found else []


def total(parts: Iterable[Figures]) -> Figures:
    """Add up."""
    found = list(parts)
    return Figures(
        "",
        sum(part.applications for part in found),
        sum(part.requested_cents for part in found),
        sum(part.funded for part in found),
        sum(part.funded_cents for part in found),
    )


def _sums(awards: QuerySet[Award], by: str) -> dict[Any, tuple[int, int]]:
    grouped = awards.order_by().values_list(by).annotate(count=Count("pk"), cents=Sum("amount_cents"))
    return {key: (count, cents) for key, count, cents in grouped}
