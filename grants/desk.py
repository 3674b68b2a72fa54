"""What the office's desk reads: who may take cases and who stands in for whom, kept filters, steps for many cases."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import QueryDict

from accounts import clock
from accounts.models import Deputy, FundRole, Person, Proposal, User
from accounts.permissions import active_on, fund_ids
from accounts.states import Outcome, Role
from grants.models import Application, BulkLine, BulkStep, SavedFilter
from grants.office import REJECTIONS, cases_of
from grants.states import ApplicationState as S
from grants.states import LineOutcome

# Who gives cases to officers and writes to applicants.
ASSIGNERS: Final = (Role.CASE_OFFICER, Role.COORDINATOR, Role.HEAD_OF_UNIT)
# Nobody works on these any more.
CLOSED: Final = (S.AWARDED, S.REJECTED, S.WITHDRAWN)
# As many cases as one step takes.
CASES_AT_MOST: Final = 2000


def funds_desked(person: Person) -> set[int] | None:
    """Return the funds in which the person takes steps for many cases; None means all, an empty set none."""
    return fund_ids(person, *ASSIGNERS)


def officers_for(person: Person) -> QuerySet[User]:
    """Return who may be given cases today in the funds of the person: case officers, and who stands in for one."""
    funds, today = funds_desked(person), clock.today()
    roles = FundRole.objects.filter(active_on(today), role=Role.CASE_OFFICER)
    deputies = Deputy.objects.filter(_on(today))
    if funds is not None:
        roles, deputies = roles.filter(fund__in=funds), deputies.filter(fund__in=funds)
    standing_in = deputies.filter(principal__in=roles.values("user"))
    found = User.objects.filter(Q(pk__in=roles.values("user")) | Q(pk__in=standing_in.values("deputy")))
    return found.filter(is_active=True).order_by("full_name", "pk")


def _on(today: date) -> Q:
    return Q(ended_at=None, from_date__lte=today, to_date__gte=today)


def stand_ins(funds: Collection[int], today: date) -> dict[tuple[int, int], str]:
    """Return who stands in today, by fund and the person who is away (one query)."""
    rows = Deputy.objects.filter(_on(today), fund__in=funds, deputy__is_active=True).order_by("pk")
    found: dict[tuple[int, int], str] = {}
    for fund, principal, name, email in rows.values_list("fund", "principal", "deputy__full_name", "deputy__email"):
        known = found.get((fund, principal))
        found[fund, principal] = f"{known}, {name or email}" if known else name or email
    return found


# --- kept filters ------------------------------------------------------------------------------------------


def filters_of(person: User) -> list[SavedFilter]:
    """Return the filters that a person keeps, by name."""
    return list(SavedFilter.objects.filter(person=person).order_by("name", "pk"))


def kept_query(parts: QueryDict, names: Iterable[str]) -> str:
    """Return what of an address is worth keeping: the filters that are set, and the order.

    Args:
        parts: of the address.
        names: of the filters there are.
    """
    kept = QueryDict(mutable=True)
    for name in (*names, "sort"):
        if value := parts.get(name, "").strip():
            kept[name] = value
    return kept.urlencode()


# --- steps for many cases ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """How many cases of a step stand where."""

    waits: int
    left_out: int
    done: int
    failed: int

    @property
    def to_do(self) -> int:
        """How many the step is for."""
        return self.waits + self.done + self.failed

    @property
    def over(self) -> int:
        """How many of them are dealt with."""
        return self.done + self.failed


def chosen(person: User, keys: Collection[int]) -> QuerySet[Application]:
    """Return those of the chosen cases that the person reads."""
    return cases_of(person).filter(pk__in=keys)


def steps_of(person: User) -> QuerySet[BulkStep]:
    """Return the steps for many cases that the person prepared; they are nobody else's to press."""
    return BulkStep.objects.filter(by=person).select_related("by", "officer")


def counts_of(step: BulkStep) -> Counts:
    """Count the cases of a step (one query)."""
    figures = step.lines.aggregate(**{outcome.value: Count("pk", filter=Q(outcome=outcome)) for outcome in LineOutcome})
    return Counts(**figures)


_PLACES: Final = (LineOutcome.FAILED, LineOutcome.WAITS, LineOutcome.DONE, LineOutcome.LEFT_OUT)
_PLACE: Final = Case(
    *(When(outcome=outcome, then=Value(place)) for place, outcome in enumerate(_PLACES)),
    output_field=IntegerField(),
)


def lines_of(step: BulkStep) -> QuerySet[BulkLine]:
    """Return the cases of a step: first what failed, then what is to be done or was, last what is left out."""
    return step.lines.select_related("application__organisation").order_by(_PLACE, "pk")


def waiting_lines(step: BulkStep) -> QuerySet[BulkLine]:
    """Return the cases of a step that are still to be done."""
    return step.lines.filter(outcome=LineOutcome.WAITS).order_by("pk")


def first_waiting(step: BulkStep) -> Application | None:
    """Return the first case to which the step will be done, with its organisation."""
    line = waiting_lines(step).select_related("application__organisation").first()
    return line.application if line else None


def under_way() -> QuerySet[BulkStep]:
    """Return the steps that were confirmed and are not done yet."""
    return BulkStep.objects.filter(confirmed_at__isnull=False, finished_at=None).select_related("by").order_by("pk")


def proposed_rejections(keys: Collection[int]) -> set[int]:
    """Return those of the cases whose rejection waits for a second person (one query)."""
    rows = Proposal.objects.filter(
        kind__in=REJECTIONS,
        subject_type=Application._meta.label_lower,
        subject_id__in=keys,
        outcome=Outcome.OPEN,
    )
    return set(rows.values_list("subject_id", flat=True))
