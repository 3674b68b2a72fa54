"""What everybody may read of a fund's awards: only announced ones, and no name of a private person without consent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When

from accounts.models import Fund
from accounts.states import OrganisationKind
from grants import former
from grants.models import FormerAward
from notifications.states import LetterState
from payments.models import Award
from payments.states import AwardState

#: Behind these kinds stand people, who are named only if they agreed (GDPR Art. 6 (1) (a)); other bodies get public
#: money in their own name.
PRIVATE: Final = (OrganisationKind.PERSON, OrganisationKind.INITIATIVE)
# The letter is not out, or nothing came of it.
_HIDDEN: Final = (AwardState.ISSUED, AwardState.VOID, AwardState.RELINQUISHED)
_NAMED: Final = ~Q(application__organisation__kind__in=PRIVATE) | Q(application__publication_consent=True)


class PublishedAward(NamedTuple):
    """One line of the list; the amount in cents."""

    organisation: str
    project: str
    town: str
    year: int
    amount_cents: int


@dataclass(frozen=True)
class Sums:
    """How many awards, and how much together (cents)."""

    count: int
    cents: int


@dataclass(frozen=True)
class YearSums:
    """The awards of one budget year; those without a name are among `all`."""

    year: int
    all: Sums
    nameless: Sums


_COLUMNS: Final = (
    "application__organisation__name",
    "application__title",
    "application__municipality",
    "application__round__budget_year",
    "amount_cents",
)


def announced(fund: Fund, today: date) -> QuerySet[Award]:
    """Return the awards of a fund that everybody may know of: their letter took effect, their round publishes them."""
    return Award.objects.filter(
        fund=fund,
        application__round__publish_awards=True,
        letter__state=LetterState.ANNOUNCED,
        letter__announced_on__lte=today,
    ).exclude(state__in=_HIDDEN)


def rows(awards: QuerySet[Award]) -> QuerySet[Award, tuple[Any, ...]]:
    """Return the lines of the list, newest first; nobody who did not agree is in it."""
    return awards.filter(_NAMED).order_by("-pk").values_list(*_COLUMNS)


def lines(found: Iterable[tuple[Any, ...]]) -> list[PublishedAward]:
    """Return rows as lines of the page."""
    return [PublishedAward(*row) for row in found]


_FORMER_COLUMNS: Final = ("organisation_name", "title", "municipality", "budget_year", "amount_cents")


def former_rows(awards: QuerySet[FormerAward]) -> QuerySet[FormerAward, tuple[Any, ...]]:
    """Return the lines of former awards, newest first; nobody who did not agree is in it."""
    return former.named(awards).values_list(*_FORMER_COLUMNS)


def sums_by_year(awards: QuerySet[Award], before: QuerySet[FormerAward]) -> list[YearSums]:
    """Return count and sum of each budget year, the newest first (two queries).

    Args:
        awards: announced.
        before: what was granted before this program kept the books.
    """
    named = Case(When(_NAMED, then=Value(1)), default=Value(0))
    former_named = Case(When(publish=True, then=Value(1)), default=Value(0))
    found: dict[int, dict[int, Sums]] = {}
    for year, is_named, count, cents in (
        *_grouped(awards.annotate(named=named), "application__round__budget_year"),
        *_grouped(before.annotate(named=former_named), "budget_year"),
    ):
        parts = found.setdefault(year, {})
        parts[is_named] = together([parts.get(is_named, Sums(0, 0)), Sums(count, cents)])
    return [
        YearSums(year, together(parts.values()), parts.get(0, Sums(0, 0)))
        for year, parts in sorted(found.items(), reverse=True)
    ]


def _grouped(rows: QuerySet[Any], year: str) -> Iterable[tuple[int, int, int, int]]:
    grouped: Iterable[tuple[int, int, int, int]] = (
        rows.order_by().values_list(year, "named").annotate(count=Count("pk"), cents=Sum("amount_cents"))
    )
    return grouped


def named_sums(awards: QuerySet[Award]) -> Sums:
    """Return count and sum of the awards with a name: what a search may add up, or it would tell who has none."""
    return _sums(awards.filter(_NAMED))


def named_former_sums(awards: QuerySet[FormerAward]) -> Sums:
    """Return count and sum of the former awards with a name."""
    return _sums(former.named(awards))


def _sums(rows: QuerySet[Any]) -> Sums:
    found = rows.order_by().aggregate(count=Count("pk"), cents=Sum("amount_cents"))
    return Sums(found["count"], found["cents"] or 0)


def without(all_sums: Sums, some: Sums) -> Sums:
    """Take some off."""
    return Sums(all_sums.count - some.count, all_sums.cents - some.cents)


def together(parts: Iterable[Sums]) -> Sums:
    """Add up."""
    counted = list(parts)
    return Sums(sum(part.count for part in counted), sum(part.cents for part in counted))
